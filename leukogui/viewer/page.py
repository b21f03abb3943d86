"""The viewer: one cell at full size inside the window, or two side by side."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from leukogui.gallery.text import (
    describe_place,
    describe_review_of,
    format_decision,
    short_name,
)
from leukogui.inspector.cell_reader import describe_image
from leukogui.inspector.heat import can_contrast
from leukogui.pages.review import ReviewPage
from leukogui.panels.class_palette import PALETTE_ACTIONS, ClassPalette
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import Settings
from leukogui.settings.table import COLOUR_MAP, HEAT_OPACITY
from leukogui.theme.theme import Theme
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.field_marks import describe_field
from leukogui.viewer.field_overlay import FieldOverlay
from leukogui.viewer.gallery_cursor import GalleryCursor
from leukogui.viewer.image_loader import ImageLoader
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.pane import Pane
from leukogui.viewer.plane_row import PlaneRow
from leukogui.viewer.side_panel import SidePanel
from leukogui.viewer.split_view import SplitView
from leukogui.viewer.toolbar import ActionLookup, ViewerToolBar
from trainer.domain import CellId
from trainer.models.class_colours import Mark

if TYPE_CHECKING:
    from trainer.domain import Prediction


class ViewerPage(QWidget):
    """Shows the cell at a place of the gallery.

    Args:
        action: gives actions of the window's table by their ids.
        folder: where large images are put while they are open.
    """

    changed = Signal()  # what is possible may be different now
    class_chosen = Signal(str)  # id of a class that the cell shall have
    cell_marked = Signal(str, object)  # image, Box: a person marked a missed cell of a field

    def __init__(
        self,
        session: CaseSession,
        review: ReviewPage,
        thumbnails: ThumbnailLoader,
        settings: Settings,
        theme: Theme,
        action: ActionLookup,
        folder: Path,
    ) -> None:
        super().__init__()
        self._session, self._thumbnails, self._settings = session, thumbnails, settings
        self._heat: QAction = action("heat")
        self._outline: QAction = action("outline")
        self._field_cells: QAction = action("field_cells")
        self._add_cell: QAction = action("add_cell")
        self._outputs: tuple[str, ...] = ()
        self.adjustment = DisplayAdjustment()
        self.pinned: CellId | None = None
        self.gallery_cursor = GalleryCursor(review.gallery, review.cells, self)
        self._cells = review.cells
        self.loader = ImageLoader(folder, self)
        self.split_view = SplitView(self)
        self.pane, self.other = self.split_view.left, self.split_view.right
        self.field = FieldOverlay(session, self.pane, editable=True)
        self._other_field = FieldOverlay(session, self.other, editable=False)
        self.bar = ViewerToolBar(action, self)
        self.planes = PlaneRow(action("plane_wheel"), self)
        verdict = [action(each) for each in PALETTE_ACTIONS]
        self.class_palette = ClassPalette(verdict, settings, self)
        self.side_panel = SidePanel(theme, action("reset_light"), self)
        self._build()
        self._connect()
        review.outputs_changed.connect(self.set_outputs)
        review.marks_changed.connect(self._on_marks)
        review.review_classes_changed.connect(self.class_palette.show_classes)
        review.review_classes_changed.connect(self.side_panel.prediction_panel.name_classes)
        self._show_settings()

    @property
    def cell(self) -> CellId | None:
        """The cell that is shown, None for none."""
        return self.pane.cell

    @property
    def name(self) -> str:
        """The image of the cell that is shown, empty for none."""
        return self.pane.cell.image if self.pane.cell is not None else ""

    @property
    def shows_field(self) -> bool:
        """Whether the image that is shown is a field."""
        model = self._session.model
        return model is not None and self.name in model.fields

    @property
    def is_comparing(self) -> bool:
        """Whether two cells are shown."""
        return self.split_view.is_split

    def set_outputs(self, outputs: tuple[str, ...]) -> None:
        """Names of the model's outputs, by its card."""
        self._outputs = outputs
        for pane in (self.pane, self.other):
            pane.set_outputs(outputs, self._session.run)
        self.side_panel.class_contrast.show_outputs(outputs)
        self._show_prediction()

    def show_cell(self, cell: CellId) -> None:
        """Show a cell; zoom and light stay as they are."""
        self.gallery_cursor.go_to(cell)
        self._open(self.pane, cell)
        self.field.reveal()
        self.side_panel.show_notice("")
        self._show_prediction()
        self._show_planes()
        self._request_images()
        self.changed.emit()

    def step(self, step: int) -> None:
        """Show the next cell, or an earlier one."""
        self.gallery_cursor.step(step)

    def clear(self) -> None:
        """Another folder was opened: nothing of this one is shown."""
        self.pinned = None
        self.set_comparing(False)
        for pane in (self.pane, self.other):
            pane.show_cell(None, Path(), None)
        self.loader.clear()

    def close_threads(self) -> None:
        """Stop every thread."""
        self.loader.close()
        for pane in (self.pane, self.other):
            pane.canvas.layer.close()

    # Two cells

    def pin(self) -> None:
        """Keep the cell, to compare others with it."""
        self.pinned = self.cell
        if self.is_comparing:
            self._open_other()
        self.changed.emit()

    def set_comparing(self, on: bool) -> None:
        """Show the pinned cell beside this one; this one is pinned if none is."""
        if on and self.pinned is None:
            self.pin()
        self.split_view.split(on)
        if on:
            self._open_other()
        self._show_prediction()
        self.changed.emit()

    def _open_other(self) -> None:
        if self.other.cell != self.pinned or self.other.image is None:
            self._open(self.other, self.pinned)
            self._other_field.reveal()
            self._request_images()
        self.show_captions()

    # Light

    def set_adjustment(self, light: DisplayAdjustment) -> None:
        """Show everything brighter, darker, in more or less contrast."""
        self.adjustment = light
        self.side_panel.show_adjustment(light)
        for pane in (self.pane, self.other):
            pane.set_adjustment(light)
        self.changed.emit()

    # Building

    def _build(self) -> None:
        self.setAccessibleName(self.tr("Viewer"))
        self.setFocusProxy(self.pane.canvas)
        middle = QVBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.split_view, 1)
        middle.addWidget(self.planes)
        middle.addWidget(self.class_palette)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addLayout(middle, 1)
        row.addWidget(self.side_panel)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(row, 1)

    def _connect(self) -> None:
        self.class_palette.chosen.connect(self.class_chosen)
        self.loader.ready.connect(self._on_image)
        self.gallery_cursor.moved.connect(self.show_cell)
        self._session.fetched.connect(self._on_fetched)
        self._session.changed.connect(self._on_changed)
        self._session.opened.connect(self.clear)
        self._heat.toggled.connect(self._show_settings)
        self._outline.toggled.connect(self._show_settings)
        self._settings.changed.connect(self._on_setting)
        self.side_panel.prediction_panel.chosen.connect(self._choose_output)
        self.side_panel.class_contrast.chosen.connect(self._choose_contrast)
        self.side_panel.adjustment_changed.connect(self.set_adjustment)
        self.side_panel.opacity_chosen.connect(lambda part: self._settings.set(HEAT_OPACITY, part))
        self.planes.chosen.connect(self.pane.choose_plane)
        self.pane.plane_changed.connect(self._show_planes)
        self.pane.canvas.viewport_changed.connect(self._show_zoom)
        for pane in (self.pane, self.other):
            pane.canvas.step_requested.connect(self.step)
        self._field_cells.toggled.connect(self._show_settings)
        self._add_cell.toggled.connect(self.field.tool.set_drawing)
        self.field.chosen.connect(self.show_cell)
        self.field.marked.connect(self.cell_marked)

    # What comes in

    def _open(self, pane: Pane, cell: CellId | None) -> None:
        model = self._session.model
        if model is None or cell is None:
            return
        path = model.root / cell.image
        pane.show_cell(cell, path, self._thumbnails.get(ThumbnailKey(path)))
        image = self.loader.get(path)
        if image is not None:
            pane.set_image(image)
        self._session.fetch(cell)

    def _request_images(self) -> None:
        model = self._session.model
        if model is None or self.cell is None:
            return
        pinned = [self.pinned.image] if self.is_comparing and self.pinned is not None else []
        now = list(dict.fromkeys([self.name, *pinned]))
        ahead = [model.root / name for name in self.gallery_cursor.neighbours()]
        self.loader.request([model.root / name for name in now], ahead)

    def _on_image(self, image: OpenedImage) -> None:
        for pane in (self.pane, self.other):
            pane.set_image(image)
        self._refresh_fields()
        self._show_planes()
        self._show_prediction()
        self.split_view.link()

    def _on_fetched(self, cell: CellId, prediction: Prediction | None) -> None:
        for pane in (self.pane, self.other):
            if cell == pane.cell:
                pane.set_prediction(prediction)
        self._show_planes()
        self._show_prediction()
        self.split_view.link()

    def _on_changed(self) -> None:
        """Files or predictions changed; a file that is gone stays on the screen, with a message."""
        model = self._session.model
        if model is None or self.cell is None or not self.isVisible():
            return
        self._leave_removed_cell()
        self._show_review()
        self._refresh_fields()
        gone = not model.rows_of(self.name)
        words = self.tr("The file is no longer in the folder. What is shown was read before.")
        self.side_panel.show_notice(words if gone else "")
        for pane in (self.pane, self.other):
            result = self._session.result(pane.cell)
            if pane.cell is not None and (result is None) != (pane.prediction is None):
                self._session.fetch(pane.cell)
        self._show_position()

    def _leave_removed_cell(self) -> None:
        """Show another cell of the same field where this one was removed or renumbered."""
        model, cell = self._session.model, self.cell
        if model is None or cell is None or model.row(cell) is not None:
            return
        cells = [model.cell(row) for row in model.rows_of(cell.image)]
        if cells:
            after = [each for each in cells if each > cell]
            self.show_cell(after[0] if after else cells[-1])

    def _refresh_fields(self) -> None:
        for field in (self.field, self._other_field):
            field.refresh()
        self.changed.emit()

    def _on_marks(self, marks: Mapping[str, Mark]) -> None:
        for field in (self.field, self._other_field):
            field.set_class_marks(marks)

    def _on_setting(self, key: str) -> None:
        if key in (HEAT_OPACITY.key, COLOUR_MAP.key):
            self._show_settings()

    def _choose_output(self, output: int) -> None:
        for pane in (self.pane, self.other):
            pane.choose_output(output)
        self._show_prediction()
        self._heat.setChecked(True)

    def _choose_contrast(self, against: int) -> None:
        for pane in (self.pane, self.other):
            pane.choose_contrast(against)
        self._show_prediction()
        self._heat.setChecked(True)

    # What is shown

    def _show_settings(self) -> None:
        opacity, colours = self._settings.value(HEAT_OPACITY), self._settings.value(COLOUR_MAP)
        self.side_panel.show_opacity(opacity)
        for pane in (self.pane, self.other):
            pane.set_heat(self._heat.isChecked(), opacity, colours)
            pane.set_outline_visible(self._outline.isChecked())
            pane.canvas.set_cells_visible(self._field_cells.isChecked())

    def _show_prediction(self) -> None:
        pane = self.pane
        model, result = self._session.model, self._session.result(pane.cell)
        empty = model is not None and model.fields.is_empty(self.name)
        self.side_panel.prediction_panel.show_prediction(
            result, pane.prediction, self._outputs, pane.output, empty=empty
        )
        contrast = self.side_panel.class_contrast
        contrast.show_contrast(pane.output, possible=can_contrast(pane.prediction))
        image = pane.image
        facts = describe_image(image.width, image.height, image.notes) if image else []
        if model is not None and self.cell is not None:
            field = describe_field(model, self.name)
            place = describe_place(model.fields.cell(self.cell))
            facts = [*place, *([field] if field else []), *facts]
        self.side_panel.prediction_panel.show_facts(facts)
        self._show_review()
        self._show_position()
        self.show_captions()

    def _show_review(self) -> None:
        words = describe_review_of(self._session.model, self.cell)
        self.side_panel.prediction_panel.show_review(words)

    def _show_position(self) -> None:
        self.bar.show_cell(self.cell, self.gallery_cursor.position, self._cells.rowCount())

    def show_captions(self) -> None:
        """Show above each of two cells what it is."""
        for pane in (self.pane, self.other):
            result = self._session.result(pane.cell)
            decision = f"   {format_decision(result)}" if result is not None else ""
            text = short_name(pane.cell) + decision if pane.cell is not None else ""
            pinned = self.tr("Pinned: {name}").format(name=text)
            pane.caption.setText((pane.title or pinned) if pane is self.other else text)
            pane.caption.setVisible(self.is_comparing)

    def _show_planes(self) -> None:
        pane = self.pane
        self.planes.show_planes(pane.planes, pane.plane, pane.classified_plane)
        self.changed.emit()

    def _show_zoom(self) -> None:
        self.bar.show_zoom(self.pane.canvas.viewport.zoom)

    def event(self, event: QEvent) -> bool:
        """Space presses a button or opens a list that has the focus, and compares elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            focused = isinstance(QApplication.focusWidget(), (QAbstractButton, QComboBox))
            if focused and event.key() == Qt.Key.Key_Space:
                event.accept()
                return True
        return super().event(event)
