"""The strip beside the picture: what is said of the cell, and how it is shown."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.inspector.prediction_panel import SaidOfCell, words
from leukogui.theme.metrics import GRID, Type, font
from leukogui.theme.theme import Theme
from leukogui.viewer.display_options import MOST, Light


class Strip(QScrollArea):
    """Class, decision and why, bars, facts; heat map, brightness, contrast."""

    light_chosen = Signal(object)  # Light
    opacity_chosen = Signal(float)

    def __init__(self, theme: Theme, reset: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(self.tr("What is said of the cell"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(38 * GRID)
        self.said = SaidOfCell(theme, self)
        self.notice = words(tone="bad")
        self.notice.hide()
        self.opacity = _slider(self.tr("Strength of the heat map"), 0, 100)
        self.brightness = _slider(self.tr("Brightness, of the display only"), -MOST, MOST)
        self.contrast = _slider(self.tr("Contrast, of the display only"), -MOST, MOST)
        self.changed = QLabel(self.tr("Not as in the file"))
        self.changed.setFont(font(Type.SMALL))
        self.changed.setProperty("tone", "quiet")
        self._build(reset)
        self.opacity.valueChanged.connect(lambda value: self.opacity_chosen.emit(value / 100))
        for slider in (self.brightness, self.contrast):
            slider.valueChanged.connect(self._on_light)
        self.show_light(Light())

    def show_opacity(self, opacity: float) -> None:
        """Show how strong the heat map is, 0-1."""
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(round(opacity * 100))

    def show_light(self, light: Light) -> None:
        """Show brightness and contrast; said in words where they are not neutral."""
        for slider, value in ((self.brightness, light.brightness), (self.contrast, light.contrast)):
            with QSignalBlocker(slider):
                slider.setValue(value)
        self._lit.setVisible(not light.is_neutral)

    def show_notice(self, text: str) -> None:
        """Say that something is the matter with the file; nothing if empty."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def _build(self, reset: QAction) -> None:
        inner = QWidget()
        inner.setObjectName("inspector")
        column = QVBoxLayout(inner)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.notice)
        column.addWidget(self.said)
        column.addSpacing(GRID)
        form = QFormLayout()
        form.setSpacing(GRID)
        form.addRow(self.tr("Heat map"), self.opacity)
        form.addRow(self.tr("Brightness"), self.brightness)
        form.addRow(self.tr("Contrast"), self.contrast)
        column.addLayout(form)
        self._lit = QWidget()
        row = QHBoxLayout(self._lit)
        row.setContentsMargins(0, 0, 0, 0)
        button = QToolButton()
        button.setText(self.tr("Reset"))
        button.setToolTip(reset.toolTip())
        button.setAccessibleName(reset.toolTip())
        button.clicked.connect(reset.trigger)
        row.addWidget(self.changed, 1)
        row.addWidget(button)
        column.addWidget(self._lit)
        column.addStretch()
        self.setWidget(inner)

    def _on_light(self) -> None:
        self.light_chosen.emit(Light(self.brightness.value(), self.contrast.value()))


def _slider(name: str, lowest: int, highest: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(lowest, highest)
    slider.setPageStep(10)
    slider.setAccessibleName(name)
    slider.setToolTip(name)
    return slider
