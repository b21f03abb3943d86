"""A table of images, each with one thing about it; one of them can be shown in the gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView, QWidget

from leukogui.theme.metrics import GRID
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows

_ROW = 3 * GRID + GRID // 2
_MAX_ROWS = 8


class ImageModel(RowModel):
    """Names of images, and a value of each.

    Args:
        format_value: gives the text that shows a value.
    """

    def __init__(self, format_value: Callable[[Any], str], parent: QObject | None = None) -> None:
        super().__init__(("", ""), parent)
        self._format_value = format_value
        self.rows: tuple[tuple[str, Any], ...] = ()

    def show_rows(self, rows: Sequence[tuple[str, Any]]) -> None:
        """Show these; what is selected stays if they are the same."""
        if tuple(rows) != self.rows:
            self.beginResetModel()
            self.rows = tuple(rows)
            self.endResetModel()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name or value; both for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        name, value = self.rows[index.row()]
        text = self._format_value(value)
        if role == Qt.ItemDataRole.DisplayRole:
            return (name, text)[index.column()]
        both = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
        return f"{name}\n{text}" if role in both else None


class ImageTable(QTableView):
    """Shows a model of images; Enter or a double click requests one of them."""

    opened = Signal(str)  # name of an image

    def __init__(self, images: ImageModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = images
        images.setParent(self)
        self.setModel(images)
        show_as_rows(self, (36,), _ROW)
        self.doubleClicked.connect(self._open)

    def show_rows(self, rows: Sequence[tuple[str, Any]]) -> None:
        """Show these, in a table no higher than they need."""
        self.images.show_rows(rows)
        head = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(head + min(len(rows), _MAX_ROWS) * _ROW + 4)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter requests the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _open(self, index: QModelIndex) -> None:
        if index.isValid():
            self.opened.emit(self.images.rows[index.row()][0])
