"""The line above a filtered gallery, and the text in its place where no cell is left."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, font
from leukogui.theme.tooltips import plain_tooltip


class FilterLine(QWidget):
    """Nobody shall believe that cells are lost: how many of how many are shown, and why."""

    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filterLine")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.count = QLabel()
        self.count.setFont(font(bold=True))
        self.why = QLabel()
        self.why.setTextFormat(Qt.TextFormat.PlainText)
        self.why.setProperty("tone", "quiet")
        self.why.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.clear = QToolButton()
        self.clear.setText(self.tr("Show all cells"))
        self.clear.clicked.connect(self.clear_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(2 * GRID)
        row.addWidget(self.count)
        row.addWidget(self.why, 1)
        row.addWidget(self.clear)

    def show_filter(self, shown: int, total: int, why: str) -> None:
        """Show how many cells are left by what; nothing where `why` is empty."""
        self.setVisible(bool(why))
        text = self.tr("{n} of {total} cells").format(
            n=format_number(shown), total=format_number(total)
        )
        self.count.setText(text)
        self.why.setText(why)
        self.why.setToolTip(plain_tooltip(why))


class NoMatches(QWidget):
    """In the gallery's place where the filters leave no cell."""

    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = QLabel()
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setProperty("tone", "quiet")
        self.clear = QPushButton(self.tr("Show all cells"))
        self.setFocusProxy(self.clear)
        self.clear.clicked.connect(self.clear_requested)
        column = QVBoxLayout(self)
        column.setSpacing(2 * GRID)
        column.addStretch()
        column.addWidget(self.words)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch()

    def show_total(self, total: int) -> None:
        """Show how many cells there are."""
        text = self.tr("No cell matches the filters.\nNone is lost: the case has {n} cells.")
        self.words.setText(text.format(n=format_number(total)))
