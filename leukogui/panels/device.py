"""What computes here, in full: facts, a self-test with its result, and all of it to copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from leukogui.theme.metrics import GRID, font
from leukogui.widgets.popup_panel import PopupPanel

Facts = Sequence[tuple[str, str]]
_WIDTH = 60 * GRID


class DevicePanel(PopupPanel):
    """Shows facts and requests the self-test; it never waits for it."""

    test_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_WIDTH, parent)
        self.setWindowTitle(self.tr("What computes"))
        self._facts: Facts = ()
        self._is_testing = False
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(2 * GRID)
        self._form.setVerticalSpacing(GRID // 2)
        self.verdict = _text_label()
        self.verdict.hide()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the self-test"))
        self.progress.hide()
        self.test = QPushButton()
        self.test.clicked.connect(self._on_test)
        self.copy = QPushButton(self.tr("Copy"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        close = QPushButton(self.tr("Close"))
        close.clicked.connect(self.hide)
        self._lay_out(close)
        self.set_testing(False)

    def show_facts(self, facts: Facts) -> None:
        """Show these facts, a title and words each."""
        if list(facts) == list(self._facts):
            return
        self._facts = facts
        while self._form.rowCount():
            self._form.removeRow(0)
        for title, text in facts:
            label = _text_label(text)
            label.setAccessibleName(f"{title}: {text}")
            self._form.addRow(_heading(title), label)
        self.fit()

    def show_verdict(self, text: str) -> None:
        """Show what the self-test found."""
        self.verdict.setText(text)
        self.verdict.setVisible(bool(text))
        self.fit()

    def set_testing(self, testing: bool) -> None:
        """Show that the self-test goes on, or that it is over."""
        self._is_testing = testing
        self.progress.setVisible(testing)
        self.progress.setRange(0, 0)
        self.test.setText(self.tr("Stop the test") if testing else self.tr("Self-test (5 s)"))
        self.fit()

    def show_progress(self, done: int, total: int) -> None:
        """Show how far the self-test has come."""
        self.progress.setRange(0, total)
        self.progress.setValue(done)

    def allow_test(self, allowed: bool, reason: str = "") -> None:
        """Allow the self-test or not, and show why not."""
        self.test.setEnabled(allowed or self._is_testing)
        self.test.setToolTip(reason)

    def text(self) -> str:
        """Everything that is shown, for the clipboard."""
        lines = [f"{title}: {text}" for title, text in self._facts]
        return "\n".join([*lines, self.verdict.text()]).strip()

    def _on_test(self) -> None:
        (self.stop_requested if self._is_testing else self.test_requested).emit()

    def _lay_out(self, close: QPushButton) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.test)
        buttons.addWidget(self.copy)
        buttons.addStretch()
        buttons.addWidget(close)
        self.column.addLayout(self._form)
        self.column.addWidget(self.progress)
        self.column.addWidget(self.verdict)
        self.column.addLayout(buttons)
        self.test.setDefault(True)


def _text_label(text: str = "") -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)  # a device is named by its maker
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(font(bold=True))
    label.setAlignment(Qt.AlignmentFlag.AlignTop)
    return label
