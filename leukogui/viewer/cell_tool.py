"""What the mouse does on a field or a slide: choose a cell, mark a missed one, draw a part."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from leukogui.viewer.canvas import ImageCanvas
from trainer.domain import Box, CellId


class CellTool(QObject):
    """Watches the mouse over a canvas.

    A click on a cell chooses it. A cell is marked by a double click beside the others, or by a
    box that is drawn with Shift or while `is_drawing`.

    Attributes:
        can_mark: whether cells can be marked in the image that is shown.
        double_click_marks: whether a double click does; else it zooms.
        is_drawing: whether every drag draws a box, and every click marks a cell.
        draws_region: whether every drag draws a part of the image, and marks no cell.
    """

    chosen = Signal(object)  # CellId
    marked = Signal(object)  # Box in pixels of the image; without width and height for a point
    region_drawn = Signal(object)  # Box in pixels of the image

    def __init__(self, canvas: ImageCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._press: QPointF | None = None
        self._is_banding = False
        self.can_mark = False
        self.double_click_marks = True
        self.is_drawing = False
        self.draws_region = False
        canvas.setMouseTracking(True)
        canvas.installEventFilter(self)

    def set_drawing(self, on: bool) -> None:
        """Whether every drag draws a box, and every click marks a cell."""
        self.is_drawing = on
        self.cancel()
        self._show_cursor(None)

    def set_drawing_region(self, on: bool) -> None:
        """Whether every drag draws a part of the image."""
        self.draws_region = on
        self.cancel()
        self._show_cursor(None)

    def cancel(self) -> None:
        """Forget the box that is being drawn."""
        self._is_banding = False
        self._press = None
        self._canvas.show_band(QRectF())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Take the mouse where it is about cells; all else is the canvas's."""
        if isinstance(event, QMouseEvent):
            handlers = {
                QEvent.Type.MouseButtonPress: self._on_press,
                QEvent.Type.MouseMove: self._on_move,
                QEvent.Type.MouseButtonRelease: self._on_release,
                QEvent.Type.MouseButtonDblClick: self._on_double_click,
            }
            handler = handlers.get(event.type())
            return handler(event) if handler is not None else False
        if event.type() == QEvent.Type.Leave:
            self._hover(None)
        return super().eventFilter(watched, event)

    def _on_press(self, event: QMouseEvent) -> bool:
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        self._press = event.position()
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._is_banding = self.draws_region or (self.can_mark and (shift or self.is_drawing))
        return self._is_banding

    def _on_move(self, event: QMouseEvent) -> bool:
        if self._is_banding and self._press is not None:
            self._canvas.show_band(QRectF(self._press, event.position()).normalized())
            return True
        if event.buttons() == Qt.MouseButton.NoButton:
            self._hover(event.position())
        return False

    def _on_release(self, event: QMouseEvent) -> bool:
        press, banding = self._press, self._is_banding
        if event.button() != Qt.MouseButton.LeftButton or press is None:
            return False
        self.cancel()
        moved = (event.position() - press).manhattanLength() >= QApplication.startDragDistance()
        if banding and self.draws_region:
            if moved:
                self._draw_region(QRectF(press, event.position()).normalized())
        elif banding:
            self._mark(QRectF(press, event.position()).normalized() if moved else None, press)
        elif not moved:
            self._choose(press)
        return banding

    def _on_double_click(self, event: QMouseEvent) -> bool:
        marks = self.can_mark and (self.double_click_marks or self.is_drawing)
        left = event.button() == Qt.MouseButton.LeftButton
        if not (left and marks) or self.draws_region:
            return False
        if self._canvas.cell_at(event.position()) is not None:
            return False
        self._mark(None, event.position())
        return True

    def _mark(self, band: QRectF | None, point: QPointF) -> None:
        """Mark what is drawn, as far as it is on the image."""
        wide, high = self._canvas.image_size
        to_image = self._canvas.to_widget.inverted()[0]
        area = QRectF(to_image.map(point), QSizeF(0, 0)) if band is None else to_image.mapRect(band)
        image = QRectF(0, 0, wide, high)
        if band is None and not image.contains(area.topLeft()):
            return
        seen = area if band is None else area & image
        if band is None or not seen.isEmpty():
            self.marked.emit(Box(seen.x(), seen.y(), seen.width(), seen.height()))

    def _draw_region(self, band: QRectF) -> None:
        """Give what is drawn, as far as it is on the image."""
        to_image = self._canvas.to_widget.inverted()[0]
        area = to_image.mapRect(band) & QRectF(0, 0, *self._canvas.image_size)
        if not area.isEmpty():
            self.region_drawn.emit(Box(area.x(), area.y(), area.width(), area.height()))

    def _choose(self, point: QPointF) -> None:
        cell = self._canvas.cell_at(point)
        if cell is not None:
            chosen: CellId = cell.id
            self.chosen.emit(chosen)

    def _hover(self, point: QPointF | None) -> None:
        cell = self._canvas.cell_at(point) if point is not None else None
        self._canvas.hover_cell(cell.id.number if cell is not None else 0)
        self._show_cursor(point)

    def _show_cursor(self, point: QPointF | None) -> None:
        cursor = Qt.CursorShape.OpenHandCursor
        if self.draws_region or (self.can_mark and self.is_drawing):
            cursor = Qt.CursorShape.CrossCursor
        elif point is not None and self._canvas.cell_at(point) is not None:
            cursor = Qt.CursorShape.PointingHandCursor
        if self._canvas.cursor().shape() != cursor:
            self._canvas.setCursor(cursor)
