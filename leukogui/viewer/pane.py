"""One cell in the viewer: its picture with everything that belongs to it."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from leukogui.inspector.heat import heat_of
from leukogui.inspector.prediction_panel import likeliest
from leukogui.language.worker_messages import told
from leukogui.theme.metrics import GRID, Type, font
from leukogui.viewer.canvas import Canvas
from leukogui.viewer.display_options import Heat, Light, Look
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.scale_bar import Scale, scale_of_run, stated_scale
from leukogui.viewer.viewport import Frame
from leukogui.widgets.elided_text import ElidedLabel

if TYPE_CHECKING:
    from trainer.cases.records import Run
    from trainer.domain import Prediction


class Pane(QWidget):
    """Holds a cell's image, prediction, plane and heat map; its canvas shows them."""

    plane_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.path = "", Path()
        self.image: OpenedImage | None = None
        self.prediction: Prediction | None = None
        self.plane = 0
        self.output = -1
        self._outputs: tuple[str, ...] = ()
        self._run: Run | None = None
        self._look = Look()
        self._light = Light()
        self._heat_wish: tuple[bool, float, str] = (False, 0.5, "viridis")
        self._with_outline = False
        self._plane_chosen = False
        self.caption = ElidedLabel(self)
        self.caption.setFont(font(Type.SMALL))
        self.caption.setMargin(GRID // 2)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.caption.hide()
        self.canvas = Canvas(self)
        self.canvas.plane_turned.connect(self.turn_plane)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.caption)
        column.addWidget(self.canvas, 1)

    @property
    def planes(self) -> int:
        """How many focal planes there are; 0 while that is not known."""
        return len(self.image.planes) if self.image is not None else 0

    @property
    def judged_plane(self) -> int:
        """The plane that was judged, which is the sharpest."""
        if self.prediction is not None and self.prediction.plane < self.planes:
            return self.prediction.plane
        return self.image.sharpest if self.image is not None else 0

    @property
    def is_framed(self) -> bool:
        """Whether the network was shown a part of the image, which is where the cell is."""
        return self.prediction is not None and self.prediction.window is not None

    def frame(self, *, by_window: bool) -> Frame:
        """The cell's own coordinates: those of what the network was shown, or of the image."""
        window = self.prediction.window if self.prediction is not None and by_window else None
        if window is not None:
            half = window.side / 2
            return Frame(window.x + half, window.y + half, window.side)
        wide, high = self.canvas.image_size
        return Frame(wide / 2, high / 2, max(min(wide, high), 1))

    def show_cell(self, name: str, path: Path, small: QImage | None) -> None:
        """Show another cell, as soon as its image is there; a small picture until then."""
        self.name, self.path = name, path
        self.image, self.prediction = None, None
        self.plane, self.output, self._plane_chosen = 0, -1, False
        self.canvas.setAccessibleName(PurePosixPath(name).name)
        self.canvas.show_nothing("" if small is not None else self.tr("Opening…"), small)

    def take_image(self, image: OpenedImage) -> None:
        """Take the image, if it is that of the cell."""
        if image.path != self.path:
            return
        if not image.planes:
            if self.image is None:
                self.canvas.show_nothing(told(image.error))
            return
        self.image = image
        self._choose_plane()
        self._look = self._make_look()
        self.canvas.show_image(image, self.plane, self._look)
        self._show_outline()
        self._show_scale()

    def take_prediction(self, prediction: Prediction | None) -> None:
        """Take what was said of the cell."""
        if prediction == self.prediction:  # others ask for it, too
            return
        self.prediction = prediction
        self._choose_likeliest()
        if self.image is not None and self._choose_plane():
            self.canvas.show_image(self.image, self.plane, self._look)
        self._renew()

    def set_outputs(self, outputs: tuple[str, ...], run: Run | None) -> None:
        """Take the model's outputs and the run that is shown."""
        self._outputs, self._run = outputs, run
        self._choose_likeliest()
        self._renew()
        self._show_scale()

    def set_heat(self, wished: bool, opacity: float, colours: str) -> None:
        """Whether the heat map is shown, and how."""
        if self._heat_wish != (wished, opacity, colours):
            self._heat_wish = (wished, opacity, colours)
            self._renew()

    def set_light(self, light: Light) -> None:
        """Show it brighter, darker, in more or less contrast."""
        self._light = light
        self._renew()

    def set_outlined(self, wished: bool) -> None:
        """Whether the cell's outline is shown."""
        self._with_outline = wished
        self._show_outline()

    def choose_output(self, output: int) -> None:
        """Show the heat map of another output."""
        self.output = output
        self._renew()

    def turn_plane(self, step: int) -> None:
        """Another focal plane."""
        self.choose_plane(self.plane + step)

    def choose_plane(self, plane: int) -> None:
        """This focal plane."""
        plane = min(max(plane, 0), max(self.planes - 1, 0))
        self._plane_chosen = True
        if self.image is not None and plane != self.plane:
            self.plane = plane
            self.canvas.show_image(self.image, plane, self._look)
            self.plane_changed.emit()

    def _choose_likeliest(self) -> None:
        if self.prediction is not None and self.output < 0:
            self.output = likeliest(self.prediction, self._outputs)

    def _choose_plane(self) -> bool:
        """The judged plane, until a person chooses; whether it is another one now."""
        if self._plane_chosen or self.plane == self.judged_plane:
            return False
        self.plane = self.judged_plane
        self.plane_changed.emit()
        return True

    def _renew(self) -> None:
        self._look = self._make_look()
        self.canvas.set_look(self._look)

    def _make_look(self) -> Look:
        wished, opacity, colours = self._heat_wish
        prediction = self.prediction
        window = prediction.window if prediction is not None else None
        if prediction is None or window is None or not wished or self.output < 0:
            return Look(self._light)
        heat: Any = heat_of(prediction, self.output)
        return Look(self._light, None if heat is None else Heat(heat, window, opacity, colours))

    def _show_outline(self) -> None:
        known = self.image is not None and self._with_outline
        self.canvas.set_outline(self.image.outline if self.image is not None and known else ())

    def _show_scale(self) -> None:
        self.canvas.set_scale(self._scale())

    def _scale(self) -> Scale | None:
        image = self.image
        if image is None:
            return None
        if image.pixel is not None:
            return stated_scale(image.pixel.micrometres, image.pixel.origin)
        if self._run is None:
            return None
        return scale_of_run(self._run.settings, image.width, image.height)
