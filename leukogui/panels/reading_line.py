"""One line below the gallery: who reads the case blind, and how far."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.elided_text import ElidedLabel


class ReadingLine(QWidget):
    """Shows the reader, the number of the reading and its progress; hidden without a reading."""

    end_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reviewProgress")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = ElidedLabel()
        self.text.setFont(font(FontSize.SMALL, bold=True))
        self.end = QToolButton()
        self.end.setText(self.tr("End the blind reading"))
        self.end.clicked.connect(self.end_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self.text, 1)
        row.addWidget(self.end)
        self.setVisible(False)

    def show_progress(self, reader: str, series: int, labelled: int, cells: int) -> None:
        """Show how many cells have a label."""
        text = self.tr("Blind reading {s} of {name}: {n} of {all} cells have a label.").format(
            s=format_number(series),
            name=reader,
            n=format_number(labelled),
            all=format_number(cells),
        )
        self.text.setText(text)
        self.text.setToolTip(text)
        self.setVisible(True)
