"""How many cells each field has; one of them can be shown in the gallery."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from leukogui.language.number_format import format_number
from leukogui.summary.case_summary import CaseSummary
from leukogui.summary.image_table import ImageModel, ImageTable
from leukogui.theme.metrics import GRID, font


class FieldModel(ImageModel):
    """Names of fields, and numbers of cells."""

    def __init__(self) -> None:
        super().__init__(format_number)
        self.titles = (self.tr("Image"), self.tr("Cells"))


class FieldTable(ImageTable):
    """Shows them; Enter or a double click requests one of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(FieldModel(), parent)
        self.setAccessibleName(self.tr("Cells of each field"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)


class FieldSection(QWidget):
    """The part of the page about fields; hidden where there are none."""

    opened = Signal(str)  # name of an image

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel(self.tr("Fields"))
        title.setFont(font(bold=True))
        self.counts = QLabel()
        self.counts.setProperty("tone", "quiet")
        self.table = FieldTable()
        head = QHBoxLayout()
        head.addWidget(title)
        head.addWidget(self.counts)
        head.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.table)
        self.table.opened.connect(self.opened)

    def show_summary(self, figures: CaseSummary) -> None:
        """Show the fields of a case, and how many cells they have."""
        numbers = [cells for _, cells in figures.fields]
        self.setVisible(bool(numbers))
        if not numbers:
            return
        text = self.tr("Cells: {m}, fields: {n}, {least} to {most} a field, {mean} on average")
        self.counts.setText(
            text.format(
                m=format_number(sum(numbers)),
                n=format_number(len(numbers)),
                least=format_number(min(numbers)),
                most=format_number(max(numbers)),
                mean=format_number(sum(numbers) / len(numbers), ".1f"),
            )
        )
        self.table.show_rows(figures.fields)
