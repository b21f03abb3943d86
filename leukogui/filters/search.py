"""The field in which a person searches for names."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from leukogui.theme.metrics import GRID

_DEBOUNCE_MILLISECONDS = 120


class SearchField(QLineEdit):
    """Emits the search text when a person stops typing; Esc empties it."""

    searched = Signal(str)
    left = Signal()  # a person is done with it: on to the cells

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(self.tr("Find by name"))
        self.setAccessibleName(self.tr("Words in the name of an image"))
        self.setToolTip(self.tr("Several words: all of them must be in the name or its folder"))
        self.setClearButtonEnabled(True)
        for button in self.findChildren(QToolButton):
            button.setAccessibleName(self.tr("Look for nothing"))
        self.setMinimumHeight(4 * GRID)
        self._debounce = QTimer(self, singleShot=True, interval=_DEBOUNCE_MILLISECONDS)
        self._debounce.timeout.connect(self._emit_search)
        self.textEdited.connect(lambda _: self._debounce.start())

    def show_text(self, text: str) -> None:
        """Show the search text; not while a person types something else."""
        if not self._debounce.isActive() and text != self.text():
            self.setText(text)

    def event(self, event: QEvent) -> bool:
        """Esc belongs to the field while a person is in it."""
        is_escape = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if is_escape and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc empties the field, and leaves it when it is empty; Enter leaves it at once."""
        key = event.key()
        if key == Qt.Key.Key_Escape and self.text():
            self.clear()
            self._emit_search()
        elif key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self._emit_search()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _emit_search(self) -> None:
        self._debounce.stop()
        self.searched.emit(self.text())
