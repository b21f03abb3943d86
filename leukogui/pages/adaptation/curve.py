"""The learning curve of the lab's own cells, and what twice as many would likely bring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme

_LEFT, _BELOW, _ABOVE = 6 * GRID, 3 * GRID, GRID
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5)
_MOST_LINES = 4


class CurvePlot(QWidget):
    """Balanced accuracy by number of cells, with spread; the expected point with its interval."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points: list[tuple[int, float, float, float]] = []
        self._measured = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Balanced accuracy by number of reviewed cells"))
        theme.changed.connect(self.update)

    def show_curve(self, curve: Mapping[str, Any], cells: int) -> None:
        """Show the `curve` of the worker's result; nothing of an empty one.

        Args:
            cells: how many there are now.
        """
        self._points = [
            (each["cells"], mean, max(mean - each["spread"], 0), min(mean + each["spread"], 1))
            for each in curve.get("points", ())
            for mean in (each["balanced_accuracy"],)
        ]
        self._measured = len(self._points)
        twice = curve.get("expected", {}).get(str(2 * cells))
        if twice is not None:
            self._points.append((2 * cells, *twice))
        words = [
            self.tr("{p} % with {n} cells").format(p=format_number(100 * mean, ".1f"), n=n)
            for n, mean, *_ in self._points
        ]
        self.setAccessibleDescription("; ".join(words))
        self.setVisible(bool(self._points))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A low strip."""
        return QSize(48 * GRID, 16 * GRID)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint lines of equal accuracy, the measured curve, and the expected point."""
        if not self._points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(FontSize.SMALL))
        area = QRectF(self.rect()).adjusted(_LEFT, _ABOVE, -3 * GRID, -_BELOW)
        low, high = self._limits()
        self._paint_lines(painter, area, low, high)
        places = [self._place(area, low, high, n, mean) for n, mean, *_ in self._points]
        accent = QColor(self._theme.tones.accent)
        for at, (n, _mean, least, most) in enumerate(self._points):
            expected = at >= self._measured
            style = Qt.PenStyle.DashLine if expected else Qt.PenStyle.SolidLine
            painter.setPen(QPen(accent, 1.5, style))
            if at:
                painter.drawLine(places[at - 1], places[at])
            painter.drawLine(*(self._place(area, low, high, n, each) for each in (least, most)))
            painter.setBrush(Qt.BrushStyle.NoBrush if expected else accent)
            painter.setPen(QPen(accent, 1.5))
            painter.drawEllipse(places[at], 3.5, 3.5)
        self._paint_numbers(painter, area, places)

    def _limits(self) -> tuple[float, float]:
        values = [each for point in self._points for each in point[1:]]
        low, high = min(values), max(values)
        room = max(0.1 * (high - low), 0.01)
        return max(low - room, 0.0), min(high + room, 1.0)

    def _place(self, area: QRectF, low: float, high: float, n: int, value: float) -> QPointF:
        """The axis of cells goes by the root, so that the first steps have room."""
        most = max(point[0] for point in self._points)
        across = (n / most) ** 0.5
        up = (value - low) / (high - low)
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def _paint_lines(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        step = next((each for each in _STEPS if (high - low) / each <= _MOST_LINES), _STEPS[-1])
        tones = self._theme.tones
        for number in range(int(low / step), int(high / step) + 1):
            value = number * step
            if not low <= value <= high:
                continue
            y = self._place(area, low, high, 0, value).y()
            painter.setPen(QColor(tones.line))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tones.quiet))
            label = QRectF(0, y - GRID, _LEFT - GRID, 2 * GRID)
            align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(label, align, f"{format_number(100 * value, '.0f')} %")

    def _paint_numbers(self, painter: QPainter, area: QRectF, places: list[QPointF]) -> None:
        painter.setPen(QColor(self._theme.tones.quiet))
        last = -1e9
        for place, (n, *_) in zip(places, self._points, strict=True):
            if place.x() - last < 4 * GRID:
                continue
            last = place.x()
            box = QRectF(place.x() - 4 * GRID, area.bottom() + GRID / 2, 8 * GRID, 2 * GRID)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, format_number(n))
