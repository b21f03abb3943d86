"""The picture itself: an image zoomed and moved by mouse and keys, and what lies over it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPolygonF,
    QResizeEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from leukogui.theme.metrics import GRID
from leukogui.viewer import viewport as geometry
from leukogui.viewer.cell_layer import CellLayer, CellMark
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.overlays import (
    paint_band,
    paint_message,
    paint_outline,
    paint_scale_bar,
)
from leukogui.viewer.scale_bar import PixelScale, bar_length, format_length
from leukogui.viewer.tile_layer import TileLayer
from leukogui.viewer.tile_worker import ScaledImage
from leukogui.viewer.viewport import Size, Viewport
from trainer.domain import Box, LocatedCell

_WHEEL_TO_DOUBLE = 480.0
"""Eighths of a degree; a notch of most wheels is 120."""
_MAX_BAR_LENGTH = 20 * GRID
_ARROWS = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


class ImageCanvas(QWidget):
    """One image. A zoom of 1 is one image pixel for each pixel of the screen.

    Attributes:
        wheel_turns_planes: whether the wheel turns through focal planes; else it zooms.
        steps_sideways: whether the left and right arrows lead to another cell at any zoom.
    """

    navigated = Signal()  # a person zoomed or moved
    viewport_changed = Signal()  # another viewport, whoever chose it
    step_requested = Signal(int)  # an arrow where there is nothing to move: next or previous cell
    plane_step_requested = Signal(int)  # the wheel with Alt

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: OpenedImage | None = None
        self._size: Size = (0, 0)
        self._plane = 0
        self._options: Any = None
        self._viewport = Viewport(0, 0, 1)
        self._is_fitted = True
        self._outline = QPolygonF()
        self._band = QRectF()
        self.cell_layer = CellLayer()
        self._scale: PixelScale | None = None
        self._message = ""
        self._drag_point: QPointF | None = None
        self.wheel_turns_planes = False
        self.steps_sideways = False
        self.layer = TileLayer(self)
        self.layer.changed.connect(self._on_drawn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(20 * GRID, 20 * GRID)
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    @property
    def viewport(self) -> Viewport:
        """What is seen."""
        return self._viewport

    @property
    def is_fitted(self) -> bool:
        """Whether the whole image is shown, at whatever size."""
        return self._is_fitted

    @property
    def image_size(self) -> Size:
        """Of the image, in its pixels; zeros while there is none."""
        return self._size if self._image is not None else (0, 0)

    @property
    def message(self) -> str:
        """The words in the picture's place."""
        return self._message

    @property
    def widget_size(self) -> Size:
        """Width and height of this widget, in device pixels."""
        ratio = self.devicePixelRatioF()
        return max(round(self.width() * ratio), 1), max(round(self.height() * ratio), 1)

    @property
    def to_widget(self) -> QTransform:
        """From pixels of the image to device-independent pixels of this widget."""
        ratio = self.devicePixelRatioF()
        left, top = geometry.origin(self._viewport, self.widget_size)
        zoom = self._viewport.zoom / ratio
        return QTransform(zoom, 0, 0, zoom, left / ratio, top / ratio)

    def cell_at(self, point: QPointF) -> LocatedCell | None:
        """The cell of a field at a point of this widget."""
        return self.cell_layer.cell_at(point, self.to_widget) if self._image is not None else None

    # What is shown

    def show_placeholder(self, message: str, small: QImage | None = None) -> None:
        """Show words, or a small picture until the image is there."""
        self._image, self._message = None, message
        self._outline, self._scale = QPolygonF(), None
        self.cell_layer.show_cells((), 0)
        self.layer.clear(small)
        self.setAccessibleDescription(message)
        self.update()

    def show_image(self, image: OpenedImage, plane: int, options: Any) -> None:
        """Show an image; of another one, the same relative place at the same zoom."""
        if self._image is None and self._size not in ((0, 0), image.size):
            x = self._viewport.x * image.width / self._size[0]
            y = self._viewport.y * image.height / self._size[1]
            self._viewport = replace(self._viewport, x=x, y=y)
        self._image, self._plane, self._options = image, plane, options
        self._size, self._message = image.size, ""
        self._clamp_viewport()

    def set_display_options(self, options: Any) -> None:
        """Show it in another light, or with another heat map."""
        self._options = options
        self._clamp_viewport()

    def set_outline(self, points: Any) -> None:
        """Draw a polygon, (N, 2) in image pixels; empty for none."""
        self._outline = QPolygonF([QPointF(float(x), float(y)) for x, y in points])
        self.update()

    def set_cells(self, marks: Sequence[CellMark], selected: int) -> None:
        """Mark the cells of a field; the selected one, by its number, is emphasised."""
        self.cell_layer.show_cells(marks, selected)
        self.update()

    def set_cells_visible(self, on: bool) -> None:
        """Whether the cells of a field are marked."""
        self.cell_layer.visible = on
        self.update()

    def hover_cell(self, number: int) -> None:
        """Emphasise the cell under the mouse, by its number; 0 for none."""
        if self.cell_layer.hover(number):
            self.update()

    def show_band(self, band: QRectF) -> None:
        """Show the box that is being drawn, in pixels of this widget; empty for none."""
        if band != self._band:
            self._band = band
            self.update()

    def set_scale(self, scale: PixelScale | None) -> None:
        """Show a scale bar, where the scale is known."""
        self._scale = scale
        self.update()

    # Zooming and moving

    def fit(self) -> None:
        """Show the whole image, and go on doing so."""
        self._is_fitted = True
        self._clamp_viewport()
        self.navigated.emit()

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom; what is under `at`, of this widget, stays there."""
        if self._image is None:
            return
        ratio = self.devicePixelRatioF()
        point = None if at is None else (at.x() * ratio, at.y() * ratio)
        self._is_fitted = False
        self._viewport = geometry.zoom_viewport(
            self._viewport, self._size, self.widget_size, zoom, point
        )
        self._clamp_viewport()
        self.navigated.emit()

    def zoom_step(self, step: int) -> None:
        """The next round zoom."""
        fit = geometry.fit_zoom(self._size, self.widget_size)
        self.zoom_to(geometry.next_zoom(self._viewport.zoom, step, fit))

    def move_by(self, right: float, down: float) -> None:
        """Move the picture by device pixels."""
        if self._image is None:
            return
        self._is_fitted = False
        self._viewport = geometry.pan_viewport(
            self._viewport, self._size, self.widget_size, right, down
        )
        self._clamp_viewport()
        self.navigated.emit()

    def reveal(self, box: Box) -> None:
        """Move a cell to the middle, unless all of it is in view."""
        area = self.to_widget.mapRect(QRectF(box.x, box.y, box.width, box.height))
        if self._image is None or QRectF(self.rect()).contains(area):
            return
        ratio = self.devicePixelRatioF()
        way = (QRectF(self.rect()).center() - area.center()) * ratio
        self.move_by(way.x(), way.y())

    def follow(self, viewport: Viewport) -> None:
        """Take the viewport of a linked canvas, as it is."""
        self._is_fitted = False
        self._viewport = viewport
        self._update_viewport()

    def _clamp_viewport(self) -> None:
        if self._image is None:
            return
        if self._is_fitted:
            self._viewport = geometry.fit_viewport(self._size, self.widget_size)
        else:
            self._viewport = geometry.clamped(self._viewport, self._size, self.widget_size)
        self._update_viewport()

    def _update_viewport(self) -> None:
        if self._image is None:
            return
        scaled = ScaledImage(self._image, self._plane, self._viewport.zoom, self._options)
        self.layer.show_scaled_image(scaled, self._viewport, self.widget_size)
        self.viewport_changed.emit()
        self.update()

    def _on_drawn(self, place: QRect) -> None:
        """Paint no more than what is new."""
        ratio = self.devicePixelRatioF()
        shrunk = QRectF(place.x(), place.y(), place.width(), place.height())
        corner, size = shrunk.topLeft() / ratio, shrunk.size() / ratio
        self.update(QRectF(corner, size).toAlignedRect())

    def _is_larger(self) -> bool:
        size = self._size
        return self._image is not None and geometry.exceeds_widget(
            size, self.widget_size, self._viewport
        )

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit again, or show more."""
        super().resizeEvent(event)
        self._clamp_viewport()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom around the mouse; with Alt, or if so chosen, turn through the planes."""
        # With Alt, some systems turn the wheel sideways.
        turned = event.angleDelta().y() or event.angleDelta().x()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if turned and not control and alt != self.wheel_turns_planes:
            self.plane_step_requested.emit(1 if turned > 0 else -1)
        elif turned:
            zoom = self._viewport.zoom * 2 ** (turned / _WHEEL_TO_DOUBLE)
            self.zoom_to(zoom, event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Pinching; what the scale bar rests on; another screen."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_to(self._viewport.zoom * (1 + event.value()), event.position())
                return True
        elif isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            scale = self._scale
            here = scale is not None and self._bar_place().contains(event.pos())
            QToolTip.showText(event.globalPos(), scale.why if scale and here else "", self)
            return True
        elif event.type() == QEvent.Type.DevicePixelRatioChange:  # moved to another screen
            self._clamp_viewport()
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin to drag."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag_point = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag."""
        if self._drag_point is not None:
            by = (event.position() - self._drag_point) * self.devicePixelRatioF()
            self._drag_point = event.position()
            if self._is_larger():
                self.move_by(by.x(), by.y())

    def mouseReleaseEvent(self, _: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """End dragging."""
        self._drag_point = None
        self.setCursor(Qt.CursorShape.OpenHandCursor)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """From the whole to single pixels at this place, and back."""
        if self._is_fitted:
            self.zoom_to(1.0, event.position())
        else:
            self.fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows move what is larger than its place; else they lead to another cell."""
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        elif self._is_larger() and not (self.steps_sideways and step[0]):
            self.move_by(step[0] * self.widget_size[0] / 8, step[1] * self.widget_size[1] / 8)
        else:
            self.step_requested.emit(-step[0] or -step[1])

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        self.layer.paint(painter, self.widget_size)
        painter.restore()
        if self._message:
            paint_message(painter, self.rect(), self._message, self.palette())
        if self._image is None:
            return
        bar = self._bar()
        bars = [QRectF(self._bar_place())] if bar is not None else []
        painter.save()
        paint_outline(painter, self._outline, self.to_widget, ratio)
        painter.restore()
        painter.save()
        self.cell_layer.paint(painter, self.to_widget, QSizeF(self.size()), bars)
        painter.restore()
        if bar is not None:
            paint_scale_bar(painter, self._bar_place(), *bar)
        paint_band(painter, self._band)

    def _bar(self) -> tuple[str, float] | None:
        """Label and length in device-independent pixels."""
        if self._scale is None or self._image is None:
            return None
        one = self._scale.micrometres / self._viewport.zoom * self.devicePixelRatioF()
        length = bar_length(one, min(_MAX_BAR_LENGTH, self.width() / 3))
        if length is None:
            return None
        return format_length(length, stated=self._scale.stated), length / one

    def _bar_place(self) -> QRect:
        """In the lower right: notifications come in the lower left."""
        bar = self._bar()
        width = max(round(bar[1]) if bar is not None else 0, 8 * GRID) + 2 * GRID
        return QRect(self.width() - width - 2 * GRID, self.height() - 7 * GRID, width, 5 * GRID)
