"""A button that shows an action's keys and, once pressed, takes the next ones."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QToolButton, QWidget

from leukogui.theme.metrics import GRID

_MODIFIER_KEYS = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_unknown,
)
_CLEAR_KEYS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class ShortcutButton(QToolButton):
    """Click it (or press Space), then press the new keys; Esc leaves it as it was."""

    pressed_keys = Signal(str)  # in portable form; empty for none

    def __init__(self, does: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._does = does
        self._keys: tuple[str, ...] = ()
        self._recording = False
        self.setObjectName("keyButton")
        self.setMinimumWidth(18 * GRID)
        self.setToolTip(self.tr("Click, then press the new keys; Backspace for none"))
        self.clicked.connect(self._start_recording)
        self.show_keys(())

    def show_keys(self, keys: Sequence[str]) -> None:
        """Show these keys, in portable form."""
        self._keys, self._recording = tuple(keys), False
        shown = format_keys(keys) or self.tr("none")
        self.setText(shown.replace("&", "&&"))
        words = self.tr("Keys of {action}: {keys}").format(action=self._does, keys=shown)
        self.setAccessibleName(words)

    def event(self, event: QEvent) -> bool:
        """While it listens every key is its own, also those that are shortcuts."""
        if self._recording and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._take_key(event)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Who goes elsewhere does not want other keys."""
        super().focusOutEvent(event)
        if self._recording:
            self.show_keys(self._keys)

    def _start_recording(self) -> None:
        self._recording = True
        self.setFocus()
        self.setText(self.tr("Press keys…"))
        self.setAccessibleName(self.text())

    def _take_key(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _MODIFIER_KEYS:
            return
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        before = self._keys
        self.show_keys(before)
        if key == Qt.Key.Key_Escape:
            return
        if key in _CLEAR_KEYS and modifiers == Qt.KeyboardModifier.NoModifier:
            self.pressed_keys.emit("")
            return
        pressed = QKeySequence(QKeyCombination(modifiers, key))
        self.pressed_keys.emit(pressed.toString(QKeySequence.SequenceFormat.PortableText))


def format_keys(keys: Sequence[str]) -> str:
    """Keys as this system writes them."""
    native = QKeySequence.SequenceFormat.NativeText
    return "   ".join(QKeySequence(each).toString(native) for each in keys)
