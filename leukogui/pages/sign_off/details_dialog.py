"""Shows and changes the details of a case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)

from leukogui.pages.sign_off.dialog import button_row, dialog_column, line_edit, plain_label
from leukogui.pages.sign_off.further_folders import FurtherFolders
from leukogui.theme.metrics import GRID

if TYPE_CHECKING:
    from trainer.cases.tables.details import CaseDetails

_MAX_NAME, _MAX_NOTES = 200, 20_000
_WIDTH = 64 * GRID


class DetailsDialog(QDialog):
    """Sample, patient, earlier case, stain, magnification, reader, notes, further folders."""

    save_requested = Signal(object, object)  # values of CaseRequest; folder's name -> its place

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Details of the case"))
        self.setMinimumWidth(_WIDTH)
        self.lines = {
            "sample": line_edit(self.tr("Sample"), _MAX_NAME),
            "patient": line_edit(self.tr("Patient, by a pseudonym"), _MAX_NAME),
            "stain": line_edit(self.tr("Stain"), _MAX_NAME),
            "reader": line_edit(self.tr("Reader"), _MAX_NAME),
        }
        self.earlier = QComboBox()
        self.earlier.setAccessibleName(self.tr("Earlier case of the patient"))
        self.earlier.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.numbers = {
            "magnification": self._number(self.tr("Magnification"), 1000, 0, "×"),
            "pixel_size": self._number(self.tr("Pixel size"), 10, 4, "µm"),
        }
        self.notes = QPlainTextEdit()
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setTabChangesFocus(True)
        self.notes.setFixedHeight(12 * GRID)
        self.closed = plain_label("quiet")
        self.closed.setText(self.tr("The case is signed: its details cannot be changed."))
        self.save = QPushButton(self.tr("Save"))
        self.save.setProperty("main", True)
        self.save.clicked.connect(self._save)
        self._form = QFormLayout()
        self.folders = FurtherFolders(Path(), (), is_signed=False)
        self._build()

    def show_details(
        self,
        details: CaseDetails,
        earlier: Sequence[tuple[int, str]],
        root: Path,
        *,
        is_signed: bool,
    ) -> None:
        """Show what is kept of a case.

        Args:
            earlier: number and name of each case that can be the patient's earlier one.
            root: the case's folder.
            is_signed: nothing can be changed.
        """
        for name, line in self.lines.items():
            line.setText(getattr(details, name))
            line.setReadOnly(is_signed)
        for name, box in self.numbers.items():
            box.setValue(getattr(details, name) or 0.0)
            box.setEnabled(not is_signed)
        self.earlier.addItem(self.tr("None"), 0)
        for number, text in earlier:
            self.earlier.addItem(text, number)
        self.earlier.setCurrentIndex(max(self.earlier.findData(details.earlier_case or 0), 0))
        self.earlier.setEnabled(not is_signed)
        self.notes.setPlainText(details.notes)
        self.notes.setReadOnly(is_signed)
        self.folders = FurtherFolders(root, details.folders, is_signed=is_signed)
        if details.folders:
            self._form.addRow(self.folders.accessibleName(), self.folders)
        self.closed.setVisible(is_signed)
        self.save.setEnabled(not is_signed)
        self.lines["sample"].setFocus()

    def values(self) -> dict[str, object]:
        """What was entered, as `CaseRequest` takes it; zero: not known."""
        return {
            **{name: line.text().strip() for name, line in self.lines.items()},
            **{name: box.value() for name, box in self.numbers.items()},
            "earlier_case": self.earlier.currentData(),
            "notes": self.notes.toPlainText()[:_MAX_NOTES],
            "remove_folders": self.folders.removed,
        }

    def _save(self) -> None:
        self.accept()
        self.save_requested.emit(self.values(), self.folders.moved)

    def _number(self, name: str, most: float, decimals: int, unit: str) -> QDoubleSpinBox:
        box = QDoubleSpinBox()
        box.setAccessibleName(name)
        box.setDecimals(decimals)
        box.setRange(0, most)
        box.setSingleStep(10 if decimals == 0 else 0.01)
        box.setSuffix(f" {unit}")
        box.setSpecialValueText(self.tr("not known"))
        box.setMinimumHeight(4 * GRID)
        box.lineEdit().setTextMargins(GRID, 0, 0, 0)  # a style sheet cannot
        return box

    def _build(self) -> None:
        column = dialog_column(self)
        form = self._form
        form.setSpacing(GRID)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows: list[QWidget] = [
            *(self.lines["sample"], self.lines["patient"], self.earlier, self.lines["stain"]),
            *(*self.numbers.values(), self.lines["reader"], self.notes),
        ]
        for widget in rows:
            form.addRow(widget.accessibleName(), widget)
        column.addLayout(form)
        column.addWidget(self.closed)
        column.addSpacing(GRID)
        column.addWidget(button_row(self, self.save))
