"""The row of focal planes: a slider, which plane it is, and where the sharpest lies."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QToolButton,
    QWidget,
)

from leukogui.theme.metrics import GRID, FontSize, font


class PlaneSlider(QSlider):
    """A slider with a mark at the sharpest plane."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._marked = -1
        self.setPageStep(1)
        self.setMinimumHeight(3 * GRID)

    def mark(self, plane: int) -> None:
        """Mark this plane."""
        self._marked = plane
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The slider, and the mark below its groove."""
        super().paintEvent(event)
        if not self.minimum() <= self._marked <= self.maximum():
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_SliderHandle
        control = QStyle.ComplexControl.CC_Slider
        handle = self.style().subControlRect(control, option, part, self)
        room = self.width() - handle.width()
        at = QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), self._marked, room)
        mark = QRect(at + handle.width() // 2 - 3, self.height() - 6, 6, 6)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.palette().windowText().color()))
        painter.drawEllipse(mark)


class PlaneRow(QWidget):
    """Shown only where there are several planes."""

    chosen = Signal(int)  # from 0

    def __init__(self, wheel: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = PlaneSlider()
        self.slider.setAccessibleName(self.tr("Focal plane"))
        self.slider.setToolTip(self.tr("Focal plane; the dot marks the sharpest, which is judged"))
        self.label = QLabel()
        self.label.setFont(font(FontSize.SMALL))
        self.label.setMinimumWidth(26 * GRID)
        wheel_button = QToolButton()
        wheel_button.setDefaultAction(wheel)
        wheel_button.setAccessibleName(wheel.toolTip())
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, GRID // 2)
        row.addWidget(self.label)
        row.addWidget(self.slider, 1)
        row.addWidget(wheel_button)
        self.slider.valueChanged.connect(self.chosen)
        self.hide()

    def show_planes(self, planes: int, plane: int, sharpest: int) -> None:
        """Show where in the stack we are; nothing where there is only one plane."""
        self.setVisible(planes > 1)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(planes - 1, 0))
        self.slider.setValue(plane)
        self.slider.blockSignals(False)
        self.slider.mark(sharpest)
        text = self.tr("Plane {n} of {all}").format(n=plane + 1, all=planes)
        if plane == sharpest:
            text += self.tr(", the sharpest")
        self.label.setText(text)
        self.slider.setAccessibleDescription(text)
