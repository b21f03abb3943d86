"""The current cell and the selection, restored when the order of the cells changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange
from PySide6.QtWidgets import QAbstractItemView

from leukogui.case.query import CellQuery
from leukogui.gallery.model import GalleryModel
from trainer.domain import CellId

_MAX_SELECTED = 20_000
_NEIGHBOURS = 64


@dataclass(frozen=True)
class ViewState:
    """How things were before the order changed.

    Attributes:
        query: by which the cells were chosen.
        current: the current one; None for none.
        neighbours: those after it, then those before it, nearest first: one of them becomes the
            current one where it is not shown any more.
        top: where the current one was in the viewport; None where it was not on the screen.
        selected: the selected ones; empty where they are too many.
        all_selected: all were selected, and too many to remember each.
        visible: those on the screen, from the top, if the current one was not: of each the group
            and where it was in the viewport.
    """

    query: CellQuery = field(default_factory=CellQuery)
    current: CellId | None = None
    neighbours: tuple[CellId, ...] = ()
    top: int | None = None
    selected: frozenset[CellId] = frozenset()
    all_selected: bool = False
    visible: dict[CellId, tuple[int, int]] = field(default_factory=dict)


class ViewStateKeeper:
    """Keeps the current cell, the selection and the place of a view of the cells."""

    def __init__(self, view: QAbstractItemView, cells: GalleryModel) -> None:
        self._view, self._cells = view, cells
        self._state = ViewState()

    def selected_cells(self) -> list[CellId]:
        """The selected cells, in the order of the view."""
        rows = sorted(row for each in self._selected() for row in each)
        return [self._cells.cell(row) for row in rows]

    def anchor(self) -> int | None:
        """Where the current cell is on the screen, if it is."""
        index = self._view.currentIndex()
        if not index.isValid() or index.row() >= self._cells.rowCount():
            return None
        rect = self._view.visualRect(index)
        return rect.top() if rect.intersects(self._view.viewport().rect()) else None

    def scroll_to_anchor(self, anchor: int | None) -> None:
        """Scroll the current cell to where it was on the screen, if it was."""
        if anchor is not None and self._view.currentIndex().isValid():
            self._scroll(self._view.currentIndex().row(), anchor)

    def save(self, visible: Iterable[int]) -> None:
        """The order is about to change; `visible` are the positions on the screen."""
        count = sum(len(each) for each in self._selected())
        row, top = self._view.currentIndex().row(), self.anchor()
        self._state = ViewState(
            query=self._cells.query,
            current=self._cells.cell(row) if row >= 0 else None,
            neighbours=self._neighbours(row) if row >= 0 else (),
            top=top,
            selected=frozenset(self.selected_cells() if count <= _MAX_SELECTED else ()),
            all_selected=_MAX_SELECTED < count == self._cells.rowCount(),
            visible=self._visible(visible) if top is None else {},
        )

    def restore(self) -> bool:
        """The order changed, and the view has laid it out; whether any cell is left."""
        kept = self._state
        self._select(kept)
        candidates = self._candidates(kept)
        wanted = {*candidates, *kept.visible}
        at = {self._cells.cell(each): each for each in self._cells.positions_of(wanted)}
        current = next((each for each in candidates if each in at), None)
        if current is not None:
            self._make_current(at[current])
            self._restore_scroll(kept, at)
        elif self._cells.rowCount():
            # There is always a current cell; nothing is selected by itself.
            self._make_current(0)
            self._view.verticalScrollBar().setValue(0)
        return self._cells.rowCount() > 0

    def _candidates(self, kept: ViewState) -> list[CellId]:
        """What may be the current cell now, best first.

        Of a field from which the cell was removed, or which was searched only now, the next one.
        """
        gone, case = kept.current, self._cells.case
        if gone is None or case is None or case.row(gone) is not None:
            return [gone, *kept.neighbours] if gone is not None else list(kept.neighbours)
        positions = self._cells.positions_of_image(gone.image)
        cells = sorted(self._cells.cell(position) for position in positions)
        after = [cell for cell in cells if cell > gone]
        before = [cell for cell in reversed(cells) if cell < gone]
        return [*after, *before, *kept.neighbours]

    def _selected(self) -> list[range]:
        selection = self._view.selectionModel().selection()
        found = (selection.at(at) for at in range(selection.size()))
        return [range(each.top(), each.bottom() + 1) for each in found]

    def _neighbours(self, row: int) -> tuple[CellId, ...]:
        after = range(row + 1, min(row + 1 + _NEIGHBOURS, self._cells.rowCount()))
        before = range(row - 1, max(row - 1 - _NEIGHBOURS, -1), -1)
        return tuple(self._cells.cell(position) for position in (*after, *before))

    def _visible(self, visible: Iterable[int]) -> dict[CellId, tuple[int, int]]:
        return {
            self._cells.cell(each): (self._cells.section(each).group, self._top(each))
            for each in visible
            if each < self._cells.rowCount()
        }

    def _select(self, kept: ViewState) -> None:
        if kept.all_selected and kept.query == self._cells.query:
            runs = [range(self._cells.rowCount())]
        else:
            runs = contiguous_ranges(self._cells.positions_of(set(kept.selected)))
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

    def _restore_scroll(self, kept: ViewState, at: dict[CellId, int]) -> None:
        """Hold the current cell where it was, or else the first one seen that did not move.

        A cell that got another group takes nobody along.
        """
        if kept.top is not None:
            self.scroll_to_anchor(kept.top)
            return
        for cell, (group, top) in kept.visible.items():
            if cell in at and self._cells.section(at[cell]).group == group:
                self._scroll(at[cell], top)
                return
        if kept.query != self._cells.query:
            self._view.scrollTo(self._view.currentIndex())

    def _scroll(self, position: int, top: int) -> None:
        """Scroll until the cell has its top there."""
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + self._top(position) - top)

    def _top(self, position: int) -> int:
        return self._view.visualRect(self._cells.index(position)).top()


def contiguous_ranges(positions: Sequence[int]) -> list[range]:
    """Ascending numbers as ranges of those that follow one another."""
    if not positions:
        return []
    numbers = np.array(positions)
    ends = np.flatnonzero(np.diff(numbers) != 1)
    firsts = numbers[np.concatenate([[0], ends + 1])].tolist()
    lasts = numbers[np.append(ends, len(numbers) - 1)].tolist()
    return [range(first, last + 1) for first, last in zip(firsts, lasts, strict=True)]
