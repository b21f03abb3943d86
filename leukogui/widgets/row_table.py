"""Tables whose rows are read as a whole: what their models and their views have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from leukogui.theme.metrics import GRID

AnyIndex = QModelIndex | QPersistentModelIndex
TOP = QModelIndex()


class RowModel(QAbstractTableModel):
    """Rows under titles; what a cell shows is the subclass's.

    Attributes:
        titles: of the columns.
        rows: what is shown, from above.
    """

    def __init__(self, titles: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.titles = tuple(titles)
        self.rows: Sequence[Any] = ()

    def show_rows(self, rows: Sequence[Any]) -> None:
        """Show these in place of all before."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = TOP) -> int:  # noqa: N802 - Qt's name
        """Rows have none below them."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = TOP) -> int:  # noqa: N802 - Qt's name
        """One for each title."""
        return 0 if parent.isValid() else len(self.titles)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """What a column holds."""
        across = orientation is Qt.Orientation.Horizontal and 0 <= section < len(self.titles)
        if across and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        if across and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None


def show_as_rows(table: QTableView, widths: Sequence[int], height: int) -> None:
    """Let a view show whole rows, without a grid.

    Args:
        widths: of the first columns, in units of the grid; the last takes what is left.
        height: of a row, pixels.
    """
    table.setFrameShape(QFrame.Shape.NoFrame)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    table.verticalHeader().setDefaultSectionSize(height)
    columns = table.horizontalHeader()
    columns.setHighlightSections(False)
    columns.setSectionsClickable(False)
    columns.setStretchLastSection(True)
    for at, width in enumerate(widths):
        table.setColumnWidth(at, width * GRID)
