"""Quality against cost: a dot a model; those that no other beats at both are joined."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from leukogui.backend.evaluation_files import pareto_front
from leukogui.language.number_format import format_number
from leukogui.pages.evaluation.table import ShownResult
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme

_LEFT, _BELOW, _DOT = 7 * GRID, 5 * GRID, 5.0


class ParetoPlot(QWidget):
    """Balanced accuracy by the time that a cell takes."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points: list[tuple[float, float, str]] = []
        self.setAccessibleName(self.tr("Balanced accuracy by the time a cell takes"))
        theme.changed.connect(self.update)

    def show_results(self, results: Sequence[ShownResult]) -> None:
        """Show those whose balanced accuracy is defined."""
        self._points = [
            (each.model.cost["milliseconds"], value, each.title)
            for each in results
            if (value := each.model.value("balanced_accuracy")) is not None
        ]
        text = self.tr("{name}: {share} %, {time} ms")
        words = [
            text.format(
                name=title,
                share=format_number(100 * value, ".1f"),
                time=format_number(time, ".3g"),
            )
            for time, value, title in self._points
        ]
        self.setAccessibleDescription("\n".join(words))
        self.setVisible(bool(self._points))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough for names beside the dots."""
        return QSize(60 * GRID, 26 * GRID)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint axes, the front, the dots and their names."""
        if not self._points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(FontSize.SMALL))
        area = QRectF(self.rect()).adjusted(_LEFT, 2 * GRID, -14 * GRID, -_BELOW)
        self._paint_axes(painter, area)
        places = [self._place(area, time, value) for time, value, _ in self._points]
        front = pareto_front([(time, value) for time, value, _ in self._points])
        best = sorted((p for p, on in zip(places, front, strict=True) if on), key=QPointF.x)
        accent, tones = QColor(self._theme.tones.accent), self._theme.tones
        painter.setPen(QPen(accent, 1.5))
        painter.drawPolyline(best)
        titles = [title for *_, title in self._points]
        for place, on, title in zip(places, front, titles, strict=True):
            painter.setPen(QPen(accent if on else QColor(tones.quiet), 1.5))
            painter.setBrush(accent if on else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(place, _DOT, _DOT)
            painter.setPen(QColor(tones.text))
            room = int(self.width() - place.x() - 2 * GRID)
            text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, room)
            painter.drawText(place + QPointF(GRID, -GRID / 2), text)

    def _limits(self) -> tuple[float, float, float, float]:
        times = [math.log10(max(time, 1e-3)) for time, _, _ in self._points]
        values = [value for _, value, _ in self._points]
        room = max(0.15 * (max(values) - min(values)), 0.01)
        low, high = max(min(values) - room, 0.0), min(max(values) + room, 1.0)
        return min(times) - 0.15, max(times) + 0.15, low, high

    def _place(self, area: QRectF, time: float, value: float) -> QPointF:
        least, most, low, high = self._limits()
        across = (math.log10(max(time, 1e-3)) - least) / (most - least)
        up = (value - low) / (high - low) if high > low else 0.5
        return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        tones = self._theme.tones
        least, most, low, high = self._limits()
        painter.setPen(QColor(tones.line))
        painter.drawLine(area.bottomLeft(), area.topLeft())
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(QColor(tones.quiet))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in ((low, area.bottom()), (high, area.top())):
            label = QRectF(0, y - GRID, _LEFT - GRID / 2, 2 * GRID)
            painter.drawText(label, right, f"{format_number(100 * value, '.1f')} %")
        for power, x in ((least, area.left()), (most, area.right())):
            label = QRectF(x - 5 * GRID, area.bottom() + GRID / 2, 10 * GRID, 2 * GRID)
            text = f"{format_number(10**power, '.3g')} ms"
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, text)
        label = QRectF(area.left(), area.bottom() + 2.5 * GRID, area.width(), 2 * GRID)
        title = self.tr("Time a cell, reading included; above: balanced accuracy")
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, title)
