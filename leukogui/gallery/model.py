"""The cells of the open case as a Qt list: in the order of a `CellQuery`, with roles."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from leukogui.case.arrangement import EMPTY_ARRANGEMENT, Arrangement, CellQuery, Section, arrange
from leukogui.case.cells import EMPTY, CaseModel
from leukogui.case.results import CellResult, CellReview
from leukogui.gallery.text import describe_cell, describe_review_of
from leukogui.theme.tooltips import plain_tooltip
from leukogui.thumbnails.key import ThumbnailKey
from trainer.domain import CellId

AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class CellRole(IntEnum):
    """What a cell has besides Qt's own roles."""

    CELL = Qt.ItemDataRole.UserRole + 1
    PATH = Qt.ItemDataRole.UserRole + 2
    RESULT = Qt.ItemDataRole.UserRole + 3
    GROUP = Qt.ItemDataRole.UserRole + 4


class GalleryModel(QAbstractListModel):
    """Adapts a `CaseModel`; call `refresh` after it changed."""

    arranged = Signal()  # after every refresh

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._case: CaseModel | None = None
        self._query = CellQuery()
        self._arrangement: Arrangement = EMPTY_ARRANGEMENT
        self._names: list[str] = []
        self._numbers = array("i")
        self._results: list[CellResult | None] = []
        self._groups = array("h")
        self._getters: dict[int, Callable[[int], object]] = {
            Qt.ItemDataRole.DisplayRole: self.name,
            Qt.ItemDataRole.ToolTipRole: self._tooltip,
            Qt.ItemDataRole.AccessibleTextRole: self._describe,
            CellRole.CELL: self.cell,
            CellRole.PATH: self.path,
            CellRole.RESULT: self.result,
            CellRole.GROUP: self._group,
        }

    @property
    def case(self) -> CaseModel | None:
        """The case that is shown."""
        return self._case

    @property
    def query(self) -> CellQuery:
        """What is shown of it."""
        return self._query

    @property
    def arrangement(self) -> Arrangement:
        """The cells that are shown, in order."""
        return self._arrangement

    @property
    def sections(self) -> tuple[Section, ...]:
        """The groups, in order; their starts are rows of this model."""
        return self._arrangement.sections

    def show_case(self, case: CaseModel | None, query: CellQuery | None = None) -> None:
        """Show another case, or none; `query` None: as the one before."""
        self._arrange(case, self._query if query is None else query)

    def set_query(self, query: CellQuery) -> None:
        """Filter, sort or group otherwise."""
        if query != self._query:
            self._arrange(self._case, query)

    def refresh(self) -> None:
        """Arrange anew."""
        self._arrange(self._case, self._query)

    def _arrange(self, case: CaseModel | None, query: CellQuery) -> None:
        # Before anything changes: receivers read once more what is shown now.
        self.beginResetModel()
        self._case, self._query = case, query
        if case is not None:
            case.update_rows()
        self._arrangement = arrange(case, query) if case is not None else EMPTY_ARRANGEMENT
        # These very lists: where the case takes others, what is shown stays what it is
        # until it is arranged anew, so that the selection and the place can be restored.
        self._names = case.names if case is not None else []
        self._numbers = case.numbers if case is not None else array("i")
        self._results = case.results if case is not None else []
        self._groups = case.groups if case is not None else array("h")
        self.endResetModel()
        self.arranged.emit()

    def name(self, position: int) -> str:
        """The image at a row of this model."""
        return self._names[int(self._arrangement.rows[position])]

    def cell(self, position: int) -> CellId:
        """The cell at a row of this model."""
        row = int(self._arrangement.rows[position])
        return CellId(self._names[row], self._numbers[row])

    def thumbnail(self, position: int) -> ThumbnailKey:
        """The thumbnail of a cell: of its part of a field, or of its whole image."""
        assert self._case is not None
        return ThumbnailKey(self.path(position), self._case.box(self.cell(position)))

    def result(self, position: int) -> CellResult | None:
        """The result of its classification."""
        return self._results[int(self._arrangement.rows[position])]

    def review(self, position: int) -> CellReview | None:
        """The review that counts of a cell, None for none."""
        case = self._case
        return case.review(self.cell(position)) if case is not None else None

    def section(self, position: int) -> Section:
        """The section that a cell is shown in, also where it has got another group since."""
        sections = self._arrangement.sections
        return sections[bisect_right(sections, position, key=lambda each: each.start) - 1]

    def path(self, position: int) -> Path:
        """Where it is."""
        assert self._case is not None
        return self._case.root / self.name(position)

    def positions_of(self, cells: set[CellId]) -> list[int]:
        """Where these cells are shown now, in order; those that are not shown are left out."""
        if self._case is None or not cells:
            return []
        if self._names is not self._case.names:  # its rows are others than those shown
            count = len(self._arrangement.rows)
            return [position for position in range(count) if self.cell(position) in cells]
        rows = [row for row in map(self._case.row, cells) if row is not None]
        return self._positions_of_rows(rows)

    def positions_of_image(self, image: str) -> list[int]:
        """Where the cells of an image are shown now, in order."""
        case = self._case
        if case is None or self._names is not case.names:
            return []
        return self._positions_of_rows(case.rows_of(image))

    def _positions_of_rows(self, rows: Sequence[int]) -> list[int]:
        found: list[int] = np.flatnonzero(np.isin(self._arrangement.rows, list(rows))).tolist()
        return found

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """A cell can be chosen, and be dragged to a group."""
        drag = Qt.ItemFlag.ItemIsDragEnabled if index.isValid() else Qt.ItemFlag.NoItemFlags
        return super().flags(index) | drag

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """How many cells are shown."""
        return 0 if parent.isValid() else len(self._arrangement.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What Qt, a screen reader or a test reads of a cell."""
        if not index.isValid() or index.row() >= len(self._arrangement.rows):
            return None
        getter = self._getters.get(role)
        return getter(index.row()) if getter is not None else None

    def _group(self, position: int) -> int:
        return self._groups[int(self._arrangement.rows[position])]

    def _tooltip(self, position: int) -> str:
        return plain_tooltip(self._describe(position))

    def _describe(self, position: int) -> str:
        empty = self._group(position) == EMPTY
        cell, result = self.cell(position), self.result(position)
        return describe_cell(cell, result, describe_review_of(self._case, cell), empty=empty)
