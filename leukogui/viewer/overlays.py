"""What is painted over the picture: outline, scale bar, words in its place."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen, QPolygonF, QTransform

from leukogui.theme.metrics import GRID, FontSize, font

_CHIP = QColor(0, 0, 0, 150)


def paint_outline(
    painter: QPainter, outline: QPolygonF, to_widget: QTransform, ratio: float
) -> None:
    """Paint a polygon in image pixels; white on black can be seen on every stain.

    Args:
        to_widget: from image pixels to the painter's coordinates.
        ratio: pixels of the screen for one of the painter's.
    """
    if outline.isEmpty():
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setTransform(to_widget, True)
    for colour, width in (("#000000", 3.0), ("#ffffff", 1.25)):
        pen = QPen(QColor(colour), width * ratio)  # cosmetic: in pixels of the screen
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.drawPolygon(outline)


def paint_band(painter: QPainter, band: QRectF) -> None:
    """Paint the box that is being drawn around a cell."""
    if band.isEmpty():
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, style in (("#000000", Qt.PenStyle.SolidLine), ("#ffffff", Qt.PenStyle.DashLine)):
        painter.setPen(QPen(QColor(colour), 1.5, style))
        painter.drawRect(band)


def paint_scale_bar(painter: QPainter, place: QRect, label: str, length: float) -> None:
    """Paint the bar with its label above it, on a dark chip."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_CHIP)
    painter.drawRoundedRect(QRectF(place), GRID / 2, GRID / 2)
    painter.setPen(QColor("#ffffff"))
    painter.setFont(font(FontSize.SMALL, bold=True))
    text = place.adjusted(0, 0, 0, -2 * GRID)
    painter.drawText(text, Qt.AlignmentFlag.AlignCenter, label)
    left = place.left() + (place.width() - length) / 2
    painter.fillRect(QRectF(left, place.bottom() - 1.5 * GRID, length, 3), QColor("#ffffff"))


def paint_message(painter: QPainter, place: QRect, message: str, palette: QPalette) -> None:
    """Paint words where the picture would be."""
    painter.setPen(palette.placeholderText().color())
    painter.setFont(font())
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(place.adjusted(4 * GRID, GRID, -4 * GRID, -GRID), flags, message)
