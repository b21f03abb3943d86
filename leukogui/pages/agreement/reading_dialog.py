"""Asks who is to read the case blind, and whether the model's classes are hidden as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.language.number_format import format_number
from leukogui.pages.sign_off.dialog import line_edit, plain_label
from leukogui.theme.metrics import GRID

if TYPE_CHECKING:
    from trainer.cases.tables.readings import ReadingSeries

_MAX_NAME = 200


class ReadingDialog(QDialog):
    """Name, number of the reading, and what is hidden.

    Args:
        series: readings of the case that there are.
    """

    start_requested = Signal(str, int, bool)  # name, number of the reading, hides the model

    def __init__(self, series: Sequence[ReadingSeries], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series = tuple(series)
        self.setWindowTitle(self.tr("Read the case blind"))
        self.setMinimumWidth(60 * GRID)
        self.reader = line_edit(self.tr("Name of the reader"), _MAX_NAME)
        self.number = QComboBox()
        self.number.setAccessibleName(self.tr("Which reading of this reader"))
        self.hides_model = QCheckBox(self.tr("Hide what the model gives as well"))
        self.hides_model.setChecked(True)
        self.start = QPushButton(self.tr("Begin to read"))
        self.start.setProperty("main", True)
        self._build()
        self.reader.textChanged.connect(self._show_numbers)
        self.start.clicked.connect(self._start)
        self._show_numbers()

    def set_reader(self, name: str) -> None:
        """Propose a name."""
        self.reader.setText(name)

    def _show_numbers(self) -> None:
        """Offer a new reading, and to go on with each of those that this reader has begun."""
        name = self.reader.text().strip()
        own = [each for each in self._series if each.reader == name]
        self.number.clear()
        new = max((each.series for each in own), default=0) + 1
        text = self.tr("Reading {s}, a new one")
        self.number.addItem(text.format(s=format_number(new)), new)
        for each in reversed(own):
            text = self.tr("Go on with reading {s}: {n} cells, the last on {date}")
            shown = text.format(
                s=format_number(each.series), n=format_number(each.cells), date=each.last[:10]
            )
            self.number.addItem(shown, each.series)
        self.start.setEnabled(bool(name))

    def _start(self) -> None:
        name, number = self.reader.text().strip(), int(self.number.currentData())
        self.start_requested.emit(name, number, self.hides_model.isChecked())
        self.accept()

    def _build(self) -> None:
        about = plain_label("quiet")
        about.setText(
            self.tr(
                "The reader sees no review of this case. Each label is kept under their name and "
                "changes no verdict, also where the case is signed. Read again by yourself after "
                "some weeks, it shows how far you agree with yourself."
            )
        )
        form = QFormLayout()
        form.addRow(self.tr("Reader"), self.reader)
        form.addRow(self.tr("Reading"), self.number)
        form.addRow("", self.hides_model)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.addButton(self.start, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(2 * GRID)
        column.addWidget(about)
        column.addLayout(form)
        column.addWidget(buttons)
