"""The cells that a network is trained on: cropped once, held as arrays, augmented later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError
from trainer.imaging.crop import Crop
from trainer.imaging.view import View


@dataclass(frozen=True, eq=False)
class CellDataset:
    """Cells with what is known of them.

    Attributes:
        pixels: N of uint8 (P, P, 3), RGB, a little more than the view, not masked.
        mask_distance: N of int8 (P, P), distance from the mask's border in half pixels, positive
            inside, at most 127.
        label: intp (N,), index into `outputs`.
        source: intp (N,), index into `sources`.
        outputs: names of the classes and other classes, in the order of the logits.
        sources: names of the labs; "" for one that nobody named.
        view: what of a cell the network gets.
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


def build_dataset(
    crops: Sequence[Crop],
    labels: Sequence[str],
    sources: Sequence[str],
    outputs: Sequence[str],
    view: View,
    size: int,
) -> CellDataset:
    """Build a dataset of crops.

    Args:
        crops: as `crop_cell` gives them.
        labels: the output of each.
        sources: the source of each.
        outputs: every output, in the order of the logits.
        view: as they were cropped.
        size: as they were cropped.

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
