"""One line below the gallery: an adaptation is worth trying, goes on, or has ended."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.widgets.elided_text import ElidedLabel


class AdaptationLine(QWidget):
    """Shows a sentence with the buttons that belong to it; hidden where there is nothing."""

    show_requested = Signal()  # what would be learned, or what came of it
    cancel_requested = Signal()
    dismiss_requested = Signal()  # no more of this suggestion

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reviewProgress")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.text = ElidedLabel()
        self.text.setFont(font(FontSize.SMALL))
        self.show_button, self.cancel, self.dismiss = (QToolButton() for _ in range(3))
        self.cancel.setText(self.tr("Cancel"))
        self.dismiss.setText("×")
        self.dismiss.setAccessibleName(self.tr("Not now"))
        self.dismiss.setToolTip(self.tr("Not now"))
        self.show_button.clicked.connect(self.show_requested)
        self.cancel.clicked.connect(self.cancel_requested)
        self.dismiss.clicked.connect(self.dismiss_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID, GRID // 2, GRID, GRID // 2)
        row.setSpacing(GRID)
        row.addWidget(self.text, 1)
        for button in (self.show_button, self.cancel, self.dismiss):
            row.addWidget(button)
        self.setVisible(False)

    def show_suggestion(self, text: str) -> None:
        """Show that there are enough cells to try."""
        self._show(text, self.tr("Try them…"), cancel=False, dismiss=True)

    def show_running(self, text: str) -> None:
        """Show how far the adaptation is."""
        self._show(text, self.tr("Show"), cancel=True, dismiss=False)

    def show_ended(self, text: str) -> None:
        """Show what came of it."""
        self._show(text, self.tr("Look at it…"), cancel=False, dismiss=False)

    def _show(self, text: str, show: str, *, cancel: bool, dismiss: bool) -> None:
        self.text.setText(text)
        self.text.setToolTip(text)
        self.show_button.setText(show)
        self.cancel.setVisible(cancel)
        self.dismiss.setVisible(dismiss)
        self.setVisible(True)
