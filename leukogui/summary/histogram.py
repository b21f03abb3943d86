"""The histogram of probabilities, painted, with the threshold marked."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from leukogui.language.number_format import format_number
from leukogui.summary.case_summary import CaseSummary
from leukogui.summary.text import describe_histogram, display_name
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme

_FOOT, _KEY, _SWATCH = 3 * GRID, 3 * GRID, 12
ORDER = ("accept", "review", "unknown")


class Histogram(QWidget):
    """Cells by probability of their class, stacked by decision."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._summary: CaseSummary | None = None
        self.setMinimumHeight(24 * GRID)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Histogram of probabilities"))
        # So that it can be read, not only seen.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.changed.connect(self.update)

    def show_summary(self, figures: CaseSummary) -> None:
        """Show these."""
        self._summary = figures
        words = describe_histogram(figures)
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as it must be."""
        return QSize(48 * GRID, 24 * GRID)

    def shades(self) -> dict[str, QColor]:
        """One grey a decision: the cells are the only colourful thing."""
        tones = self._theme.tones
        return {
            "accept": QColor(tones.text),
            "review": QColor(tones.quiet),
            "unknown": QColor(tones.line),
        }

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Key above, bars, scale below."""
        if self._summary is None:
            return
        painter = QPainter(self)
        painter.setFont(font(FontSize.SMALL))
        plot = QRectF(self.rect()).adjusted(GRID, _KEY + 2 * GRID, -GRID, -_FOOT)
        self._paint_key(painter)
        self._paint_bars(painter, plot, self._summary)
        self._paint_scale(painter, plot, self._summary.threshold)
        if self.hasFocus():
            painter.setPen(QColor(self._theme.tones.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_key(self, painter: QPainter) -> None:
        x = float(GRID)
        for decision, shade in self.shades().items():
            painter.setPen(QColor(self._theme.tones.quiet))
            painter.setBrush(shade)
            painter.drawRect(QRectF(x, (_KEY - _SWATCH) / 2, _SWATCH, _SWATCH))
            painter.setPen(QColor(self._theme.tones.text))
            x += _SWATCH + GRID
            words = display_name(decision)
            width = painter.fontMetrics().horizontalAdvance(words)
            box = QRectF(x, 0, width + GRID, _KEY)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
            x += width + 2 * GRID

    def _paint_bars(self, painter: QPainter, plot: QRectF, figures: CaseSummary) -> None:
        columns = list(zip(*(figures.histogram[name] for name in ORDER), strict=True))
        tallest = max(1, *map(sum, columns))
        step = plot.width() / len(columns)
        painter.setPen(QPen(QColor(self._theme.tones.quiet), 0.5))
        for at, column in enumerate(columns):
            bottom = plot.bottom()
            for shade, cells in zip(self.shades().values(), column, strict=True):
                height = plot.height() * cells / tallest
                bottom -= height
                if cells:
                    painter.setBrush(shade)
                    painter.drawRect(QRectF(plot.left() + at * step + 1, bottom, step - 2, height))
        painter.setPen(QColor(self._theme.tones.quiet))
        top = QRectF(plot.left(), plot.top() - 2 * GRID - 2, plot.width(), 2 * GRID)
        painter.drawText(top, Qt.AlignmentFlag.AlignRight, format_number(tallest))

    def _paint_scale(self, painter: QPainter, plot: QRectF, threshold: float) -> None:
        tones = self._theme.tones
        painter.drawLine(plot.bottomLeft(), plot.bottomRight())
        aligned = {0: Qt.AlignmentFlag.AlignLeft, 10: Qt.AlignmentFlag.AlignRight}
        for tenth in range(0, 11, 2):
            x = plot.left() + plot.width() * tenth / 10
            where = aligned.get(tenth, Qt.AlignmentFlag.AlignHCenter)
            left = {0: x, 10: x - 4 * GRID}.get(tenth, x - 2 * GRID)
            box = QRectF(left, plot.bottom() + 4, 4 * GRID, 2 * GRID)
            painter.drawText(box, where, format_number(tenth / 10, ".1f"))
        x = round(plot.left() + plot.width() * threshold)
        painter.setPen(QPen(QColor(tones.accent), 2, Qt.PenStyle.DashLine))
        painter.drawLine(x, round(plot.top()), x, round(plot.bottom()))
