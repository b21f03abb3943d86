"""How often each pair of labels of two readers occurs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from leukogui.language.number_format import format_number
from leukogui.theme.metrics import font


class ReaderMatrix(QTableWidget):
    """Rows are the first reader's labels, columns the second's; equal ones stand out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Cells by the labels of both readers"))
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.horizontalHeader().setTextElideMode(Qt.TextElideMode.ElideRight)

    def show_matrix(
        self, labels: Sequence[str], matrix: Sequence[Sequence[int]], first: str, second: str
    ) -> None:
        """Show cells by both labels.

        Args:
            labels: (L,) as a person reads them.
            matrix: (L, L) counts, by the first reader's label and the second's.
            first, second: names of the readers.
        """
        self.clear()
        self.setRowCount(len(labels))
        self.setColumnCount(len(labels))
        self.setVerticalHeaderLabels(list(labels))
        for column, name in enumerate(labels):
            header = QTableWidgetItem(name)
            header.setToolTip(name)  # narrow columns cut it off
            self.setHorizontalHeaderItem(column, header)
        words = self.tr("{n} cells: {first} {one}, {second} {other}")
        for row, one in enumerate(labels):
            for column, other in enumerate(labels):
                count = format_number(matrix[row][column])
                text = words.format(n=count, first=first, one=one, second=second, other=other)
                self.setItem(row, column, _build_item(count, text, is_equal=row == column))


def _build_item(count: str, text: str, *, is_equal: bool) -> QTableWidgetItem:
    item = QTableWidgetItem("" if count == "0" else count)
    item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
    item.setFont(font(bold=is_equal))
    item.setToolTip(text)
    item.setData(Qt.ItemDataRole.AccessibleTextRole, text)
    return item
