"""How often each class was right before an adaptation, and is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from leukogui.language.number_format import format_number
from leukogui.pages.adaptation.text import describe_class_judgement, percent, readable_class
from leukogui.theme.metrics import GRID
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows

_WIDTHS = (23, 7, 18, 18)


class ClassTable(QTableView):
    """One row a class: cells, share that is right before and now with its interval, judgement."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        titles = (
            *(self.tr("Class"), self.tr("Cells"), self.tr("Right before"), self.tr("Right now")),
            "",
        )
        self.classes = _ClassModel(titles, self)
        self.setModel(self.classes)
        self.setAccessibleName(self.tr("Right by class, before and after"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        show_as_rows(self, _WIDTHS, 4 * GRID)

    def show_classes(self, by_class: Mapping[str, Any], titles: Mapping[str, str]) -> None:
        """Show the figures of the worker, by class."""
        self.classes.show_rows(
            [
                (
                    readable_class(name, titles),
                    format_number(each["cells"]),
                    _format_share(each["before"]),
                    _format_share(each["after"]),
                    describe_class_judgement(each["judgement"]),
                )
                for name, each in by_class.items()
            ]
        )
        rows = min(max(len(by_class), 1), 6)
        self.setFixedHeight(4 * GRID * rows + self.horizontalHeader().sizeHint().height() + GRID)


class _ClassModel(RowModel):
    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The text of a column; all of them for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            pairs = zip(self.titles, row, strict=True)
            return ", ".join(f"{title}: {text}".removeprefix(": ") for title, text in pairs)
        return None


def _format_share(share: list[float]) -> str:
    value, low, high = share
    between = f"{format_number(100 * low, '.0f')}–{format_number(100 * high, '.0f')}"
    return f"{percent(value)} ({between})"
