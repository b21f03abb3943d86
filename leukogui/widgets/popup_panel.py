"""A panel of a fixed width, as high as its words are, that opens below a button."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from leukogui.theme.metrics import GRID


class PopupPanel(QDialog):
    """What it shows stands in `column`; call `fit` when that has changed.

    Args:
        width: in pixels.
    """

    def __init__(self, width: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._width = width
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
        self.column.setSpacing(2 * GRID)

    def fit(self) -> None:
        """Be as high as the words are when they are wrapped."""
        self.column.activate()
        wrapped = self.column.totalHeightForWidth(self._width)
        height = wrapped if wrapped > 0 else self.column.totalSizeHint().height()
        self.setFixedSize(self._width, height)

    def show_below(self, button: QWidget, edge: Qt.Edge) -> None:
        """Show it below a button, if that is seen, with this edge, left or right, below its own."""
        self.show()
        if button.isVisible():
            across = button.width() - self.width() if edge == Qt.Edge.RightEdge else 0
            self.move(button.mapToGlobal(QPoint(across, button.height())))
        self.activateWindow()
