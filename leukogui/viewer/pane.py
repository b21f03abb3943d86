"""One cell in the viewer: its picture with everything that belongs to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leukogui.gallery.text import short_name
from leukogui.inspector.heat import TWO_COLOURS, can_contrast, heatmap_of
from leukogui.inspector.prediction_panel import default_output
from leukogui.language.worker_messages import translate_message
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.viewer.canvas import ImageCanvas
from leukogui.viewer.display_options import DisplayAdjustment, DisplayOptions, HeatmapOverlay
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.scale_bar import PixelScale, scale_of_file, scale_of_run
from leukogui.viewer.viewport import CellFrame
from leukogui.widgets.elided_text import ElidedLabel
from trainer.domain import CellId, Window

if TYPE_CHECKING:
    from trainer.cases.records import Run
    from trainer.domain import Prediction


class Pane(QWidget):
    """Holds a cell's image, prediction, plane and heat map; its canvas shows them.

    Attributes:
        reference: of a reference cell, which is no cell of the case: what of its picture the
            network is shown.
        title: of the caption, where it is not the cell's own.
    """

    plane_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cell: CellId | None = None
        self.path = Path()
        self.image: OpenedImage | None = None
        self.prediction: Prediction | None = None
        self.plane = 0
        self.output = -1
        self.against = -1
        self.reference: Window | None = None
        self.title = ""
        self._outputs: tuple[str, ...] = ()
        self._run: Run | None = None
        self._options = DisplayOptions()
        self._adjustment = DisplayAdjustment()
        self._heat_options: tuple[bool, float, str] = (False, 0.5, "viridis")
        self._outline_visible = False
        self._plane_fixed = False
        self.caption = ElidedLabel(self)
        self.caption.setFont(font(FontSize.SMALL))
        self.caption.setMargin(GRID // 2)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption.hide()
        self.canvas = ImageCanvas(self)
        self.canvas.plane_step_requested.connect(self.step_plane)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.caption)
        column.addWidget(self.canvas, 1)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the model's outputs, by its card."""
        return self._outputs

    @property
    def outline(self) -> Any:
        """Of the cell, (N, 2) in image pixels; empty where it is not shown.

        Of a slide, the part that the run scanned.
        """
        if self.image is not None and self.image.is_slide:
            return self._scanned_part if self._outline_visible else ()
        image, single = self.image, self.cell is not None and not self.cell.number
        known = image is not None and (image.is_crop or self.prediction is not None)
        visible = self._outline_visible and single and known
        return image.outline if image is not None and visible else ()

    @property
    def _scanned_part(self) -> Any:
        """Corners of the part of a slide that was scanned; empty where none was."""
        plans: Any = self._run.settings.get("slides", {}) if self._run is not None else {}
        plan = plans.get(self.cell.image) if self.cell is not None else None
        if plan is None:
            return ()
        x, y, width, height = plan["region"]
        return (x, y), (x + width, y), (x + width, y + height), (x, y + height)

    @property
    def planes(self) -> int:
        """How many focal planes there are; 0 while that is not known."""
        return len(self.image.planes) if self.image is not None else 0

    @property
    def classified_plane(self) -> int:
        """The plane that was classified, which is the sharpest."""
        if self.prediction is not None and self.prediction.plane < self.planes:
            return self.prediction.plane
        return self.image.sharpest if self.image is not None else 0

    @property
    def has_window(self) -> bool:
        """Whether the network was shown a part of the image, which is where the cell is."""
        return self._window is not None

    @property
    def _window(self) -> Window | None:
        own = self.prediction.window if self.prediction is not None else None
        return self.reference or own

    def cell_frame(self, *, by_window: bool) -> CellFrame:
        """The cell's own coordinates: those of what the network was shown, or of the image."""
        window = self._window if by_window else None
        if window is not None:
            half = window.side / 2
            return CellFrame(window.x + half, window.y + half, window.side)
        wide, high = self.canvas.image_size
        return CellFrame(wide / 2, high / 2, max(min(wide, high), 1))

    def show_cell(self, cell: CellId | None, path: Path, small: QImage | None) -> None:
        """Show another cell, as soon as its image is there; a small picture until then.

        Another cell of the same field is shown at once: its image stays as it is.
        """
        self.reference, self.title = None, ""
        if cell is not None and self.image is not None and self._shows_image_of(cell, path):
            self.cell, self.prediction, self.output = cell, None, -1
            self.canvas.setAccessibleName(short_name(cell))
            self._update_options()
            self._show_outline()
            return
        self.cell, self.path = cell, path
        self.image, self.prediction = None, None
        self.plane, self.output, self._plane_fixed = 0, -1, False
        self.canvas.setAccessibleName(short_name(cell) if cell is not None else "")
        self.canvas.show_placeholder("" if small is not None else self.tr("Opening…"), small)

    def show_reference(self, cell: CellId, path: Path, window: Window | None, title: str) -> None:
        """Show a cell that is none of the case, as soon as its picture is there.

        Args:
            window: what a network was shown of it; None: that is not known.
        """
        self.show_cell(cell, path, None)
        self.reference, self.title = window, title

    def _shows_image_of(self, cell: CellId, path: Path) -> bool:
        same = self.cell is not None and self.cell != cell and self.cell.image == cell.image
        return same and path == self.path

    def set_image(self, image: OpenedImage) -> None:
        """Take the image, if it is that of the cell."""
        if image.path != self.path:
            return
        if not image.planes:
            if self.image is None:
                self.canvas.show_placeholder(translate_message(image.error))
            return
        self.image = image
        self._choose_plane()
        self._options = self._build_options()
        self.canvas.show_image(image, self.plane, self._options)
        self._show_outline()
        self._show_scale()

    def set_prediction(self, prediction: Prediction | None) -> None:
        """Take the prediction of the cell."""
        if prediction == self.prediction:  # others request it, too
            return
        self.prediction = prediction
        self._choose_default_output()
        if self.image is not None and self._choose_plane():
            self.canvas.show_image(self.image, self.plane, self._options)
        self._show_outline()
        self._update_options()

    def set_outputs(self, outputs: tuple[str, ...], run: Run | None) -> None:
        """Take the model's outputs and the run that is shown."""
        self._outputs, self._run = outputs, run
        self._choose_default_output()
        self._show_outline()
        self._update_options()
        self._show_scale()

    def set_heat(self, on: bool, opacity: float, colours: str) -> None:
        """Whether the heat map is shown, and how."""
        if self._heat_options != (on, opacity, colours):
            self._heat_options = (on, opacity, colours)
            self._update_options()

    def set_adjustment(self, light: DisplayAdjustment) -> None:
        """Show it brighter, darker, in more or less contrast."""
        self._adjustment = light
        self._update_options()

    def set_outline_visible(self, on: bool) -> None:
        """Whether the cell's outline is shown."""
        self._outline_visible = on
        self._show_outline()

    def choose_output(self, output: int) -> None:
        """Show the heat map of another output."""
        self.output = output
        self._update_options()

    def choose_contrast(self, against: int) -> None:
        """Show the heat map against another output; -1 for all others."""
        self.against = against
        self._update_options()

    def step_plane(self, step: int) -> None:
        """Another focal plane."""
        self.choose_plane(self.plane + step)

    def choose_plane(self, plane: int) -> None:
        """This focal plane."""
        plane = min(max(plane, 0), max(self.planes - 1, 0))
        self._plane_fixed = True
        if self.image is not None and plane != self.plane:
            self.plane = plane
            self.canvas.show_image(self.image, plane, self._options)
            self.plane_changed.emit()

    def _choose_default_output(self) -> None:
        if self.prediction is not None and self.output < 0:
            self.output = default_output(self.prediction, self._outputs)

    def _choose_plane(self) -> bool:
        """The classified plane, until a person chooses; whether it is another one now."""
        if self._plane_fixed or self.plane == self.classified_plane:
            return False
        self.plane = self.classified_plane
        self.plane_changed.emit()
        return True

    def _update_options(self) -> None:
        self._options = self._build_options()
        self.canvas.set_display_options(self._options)

    def _build_options(self) -> DisplayOptions:
        on, opacity, colours = self._heat_options
        prediction = self.prediction
        window = prediction.window if prediction is not None else None
        if prediction is None or window is None or not on or self.output < 0:
            return DisplayOptions(self._adjustment)
        heat: Any = heatmap_of(prediction, self.output, self.against)
        if self.against not in (-1, self.output) and can_contrast(prediction):
            colours = TWO_COLOURS
        return DisplayOptions(
            self._adjustment,
            None if heat is None else HeatmapOverlay(heat, window, opacity, colours),
        )

    def _show_outline(self) -> None:
        self.canvas.set_outline(self.outline)

    def _show_scale(self) -> None:
        self.canvas.set_scale(self._scale())

    def _scale(self) -> PixelScale | None:
        image = self.image
        if image is None:
            return None
        if image.pixel is not None:
            return scale_of_file(image.pixel.micrometres, image.pixel.origin)
        if self._run is None or self.reference is not None:  # which another run may have seen
            return None
        return scale_of_run(self._run.settings, image.width, image.height)
