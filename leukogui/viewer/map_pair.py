"""The heat maps of two classes side by side, and their difference, over the same cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from leukogui.inspector.heat import TWO_COLOURS
from leukogui.inspector.prediction_panel import text_label
from leukogui.theme.metrics import GRID, FontSize
from leukogui.viewer.canvas import ImageCanvas
from leukogui.viewer.display_options import DisplayAdjustment, DisplayOptions, HeatmapOverlay
from leukogui.viewer.map_panel import MapPanel
from leukogui.viewer.map_scale import MapScale
from leukogui.viewer.viewport import Viewport

if TYPE_CHECKING:
    from leukogui.viewer.opened_image import OpenedImage
    from trainer.domain import Window
    from trainer.imaging.heat_maps import MapPair


class MapPairView(QWidget):
    """Two classes are chosen above three panels, which are zoomed and moved together."""

    chosen = Signal()  # other classes
    viewport_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_linking = False
        self._outputs: tuple[str, ...] = ()
        self._shown = (-1, -1)
        self._legend = ""
        self.first, self.second = QComboBox(self), QComboBox(self)
        self.swap = QToolButton(self)
        self.scale = MapScale(self)
        self._grid = QGridLayout()
        self.panels = tuple(MapPanel(self._grid, column, self) for column in range(3))
        self.note = text_label(FontSize.SMALL, tone="quiet")
        self._build()
        for box in (self.first, self.second):
            box.currentIndexChanged.connect(lambda _: self.chosen.emit())
        self.swap.clicked.connect(self._swap)
        self.canvas.viewport_changed.connect(self.viewport_changed)
        for canvas in self.canvases:
            canvas.navigated.connect(lambda leader=canvas: self._link(leader))

    @property
    def canvases(self) -> tuple[ImageCanvas, ...]:
        """Those of all panels."""
        return tuple(panel.canvas for panel in self.panels)

    @property
    def canvas(self) -> ImageCanvas:
        """The one that keys zoom and move."""
        return self.panels[0].canvas

    @property
    def choice(self) -> tuple[int, int]:
        """The outputs of the model that are chosen; -1: verdict, runner-up."""
        return self.first.currentIndex() - 1, self.second.currentIndex() - 1

    def show_outputs(self, outputs: tuple[str, ...], titles: Sequence[str]) -> None:
        """Offer the outputs of a model, by these titles."""
        if outputs == self._outputs and self.first.count():
            return
        self._outputs = outputs
        for box, default in ((self.first, self.tr("Verdict")), (self.second, self.tr("Runner-up"))):
            with QSignalBlocker(box):
                box.clear()
                box.addItems([default, *titles])

    def show_placeholder(self, message: str) -> None:
        """Show words in place of the cell."""
        for canvas in self.canvases:
            canvas.show_placeholder(message)

    def show_image(self, image: OpenedImage, plane: int, outline: Any) -> None:
        """Show the cell in all panels, without a map at first."""
        for canvas in self.canvases:
            canvas.show_image(image, plane, DisplayOptions())
            canvas.set_outline(outline)

    def show_maps(
        self, pair: MapPair | None, window: Window | None, opacity: float, light: DisplayAdjustment
    ) -> None:
        """Draw the maps over the cell, all on one scale; None: the bare cell."""
        peak = pair.peak if pair is not None else 0.0
        self.scale.show_peak(peak)
        maps = pair.maps if pair is not None else (None, None, None)
        for canvas, values in zip(self.canvases, maps, strict=True):
            heat = None
            if values is not None and window is not None and peak > 0:
                heat = HeatmapOverlay(values / peak, window, opacity, TWO_COLOURS)
            canvas.set_display_options(DisplayOptions(light, heat))

    def name_classes(
        self, shown: tuple[int, int], captions: Sequence[str], titles: Sequence[str]
    ) -> None:
        """Name what each panel shows, and what the colours mean.

        Args:
            shown: the two outputs of the model.
            captions: of the three panels.
            titles: of the two classes.
        """
        self._shown = shown
        for panel, caption in zip(self.panels, captions, strict=True):
            panel.name(caption)
        text = self.tr(
            "Orange speaks for the class and blue against it; on the right, orange for {first} and "
            "blue for {second}. Heat shows where the network looked, not why."
        )
        self._legend = text.format(first=titles[0], second=titles[1])
        self.note.setText(self._legend)

    def show_shares(self, records: Sequence[Mapping[str, Any]], titles: Sequence[str]) -> None:
        """Show where the heat lies: the records of the job `heat`, and titles of the classes."""
        if len(records) != 4:
            rows: Sequence[Sequence[tuple[str, Mapping[str, Any]]]] = ((), (), ())
        else:
            both = tuple(zip(titles, records[2:], strict=True))
            rows = ((("", records[0]),), (("", records[1]),), both)
        for panel, row in zip(self.panels, rows, strict=True):
            panel.show_shares(row)

    def add_note(self, text: str) -> None:
        """Add what is to be known of where the heat lies; nothing if empty."""
        self.note.setText(f"{self._legend}\n{text}" if text else self._legend)

    def show_message(self, text: str) -> None:
        """Show in words, below the panels, what is to be known of the maps instead."""
        self._legend = text
        self.note.setText(text)

    def reveal(self, window: Window) -> None:
        """Frame the cell in all panels: what the network was shown, and a margin."""
        width, height = self.canvas.widget_size
        zoom = min(width, height) / (1.1 * window.side)
        half = window.side / 2
        for canvas in self.canvases:
            canvas.follow(Viewport(window.x + half, window.y + half, zoom))

    def close_threads(self) -> None:
        """Stop the threads that draw."""
        for canvas in self.canvases:
            canvas.layer.close()

    def _build(self) -> None:
        self.setAccessibleName(self.tr("Heat maps of two classes"))
        labels = QLabel(self.tr("First class")), QLabel(self.tr("Second class"))
        for box, label in zip((self.first, self.second), labels, strict=True):
            label.setBuddy(box)
            box.setAccessibleName(label.text())
            box.setMinimumWidth(20 * GRID)
        self.swap.setText("⇄")
        self.swap.setToolTip(self.tr("Swap the classes"))
        self.swap.setAccessibleName(self.swap.toolTip())
        top = QHBoxLayout()
        top.setContentsMargins(GRID, GRID, GRID, 0)
        for widget in (labels[0], self.first, self.swap, labels[1], self.second):
            top.addWidget(widget)
            top.addSpacing(GRID // 2)
        top.addStretch(1)
        top.addWidget(self.scale)
        self._grid.setHorizontalSpacing(GRID // 2)
        self._grid.setVerticalSpacing(0)
        self._grid.setRowStretch(1, 1)
        self.note.setMargin(GRID)
        self.note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(self._grid, 1)
        column.addWidget(self.note)

    def _swap(self) -> None:
        """Swap what is shown, also where it is verdict and runner-up."""
        first, second = self._shown
        with QSignalBlocker(self.first), QSignalBlocker(self.second):
            self.first.setCurrentIndex(second + 1)
            self.second.setCurrentIndex(first + 1)
        self.chosen.emit()

    def _link(self, leader: ImageCanvas) -> None:
        if self._is_linking:
            return
        self._is_linking = True
        for canvas in self.canvases:
            if canvas is leader:
                continue
            if leader.is_fitted:
                canvas.fit()
            else:
                canvas.follow(leader.viewport)
        self._is_linking = False
