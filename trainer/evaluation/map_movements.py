"""Views that are moved, and maps that are moved back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Number = TypeVar("_Number", np.uint8, np.float32)

SHIFT = 0.1
"""Of the view's side."""


@dataclass(frozen=True)
class Movement:
    """A shift or a quarter turn of views.

    Attributes:
        down, right: pixels by which the content is shifted.
        turns: quarter turns, against the clock.
        grey: what comes in from outside, 0-255.
    """

    down: int = 0
    right: int = 0
    turns: int = 0
    grey: int = 128

    @property
    def inside(self) -> tuple[slice | int, ...]:
        """The part of maps (N, S, S) that is still there after moving and moving back."""
        edge = max(abs(self.down), abs(self.right))
        part = slice(edge, -edge) if edge else slice(None)
        return slice(None), part, part

    def views(self, views: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Move views, uint8 (N, S, S, 3)."""
        turned = np.rot90(views, self.turns, axes=(1, 2))
        return _shift(turned, self.down, self.right, self.grey)

    def back(self, maps: NDArray[np.float32]) -> NDArray[np.float32]:
        """Move maps of moved views back, float32 (N, S, S)."""
        shifted = _shift(maps, -self.down, -self.right, 0)
        return np.rot90(shifted, -self.turns, axes=(1, 2))


def shifts(side: int, grey: int) -> tuple[Movement, ...]:
    """Return shifts by a tenth of the side, up, down, left and right."""
    step = max(round(SHIFT * side), 1)
    ways = ((step, 0), (-step, 0), (0, step), (0, -step))
    return tuple(Movement(down=down, right=right, grey=grey) for down, right in ways)


def quarter_turns() -> tuple[Movement, ...]:
    """Return the three quarter turns."""
    return tuple(Movement(turns=turns) for turns in (1, 2, 3))


def correlate(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return Pearson correlations of pairs: (N, h, w) twice to (N,); NaN where one is flat."""
    one, two = (
        part.reshape(len(part), -1) - part.reshape(len(part), -1).mean(axis=1, keepdims=True)
        for part in (first.astype(np.float64), second.astype(np.float64))
    )
    scale = np.sqrt((one**2).sum(axis=1) * (two**2).sum(axis=1))
    nothing = np.full(len(scale), np.nan)
    # What rounding leaves of a flat map is no shape.
    sizes = np.abs(first).max(initial=0, axis=(1, 2)) * np.abs(second).max(initial=0, axis=(1, 2))
    shaped = scale > 1e-6 * sizes
    return np.asarray(np.divide((one * two).sum(axis=1), scale, out=nothing, where=shaped))


def _shift(array: NDArray[_Number], down: int, right: int, fill: float) -> NDArray[_Number]:
    moved = np.full_like(array, fill)
    rows, columns = array.shape[1:3]
    to_rows, from_rows = _overlap(down, rows)
    to_columns, from_columns = _overlap(right, columns)
    moved[:, to_rows, to_columns] = array[:, from_rows, from_columns]
    return moved


def _overlap(step: int, length: int) -> tuple[slice, slice]:
    """Where pixels go to, and where they come from."""
    start, end = max(step, 0), length + min(step, 0)
    return slice(start, end), slice(start - step, end - step)
