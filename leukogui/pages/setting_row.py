"""One setting as a person changes it: title, hint, the choice, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.settings.store import Settings
from leukogui.settings.table import Setting, translate_setting
from leukogui.theme.metrics import GRID, FontSize, font

_EDITOR_WIDTH = 24 * GRID
_MAX_TEXT = 200
ShowValue = Callable[[Any], None]


class SettingRow(QWidget):
    """Shows what a setting is, and changes it at once."""

    def __init__(
        self, setting: Setting[Any], settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setting, self._settings = setting, settings
        self.editor, self._show = _build_editor(setting, self._choose)
        self.editor.setAccessibleName(setting.shown_title())
        self.editor.setAccessibleDescription(setting.shown_hint())
        self.editor.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.editor.installEventFilter(self)
        self._note = _build_quiet_label("")
        self._note.hide()
        self.reset = QToolButton()
        self.reset.setText(self.tr("Reset"))
        self.reset.setToolTip(self.tr("Reset to default"))
        self.reset.setAccessibleName(
            self.tr("Reset to default: {setting}").format(setting=setting.shown_title())
        )
        self.reset.clicked.connect(lambda *_: self._choose(setting.default))
        self._lay_out()
        settings.changed.connect(self._on_changed)
        self._on_changed(setting.key)

    def matches(self, words: str) -> bool:
        """Whether every one of the words is in the title, the hint or the key."""
        here = f"{self.setting.shown_title()} {self.setting.shown_hint()} {self.setting.key}"
        return all(word in here.casefold() for word in words.casefold().split())

    def show_note(self, text: str) -> None:
        """Show what is known of the choices here and now, below the hint; nothing for ""."""
        self._note.setText(text)
        self._note.setVisible(bool(text))
        hint = self.setting.shown_hint()
        self.editor.setAccessibleDescription(f"{hint} {text}".strip())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The wheel scrolls the page; it changes only what has the focus."""
        if event.type() == QEvent.Type.Wheel and not self.editor.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _choose(self, value: Any) -> None:
        if self.setting.accepts(value):
            self._settings.set(self.setting, value)

    def _on_changed(self, key: str) -> None:
        if key == self.setting.key:
            value: Any = self._settings.value(self.setting)
            self._show(value)
            self.reset.setEnabled(value != self.setting.default)

    def _lay_out(self) -> None:
        title = QLabel(self.setting.shown_title())
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(title)
        words.addWidget(_build_quiet_label(self.setting.shown_hint()))
        words.addWidget(self._note)
        self.editor.setFixedWidth(_EDITOR_WIDTH)
        self.editor.setMinimumHeight(3 * GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        row.setSpacing(GRID)
        row.addLayout(words, 1)
        row.addWidget(self.editor)
        row.addWidget(self.reset)


def _build_quiet_label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(font(FontSize.SMALL))
    label.setProperty("tone", "quiet")
    label.setWordWrap(True)
    return label


def _build_editor(setting: Setting[Any], choose: ShowValue) -> tuple[QWidget, ShowValue]:
    """The control for a setting's type, and how it is made to show a value."""
    if setting.choices:
        return _build_combo_box(setting, choose)
    if isinstance(setting.default, bool):
        box = QCheckBox()
        box.toggled.connect(choose)
        return box, box.setChecked
    if isinstance(setting.default, str):
        line = QLineEdit()
        line.setMaxLength(_MAX_TEXT)
        line.editingFinished.connect(lambda: choose(line.text().strip()))
        return line, line.setText
    if isinstance(setting.default, int):
        whole = QSpinBox()
        whole.setRange(round(setting.lowest or 0), round(setting.highest or 1_000_000))
        whole.setSuffix(f" {translate_setting(setting.unit)}" if setting.unit else "")
        whole.valueChanged.connect(choose)
        return _debounce_typing(whole), whole.setValue
    real = QDoubleSpinBox()
    real.setRange(setting.lowest or 0.0, setting.highest or 1e6)
    real.setSingleStep(0.05)
    real.valueChanged.connect(choose)
    return _debounce_typing(real), real.setValue


def _build_combo_box(setting: Setting[Any], choose: ShowValue) -> tuple[QWidget, ShowValue]:
    combo = QComboBox()
    choices: tuple[Any, ...] = setting.choices
    combo.addItems(list(setting.shown_choices()))
    combo.currentIndexChanged.connect(lambda at: choose(choices[at]))
    return combo, lambda value: combo.setCurrentIndex(choices.index(value))


def _debounce_typing(box: QAbstractSpinBox) -> QAbstractSpinBox:
    """A half-typed number is not a choice yet."""
    box.setKeyboardTracking(False)
    box.lineEdit().setTextMargins(GRID, 0, 0, 0)  # a style sheet cannot
    return box
