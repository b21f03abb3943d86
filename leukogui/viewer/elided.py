"""A label of one line that shortens its text in the middle, as names need it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel

from leukogui.look.sizes import GRID


class ElidedLabel(QLabel):
    """Shows plain text as far as there is room; the tool tip has all of it."""

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show this text; nothing in it is markup."""
        self.setTextFormat(Qt.TextFormat.PlainText)
        super().setText(text)
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A few letters."""
        return QSize(6 * GRID, super().minimumSizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint one line."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().windowText().color())
        box = self.contentsRect().adjusted(self.margin(), 0, -self.margin(), 0)
        middle = Qt.TextElideMode.ElideMiddle
        text = self.fontMetrics().elidedText(self.text(), middle, box.width())
        # Drawn, not parsed: an ampersand stays one.
        painter.drawText(box, self.alignment() | Qt.TextFlag.TextSingleLine, text)
