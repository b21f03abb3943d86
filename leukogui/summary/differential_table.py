"""The table of shares, each with a bar and the whisker of its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from leukogui.summary.case_summary import DifferentialRow
from leukogui.summary.differential_model import ROW_ROLE, Column, DifferentialModel
from leukogui.summary.text import describe_row
from leukogui.theme.class_icon import SIDE
from leukogui.theme.metrics import GRID
from leukogui.theme.theme import Theme
from trainer.models.class_colours import NEUTRAL, Mark

_ROW = 4 * GRID
_WHISKER_HEIGHT = 4
_RANGE_OPACITY = 0.35


class BarDelegate(QStyledItemDelegate):
    """Paints the bar of a share, from 0 to the table's largest figure."""

    def __init__(self, model: DifferentialModel, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._model, self._theme = model, theme

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """The selection below, the bar over it."""
        super().paint(painter, option, index)
        share = index.data(ROW_ROLE)
        if not isinstance(share, DifferentialRow) or share.value is None:
            return
        rect = option.rect
        box = QRectF(rect).adjusted(GRID, 0, -GRID, 0)
        mark = self._model.marks.get(share.key)
        painter.save()
        _paint_bar(painter, box, share, bar_limit(self._model.rows), mark, self._theme.tones.text)
        painter.restore()


def bar_limit(shares: Sequence[DifferentialRow]) -> float:
    """The right end of the bars: 100, or more where a figure or its bound is more."""
    figures = [
        each
        for share in shares
        for each in (share.value, share.high, share.range and share.range[1])
        if each is not None
    ]
    return max(100.0, *figures) if figures else 100.0


def _paint_bar(
    painter: QPainter, box: QRectF, share: DifferentialRow, end: float, mark: Mark | None, ink: str
) -> None:
    scale, middle = box.width() / end, box.center().y()
    painter.setPen(Qt.PenStyle.NoPen)
    colour = QColor(mark.colour if mark else NEUTRAL)
    if share.range is not None:
        _paint_range(painter, box, share.range, scale, colour)
    painter.setBrush(colour)
    value = share.value or 0.0
    painter.drawRect(QRectF(box.left(), middle - 5, value * scale, 10))
    low = box.left() + (share.low or 0.0) * scale
    high = box.right() if share.high is None else box.left() + share.high * scale
    painter.setPen(QPen(QColor(ink), 1))
    painter.drawLine(round(low), round(middle), round(high), round(middle))
    for x in (low, high) if share.high is not None else (low,):
        painter.drawLine(
            round(x), round(middle - _WHISKER_HEIGHT), round(x), round(middle + _WHISKER_HEIGHT)
        )


def _paint_range(
    painter: QPainter,
    box: QRectF,
    ends: tuple[float, float | None],
    scale: float,
    colour: QColor,
) -> None:
    """Paint what the open cells leave to the share, pale and higher than the bar."""
    pale = QColor(colour)
    pale.setAlphaF(_RANGE_OPACITY)
    painter.setBrush(pale)
    low, high = ends
    right = box.right() if high is None else box.left() + high * scale
    left = box.left() + low * scale
    painter.drawRect(QRectF(left, box.center().y() - 10, right - left, 20))


class DifferentialTable(QTableView):
    """Shows shares; a click or Enter on a row requests its cells.

    Args:
        title: for a screen reader.
        unit: heading of the figure; empty for a table of counts alone.
    """

    chosen = Signal(str)  # key of a share

    def __init__(self, title: str, unit: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unit = unit
        self.rows = DifferentialModel(unit, self)
        self.setModel(self.rows)
        self.setItemDelegateForColumn(Column.BAR, BarDelegate(self.rows, theme, self))
        self.setAccessibleName(title)
        self.setToolTip(self.tr("Click a row to see these cells"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setIconSize(QSize(SIDE, SIDE))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._arrange_columns(bool(unit))
        self.clicked.connect(self._choose)
        theme.changed.connect(self.viewport().update)

    def show_rows(self, shares: Sequence[DifferentialRow], marks: Mapping[str, Mark]) -> None:
        """Show these."""
        self.rows.show_rows(shares, marks)
        self.setColumnHidden(Column.RANGE, all(share.range is None for share in shares))
        head = self.horizontalHeader().sizeHint().height() if self._unit else 0
        self.setFixedHeight(head + len(shares) * _ROW + 2)
        said = "; ".join(describe_row(share, self._unit) for share in shares)
        self.setAccessibleDescription(said)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter requests the cells of the row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        share = index.data(ROW_ROLE)
        if isinstance(share, DifferentialRow):
            self.chosen.emit(share.key)

    def _arrange_columns(self, with_figures: bool) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(_ROW)
        columns.setVisible(with_figures)
        columns.setHighlightSections(False)
        columns.setSectionsClickable(False)
        columns.setMinimumSectionSize(0)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        widths = {
            Column.NAME: 24,
            Column.CELLS: 7,
            Column.VALUE: 15,
            Column.INTERVAL: 13,
            Column.RANGE: 15,
        }
        for column, width in widths.items():
            self.setColumnWidth(column, max(width * GRID, columns.sectionSizeHint(column)))
        columns.setSectionResizeMode(Column.BAR, QHeaderView.ResizeMode.Stretch)
        self.setColumnHidden(Column.RANGE, True)
        for column in (Column.VALUE, Column.INTERVAL):
            self.setColumnHidden(column, not with_figures)
