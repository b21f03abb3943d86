"""The white cell in a single-cell image: nucleus first, then the cell around it.

Everything is done on the central square, reduced to 128 px, so that masks of images of
any size mean the same and cost the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, Window
from trainer.imaging.segmentation.boundary import trace_boundary
from trainer.imaging.segmentation.nucleus import find_nucleus, nuclear_density
from trainer.imaging.stain import Colour, colour_of, measure_density

MASK_SIDE = 128  # px a side of the square that masks live on


@dataclass(frozen=True, eq=False)
class Cell:
    """The white cell of an image.

    Attributes:
        mask: (128, 128), True on the cell, over `square`.
        square: the central square, in pixels of the array given.
        state: how sure the outline is; NONE means that `mask` is only a centre disc.
        centroid: x, y of the mask, in pixels of the array given.
        diameter: of the disc with the mask's area, in pixels of the array given.
        nucleus: (128, 128), True on the nucleus; empty where none was found.
        background: RGB of the empty slide beside it, 16-255.
        chromatin: RGB of the nucleus, its median, 0-255; None where none was found.
    """

    mask: NDArray[np.bool_]
    square: Window
    state: CellState
    centroid: tuple[float, float]
    diameter: float
    nucleus: NDArray[np.bool_]
    background: Colour = (255.0, 255.0, 255.0)
    chromatin: Colour | None = None


def segment_cell(rgb: NDArray[np.uint8]) -> Cell:
    """Segment the white cell nearest to the middle of an image.

    Args:
        rgb: (H, W, 3), RGB, of any size.

    Returns:
        The cell; its `state` is how far to trust it. Never raises for a valid array.
    """
    square = central_square(rgb)
    small = resize_square(rgb, square)
    density = measure_density(small)
    score, smooth = nuclear_density(density.values)
    nucleus, threshold = find_nucleus(score)
    if not nucleus.any():
        cell = _build_cell(_centre_disc(), square, CellState.NONE, nucleus)
        return replace(cell, background=density.background)
    mask = trace_boundary(smooth, score, threshold, nucleus, density.unexposed)
    cell = _build_cell(mask, square, assess_mask(mask), nucleus)
    chromatin = colour_of(np.median(small[nucleus], axis=0))
    return replace(cell, background=density.background, chromatin=chromatin)


def central_square(rgb: NDArray[np.uint8]) -> Window:
    """Return the largest square in the middle of an image, in its pixels."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    return Window((width - side) // 2, (height - side) // 2, side)


def resize_square(rgb: NDArray[np.uint8], square: Window) -> NDArray[np.uint8]:
    """Resize the central square to 128 px a side, (128, 128, 3)."""
    x, y, side = int(square.x), int(square.y), int(square.side)
    part = rgb[y : y + side, x : x + side]
    how = cv2.INTER_AREA if side > MASK_SIDE else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (MASK_SIDE, MASK_SIDE), interpolation=how), dtype=np.uint8)


def assess_mask(mask: NDArray[np.bool_]) -> CellState:
    """Return FOUND, or DOUBTFUL where the mask is too small, too large or along an edge."""
    share = mask.mean()
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    along = max(float(edge.mean()) for edge in edges)
    doubtful = share < 0.02 or share > 0.60 or along > 0.35
    return CellState.DOUBTFUL if doubtful else CellState.FOUND


def boundary_polygon(cell: Cell, scale: float = 1.0) -> NDArray[np.float32]:
    """Return the cell's boundary as a polygon.

    Args:
        cell: as segmented in an array.
        scale: array px / original px, as `Image.scale`.

    Returns:
        (N, 2), x and y in pixels of the original image; empty where no cell was found.
    """
    if cell.state is CellState.NONE:  # its mask is a disc that stands for nothing
        return np.zeros((0, 2), np.float32)
    found, _ = cv2.findContours(
        cell.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    if not found:
        return np.zeros((0, 2), np.float32)
    longest = max(found, key=len)[:, 0].astype(np.float32) + 0.5
    step = cell.square.side / MASK_SIDE
    points = (longest * step + (cell.square.x, cell.square.y)) / scale
    return np.asarray(points, dtype=np.float32)


def _build_cell(
    mask: NDArray[np.bool_], square: Window, state: CellState, nucleus: NDArray[np.bool_]
) -> Cell:
    step = square.side / MASK_SIDE
    rows, columns = np.nonzero(mask)
    x = square.x + (columns.mean() + 0.5) * step
    y = square.y + (rows.mean() + 0.5) * step
    diameter = 2.0 * np.sqrt(mask.sum() / np.pi) * step
    return Cell(mask, square, state, (float(x), float(y)), float(diameter), nucleus)


def _centre_disc() -> NDArray[np.bool_]:
    disc = np.zeros((MASK_SIDE, MASK_SIDE), np.uint8)
    cv2.circle(disc, (MASK_SIDE // 2, MASK_SIDE // 2), round(0.3 * MASK_SIDE), 1, cv2.FILLED)
    return disc.astype(bool)
