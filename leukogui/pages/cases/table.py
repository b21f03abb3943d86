"""The table of cases: state, sample, counts, when each was last open, and where it lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from leukogui.language.number_format import format_number
from leukogui.pages.sign_off.text import format_time
from leukogui.theme.metrics import GRID
from leukogui.theme.tooltips import plain_tooltip
from leukogui.widgets.row_table import show_as_rows

if TYPE_CHECKING:
    from trainer.cases.tables.case_list import CaseListRow

AnyIndex = QModelIndex | QPersistentModelIndex
ShownCase = tuple["CaseListRow", bool]
"""A case, and whether its folder is missing."""
_TOP = QModelIndex()
_ROW = 4 * GRID
_WIDTHS = (11, 24, 16, 9, 11, 20, 18)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Cases", text)


@dataclass(frozen=True)
class _Column:
    title: str
    text: Callable[[CaseListRow, bool], str]
    is_number: bool = False


def describe_state(state: str) -> str:
    """How far a case is."""
    return {"new": _tr("New"), "in_review": _tr("In review"), "signed": _tr("Signed")}[state]


def _build_columns() -> tuple[_Column, ...]:
    missing = _tr("not there any more: {folder}")
    return (
        _Column(_tr("State"), lambda row, _: describe_state(row.state.value)),
        _Column(_tr("Case"), lambda row, _: row.case.name),
        _Column(_tr("Sample"), lambda row, _: row.details.sample),
        _Column(_tr("Images"), lambda row, _: format_number(row.images), True),
        _Column(_tr("Reviewed"), lambda row, _: format_number(row.reviewed), True),
        _Column(_tr("Models"), lambda row, _: row.models),
        _Column(_tr("Last open"), lambda row, _: format_time(row.opened) if row.opened else ""),
        _Column(
            _tr("Folder"),
            lambda row, gone: missing.format(folder=row.case.root) if gone else str(row.case.root),
        ),
    )


class CaseTableModel(QAbstractTableModel):
    """Cases, those that hold the words of a search."""

    def __init__(self) -> None:
        super().__init__()
        self._columns = _build_columns()
        self._all: tuple[ShownCase, ...] = ()
        self._search = ""
        self.rows: list[ShownCase] = []

    def show_cases(self, cases: Sequence[ShownCase]) -> None:
        """Show these, as far as the search leaves them."""
        self._all = tuple(cases)
        self._filter()

    def search(self, text: str) -> None:
        """Show only cases with each of the words."""
        self._search = text
        self._filter()

    @property
    def is_empty(self) -> bool:
        """Whether there is no case at all."""
        return not self._all

    def row_of(self, case_id: int) -> int:
        """Where a case is shown; -1 where it is not."""
        found = (at for at, (row, _) in enumerate(self.rows) if row.case.id == case_id)
        return next(found, -1)

    def _filter(self) -> None:
        self.beginResetModel()
        self.rows = [each for each in self._all if each[0].matches(self._search)]
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """One row a case."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """What is known of each."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What a column holds."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a cell; the whole row for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        shown = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[index.column()].text(*shown)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._describe(shown)
        return plain_tooltip(self._describe(shown)) if role == Qt.ItemDataRole.ToolTipRole else None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft
        if self._columns[column].is_number:
            side = Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter

    def _describe(self, shown: ShownCase) -> str:
        texts = [(column.title, column.text(*shown)) for column in self._columns]
        return "\n".join(f"{title}: {text}" for title, text in texts if text)


class CaseTable(QTableView):
    """Shows a model of cases; Enter or a double click opens one."""

    chosen = Signal()

    def __init__(self, cases: CaseTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        cases.setParent(self)
        self.setModel(cases)
        show_as_rows(self, _WIDTHS, _ROW)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName(self.tr("Cases"))
        self.doubleClicked.connect(self.chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter opens the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)
