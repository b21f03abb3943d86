"""The cells that a network learns from: cut out once, kept as arrays, varied later.

A cell is kept a little larger than the network sees it, so that turning, shifting and
scaling it leave no empty corners, together with the distance of every pixel from the
mask's border, so that the mask can be grown or shrunk at no cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, Window
from trainer.errors import UserError
from trainer.imaging.segmentation import MASK_SIDE, Cell
from trainer.imaging.stain_normalization import normalize_stain
from trainer.imaging.view import View, crop_window, signed_distance, view_window

PADDING_FACTOR = 1.25  # side of a kept cell, in sides of the view
DISTANCE_STEP = 0.5  # px of the kept cell for one unit of `away`


@dataclass(frozen=True, eq=False)
class CellDataset:
    """Cells with what is known of them.

    Attributes:
        pixels: N of uint8 (P, P, 3), RGB, `PADDING_FACTOR` times the view, not masked.
        mask_distance: N of int8 (P, P), distance from the mask's border in half pixels, positive
            inside, at most 127.
        label: intp (N,), index into `outputs`.
        source: intp (N,), index into `sources`.
        outputs: names of the classes and other classes, in the order of the logits.
        sources: names of the labs; "" for one that nobody named.
        view: what the network will be shown.
        size: side of the network's input in pixels.
    """

    pixels: Sequence[NDArray[np.uint8]]
    mask_distance: Sequence[NDArray[np.int8]]
    label: NDArray[np.intp]
    source: NDArray[np.intp]
    outputs: tuple[str, ...]
    sources: tuple[str, ...]
    view: View
    size: int

    def __len__(self) -> int:
        return len(self.pixels)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> CellDataset:
        """Some of the cells, in the order of `rows`; pixels are shared, not copied."""
        chosen = np.arange(len(self))[rows]
        return replace(
            self,
            pixels=[self.pixels[row] for row in chosen],
            mask_distance=[self.mask_distance[row] for row in chosen],
            label=self.label[chosen],
            source=self.source[chosen],
        )


def padded_size(size: int) -> int:
    """Side in pixels of the cells kept for a network of this input size."""
    return round(size * PADDING_FACTOR / 2) * 2


def crop_cell(
    rgb: NDArray[np.uint8], cell: Cell, view: View, size: int, red_cell_diameter: float
) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """One cell as `CellDataset` keeps it.

    Args:
        rgb: (H, W, 3).
        cell: what `segment_cell` made of `rgb`.
        view: as the model's card will say.
        size: side of the network's input.
        red_cell_diameter: the source's, in pixels of `rgb`.

    Returns:
        pixels (P, P, 3) and away (P, P) with P = `padded_size(size)`.
    """
    kept = padded_size(size)
    window = _enlarge_window(view_window(cell, view, red_cell_diameter), kept / size)
    pixels, inside = crop_window(rgb, window, kept)
    pixels = normalize_stain(pixels, cell, view.toning)
    if view.kind == "whole" or cell.state is CellState.NONE:
        away = signed_distance(inside > 0.5) if (inside <= 0.5).any() else _all_inside(kept)
    else:
        away = _resample_distance(cell, window, kept)
        away[inside < 0.5] = np.minimum(away[inside < 0.5], -1.0)
    return pixels, np.clip(np.rint(away / DISTANCE_STEP), -127, 127).astype(np.int8)


def build_dataset(
    crops: Sequence[tuple[NDArray[np.uint8], NDArray[np.int8]]],
    labels: Sequence[str],
    sources: Sequence[str],
    outputs: Sequence[str],
    view: View,
    size: int,
) -> CellDataset:
    """Put cut cells together.

    Args:
        crops: as `crop_cell` gives them.
        labels: the output of each.
        sources: the source of each.
        outputs: every output, in the order of the logits.
        view: as they were cut.
        size: as they were cut.

    Raises:
        UserError: there are no cells, or an output has none.
    """
    missing = [name for name in outputs if name not in set(labels)]
    if not crops or missing:
        named = ", ".join(missing) or "any class"
        raise UserError(
            f"There are no training images of {named}.",
            "Add images of it, or leave the class out.",
        )
    names = tuple(sorted(set(sources)))
    return CellDataset(
        pixels=[pixels for pixels, _ in crops],
        mask_distance=[away for _, away in crops],
        label=np.array([list(outputs).index(name) for name in labels], dtype=np.intp),
        source=np.array([names.index(name) for name in sources], dtype=np.intp),
        outputs=tuple(outputs),
        sources=names,
        view=view,
        size=size,
    )


def _enlarge_window(window: Window, factor: float) -> Window:
    extra = window.side * (factor - 1.0)
    return Window(window.x - extra / 2, window.y - extra / 2, window.side + extra)


def _resample_distance(cell: Cell, window: Window, size: int) -> NDArray[np.float32]:
    """Distance from the mask's border over a window, in pixels of the result."""
    grid_per_px = MASK_SIDE / cell.square.side
    step = window.side / size * grid_per_px
    left = (window.x - cell.square.x) * grid_per_px
    top = (window.y - cell.square.y) * grid_per_px
    sampling = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]])
    away = cv2.warpAffine(
        signed_distance(cell.mask),
        sampling,
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(away / step, dtype=np.float32)


def _all_inside(size: int) -> NDArray[np.float32]:
    return np.full((size, size), math.inf, dtype=np.float32)
