"""What opens a cell at full size, what is done there, and what leads back."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from leukogui.backend.worker import QtWorker
from leukogui.inspector.heat import can_contrast
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.page import ViewerPage
from leukogui.window.actions import ACTIONS
from leukogui.window.parts import WindowParts
from trainer.domain import CellId

if TYPE_CHECKING:
    from leukogui.controllers.map_pair import MapPairController


class ViewerController(QObject):
    """Connects the actions of the viewer; they are possible only while it is in front.

    Args:
        helper: worker for small requests.
        folder: where large images are put while they are open.
    """

    def __init__(
        self,
        parts: WindowParts,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        helper: QtWorker,
        folder: Path,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._helper = parts, helper
        self._actions, self._pages, self._review = parts.actions, parts.pages, parts.review
        self._notifications = parts.notifications
        parts.actions["field_cells"].setChecked(True)
        session, review, settings = parts.session, parts.review, parts.settings
        self.viewer = ViewerPage(session, review, thumbnails, settings, theme, self._action, folder)
        parts.pages.addWidget(self.viewer)
        parts.pages.currentChanged.connect(self._on_page)
        review.opened.connect(self.open)
        review.compared.connect(self.compare)
        self.viewer.changed.connect(self._show_possible)
        self._connect()
        self._show_possible()

    def open(self, cell: CellId) -> None:
        """Show a cell at full size."""
        self.viewer.show_cell(cell)
        self._pages.show_page(self.viewer)

    def compare(self, cell: CellId, picture: Path, title: str) -> None:
        """Show a cell at full size, and a picture beside it."""
        from leukogui.viewer.reference_panel import show_picture

        self.open(cell)
        self.viewer.set_comparing(True)
        show_picture(self.viewer, picture, title)

    def leave(self) -> None:
        """Back to the same place in the gallery; first out of what is done here, one by one."""
        for each in ("add_cell", "map_pair"):
            if self._actions[each].isChecked():
                self._actions[each].setChecked(False)
                break
        else:
            self._pages.show_page(self._review)

    @cached_property
    def map_pair_controller(self) -> MapPairController:
        """Shows the heat maps of two classes; made when it is first used."""
        from leukogui.controllers.map_pair import MapPairController

        return MapPairController(self._parts, self.viewer, self._helper)

    def close(self) -> None:
        """Stop every thread, and request nothing any more."""
        if "map_pair_controller" in self.__dict__:
            self.map_pair_controller.close()
        self.viewer.close_threads()

    def _action(self, action_id: str) -> QAction:
        return self._actions[action_id]

    @property
    def _is_in_front(self) -> bool:
        return self._pages.currentWidget() is self.viewer

    def _connect(self) -> None:
        actions, viewer = self._actions, self.viewer
        pane, split_view = viewer.pane, viewer.split_view
        actions.on("next", lambda: self._step(1))
        actions.on("previous", lambda: self._step(-1))
        actions.on("leave_viewer", self.leave)
        actions.on("zoom_in", lambda: split_view.canvas.zoom_step(1))
        actions.on("zoom_out", lambda: split_view.canvas.zoom_step(-1))
        actions.on("fit", split_view.fit)
        actions.on("actual_size", lambda: split_view.canvas.zoom_to(1.0))
        actions.on("plane_up", lambda: pane.step_plane(1))
        actions.on("plane_down", lambda: pane.step_plane(-1))
        actions.on("sharpest_plane", lambda: pane.choose_plane(pane.classified_plane))
        actions.on("reset_light", lambda: viewer.set_adjustment(DisplayAdjustment()))
        actions.on("pin", self._pin)
        actions.on_toggled("compare", self._compare)
        actions.on_toggled("map_pair", self._show_map_pair)
        actions.on_toggled("scan_part", self._draw_part)
        actions.on_toggled("plane_wheel", viewer.split_view.set_wheel)

    def _step(self, step: int) -> None:
        if self._is_in_front:
            self.viewer.step(step)
        else:
            self._review.gallery.step(step)

    def _pin(self) -> None:
        self.viewer.pin()
        self._notifications.show(self.tr("The cell is pinned. Space shows it beside another."))

    def _show_map_pair(self, on: bool) -> None:
        if on:
            for each in ("compare", "add_cell"):
                self._actions[each].setChecked(False)
        self.map_pair_controller.set_shown(on)
        self._show_possible()

    def _draw_part(self, on: bool) -> None:
        if on:
            self._actions["add_cell"].setChecked(False)
        self.viewer.field.tool.set_drawing_region(on)

    def _compare(self, on: bool) -> None:
        if on:
            self._actions["map_pair"].setChecked(False)
        if on and not self.viewer.pinned:
            self._notifications.show(
                self.tr("This cell is pinned on the right. Go on to compare others with it.")
            )
        self.viewer.set_comparing(on)

    def _on_page(self) -> None:
        self.viewer.gallery_cursor.active = self._is_in_front
        if not self._is_in_front:
            for each in ("add_cell", "scan_part"):
                self._actions[each].setChecked(False)
        self._show_possible()

    def _show_possible(self) -> None:
        here, viewer = self._is_in_front, self.viewer
        actions = self._actions
        for row in ACTIONS:
            if row.where:
                actions[row.id].setEnabled(here == (row.where == "viewer"))
        if actions["compare"].isChecked() != viewer.is_comparing:
            actions["compare"].setChecked(viewer.is_comparing)
        pair = viewer.split_view.is_replaced
        planes = here and viewer.pane.planes > 1
        image = viewer.pane.image
        is_slide = image is not None and image.is_slide
        actions.enable(
            next_reference=here and viewer.is_comparing,
            plane_up=planes,
            plane_down=planes,
            sharpest_plane=planes,
            plane_wheel=planes,
            reset_light=here and not viewer.adjustment.is_neutral,
            field_cells=here and viewer.shows_field and not pair,
            add_cell=here and viewer.field.tool.can_mark and not pair,
            scan_part=here and is_slide and not pair,
            map_pair=here and (pair or can_contrast(viewer.pane.prediction)),
        )
