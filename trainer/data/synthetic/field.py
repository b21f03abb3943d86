"""The drawn field: how much of each dye lies at each place."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic.texture import Array

DYES = ("chromatin", "basic", "acid", "azurophil", "haemoglobin")


class Field:
    """Amounts of dye on a square, to which cells are added.

    Attributes:
        side: in pixels.
        unit: pixels per red-cell diameter.
        amounts: float32 (dyes, side, side), in the order of `DYES`.
    """

    def __init__(self, side: int, unit: float) -> None:
        self.side = side
        self.unit = unit
        self.amounts: NDArray[np.float32] = np.zeros((len(DYES), side, side), np.float32)

    def add_cell(self, dyes: Mapping[str, Array], cell: Array, corner: tuple[int, int]) -> None:
        """Add a cell's dyes where its canvas has its top left corner (x, y), clipped at the edges.

        What of red cells lies under the cell is thinned: cells on a smear push each other away.
        """
        rows, columns, part = self._overlap(cell.shape[0], corner)
        red = self.amounts[DYES.index("haemoglobin"), rows, columns]
        red *= 1 - 0.85 * cell[part]
        for name, amount in dyes.items():
            self.amounts[DYES.index(name), rows, columns] += amount[part]

    def embed_mask(self, mask: Array, corner: tuple[int, int]) -> Array:
        """Embed a mask of a cell's canvas in one of the whole field, float32 (side, side)."""
        whole = np.zeros((self.side, self.side), np.float32)
        rows, columns, part = self._overlap(mask.shape[0], corner)
        whole[rows, columns] = mask[part]
        return whole

    def cut_patch(self, whole: Array, size: int, corner: tuple[int, int]) -> Array:
        """Cut a canvas out of a mask of the whole field, float32 (size, size); 0 outside."""
        patch = np.zeros((size, size), np.float32)
        rows, columns, part = self._overlap(size, corner)
        patch[part] = whole[rows, columns]
        return patch

    def _overlap(
        self, size: int, corner: tuple[int, int]
    ) -> tuple[slice, slice, tuple[slice, slice]]:
        """Rows and columns of the field that a canvas covers, and the part of the canvas inside."""
        x, y = corner
        left, right = np.clip([x, x + size], 0, self.side)
        top, bottom = np.clip([y, y + size], 0, self.side)
        inner = slice(top - y, bottom - y), slice(left - x, right - x)
        return slice(top, bottom), slice(left, right), inner
