"""Shares as a Qt table: class, cells, figure, interval, and a column for the bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from leukogui.language.number_format import format_number
from leukogui.summary.case_summary import DifferentialRow
from leukogui.summary.text import (
    describe_row,
    display_name,
    format_interval,
    format_open_range,
    format_value,
)
from leukogui.theme.class_icon import class_icon
from trainer.models.class_colours import Mark

AnyIndex = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()
ROW_ROLE = Qt.ItemDataRole.UserRole + 1


class Column(IntEnum):
    """What stands where."""

    NAME = 0
    CELLS = 1
    VALUE = 2
    INTERVAL = 3
    RANGE = 4
    BAR = 5


_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class DifferentialModel(QAbstractTableModel):
    """Rows of shares.

    Args:
        unit: what the figure is of, as its heading.
    """

    def __init__(self, unit: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._unit = unit
        self._rows: tuple[DifferentialRow, ...] = ()
        self.marks: dict[str, Mark] = {}

    @property
    def rows(self) -> tuple[DifferentialRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, shares: Sequence[DifferentialRow], marks: Mapping[str, Mark]) -> None:
        """Show these; the same rows with other figures keep what is selected."""
        before = [share.key for share in self._rows]
        same = before == [share.key for share in shares] and self.marks == marks
        if not same:
            self.beginResetModel()
        self._rows, self.marks = tuple(shares), dict(marks)
        if not same:
            self.endResetModel()
        elif shares:
            last = self.index(len(shares) - 1, Column.BAR)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """One row a share."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = _TOP) -> int:  # noqa: N802 - Qt's name
        """See `Column`."""
        return 0 if parent.isValid() else len(Column)

    def headerData(  # noqa: N802 - Qt's name
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """What a column holds."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        titles = (
            self.tr("Class"),
            self.tr("Cells"),
            self._unit,
            self.tr("95 % interval"),
            self.tr("with open cells"),
            "",
        )
        if role == Qt.ItemDataRole.ToolTipRole and section == Column.RANGE:
            return self.tr("The share if none or all of the open cells are of the class")
        return titles[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What Qt, a screen reader or the bar reads of a place."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        share = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _format_column(share, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == Column.NAME:
            mark = self.marks.get(share.key)
            return class_icon(mark) if mark is not None else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return describe_row(share, self._unit)
        return share if role == ROW_ROLE else None


def _format_column(share: DifferentialRow, column: int) -> str:
    texts = (
        display_name(share.key),
        format_number(share.cells),
        format_value(share),
        format_interval(share),
        format_open_range(share),
        "",
    )
    return texts[column]


def _alignment(column: int) -> Qt.AlignmentFlag:
    if column in (Column.CELLS, Column.VALUE, Column.INTERVAL, Column.RANGE):
        return _RIGHT
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
