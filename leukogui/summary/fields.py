"""How many cells each field has; one of them can be shown in the gallery."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from leukogui.language.number_format import format_number
from leukogui.summary.case_summary import CaseSummary
from leukogui.theme.metrics import GRID, font

AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_ROW = 3 * GRID + GRID // 2
_MAX_ROWS = 8


class FieldModel(QAbstractTableModel):
    """Names of fields, and numbers of cells."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fields: tuple[tuple[str, int], ...] = ()

    def show_fields(self, fields: Sequence[tuple[str, int]]) -> None:
        """Show these; what is selected stays if they are the same."""
        if tuple(fields) != self.fields:
            self.beginResetModel()
            self.fields = tuple(fields)
            self.endResetModel()

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """One row a field."""
        return 0 if parent.isValid() else len(self.fields)

    def columnCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """Name and number."""
        return 0 if parent.isValid() else 2

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """What a column holds."""
        across = orientation is Qt.Orientation.Horizontal and section in (0, 1)
        if across and role == Qt.ItemDataRole.DisplayRole:
            return (self.tr("Image"), self.tr("Cells"))[section]
        if across and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name or number; both for a screen reader."""
        if not index.isValid() or index.row() >= len(self.fields):
            return None
        name, cells = self.fields[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (name, format_number(cells))[index.column()]
        both = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return f"{name}\n{format_number(cells)}" if role in both else None


class FieldTable(QTableView):
    """Shows them; Enter or a double click requests one of them."""

    opened = Signal(str)  # name of an image

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = FieldModel(self)
        self.setModel(self.images)
        self.setAccessibleName(self.tr("Cells of each field"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(_ROW)
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setStretchLastSection(True)
        self.setColumnWidth(0, 36 * GRID)
        self.doubleClicked.connect(self._open)

    def show_fields(self, fields: Sequence[tuple[str, int]]) -> None:
        """Show these."""
        self.images.show_fields(fields)
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + min(len(fields), _MAX_ROWS) * _ROW + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter requests the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.images.fields[index.row()][0])


class FieldSection(QWidget):
    """The part of the page about fields; hidden where there are none."""

    opened = Signal(str)  # name of an image

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Fields"))
        title.setFont(font(bold=True))
        self.counts = QLabel()
        self.counts.setProperty("tone", "quiet")
        self.table = FieldTable()
        head = QHBoxLayout()
        head.addWidget(title)
        head.addWidget(self.counts)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.table)
        self.table.opened.connect(self.opened)

    def show_summary(self, figures: CaseSummary) -> None:
        """Show the fields of a case, and how many cells they have."""
        numbers = [cells for _, cells in figures.fields]
        self.setVisible(bool(numbers))
        if not numbers:
            return
        text = self.tr("Cells: {m}, fields: {n}, {least} to {most} a field, {mean} on average")
        self.counts.setText(
            text.format(
                m=format_number(sum(numbers)),
                n=format_number(len(numbers)),
                least=format_number(min(numbers)),
                most=format_number(max(numbers)),
                mean=format_number(sum(numbers) / len(numbers), ".1f"),
            )
        )
        self.table.show_fields(figures.fields)
