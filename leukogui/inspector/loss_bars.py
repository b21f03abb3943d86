"""Bars of what a prediction loses, one line a part; a hollow one where it gains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme

_LINE = 3 * GRID
_NUMBER = 5 * GRID
_FULL = 4.0  # log-odds, at least, of the longest bar: 0.98 to 0.5
LINES = 5  # that keep their place while nothing is known


@dataclass(frozen=True)
class LossRow:
    """One line.

    Attributes:
        name: of the part.
        lost: log-odds; negative where the prediction is surer without the part.
        instead: name of the class that comes instead; empty where the prediction stays.
    """

    name: str
    lost: float
    instead: str


class LossBars(QWidget):
    """Lines of name, class that comes instead, log-odds, and a bar below."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[LossRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("What the prediction loses without each part"))
        theme.changed.connect(self.update)

    @property
    def rows(self) -> tuple[LossRow, ...]:
        """What is shown."""
        return self._rows

    def show_rows(self, rows: Sequence[LossRow]) -> None:
        """Show these; none where they are not known yet."""
        self._rows = tuple(rows)
        self.setVisible(True)
        self.setAccessibleDescription(", ".join(self._describe(each) for each in rows))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A line each."""
        return QSize(30 * GRID, (len(self._rows) or LINES) * _LINE)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(FontSize.SMALL))
        longest = max([_FULL, *(abs(each.lost) for each in self._rows)])
        for at, row in enumerate(self._rows):
            box = QRect(0, at * _LINE, self.width(), _LINE)
            self._paint_text(painter, box, row)
            self._paint_bar(painter, box, row.lost, longest)

    def _paint_text(self, painter: QPainter, box: QRect, row: LossRow) -> None:
        tones, middle = self._theme.tones, Qt.AlignmentFlag.AlignVCenter
        text = box.adjusted(GRID // 2, 0, -_NUMBER - GRID, -6)
        painter.setPen(QColor(tones.text))
        painter.drawText(text, middle, row.name)
        number = QRect(box.right() - _NUMBER, box.top(), _NUMBER, box.height() - 6)
        painter.drawText(
            number, middle | Qt.AlignmentFlag.AlignRight, format_number(row.lost, "+.1f")
        )
        if row.instead:
            painter.drawText(text, middle | Qt.AlignmentFlag.AlignRight, f"→ {row.instead}")

    def _paint_bar(self, painter: QPainter, box: QRect, lost: float, longest: float) -> None:
        tones = self._theme.tones
        track = QRectF(GRID // 2, box.bottom() - 5, box.width() - GRID // 2, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.line))
        painter.drawRoundedRect(track, 2, 2)
        track.setWidth(track.width() * abs(lost) / longest)
        if lost < 0:
            painter.setPen(QColor(tones.quiet))
            painter.setBrush(QColor(tones.panel))
        else:
            painter.setBrush(QColor(tones.quiet))
        painter.drawRoundedRect(track, 2, 2)

    def _describe(self, row: LossRow) -> str:
        words = f"{row.name} {format_number(row.lost, '+.1f')}"
        return f"{words} → {row.instead}" if row.instead else words
