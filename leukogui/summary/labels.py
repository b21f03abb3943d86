"""Labels of the page of figures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from leukogui.theme.metrics import GRID, font


def build_column(*widgets: QWidget) -> QVBoxLayout:
    """Lay widgets out one below the other."""
    column = QVBoxLayout()
    column.setSpacing(GRID)
    for widget in widgets:
        column.addWidget(widget)
    return column


def heading(text: str) -> QLabel:
    """Build the heading of a part."""
    label = QLabel(text)
    label.setFont(font(bold=True))
    return label


def text_label(tone: str = "") -> QLabel:
    """Build a label of plain text that wraps."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)  # names of files may hold anything
    label.setWordWrap(True)
    label.setProperty("tone", tone)
    return label


def warning_label(text: str) -> QLabel:
    """Build a label of a warning."""
    label = text_label()
    label.setObjectName("warning")
    label.setText(text)
    return label
