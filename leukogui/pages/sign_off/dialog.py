"""Asks a person to sign a case: what it rests on, what is missing, and their name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.language.number_format import format_number
from leukogui.pages.sign_off.text import describe_counts, describe_missing, describe_requirement
from leukogui.theme.metrics import GRID, font

if TYPE_CHECKING:
    from leukogui.case.record_queries import SignOffQuestion
    from trainer.domain import CellId

_MAX_NAME, _MAX_REASON = 200, 2000
_WIDTH = 60 * GRID


class SignOffDialog(QDialog):
    """Counts, name and remark; the cells that are missing are one click away."""

    sign_requested = Signal(str, str)  # name, remark
    cell_requested = Signal(object)  # CellId of the first that is missing

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Sign the case"))
        self.setMinimumWidth(_WIDTH)
        self._missing: CellId | None = None
        self._can_sign = False
        self._grid = QGridLayout()
        self.requirement = plain_label("quiet")
        self.state = plain_label()
        self.state.setFont(font(bold=True))
        self.name = line_edit(self.tr("Your name"), _MAX_NAME)
        self.remark = line_edit(self.tr("Remark, if any"), _MAX_REASON)
        self.go = QPushButton(self.tr("Go to the first of them"))
        self.go.setAutoDefault(False)
        self.sign = QPushButton(self.tr("Sign"))
        self.sign.setProperty("main", True)
        self._build()
        self.name.textChanged.connect(self._show_possible)
        self.go.clicked.connect(self._go)
        self.sign.clicked.connect(self._sign)

    def show_question(self, question: SignOffQuestion, name: str) -> None:
        """Show what the case rests on.

        Args:
            name: of who signs, where it is known.
        """
        for row, (text, count) in enumerate(describe_counts(question.counts)):
            number = QLabel(format_number(count))
            number.setAlignment(Qt.AlignmentFlag.AlignRight)
            number.setAccessibleName(f"{text}: {number.text()}")
            self._grid.addWidget(QLabel(text), row, 0)
            self._grid.addWidget(number, row, 1)
        left = question.counts.missing(question.requirement)
        self._missing = question.missing
        self._can_sign = not left and question.counts.cells > 0
        self.requirement.setText(describe_requirement(question.requirement.value))
        nothing = self.tr("The case holds no cell to sign for. Classify it first.")
        self.state.setText(describe_missing(left) if question.counts.cells else nothing)
        self.go.setVisible(self._missing is not None)
        self.name.setText(name)
        self._show_possible()
        (self.remark if name else self.name).setFocus()

    def _show_possible(self) -> None:
        self.sign.setEnabled(self._can_sign and bool(self.name.text().strip()))

    def _go(self) -> None:
        self.reject()
        self.cell_requested.emit(self._missing)

    def _sign(self) -> None:
        self.accept()
        self.sign_requested.emit(self.name.text().strip(), self.remark.text().strip())

    def _build(self) -> None:
        column = dialog_column(self)
        self._grid.setHorizontalSpacing(3 * GRID)
        self._grid.setColumnStretch(0, 1)
        column.addLayout(self._grid)
        column.addSpacing(GRID)
        column.addWidget(self.requirement)
        column.addWidget(self.state)
        column.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(GRID)
        column.addWidget(caption(self.tr("Your name"), self.name))
        column.addWidget(self.name)
        column.addWidget(caption(self.tr("Remark, if any"), self.remark))
        column.addWidget(self.remark)
        note = plain_label("quiet")
        note.setText(
            self.tr(
                "A signed case cannot be changed. Reopening it needs a reason; both stay in the "
                "audit trail."
            )
        )
        column.addWidget(note)
        column.addSpacing(GRID)
        column.addWidget(button_row(self, self.sign))


class ReopenDialog(QDialog):
    """Who signed, and the reason why it is opened again."""

    reopen_requested = Signal(str, str)  # name, reason

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Reopen the case"))
        self.setMinimumWidth(_WIDTH)
        self.signed = plain_label()
        self.name = line_edit(self.tr("Your name"), _MAX_NAME)
        self.reason = line_edit(self.tr("Reason"), _MAX_REASON)
        self.reopen = QPushButton(self.tr("Reopen"))
        self.reopen.setProperty("main", True)
        column = dialog_column(self)
        column.addWidget(self.signed)
        column.addSpacing(GRID)
        column.addWidget(caption(self.tr("Your name"), self.name))
        column.addWidget(self.name)
        column.addWidget(caption(self.tr("Reason"), self.reason))
        column.addWidget(self.reason)
        column.addSpacing(GRID)
        column.addWidget(button_row(self, self.reopen))
        for edit in (self.name, self.reason):
            edit.textChanged.connect(self._show_possible)
        self.reopen.clicked.connect(self._reopen)

    def show_signed(self, text: str, name: str) -> None:
        """Show how the case was signed."""
        self.signed.setText(text)
        self.name.setText(name)
        self._show_possible()
        (self.reason if name else self.name).setFocus()

    def _show_possible(self) -> None:
        self.reopen.setEnabled(all(each.text().strip() for each in (self.name, self.reason)))

    def _reopen(self) -> None:
        self.accept()
        self.reopen_requested.emit(self.name.text().strip(), self.reason.text().strip())


def plain_label(tone: str = "") -> QLabel:
    """A label of plain text that wraps: names may hold anything."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("tone", tone)
    return label


def line_edit(name: str, length: int) -> QLineEdit:
    """A line to type in, with its name for a screen reader."""
    edit = QLineEdit()
    edit.setAccessibleName(name)
    edit.setMaxLength(length)
    edit.setMinimumHeight(4 * GRID)
    return edit


def caption(text: str, buddy: QWidget) -> QLabel:
    """The title of a control, above it."""
    label = QLabel(text)
    label.setBuddy(buddy)
    return label


def dialog_column(dialog: QDialog) -> QVBoxLayout:
    """The one column of a dialog."""
    column = QVBoxLayout(dialog)
    column.setContentsMargins(3 * GRID, 3 * GRID, 3 * GRID, 2 * GRID)
    column.setSpacing(GRID)
    return column


def button_row(dialog: QDialog, main: QPushButton) -> QDialogButtonBox:
    """The button that does it, and one that does not."""
    buttons = QDialogButtonBox()
    buttons.addButton(main, QDialogButtonBox.ButtonRole.ApplyRole)
    buttons.addButton(QDialogButtonBox.StandardButton.Cancel).setAutoDefault(False)
    main.setDefault(True)  # once it is in the dialog: before, the other one would be
    buttons.rejected.connect(dialog.reject)
    return buttons
