"""The cells on which two readers differ, each with both labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from leukogui.gallery.text import class_title
from leukogui.theme.metrics import GRID
from trainer.domain import CellId

AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_WIDTHS = (36, 24)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Agreement", text)


def readable_label(label: str, titles: Mapping[str, str]) -> str:
    """A label as it is written everywhere in the window.

    Args:
        titles: names of the review classes, by their id.
    """
    known = {"unknown": _tr("Unknown"), "excluded": _tr("Excluded")}
    return known.get(label) or class_title(titles.get(label, label))


@dataclass(frozen=True)
class DifferingCell:
    """A cell that two readers gave different labels; the labels are as a person reads them."""

    cell: CellId
    first: str
    second: str


class DifferenceModel(QAbstractTableModel):
    """Cells on which two readers differ, in the order in which they came."""

    def __init__(self) -> None:
        super().__init__()
        self._titles = (_tr("Cell"), "", "")
        self.rows: tuple[DifferingCell, ...] = ()

    def show_cells(self, rows: Sequence[DifferingCell], first: str, second: str) -> None:
        """Show these; the columns have the readers' names."""
        self.beginResetModel()
        self._titles = (_tr("Cell"), first, second)
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """One row a cell."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """Cell and both labels."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What a column holds."""
        across = orientation is Qt.Orientation.Horizontal and 0 <= section < len(self._titles)
        if across and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        if across and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cell or label; all of them for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        name = f"{row.cell.image} {row.cell.letters}".rstrip()
        texts = (name, row.first, row.second)
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            pairs = zip(self._titles, texts, strict=True)
            return ", ".join(f"{title}: {text}" for title, text in pairs)
        return None


class DifferenceTable(QTableView):
    """Shows a model of differing cells; Enter or a double click requests one of them."""

    chosen = Signal(object)  # CellId

    def __init__(self, cells: DifferenceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = cells
        cells.setParent(self)
        self.setModel(cells)
        self.setAccessibleName(self.tr("Cells on which they differ"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(4 * GRID)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setStretchLastSection(True)
        for at, width in enumerate(_WIDTHS):
            self.setColumnWidth(at, width * GRID)
        self.doubleClicked.connect(self._choose)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter requests the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._cells.rows[index.row()].cell)
