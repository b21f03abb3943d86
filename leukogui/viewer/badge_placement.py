"""Where the letters of cells stand: beside their cells, never over one another. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Rectangle = tuple[float, float, float, float]
"""Left, top, width and height."""
Size = tuple[float, float]
_GAP = 1.0


def place_badges(
    cells: Sequence[Rectangle],
    sizes: Sequence[Size],
    viewport: Size,
    obstacles: Sequence[Rectangle] = (),
) -> list[Rectangle | None]:
    """Place a badge at each cell, so that no two overlap and all lie in the viewport.

    Args:
        cells: the boxes of the cells, in pixels of the viewport; those that come first choose
            first.
        sizes: of the badges.
        viewport: its width and height.
        obstacles: what no badge may cover.

    Returns:
        The place of each badge; None where the cell is out of view, or all places around it are
        taken.
    """
    taken = _Taken(obstacles)
    places: list[Rectangle | None] = []
    for cell, size in zip(cells, sizes, strict=True):
        fits = size[0] <= viewport[0] and size[1] <= viewport[1]
        candidates = _candidates(cell, size, viewport) if fits and _in_view(cell, viewport) else ()
        place = next((each for each in candidates if taken.is_free(each)), None)
        if place is not None:
            taken.add(place)
        places.append(place)
    return places


def _in_view(cell: Rectangle, viewport: Size) -> bool:
    left, top, width, height = cell
    return left < viewport[0] and top < viewport[1] and left + width > 0 and top + height > 0


def _candidates(cell: Rectangle, size: Size, viewport: Size) -> Iterator[Rectangle]:
    """Yield the places around a cell, best first, each moved into the viewport."""
    left, top, width, height = cell
    right, bottom = left + width - size[0], top + height - size[1]
    above, below = top - size[1] - _GAP, top + height + _GAP
    before, after = left - size[0] - _GAP, left + width + _GAP
    middle, centre = top + (height - size[1]) / 2, left + (width - size[0]) / 2
    for x, y in (
        *((left, above), (right, above), (left, below), (right, below)),
        *((centre, above), (centre, below), (after, top), (before, top)),
        *((after, middle), (before, middle), (after, bottom), (before, bottom)),
        *((left, top), (right, top), (left, bottom), (right, bottom), (centre, middle)),
    ):
        yield (
            min(max(x, 0.0), viewport[0] - size[0]),
            min(max(y, 0.0), viewport[1] - size[1]),
            *size,
        )


class _Taken:
    """The rectangles that are taken; a field has some hundred of them at most."""

    def __init__(self, obstacles: Sequence[Rectangle]) -> None:
        self._count = 0
        self._corners: NDArray[np.float64] = np.zeros((64, 4))
        for obstacle in obstacles:
            self.add(obstacle)

    def add(self, place: Rectangle) -> None:
        left, top, width, height = place
        if self._count == len(self._corners):
            self._corners = np.concatenate([self._corners, np.zeros_like(self._corners)])
        self._corners[self._count] = left, top, left + width, top + height
        self._count += 1

    def is_free(self, place: Rectangle) -> bool:
        left, top, width, height = place
        others = self._corners[: self._count]
        beside = (others[:, 2] <= left) | (others[:, 0] >= left + width)
        apart = beside | (others[:, 3] <= top) | (others[:, 1] >= top + height)
        return bool(apart.all())
