"""The probabilities of all classes as bars; choosing one shows its heat map."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from leukogui.gallery.text import format_percent
from leukogui.theme.class_icon import paint_class_mark
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Tones
from trainer.models.class_colours import NEUTRAL, Mark

_LINE = 3 * GRID
_BADGE = 2 * GRID
_NUMBER = 6 * GRID


class ProbabilityBars(QWidget):
    """One line for each output of the model: mark, name, bar, percentage."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[tuple[str, float], ...] = ()
        self._marks: Sequence[Mark] = ()
        self._tones: Tones | None = None
        self._current = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Probabilities of the classes"))

    def show_rows(
        self,
        names: Sequence[str],
        probabilities: Sequence[float],
        marks: Sequence[Mark],
        tones: Tones,
    ) -> None:
        """Show these, all in the order of the model's outputs; names as a person reads them."""
        self._rows = tuple(zip(names, probabilities, strict=False))
        self._marks, self._tones = marks, tones
        text = ", ".join(f"{name} {format_percent(value)}" for name, value in self._rows)
        self.setAccessibleDescription(text)
        self.updateGeometry()
        self.update()

    def set_current(self, output: int) -> None:
        """Mark the output whose heat map is shown; -1 for none."""
        self._current = output
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A line each."""
        return QSize(30 * GRID, max(len(self._rows), 1) * _LINE)

    def event(self, event: QEvent) -> bool:
        """Show what a click does."""
        if event.type() == QEvent.Type.ToolTip and self._rows:
            text = self.tr("Click a class to see where the network looked for it")
            QToolTip.showText(self.mapToGlobal(self.rect().bottomLeft()), text, self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the line under the mouse."""
        self._choose(int(event.position().y()) // _LINE)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Choose with the arrows."""
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._choose(self._current + step)

    def _choose(self, output: int) -> None:
        if 0 <= output < len(self._rows):
            self.set_current(output)
            self.chosen.emit(output)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the lines."""
        if self._tones is None:
            return
        painter = QPainter(self)
        for at, (name, probability) in enumerate(self._rows):
            self._paint_row(painter, self._tones, at, name, probability)
        if self.hasFocus():
            painter.setPen(QColor(self._tones.accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_row(
        self, painter: QPainter, tones: Tones, at: int, name: str, probability: float
    ) -> None:
        box = QRect(0, at * _LINE, self.width(), _LINE)
        if at == self._current:
            painter.fillRect(box, QColor(tones.hover))
        mark = self._marks[at] if at < len(self._marks) else None
        self._paint_mark(painter, box, mark)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(FontSize.SMALL))
        painter.setPen(QColor(tones.text))
        text = box.adjusted(_BADGE + 2 * GRID, 0, -_NUMBER - GRID, -6)
        painter.drawText(text, middle, name)
        number = QRect(box.right() - _NUMBER, box.top(), _NUMBER - GRID, box.height())
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, format_percent(probability))
        track = QRectF(text.left(), box.bottom() - 5, text.width(), 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tones.line))
        painter.drawRoundedRect(track, 1.5, 1.5)
        painter.setBrush(QColor(mark.colour if mark else NEUTRAL))
        track.setWidth(track.width() * probability)
        painter.drawRoundedRect(track, 1.5, 1.5)

    def _paint_mark(self, painter: QPainter, box: QRect, mark: Mark | None) -> None:
        if mark is None:
            return
        badge = QRectF(GRID // 2, box.top() + (_LINE - _BADGE) / 2, _BADGE, _BADGE)
        paint_class_mark(painter, badge, mark)
