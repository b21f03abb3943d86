"""One grid, three type sizes: every distance and font in the window comes from here."""

from __future__ import annotations

from enum import Enum

from PySide6.QtGui import QFont, QGuiApplication

GRID = 8
"""Distances are multiples of it, in device-independent pixels; half of it inside controls."""
ICON = 20


class FontSize(Enum):
    """The three type sizes, as a factor of the system's."""

    SMALL = 0.9
    BODY = 1.0
    LARGE = 1.7


def font(size: FontSize = FontSize.BODY, *, bold: bool = False) -> QFont:
    """The program's font in one of its three sizes."""
    made = QFont(QGuiApplication.font())
    made.setPointSizeF(made.pointSizeF() * size.value)
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made
