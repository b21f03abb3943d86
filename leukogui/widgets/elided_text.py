"""A label and a button that shorten their text where there is no room for it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyleOptionToolButton, QToolButton, QWidget

from leukogui.theme.metrics import GRID


class ElidedLabel(QLabel):
    """A line of plain text, shortened where there is no room for it.

    It fills its place, and is shortened in the middle, as names need it.

    Args:
        compact: it is as wide as its text, or less; it is shortened at its end, and then its
            tool tip has the whole.
    """

    def __init__(self, parent: QWidget | None = None, *, compact: bool = False) -> None:
        super().__init__(parent)
        self.is_compact = compact
        self.setTextFormat(Qt.TextFormat.PlainText)
        if compact:
            self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Show this text; nothing in it is markup."""
        super().setText(text)
        if not self.is_compact:
            self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A few letters."""
        if not self.is_compact:
            return QSize(6 * GRID, super().minimumSizeHint().height())
        whole = self.sizeHint()
        return QSize(min(whole.width(), 14 * GRID), whole.height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint one line."""
        mode = Qt.TextElideMode.ElideRight if self.is_compact else Qt.TextElideMode.ElideMiddle
        box = self.contentsRect().adjusted(self.margin(), 0, -self.margin(), 0)
        text = self.fontMetrics().elidedText(self.text(), mode, box.width())
        if self.is_compact:
            self.setToolTip("" if text == self.text() else self.text())
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        # Drawn, not parsed: an ampersand stays one.
        painter.drawText(box, self.alignment() | Qt.TextFlag.TextSingleLine, text)
        painter.end()


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
        """Request room for the whole text; paint what there is room for."""
        super().initStyleOption(option)
        if not self._full_size:
            icon = 0 if self.icon().isNull() else self.iconSize().width()
            room = max(self.width() - icon - _TEXT_PADDING, 0)
            # Shortened as it is read: half of an escaped `&` would be taken for a key.
            read = self.text().replace("&&", "&")
            shortened = self.fontMetrics().elidedText(read, self.elide_mode, room)
            option.text = shortened.replace("&", "&&")
