"""The cells that a scan has found, by where they lie: so that none is taken twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from trainer.domain import SAME_CELL_IOU, Box

_SIDE = 512  # px of a square


class BoxIndex:
    """Boxes of a slide; whether one of the same cell is among them is found at once."""

    def __init__(self, boxes: Iterable[Box] = ()) -> None:
        self._squares: defaultdict[tuple[int, int], list[Box]] = defaultdict(list)
        for box in boxes:
            self._insert(box)

    def add(self, box: Box) -> bool:
        """Add a box unless it is of a cell that is there; returns whether it was added."""
        column, row = _square_of(box)
        near = (
            other
            for x in (column - 1, column, column + 1)
            for y in (row - 1, row, row + 1)
            for other in self._squares.get((x, y), ())
        )
        if any(box.iou(other) >= SAME_CELL_IOU for other in near):
            return False
        self._insert(box)
        return True

    def _insert(self, box: Box) -> None:
        self._squares[_square_of(box)].append(box)


def _square_of(box: Box) -> tuple[int, int]:
    return int((box.x + box.width / 2) // _SIDE), int((box.y + box.height / 2) // _SIDE)
