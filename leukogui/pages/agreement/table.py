"""The cells on which two readers differ, each with both labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QTableView, QWidget

from leukogui.gallery.text import class_title
from leukogui.theme.metrics import GRID
from leukogui.widgets.row_table import AnyIndex, RowModel, show_as_rows
from trainer.domain import CellId

_WIDTHS = (28, 26, 26)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Agreement", text)


def readable_label(label: str, titles: Mapping[str, str]) -> str:
    """A label as it is written everywhere in the window.

    Args:
        titles: names of the review classes, by their id.
    """
    known = {"unknown": _tr("Unknown"), "excluded": _tr("Excluded")}
    return known.get(label) or class_title(titles.get(label, label))


@dataclass(frozen=True)
class DifferingCell:
    """A cell that two readers gave different labels; the labels are as a person reads them.

    Attributes:
        adjudicated: what was decided between them, by whom and when; empty where nobody has.
    """

    cell: CellId
    first: str
    second: str
    adjudicated: str = ""


class DifferenceModel(RowModel):
    """Cells on which two readers differ, in the order in which they came."""

    def __init__(self) -> None:
        super().__init__((_tr("Cell"), "", "", _tr("Adjudicated")))
        self.rows: tuple[DifferingCell, ...] = ()

    def show_cells(self, rows: Sequence[DifferingCell], first: str, second: str) -> None:
        """Show these; the columns have the readers' names."""
        self.beginResetModel()
        self.titles = (_tr("Cell"), first, second, _tr("Adjudicated"))
        self.rows = tuple(rows)
        self.endResetModel()

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Cell or label; all of them for a screen reader."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        name = f"{row.cell.image} {row.cell.letters}".rstrip()
        texts = (name, row.first, row.second, row.adjudicated)
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            pairs = zip(self.titles, texts, strict=True)
            return ", ".join(f"{title}: {text}" for title, text in pairs)
        return None


class DifferenceTable(QTableView):
    """Shows a model of differing cells; Enter or a double click requests one of them."""

    chosen = Signal(object)  # CellId

    def __init__(self, cells: DifferenceModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells = cells
        cells.setParent(self)
        self.setModel(cells)
        self.setAccessibleName(self.tr("Cells on which they differ"))
        show_as_rows(self, _WIDTHS, 4 * GRID)
        self.doubleClicked.connect(self._choose)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter requests the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self._cells.rows[index.row()].cell)
