"""Asks before something is done with a model: what it means, a name or a reason, the command."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QWidget

from leukogui.pages.sign_off.dialog import (
    button_row,
    caption,
    dialog_column,
    line_edit,
    plain_label,
)
from leukogui.theme.metrics import GRID, font

_MAX_TITLE, _MAX_REASON = 120, 1000
_WIDTH = 64 * GRID


@dataclass(frozen=True)
class ActQuestion:
    """What is asked about an act on a model.

    Attributes:
        title: of the dialog.
        text: what is going to be done.
        warning: what a person should know first; empty where there is nothing.
        done: the text of the button that does it.
        name: the name to be changed; None where none is.
        with_reason: a reason can be given.
        needs_reason: it is not done without one.
    """

    title: str
    text: str
    done: str
    warning: str = ""
    name: str | None = None
    with_reason: bool = False
    needs_reason: bool = False


class ActDialog(QDialog):
    """One question; `confirmed` brings the name and the reason."""

    confirmed = Signal(str, str)
    copy_requested = Signal(str, str)

    def __init__(self, question: ActQuestion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question = question
        self.setWindowTitle(question.title)
        self.setMinimumWidth(_WIDTH)
        self.text, self.warning = plain_label(), plain_label()
        self.text.setText(question.text)
        self.warning.setText(question.warning)
        self.warning.setFont(font(bold=True))
        self.name = line_edit(self.tr("Name"), _MAX_TITLE)
        self.name.setText(question.name or "")
        asked = self.tr("Reason, which is kept in the trail of the models")
        optional = self.tr("Reason, if any; it is kept in the trail of the models")
        self._reason_title = asked if question.needs_reason else optional
        self.reason = line_edit(self._reason_title, _MAX_REASON)
        self.copy = QPushButton(self.tr("Copy as command"))
        self.copy.setAutoDefault(False)
        self.go = QPushButton(question.done)
        self.go.setProperty("main", True)
        self._build()
        self.reason.textChanged.connect(self._show_possible)
        self.copy.clicked.connect(lambda: self.copy_requested.emit(*self._values()))
        self.go.clicked.connect(self._confirm)
        self._show_possible()

    def _values(self) -> tuple[str, str]:
        return self.name.text().strip(), self.reason.text().strip()

    def _show_possible(self) -> None:
        has_reason = bool(self.reason.text().strip())
        self.go.setEnabled(has_reason or not self._question.needs_reason)

    def _confirm(self) -> None:
        self.accept()
        self.confirmed.emit(*self._values())

    def _build(self) -> None:
        column = dialog_column(self)
        column.addWidget(self.text)
        if self._question.warning:
            column.addWidget(self.warning)
        if self._question.name is not None:
            column.addWidget(caption(self.tr("Name"), self.name))
            column.addWidget(self.name)
        if self._question.with_reason:
            column.addWidget(caption(self._reason_title, self.reason))
            column.addWidget(self.reason)
        column.addSpacing(GRID)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addStretch()
        row.addWidget(button_row(self, self.go))
        column.addLayout(row)
        first = self.name if self._question.name is not None else self.reason
        first.setFocus()
