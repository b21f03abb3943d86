"""Curves of a training, drawn by hand: what is drawn twice a second must cost no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme

_LEFT, _BOTTOM, _TOP, _RIGHT = 5 * GRID, 2.5 * GRID, 3 * GRID, GRID
_LINES = 4  # across, with their numbers
_WIDTHS = {"quiet": 1.0, "text": 1.5, "accent": 2.0}


@dataclass(frozen=True)
class Curve:
    """One line.

    Attributes:
        name: in the legend.
        tone: of the theme: "quiet", "text" or "accent".
        points: step and value.
    """

    name: str
    tone: str
    points: tuple[tuple[int, float], ...]


class CurveChart(QWidget):
    """Curves over the steps of a training, with a legend of their last values.

    Args:
        title: for a screen reader.
        top: of the scale; None: the highest value.
        as_share: values are written as percentages.
    """

    def __init__(
        self,
        theme: Theme,
        title: str,
        *,
        top: float | None = None,
        as_share: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._top, self._as_share = theme, top, as_share
        self._curves: tuple[Curve, ...] = ()
        self._steps = 1
        self.setAccessibleName(title)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(28 * GRID, 16 * GRID)
        theme.changed.connect(self.update)

    @property
    def curves(self) -> tuple[Curve, ...]:
        """What is drawn."""
        return self._curves

    def show_curves(self, curves: Sequence[Curve], steps: int) -> None:
        """Draw these.

        Args:
            steps: at the right end; more where a curve has more.
        """
        last = max((curve.points[-1][0] for curve in curves if curve.points), default=1)
        shown, steps = tuple(curves), max(steps, last, 1)
        if (shown, steps) == (self._curves, self._steps):
            return
        self._curves, self._steps = shown, steps
        self.setAccessibleDescription(", ".join(map(self._label, self._curves)))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide enough to read."""
        return QSize(44 * GRID, 24 * GRID)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw scale, curves and legend."""
        painter = QPainter(self)
        painter.setFont(font(FontSize.SMALL))
        area = QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT, -_BOTTOM)
        top = self._scale_top()
        self._paint_scale(painter, area, top)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for curve in self._curves:
            self._paint_curve(painter, area, curve, top)
        self._paint_legend(painter)

    def _scale_top(self) -> float:
        if self._top is not None:
            return self._top
        values = [value for curve in self._curves for _, value in curve.points]
        return _round_up(max(values, default=1.0))

    def _paint_scale(self, painter: QPainter, area: QRectF, top: float) -> None:
        tones = self._theme.tones
        for at in range(_LINES + 1):
            y = area.bottom() - area.height() * at / _LINES
            painter.setPen(QColor(tones.line))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(tones.quiet))
            box = QRectF(0, y - GRID, area.left() - GRID / 2, 2 * GRID)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, side, self._format(top * at / _LINES))
        below = QRectF(area.left(), area.bottom() + 2, area.width(), _BOTTOM)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        end = self.tr("step {n}").format(n=format_number(self._steps))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, end)

    def _paint_curve(self, painter: QPainter, area: QRectF, curve: Curve, top: float) -> None:
        painter.setPen(QPen(self._colour(curve), _WIDTHS[curve.tone]))
        places = [
            QPointF(
                area.left() + area.width() * step / self._steps,
                area.bottom() - area.height() * min(value, top) / top,
            )
            for step, value in curve.points
        ]
        painter.drawPolyline(QPolygonF(places))
        if len(places) <= 2 * GRID and curve.tone != "quiet":
            painter.setBrush(self._colour(curve))
            for place in places:
                painter.drawEllipse(place, 2.0, 2.0)

    def _paint_legend(self, painter: QPainter) -> None:
        x = 2.0 * GRID
        for curve in self._curves:
            text = self._label(curve)
            painter.setPen(QPen(self._colour(curve), _WIDTHS[curve.tone] + 1))
            painter.drawLine(QPointF(x, 1.25 * GRID), QPointF(x + 2 * GRID, 1.25 * GRID))
            painter.setPen(QColor(self._theme.tones.text))
            width = painter.fontMetrics().horizontalAdvance(text)
            box = QRectF(x + 2.5 * GRID, 0, width + GRID, 2.5 * GRID)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            x = box.right() + GRID

    def _label(self, curve: Curve) -> str:
        if not curve.points:
            return curve.name
        return f"{curve.name} {self._format(curve.points[-1][1])}"

    def _format(self, value: float) -> str:
        if self._as_share:
            return f"{format_number(100 * value, '.0f')} %"
        return format_number(value, ".2f")

    def _colour(self, curve: Curve) -> QColor:
        return QColor(getattr(self._theme.tones, curve.tone))


class RecallBars(QWidget):
    """How many cells of each class are found, one line a class."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[tuple[str, float], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Share of each class that is found"))
        theme.changed.connect(self.update)

    @property
    def rows(self) -> tuple[tuple[str, float], ...]:
        """Names and shares, 0-1."""
        return self._rows

    def show_rows(self, rows: Sequence[tuple[str, float]]) -> None:
        """Show these."""
        if self._rows != tuple(rows):
            self._rows = tuple(rows)
            words = [f"{name} {format_number(100 * share, '.0f')} %" for name, share in rows]
            self.setAccessibleDescription(", ".join(words))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A line each."""
        return QSize(24 * GRID, int(2.5 * GRID * len(self._rows)))

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the lines."""
        painter, tones = QPainter(self), self._theme.tones
        painter.setFont(font(FontSize.SMALL))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height, number = 2.5 * GRID, 6.0 * GRID
        middle = Qt.AlignmentFlag.AlignVCenter
        for at, (name, share) in enumerate(self._rows):
            box = QRectF(0, at * height, self.width() - number, height - 6)
            painter.setPen(QColor(tones.text))
            painter.drawText(box, middle, name)
            beside = QRectF(box.right(), box.top(), number, box.height())
            text = f"{format_number(100 * share, '.0f')} %"
            painter.drawText(beside, middle | Qt.AlignmentFlag.AlignRight, text)
            painter.setPen(Qt.PenStyle.NoPen)
            track = QRectF(0, box.bottom() + 1, self.width(), 3)
            for tone, part in ((tones.line, 1.0), (tones.accent, share)):
                painter.setBrush(QColor(tone))
                filled = QRectF(track.left(), track.top(), track.width() * part, track.height())
                painter.drawRoundedRect(filled, 1.5, 1.5)


def _round_up(value: float) -> float:
    """The next number above that is easy to read."""
    steps = (0.1, 0.2, 0.4, 0.8, 1.0, 1.2, 1.6, 2.0, 2.4, 3.2, 4.0, 6.0, 8.0, 12.0, 20.0, 40.0)
    return next((each for each in steps if value <= each), value)
