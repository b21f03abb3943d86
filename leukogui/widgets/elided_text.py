"""A button and a label that shorten their text where there is no room for it.

A label of one line that shortens its text in the middle, as names need it.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyleOptionToolButton, QToolButton, QWidget

from leukogui.theme.metrics import GRID


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


_MAX_WIDTH = 40 * GRID
_TEXT_PADDING = 3 * GRID


class ElidedButton(QToolButton):
    """As wide as its text, or less; a name may have 250 characters. Its tip has the whole."""

    shortest_width = 11 * GRID
    """It never gets narrower, unless its whole text is."""
    elide_mode = Qt.TextElideMode.ElideMiddle
    """Where it is shortened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full_size = False
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the icon and some letters."""
        whole = self.sizeHint()
        return QSize(min(whole.width(), self.shortest_width), whole.height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the whole text, if it is not very long."""
        self._full_size = True
        try:
            whole = super().sizeHint()
        finally:
            self._full_size = False
        return QSize(min(whole.width(), _MAX_WIDTH), whole.height())

    def initStyleOption(self, option: QStyleOptionToolButton) -> None:  # noqa: N802 - Qt's name
        """Ask for room for the whole text; paint what there is room for."""
        super().initStyleOption(option)
        if not self._full_size:
            icon = 0 if self.icon().isNull() else self.iconSize().width()
            room = max(self.width() - icon - _TEXT_PADDING, 0)
            # Shortened as it is read: half of an escaped `&` would be taken for a key.
            read = self.text().replace("&&", "&")
            shortened = self.fontMetrics().elidedText(read, self.elide_mode, room)
            option.text = shortened.replace("&", "&&")


class CompactLabel(QLabel):
    """A line as wide as its text, or less; shortened, its tip has the whole."""

    shortest_width = 14 * GRID
    """It never gets narrower, unless its whole text is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for some letters."""
        whole = self.sizeHint()
        return QSize(min(whole.width(), self.shortest_width), whole.height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint what there is room for."""
        right = Qt.TextElideMode.ElideRight
        text = self.fontMetrics().elidedText(self.text(), right, self.width())
        self.setToolTip("" if text == self.text() else self.text())
        painter = QPainter(self)
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        self.style().drawItemText(
            painter,
            self.rect(),
            line,
            self.palette(),
            self.isEnabled(),
            text,
            self.foregroundRole(),
        )
        painter.end()
