"""The colours of the heat maps of two classes, with what full colour stands for."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from leukogui.inspector.heat import TWO_COLOURS
from leukogui.language.number_format import format_number
from leukogui.theme.metrics import GRID, FontSize, font
from trainer.imaging.overlay import DIVERGING

_FOR, _AGAINST = (QColor(*rgb) for rgb in DIVERGING[TWO_COLOURS])
_NUMBER = 6 * GRID


class MapScale(QWidget):
    """Blue to orange; numbers at its ends and in the middle, in units of logits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._peak = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Colour scale of the three heat maps"))
        self.setToolTip(
            self.tr(
                "One scale for all three: how much a place adds to the logit, or takes from it. "
                "Orange and blue can be told apart by colour-blind people."
            )
        )

    @property
    def peak(self) -> float:
        """What full colour stands for, in units of logits; 0 where nothing is shown."""
        return self._peak

    def show_peak(self, peak: float) -> None:
        """Show what full colour stands for."""
        self._peak = peak
        self.setAccessibleDescription(", ".join(self._labels()))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Bar above numbers."""
        return QSize(28 * GRID, 4 * GRID)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = QRectF(self.rect()).adjusted(_NUMBER / 2, GRID / 2, -_NUMBER / 2, 0)
        bar.setHeight(1.5 * GRID)
        gradient = QLinearGradient(bar.topLeft(), bar.topRight())
        clear = QColor(_FOR)
        clear.setAlpha(0)
        for at, colour in ((0.0, _AGAINST), (0.5, clear), (1.0, _FOR)):
            gradient.setColorAt(at, colour)
        painter.setPen(self.palette().mid().color())
        painter.setBrush(gradient)
        painter.drawRoundedRect(bar, 2, 2)
        painter.setPen(self.palette().windowText().color())
        painter.setFont(font(FontSize.SMALL))
        ends = bar.left(), bar.center().x(), bar.right()
        for label, x in zip(self._labels(), ends, strict=True):
            place = QRectF(x - _NUMBER / 2, bar.bottom(), _NUMBER, 2 * GRID)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, label)

    def _labels(self) -> tuple[str, str, str]:
        ends = (format_number(sign * self._peak, "+.2g") for sign in (-1, 1))
        low, high = ends if self._peak else ("", "")
        return low, "0", high
