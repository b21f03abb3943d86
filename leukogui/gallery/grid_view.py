"""A view of the cells in a grid: what Qt asks of the places of its items."""

from __future__ import annotations

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QAbstractItemView, QWidget

from leukogui.gallery.layout import GalleryLayout
from leukogui.gallery.model import GalleryModel
from leukogui.gallery.painter import CAPTION_HEIGHT
from leukogui.theme.metrics import GRID

HEADING = 5 * GRID
AnyIndex = QModelIndex | QPersistentModelIndex


class GridView(QAbstractItemView):
    """Answers from a `GalleryLayout`, which its subclass builds."""

    _layout: GalleryLayout

    def __init__(self, cells: GalleryModel, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._cells = cells

    def visualRect(self, index: AnyIndex) -> QRect:  # noqa: N802
        """Where a cell is in the viewport."""
        if not index.isValid() or index.row() >= self._cells.rowCount():
            return QRect()
        left, top, width, height = self._layout.box(index.row())
        return QRect(left, top - self.verticalOffset(), width, height)

    def indexAt(self, point: QPoint) -> QModelIndex:  # noqa: N802
        """The cell at a point of the viewport."""
        found = self._layout.position_at(point.x(), point.y() + self.verticalOffset())
        return QModelIndex() if found is None else self._cells.index(found)

    def scrollTo(  # noqa: N802
        self,
        index: AnyIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a cell into view, moving as little as possible."""
        rect = self.visualRect(index)
        bar, height = self.verticalScrollBar(), self.viewport().height()
        if hint == QAbstractItemView.ScrollHint.PositionAtCenter:
            bar.setValue(bar.value() + rect.center().y() - height // 2)
        elif rect.top() < 0:
            bar.setValue(bar.value() + rect.top() - HEADING)
        elif rect.bottom() > height:
            bar.setValue(bar.value() + rect.bottom() - height + GRID)

    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, _: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Where an arrow key leads."""
        count = self._cells.rowCount()
        if not count:
            return QModelIndex()
        now = max(self.currentIndex().row(), 0)
        if not self.currentIndex().isValid():
            return self._cells.index(0)
        page = max(self.viewport().height() // (self._layout.cell_width + CAPTION_HEIGHT + GRID), 1)
        move = QAbstractItemView.CursorAction
        targets = {
            move.MoveLeft: now - 1,
            move.MovePrevious: now - 1,
            move.MoveRight: now + 1,
            move.MoveNext: now + 1,
            move.MoveUp: self._layout.move_lines(now, -1),
            move.MoveDown: self._layout.move_lines(now, 1),
            move.MovePageUp: self._layout.move_lines(now, -page),
            move.MovePageDown: self._layout.move_lines(now, page),
            move.MoveHome: 0,
            move.MoveEnd: count - 1,
        }
        return self._cells.index(min(max(targets[action], 0), count - 1))

    def horizontalOffset(self) -> int:  # noqa: N802
        """It never scrolls sideways."""
        return 0

    def verticalOffset(self) -> int:  # noqa: N802
        """How far it is scrolled."""
        return self.verticalScrollBar().value()

    def isIndexHidden(self, _: AnyIndex) -> bool:  # noqa: N802
        """No cell of the model is hidden."""
        return False

    def setSelection(  # noqa: N802
        self, rect: QRect, command: QItemSelectionModel.SelectionFlag
    ) -> None:
        """Select what a rectangle of the viewport touches; a point selects one cell."""
        area = rect.normalized().translated(0, self.verticalOffset())
        chosen = QItemSelection()
        for positions in self._layout.positions(area.top(), area.bottom()):
            for position in positions:
                if QRect(*self._layout.box(position)).intersects(area):
                    index = self._cells.index(position)
                    chosen.select(index, index)
        self.selectionModel().select(chosen, command)

    def visualRegionForSelection(self, _: QItemSelection) -> QRegion:  # noqa: N802
        """All of it: painting a screen is quicker than asking where each cell is."""
        return QRegion(self.viewport().rect())
