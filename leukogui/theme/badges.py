"""The small square with a class's letter."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from leukogui.theme.metrics import FontSize, font


def paint_badge(
    painter: QPainter, box: QRect, letter: str, colour: str, ink: str, text: str
) -> None:
    """A filled square where it counts; an empty one (no ink) where it is only a guess.

    Args:
        ink: of the letter in a filled square; empty for an empty one.
        text: of the letter in an empty square.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    frame = QRectF(box).adjusted(0.75, 0.75, -0.75, -0.75)
    painter.setPen(QPen(QColor(colour), 1.5))
    painter.setBrush(QColor(colour) if ink else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame, 3, 3)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setFont(font(FontSize.SMALL, bold=True))
    painter.setPen(QColor(ink or text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letter)
