"""Tiles of a large field, so that searching it takes no more memory than a camera's frame.

Tiles overlap by more than a cell. Each owns the cells whose middles lie in its core, and the
cores cover the field without overlap: so each cell is found once, and is whole in its tile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_CORE = 80.0  # red cells a side
_MARGIN = 6.0  # red cells around the core: more than the largest cell
_SMALLEST_RED_CELL = 3.0  # px; smaller ones hold no white cell that can be told


@dataclass(frozen=True)
class Tile:
    """A part of a field and its core, in pixels of the field; ends are exclusive.

    Attributes:
        left, top, right, bottom: of the part.
        core: left, top, right and bottom of what it owns; infinite at the field's edges.
    """

    left: int
    top: int
    right: int
    bottom: int
    core: tuple[float, float, float, float]

    def part_of(self, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The part of an image (H, W, 3), not copied."""
        return rgb[self.top : self.bottom, self.left : self.right]

    def owns(self, x: float, y: float) -> bool:
        """Whether a point lies in the core; in pixels of the part."""
        left, top, right, bottom = self.core
        return left <= x + self.left < right and top <= y + self.top < bottom


def cut_tiles(shape: tuple[int, ...], red_cell_diameter: float) -> Iterator[Tile]:
    """Cut a field into tiles; one that is not larger than a tile is one tile.

    Args:
        shape: (H, W, ...).
        red_cell_diameter: in pixels of the field.
    """
    unit = max(red_cell_diameter, _SMALLEST_RED_CELL)
    core, margin = round(_CORE * unit), round(_MARGIN * unit)
    columns = list(_cut_side(shape[1], core, margin))
    for top, bottom, first, last in _cut_side(shape[0], core, margin):
        for left, right, start, end in columns:
            yield Tile(left, top, right, bottom, (start, first, end, last))


def _cut_side(length: int, core: int, margin: int) -> Iterator[tuple[int, int, float, float]]:
    """Start and end of each part of a side, and of its core."""
    count = max(1, -(-(length - 2 * margin) // core))
    for index in range(count):
        start = index * length // count
        end = (index + 1) * length // count
        first = start if index else -np.inf
        last = end if index < count - 1 else np.inf
        yield max(start - margin, 0), min(end + margin, length), first, last
