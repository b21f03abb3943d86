"""Images that could not be read, each with the reason; they can be classified again."""

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
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from leukogui.language.worker_messages import translate_message
from leukogui.theme.metrics import GRID

AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
_ROW = 3 * GRID + GRID // 2
_MAX_ROWS = 8


class FailedModel(QAbstractTableModel):
    """Names and reasons."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.failed: tuple[tuple[str, str], ...] = ()

    def show_failed(self, failed: Sequence[tuple[str, str]]) -> None:
        """Show these; what is selected stays if they are the same."""
        if tuple(failed) == self.failed:
            return
        self.beginResetModel()
        self.failed = tuple(failed)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """One row an image."""
        return 0 if parent.isValid() else len(self.failed)

    def columnCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """Name and reason."""
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
            return (self.tr("Image"), self.tr("Why it could not be read"))[section]
        if across and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name or reason; both for a screen reader."""
        if not index.isValid() or index.row() >= len(self.failed):
            return None
        name, why = self.failed[index.row()]
        reason = translate_message(why)
        if role == Qt.ItemDataRole.DisplayRole:
            return (name, reason)[index.column()]
        said = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return f"{name}\n{reason}" if role in said else None


class FailedTable(QTableView):
    """Shows them; Enter or a double click requests one of them."""

    opened = Signal(str)  # name of an image

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = FailedModel(self)
        self.setModel(self.images)
        self.setAccessibleName(self.tr("Failed images"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
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

    def show_failed(self, failed: Sequence[tuple[str, str]]) -> None:
        """Show these."""
        self.images.show_failed(failed)
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + min(len(failed), _MAX_ROWS) * _ROW + 4)

    def selected_names(self) -> list[str]:
        """Names of the selected images."""
        rows = sorted({index.row() for index in self.selectionModel().selectedRows()})
        return [self.images.failed[row][0] for row in rows]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter requests the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.images.failed[index.row()][0])
