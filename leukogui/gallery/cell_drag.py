"""Dragging the selected cells of the gallery onto a class."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QMimeData, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QDrag, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from leukogui.gallery.painter import paint_fitted
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, font

CELLS_TYPE = "application/x-leukogui-selected-cells"
"""Of a drag from the gallery: its selected cells; no other program understands it."""
_SIDE = 8 * GRID


def carries_cells(mime: QMimeData) -> bool:
    """Whether the selected cells of the gallery are dragged."""
    return mime.hasFormat(CELLS_TYPE)


def selection_mime() -> QMimeData:
    """What a drag of the selected cells carries."""
    mime = QMimeData()
    mime.setData(CELLS_TYPE, QByteArray(b"1"))
    return mime


def drag_selection(source: QWidget, count: int, thumbnail: QImage | None) -> None:
    """Drag the selected cells until they are dropped or not.

    Args:
        count: how many they are.
        thumbnail: of one of them.
    """
    drag = QDrag(source)
    drag.setMimeData(selection_mime())
    drag.setPixmap(_picture(source, count, thumbnail))
    drag.setHotSpot(QPoint(-GRID, -GRID))
    drag.exec(Qt.DropAction.CopyAction)


def _picture(source: QWidget, count: int, thumbnail: QImage | None) -> QPixmap:
    ratio = source.devicePixelRatioF()
    pixmap = QPixmap(round(_SIDE * ratio), round(_SIDE * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(QColor(128, 128, 128))
    painter = QPainter(pixmap)
    square = QRect(0, 0, _SIDE, _SIDE)
    if thumbnail is not None:
        paint_fitted(painter, square, thumbnail)
    if count > 1:
        chip = QRect(_SIDE - 4 * GRID, _SIDE - 3 * GRID, 4 * GRID, 3 * GRID)
        painter.fillRect(chip, QColor(0, 0, 0, 190))
        painter.setPen(QColor("#ffffff"))
        painter.setFont(font(bold=True))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, format_number(count))
    painter.end()
    return pixmap
