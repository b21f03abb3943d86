"""What a person looks at and has selected, kept while the order of the cells changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange
from PySide6.QtWidgets import QAbstractItemView

from leukogui.case.query import Wish
from leukogui.gallery.model import GalleryModel

_MOST_KEPT = 20_000
_NEAR = 64


@dataclass(frozen=True)
class Kept:
    """How things were before the order changed; names are of images.

    Attributes:
        wish: by which the cells were chosen.
        current: the current one; empty for none.
        near: those after it, then those before it, nearest first: one of them becomes the
            current one where it is not shown any more.
        top: where the current one was in the viewport; None where it was not on the screen.
        selected: the selected ones; empty where they are too many.
        is_all: all were selected, and too many to remember each.
        seen: those on the screen, from the top, if the current one was not: of each the group
            and where it was in the viewport.
    """

    wish: Wish = field(default_factory=Wish)
    current: str = ""
    near: tuple[str, ...] = ()
    top: int | None = None
    selected: frozenset[str] = frozenset()
    is_all: bool = False
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)


class Keeper:
    """Keeps the current cell, the selection and the place of a view of the cells."""

    def __init__(self, view: QAbstractItemView, cells: GalleryModel) -> None:
        self._view, self._cells = view, cells
        self._kept = Kept()

    def selected_names(self) -> list[str]:
        """The selected images, in the order of the view."""
        rows = sorted(row for each in self._selected() for row in each)
        return [self._cells.name(row) for row in rows]

    def anchor(self) -> int | None:
        """Where the current cell is on the screen, if it is."""
        index = self._view.currentIndex()
        if not index.isValid() or index.row() >= self._cells.rowCount():
            return None
        rect = self._view.visualRect(index)
        return rect.top() if rect.intersects(self._view.viewport().rect()) else None

    def hold(self, anchor: int | None) -> None:
        """Scroll the current cell to where it was on the screen, if it was."""
        if anchor is not None and self._view.currentIndex().isValid():
            self._scroll(self._view.currentIndex().row(), anchor)

    def keep(self, visible: Iterable[int]) -> None:
        """The order is about to change; `visible` are the positions on the screen."""
        count = sum(len(each) for each in self._selected())
        row, top = self._view.currentIndex().row(), self.anchor()
        self._kept = Kept(
            wish=self._cells.wish,
            current=self._cells.name(row) if row >= 0 else "",
            near=self._near(row) if row >= 0 else (),
            top=top,
            selected=frozenset(self.selected_names() if count <= _MOST_KEPT else ()),
            is_all=_MOST_KEPT < count == self._cells.rowCount(),
            seen=self._seen(visible) if top is None else {},
        )

    def restore(self) -> bool:
        """The order changed, and the view has laid it out; whether any cell is left."""
        kept = self._kept
        self._select(kept)
        wanted = {kept.current, *kept.near, *kept.seen}
        at = {self._cells.name(each): each for each in self._cells.positions_of(wanted)}
        current = next((each for each in (kept.current, *kept.near) if each in at), "")
        if current:
            self._make_current(at[current])
            self._stay(kept, at)
        elif self._cells.rowCount():
            # Something is always looked at; nothing is selected by itself.
            self._make_current(0)
            self._view.verticalScrollBar().setValue(0)
        return self._cells.rowCount() > 0

    def _selected(self) -> list[range]:
        selection = self._view.selectionModel().selection()
        found = (selection.at(at) for at in range(selection.size()))
        return [range(each.top(), each.bottom() + 1) for each in found]

    def _near(self, row: int) -> tuple[str, ...]:
        after = range(row + 1, min(row + 1 + _NEAR, self._cells.rowCount()))
        before = range(row - 1, max(row - 1 - _NEAR, -1), -1)
        return tuple(self._cells.name(position) for position in (*after, *before))

    def _seen(self, visible: Iterable[int]) -> dict[str, tuple[int, int]]:
        return {
            self._cells.name(each): (self._cells.section(each).group, self._top(each))
            for each in visible
            if each < self._cells.rowCount()
        }

    def _select(self, kept: Kept) -> None:
        if kept.is_all and kept.wish == self._cells.wish:
            runs = [range(self._cells.rowCount())]
        else:
            runs = runs_of(self._cells.positions_of(set(kept.selected)))
        chosen = QItemSelection()
        for run in runs:
            if run:
                first, last = self._cells.index(run[0]), self._cells.index(run[-1])
                chosen.append(QItemSelectionRange(first, last))
        flag = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self._view.selectionModel().select(chosen, flag)

    def _make_current(self, position: int) -> None:
        update = QItemSelectionModel.SelectionFlag.NoUpdate
        self._view.selectionModel().setCurrentIndex(self._cells.index(position), update)

    def _stay(self, kept: Kept, at: dict[str, int]) -> None:
        """Hold the current cell where it was, or else the first one seen that did not move.

        A cell that got another group takes nobody along.
        """
        if kept.top is not None:
            self.hold(kept.top)
            return
        for name, (group, top) in kept.seen.items():
            if name in at and self._cells.section(at[name]).group == group:
                self._scroll(at[name], top)
                return
        if kept.wish != self._cells.wish:
            self._view.scrollTo(self._view.currentIndex())

    def _scroll(self, position: int, top: int) -> None:
        """Scroll until the cell has its top there."""
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + self._top(position) - top)

    def _top(self, position: int) -> int:
        return self._view.visualRect(self._cells.index(position)).top()


def runs_of(positions: Sequence[int]) -> list[range]:
    """Ascending numbers as ranges of those that follow one another."""
    if not positions:
        return []
    numbers = np.array(positions)
    ends = np.flatnonzero(np.diff(numbers) != 1)
    firsts = numbers[np.concatenate([[0], ends + 1])].tolist()
    lasts = numbers[np.append(ends, len(numbers) - 1)].tolist()
    return [range(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]
