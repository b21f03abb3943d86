"""The strip beside the picture: the prediction of the cell, and how it is shown."""

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

from leukogui.inspector.prediction_panel import PredictionPanel, text_label
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme
from leukogui.viewer.class_contrast import ClassContrast
from leukogui.viewer.display_options import MAX_ADJUSTMENT, DisplayAdjustment


class SidePanel(QScrollArea):
    """Class, decision and why, bars, facts; heat map, brightness, contrast."""

    adjustment_changed = Signal(object)  # Light
    opacity_chosen = Signal(float)

    def __init__(self, theme: Theme, reset: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("inspector")
        self.setAccessibleName(self.tr("What is said of the cell"))
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(38 * GRID)
        self.prediction_panel = PredictionPanel(theme, self)
        self.notice = text_label(tone="bad")
        self.notice.hide()
        self.opacity = _build_slider(self.tr("Strength of the heat map"), 0, 100)
        self.class_contrast = ClassContrast(self)
        self.brightness = _build_slider(
            self.tr("Brightness, of the display only"), -MAX_ADJUSTMENT, MAX_ADJUSTMENT
        )
        self.contrast = _build_slider(
            self.tr("Contrast, of the display only"), -MAX_ADJUSTMENT, MAX_ADJUSTMENT
        )
        self.changed = QLabel(self.tr("Not as in the file"))
        self.changed.setFont(font(FontSize.SMALL))
        self.changed.setProperty("tone", "quiet")
        self._build(reset)
        self.opacity.valueChanged.connect(lambda value: self.opacity_chosen.emit(value / 100))
        for slider in (self.brightness, self.contrast):
            slider.valueChanged.connect(self._on_adjustment)
        self.show_adjustment(DisplayAdjustment())

    def show_opacity(self, opacity: float) -> None:
        """Show how strong the heat map is, 0-1."""
        with QSignalBlocker(self.opacity):
            self.opacity.setValue(round(opacity * 100))

    def show_adjustment(self, light: DisplayAdjustment) -> None:
        """Show brightness and contrast; in words where they are not neutral."""
        for slider, value in ((self.brightness, light.brightness), (self.contrast, light.contrast)):
            with QSignalBlocker(slider):
                slider.setValue(value)
        self._adjustment_row.setVisible(not light.is_neutral)

    def show_notice(self, text: str) -> None:
        """Show what is the matter with the file; nothing if empty."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def _build(self, reset: QAction) -> None:
        inner = QWidget()
        inner.setObjectName("inspector")
        column = QVBoxLayout(inner)
        column.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(GRID)
        column.addWidget(self.notice)
        column.addWidget(self.prediction_panel)
        column.addSpacing(GRID)
        form = QFormLayout()
        form.setSpacing(GRID)
        form.addRow(self.tr("Heat map"), self.opacity)
        form.addRow(self.tr("Against"), self.class_contrast)
        form.addRow(self.tr("Brightness"), self.brightness)
        form.addRow(self.tr("Contrast"), self.contrast)
        column.addLayout(form)
        self._adjustment_row = QWidget()
        row = QHBoxLayout(self._adjustment_row)
        row.setContentsMargins(0, 0, 0, 0)
        button = QToolButton()
        button.setText(self.tr("Reset"))
        button.setToolTip(reset.toolTip())
        button.setAccessibleName(reset.toolTip())
        button.clicked.connect(reset.trigger)
        row.addWidget(self.changed, 1)
        row.addWidget(button)
        column.addWidget(self._adjustment_row)
        column.addStretch()
        self.setWidget(inner)

    def _on_adjustment(self) -> None:
        self.adjustment_changed.emit(
            DisplayAdjustment(self.brightness.value(), self.contrast.value())
        )


def _build_slider(name: str, lowest: int, highest: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(lowest, highest)
    slider.setPageStep(10)
    slider.setAccessibleName(name)
    slider.setToolTip(name)
    return slider
