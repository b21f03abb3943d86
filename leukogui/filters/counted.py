"""One line of a list that filters: a mark, a name, and how many cells a click would show."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from leukogui.gallery.painter import class_pixmap
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, font
from leukogui.theme.theme import Theme
from trainer.models.class_colours import Mark

LINE_HEIGHT = 3 * GRID
_BADGE = 2 * GRID
_BAR = 3
AnyIndex = QModelIndex | QPersistentModelIndex


class FilterRole(IntEnum):
    """What a line is made of, besides its text."""

    COUNT = Qt.ItemDataRole.UserRole + 1  # int
    MARK = Qt.ItemDataRole.UserRole + 2  # Mark or None
    LEVEL = Qt.ItemDataRole.UserRole + 3  # how far it is moved in


class CountedDelegate(QStyledItemDelegate):
    """Paints the lines of a list or tree; what is chosen is bold, with a bar before it."""

    def __init__(self, theme: Theme, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._theme, self._view = theme, parent

    def sizeHint(self, *_: object) -> QSize:  # noqa: N802 - Qt's name
        """Narrow enough for every panel: names are cut, not the panel widened."""
        return QSize(8 * GRID, LINE_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one line."""
        tones, state = self._theme.tones, option.state
        box: QRect = option.rect
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor(tones.hover))
        if chosen:
            self.paint_bar(painter, box)
        if self._view.hasFocus() and index == self._view.currentIndex():
            painter.setPen(QColor(tones.accent))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        inner = box.adjusted(GRID + GRID * (index.data(FilterRole.LEVEL) or 0), 0, -GRID, 0)
        self._paint_mark(painter, inner, index.data(FilterRole.MARK))
        if index.data(FilterRole.MARK) is not None:
            inner.setLeft(inner.left() + _BADGE + GRID)
        self._paint_text(painter, inner, index, chosen=chosen)
        painter.restore()

    def paint_bar(self, painter: QPainter, box: QRect) -> None:
        """The bar at the left edge of the view before a line that is chosen."""
        painter.fillRect(0, box.top(), _BAR, box.height(), QColor(self._theme.tones.accent))

    def _paint_mark(self, painter: QPainter, box: QRect, mark: Mark | None) -> None:
        if mark is not None:
            top = box.top() + (box.height() - _BADGE) // 2
            pixmap = class_pixmap(mark, _BADGE, self._view.devicePixelRatioF())
            painter.drawPixmap(box.left(), top, pixmap)

    def _paint_text(self, painter: QPainter, box: QRect, index: AnyIndex, *, chosen: bool) -> None:
        tones, middle = self._theme.tones, Qt.AlignmentFlag.AlignVCenter
        count = index.data(FilterRole.COUNT)
        painter.setFont(font())
        painter.setPen(QColor(tones.quiet))
        shown = format_number(count)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, shown)
        width = box.width() - painter.fontMetrics().horizontalAdvance(shown) - GRID
        used = font(bold=chosen)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        cut = QFontMetrics(used).elidedText(text, Qt.TextElideMode.ElideMiddle, max(width, 0))
        painter.setFont(used)
        painter.setPen(QColor(tones.text if count or chosen else tones.quiet))
        painter.drawText(box, middle, cut)


def style_view(
    view: QAbstractItemView, theme: Theme, name: str, parent: QWidget
) -> CountedDelegate:
    """Make a list or tree one of the panel: its lines, its name, no frame of its own."""
    delegate = CountedDelegate(theme, view)
    view.setItemDelegate(delegate)
    view.setParent(parent)
    view.setFrameShape(QAbstractItemView.Shape.NoFrame)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setMouseTracking(True)
    view.setAccessibleName(name)
    view.viewport().setAutoFillBackground(False)
    return delegate
