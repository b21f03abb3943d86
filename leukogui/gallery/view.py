"""The gallery: every cell of the case as a thumbnail, grouped, selectable, zoomable.

Lays out and paints only what is on the screen; see `layout` for the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QRegion, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractItemView, QWidget

from leukogui.gallery.layout import GalleryLayout, LayoutMetrics
from leukogui.gallery.model import GalleryModel
from leukogui.gallery.painter import CAPTION_HEIGHT, CellPainter
from leukogui.gallery.text import describe_group
from leukogui.gallery.view_state import ViewStateKeeper
from leukogui.theme.metrics import GRID
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.domain import CellId

SMALLEST, LARGEST, STEP = 64, 320, 16
_HEADING = 5 * GRID
_PAUSE = 10  # ms without scrolling, until what is shown is requested
_PAUSE_AFTER_JUMP = 80  # the same where a screen or more went by at once: nobody saw it
AnyIndex = QModelIndex | QPersistentModelIndex


class GalleryView(QAbstractItemView):
    """Shows a `GalleryModel`."""

    current_changed = Signal(object)  # CellId, None for none
    opened = Signal(object)  # CellId; Enter or double click
    side_changed = Signal(int)

    def __init__(
        self,
        model: GalleryModel,
        thumbnails: ThumbnailLoader,
        painter: CellPainter,
        parent: QWidget | None,
    ) -> None:
        super().__init__(parent)
        self._cells = model
        self._thumbnails = thumbnails
        self._painter = painter
        self._side = 144
        self._layout = self._build_layout()
        self._state_keeper = ViewStateKeeper(self, model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFrameShape(QAbstractItemView.Shape.NoFrame)
        self.setAccessibleName(self.tr("Gallery of cells"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        model.modelAboutToBeReset.connect(lambda: self._state_keeper.save(self.visible()))
        self.setModel(model)
        model.arranged.connect(self._restore)
        thumbnails.ready.connect(self.viewport().update)
        self._request_timer = QTimer(self, singleShot=True, interval=_PAUSE)
        self._request_timer.timeout.connect(self.request_thumbnails)
        self.activated.connect(lambda index: self.opened.emit(self._cells.cell(index.row())))

    # What others read

    @property
    def side(self) -> int:
        """Side of a thumbnail, in device-independent pixels."""
        return self._side

    def set_side(self, side: int) -> None:
        """Make the thumbnails larger or smaller; what is current stays where it is."""
        side = min(max(side, SMALLEST), LARGEST)
        if side == self._side:
            return
        anchor = self._state_keeper.anchor()
        self._side = side
        self._update_layout()
        self._state_keeper.scroll_to_anchor(anchor)
        self.side_changed.emit(side)

    def set_painter(self, painter: CellPainter) -> None:
        """Paint otherwise: another theme, or another model's classes."""
        self._painter = painter
        self.viewport().update()

    def current_cell(self) -> CellId | None:
        """The current cell, or None."""
        index = self.currentIndex()
        return self._cells.cell(index.row()) if index.isValid() else None

    def current_name(self) -> str:
        """The image of the current cell, or nothing."""
        cell = self.current_cell()
        return cell.image if cell is not None else ""

    def selected_cells(self) -> list[CellId]:
        """The selected cells, in the order of the gallery."""
        return self._state_keeper.selected_cells()

    def selected_names(self) -> list[str]:
        """The images of the selected cells, each once, in the order of the gallery."""
        return list(dict.fromkeys(cell.image for cell in self.selected_cells()))

    def step(self, step: int) -> None:
        """Make the next (or an earlier) cell the current one."""
        count = self._cells.rowCount()
        if count:
            row = self.currentIndex().row() + step if self.currentIndex().isValid() else 0
            self.setCurrentIndex(self._cells.index(min(max(row, 0), count - 1)))

    def go_to(self, cell: CellId) -> bool:
        """Make a cell the current one; whether it is shown at all."""
        found = self._cells.positions_of({cell})
        if found:
            self.setCurrentIndex(self._cells.index(found[0]))
        return bool(found)

    def visible(self) -> Iterator[int]:
        """Positions of the cells on the screen, from the top."""
        top = self.verticalOffset()
        for positions in self._layout.positions(top, top + self.viewport().height()):
            yield from positions

    def _restore(self) -> None:
        self._update_layout()
        if not self._state_keeper.restore():
            self.current_changed.emit(None)

    # Layout

    def _build_layout(self) -> GalleryLayout:
        width = self.viewport().width()
        columns = max((width - GRID) // (self._side + GRID), 1)
        # The cells grow until their row is full, so that both edges are straight.
        filled = max((width - GRID) // columns - GRID, SMALLEST)
        measures = LayoutMetrics(filled, filled + CAPTION_HEIGHT, GRID, _HEADING)
        return GalleryLayout(self._cells.sections, width, measures)

    def _update_layout(self) -> None:
        self._layout = self._build_layout()
        self.updateGeometries()
        self.viewport().update()

    def request_thumbnails(self) -> None:
        """Have them made: those on the screen first, then one screen below and one above."""
        height = self.viewport().height()
        top = self.verticalOffset()
        ahead = [*self.visible()]
        for start in (top + height, top - height):
            for positions in self._layout.positions(start, start + height):
                ahead.extend(positions)
        keys = [self._cells.thumbnail(position) for position in dict.fromkeys(ahead)]
        self._thumbnails.request(keys, round(self._layout.cell_width * self.devicePixelRatioF()))

    # Qt's questions to a view

    def updateGeometries(self) -> None:  # noqa: N802
        """Set the scroll bar."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(self._layout.height - height, 0))
        bar.setPageStep(height)
        bar.setSingleStep(max(self._side // 2, 1))
        self._request_timer.start(_PAUSE)

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
            bar.setValue(bar.value() + rect.top() - _HEADING)
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

    # Events

    def currentChanged(self, current: AnyIndex, previous: AnyIndex) -> None:  # noqa: N802
        """Emit which cell is current."""
        super().currentChanged(current, previous)
        self.current_changed.emit(self.current_cell())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Lay out for the new width."""
        super().resizeEvent(event)
        anchor = self._state_keeper.anchor()
        self._update_layout()
        self._state_keeper.scroll_to_anchor(anchor)

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802
        """Paint anew, and order what came into view.

        What flies by is not ordered: decoding fields takes the processor from the scrolling.
        """
        super().scrollContentsBy(dx, dy)
        self.viewport().update()
        is_jump = abs(dy) >= self.viewport().height()
        self._request_timer.start(_PAUSE_AFTER_JUMP if is_jump else _PAUSE)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """With Ctrl: larger or smaller."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            turned = event.angleDelta().y()
            self.set_side(self._side + (STEP if turned > 0 else -STEP if turned < 0 else 0))
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens the cell on every platform."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.current_cell())
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, _: str) -> None:  # noqa: N802
        """Letters are keys of the program; they do not search."""

    def sizeHint(self) -> QSize:  # noqa: N802
        """Room for some cells."""
        return QSize(6 * self._side, 4 * self._side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the region of the event."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        offset = self.verticalOffset()
        top, bottom = event.rect().top() + offset, event.rect().bottom() + offset
        width = self.viewport().width()
        case = self._cells.case
        for section, at in self._layout.headings(top, bottom):
            box = QRect(GRID, at - offset, width - 2 * GRID, _HEADING)
            title = describe_group(section.group, case.classes if case else ())
            self._painter.paint_heading(painter, box, title, section.count)
        for positions in self._layout.positions(top, bottom):
            for position in positions:
                self._paint_cell(painter, position, offset)
        painter.end()

    def _paint_cell(self, painter: QPainter, position: int, offset: int) -> None:
        left, top, width, height = self._layout.box(position)
        key = self._cells.thumbnail(position)
        index = self._cells.index(position)
        self._painter.paint(
            painter,
            QRect(left, top - offset, width, height),
            self._cells.cell(position),
            self._cells.result(position),
            self._thumbnails.get(key),
            self._thumbnails.error(key),
            selected=self.selectionModel().isSelected(index),
            current=self.currentIndex() == index,
        )
