"""A class's mark as an icon: its letter on its colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap

from leukogui.theme.metrics import GRID, FontSize, font
from trainer.models.class_colours import Mark

SIDE = 2 * GRID
_FACTORS = (1, 2, 3)


def class_icon(mark: Mark) -> QIcon:
    """The mark, sharp at every scaling of the screen."""
    icon = QIcon()
    for factor in _FACTORS:
        pixmap = QPixmap(SIDE * factor, SIDE * factor)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.scale(factor, factor)
        paint_class_mark(painter, QRectF(0, 0, SIDE, SIDE), mark)
        painter.end()
        pixmap.setDevicePixelRatio(factor)
        icon.addPixmap(pixmap)
    return icon


def paint_class_mark(painter: QPainter, box: QRectF, mark: Mark) -> None:
    """Paint the mark into a square."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(mark.colour))
    painter.drawRoundedRect(box, 3, 3)
    painter.setPen(QColor(mark.ink))
    painter.setFont(font(FontSize.SMALL, bold=True))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.letter)
