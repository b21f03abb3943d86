"""A small window with plain text to be read and copied."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.theme.metrics import GRID


class TextWindow(QDialog):
    """Shows a text; it does not stop the work beside it."""

    def __init__(self, title: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.text = QPlainTextEdit(text)
        self.text.setReadOnly(True)
        self.text.setTabChangesFocus(True)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(title)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.text.toPlainText())
        )
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.close)
        self.buttons = QHBoxLayout()
        self.buttons.addWidget(self.copy)
        self.buttons.addStretch()
        self.buttons.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.text, 1)
        column.addLayout(self.buttons)
        self.resize(96 * GRID, 64 * GRID)

    def add_button(self, button: QPushButton) -> None:
        """Put one more button beside "Copy"."""
        self.buttons.insertWidget(1, button)
