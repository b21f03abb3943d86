"""The gallery: every cell of the case as a thumbnail, grouped, selectable, zoomable.

Lays out and paints only what is on the screen; see `layout` for the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from PySide6.QtCore import (
    QEvent,
    QPoint,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QWidget

from leukogui.case.cells import ACCEPTED, UNKNOWN
from leukogui.gallery.cell_drag import carries_cells, drag_selection
from leukogui.gallery.grid_view import HEADING, AnyIndex, GridView
from leukogui.gallery.layout import GalleryLayout, LayoutMetrics
from leukogui.gallery.model import GalleryModel
from leukogui.gallery.painter import CAPTION_HEIGHT, CellPainter, Frame
from leukogui.gallery.text import describe_group
from leukogui.gallery.view_state import ViewStateKeeper
from leukogui.theme.metrics import GRID
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.domain import CellId

SMALLEST, LARGEST, STEP = 64, 320, 16
_PAUSE = 10  # ms without scrolling, until what is shown is requested
_PAUSE_AFTER_JUMP = 80  # the same where a screen or more went by at once: nobody saw it


class GalleryView(GridView):
    """Shows a `GalleryModel`."""

    current_changed = Signal(object)  # CellId, None for none
    opened = Signal(object)  # CellId; double click
    dropped = Signal(int)  # group onto which the selected cells were dragged
    fold_requested = Signal(int)  # group whose heading was clicked
    menu_requested = Signal(QPoint)  # place on the screen; the cells are selected
    side_changed = Signal(int)

    def __init__(
        self,
        model: GalleryModel,
        thumbnails: ThumbnailLoader,
        painter: CellPainter,
        parent: QWidget | None,
    ) -> None:
        super().__init__(model, parent)
        self._thumbnails = thumbnails
        self._painter = painter
        self._side = 144
        self._facts: Mapping[int, str] = {}
        self._hovered = -1
        self._target: int | None = None  # group under dragged cells
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
        self.doubleClicked.connect(lambda index: self.opened.emit(self._cells.cell(index.row())))
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.viewport().setAcceptDrops(True)
        self.setDropIndicatorShown(False)

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

    def show_facts(self, facts: Mapping[int, str]) -> None:
        """Show facts of groups in their headings."""
        if facts != self._facts:
            self._facts = facts
            self.viewport().update()

    def hovered_cell(self) -> CellId | None:
        """The cell under a mouse that was moved since the last key; None for none."""
        inside = 0 <= self._hovered < self._cells.rowCount()
        return self._cells.cell(self._hovered) if inside else None

    def forget_mouse(self) -> None:
        """The keyboard is used now: the mouse lies on a cell by chance."""
        self._hover(-1)

    def follow_mouse(self) -> None:
        """Other cells may lie under the mouse now."""
        place = self.viewport().mapFromGlobal(QCursor.pos())
        inside = self.viewport().rect().contains(place)
        self._hover(self.indexAt(place).row() if inside else -1)

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

    def leave(self, cells: set[CellId]) -> None:
        """Make a neighbour of these cells the current one: where they go, the view stays."""
        gone = self._cells.positions_of(cells)
        count = self._cells.rowCount()
        if not gone or len(gone) == count:
            return
        taken = set(gone)
        after = (at for at in range(gone[-1] + 1, count) if at not in taken)
        before = (at for at in range(gone[0] - 1, -1, -1) if at not in taken)
        position = next(after, None)
        self.setCurrentIndex(self._cells.index(next(before) if position is None else position))

    def visible(self) -> Iterator[int]:
        """Positions of the cells on the screen, from the top."""
        top = self.verticalOffset()
        for positions in self._layout.positions(top, top + self.viewport().height()):
            yield from positions

    def _hover(self, position: int) -> None:
        if position != self._hovered:
            self._hovered = position
            self.viewport().update()

    def _restore(self) -> None:
        self._update_layout()
        self._hovered = -1
        if not self._state_keeper.restore():
            self.current_changed.emit(None)

    # Layout

    def _build_layout(self) -> GalleryLayout:
        width = self.viewport().width()
        columns = max((width - GRID) // (self._side + GRID), 1)
        # The cells grow until their row is full, so that both edges are straight.
        filled = max((width - GRID) // columns - GRID, SMALLEST)
        measures = LayoutMetrics(filled, filled + CAPTION_HEIGHT, GRID, HEADING)
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

    # Events

    def updateGeometries(self) -> None:  # noqa: N802
        """Set the scroll bar."""
        bar, height = self.verticalScrollBar(), self.viewport().height()
        bar.setRange(0, max(self._layout.height - height, 0))
        bar.setPageStep(height)
        bar.setSingleStep(max(self._side // 2, 1))
        self._request_timer.start(_PAUSE)

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
        """Keys move the current cell, wherever the mouse lies."""
        self.forget_mouse()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on a heading folds its group, or shows it again."""
        section = self._layout.heading_at(round(event.position().y()) + self.verticalOffset())
        left = event.button() == Qt.MouseButton.LeftButton
        if section is not None and section.group >= 0 and left:
            self.fold_requested.emit(section.group)
            event.accept()
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Mark the cell under the mouse: a key is for that one."""
        super().mouseMoveEvent(event)
        pressed = event.buttons() != Qt.MouseButton.NoButton
        self._hover(-1 if pressed else self.indexAt(event.position().toPoint()).row())

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """A mouse that has left is on no cell."""
        if event.type() == QEvent.Type.Leave:
            self.forget_mouse()
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Ask for the menu of the selected cells; by keyboard, at the current one."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            place = event.pos() if by_mouse else self.visualRect(index).center()
            self.menu_requested.emit(self.viewport().mapToGlobal(place))
        event.accept()

    # Dragging

    def startDrag(self, _: Qt.DropAction) -> None:  # noqa: N802
        """Drag the selected cells."""
        index = self.currentIndex()
        if index.isValid():
            picture = self._thumbnails.get(self._cells.thumbnail(index.row()))
            drag_selection(self, len(self.selected_cells()), picture)
        self._set_target(None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Cells of the gallery can be dropped here; all else is for the window."""
        if carries_cells(event.mimeData()):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """Mark the group under the cells; near an edge, scroll on."""
        super().dragMoveEvent(event)
        self._set_target(group := self._drop_group(event.position().toPoint()))
        event.setAccepted(group is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Cells went elsewhere."""
        super().dragLeaveEvent(event)
        self._set_target(None)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Emit onto which group the selected cells were dropped."""
        group = self._drop_group(event.position().toPoint())
        self._set_target(None)
        self.stopAutoScroll()
        if group is not None and carries_cells(event.mimeData()):
            event.acceptProposedAction()
            self.dropped.emit(group)

    def _drop_group(self, place: QPoint) -> int | None:
        """The class or "unknown" at a place; no person puts a cell into any other group."""
        section = self._layout.section_at(place.y() + self.verticalOffset())
        takes = section is not None and (0 <= section.group < ACCEPTED or section.group == UNKNOWN)
        return section.group if takes and section is not None else None

    def _set_target(self, group: int | None) -> None:
        if group != self._target:
            self._target = group
            self.viewport().update()

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
            box = QRect(GRID, at - offset, width - 2 * GRID, HEADING)
            title = describe_group(section.group, case.class_titles if case else ())
            facts = self._facts.get(section.group, "")
            self._painter.paint_heading(painter, box, title, section, facts)
        for positions in self._layout.positions(top, bottom):
            for position in positions:
                self._paint_cell(painter, position, offset)
        band = self._layout.band(self._target) if self._target is not None else None
        if band is not None:
            self._painter.paint_target(painter, QRect(0, band[0] - offset, width, band[1]))
        painter.end()

    def _paint_cell(self, painter: QPainter, position: int, offset: int) -> None:
        left, top, width, height = self._layout.box(position)
        key = self._cells.thumbnail(position)
        self._painter.paint(
            painter,
            QRect(left, top - offset, width, height),
            self._cells.cell(position),
            self._cells.result(position),
            self._cells.review(position),
            self._thumbnails.get(key),
            self._thumbnails.error(key),
            self._frame(position),
        )

    def _frame(self, position: int) -> Frame:
        index = self._cells.index(position)
        if self.selectionModel().isSelected(index):
            return Frame.SELECTED
        if position == self._hovered:
            return Frame.HOVERED
        return Frame.CURRENT if self.currentIndex() == index else Frame.NONE
