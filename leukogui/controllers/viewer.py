"""What opens a cell at full size, what is done there, and what leads back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.page import ViewerPage
from leukogui.window.actions import ACTIONS
from leukogui.window.parts import WindowParts
from trainer.domain import CellId


class ViewerController(QObject):
    """Connects the actions of the viewer; they are possible only while it is in front.

    Args:
        folder: where large images are put while they are open.
    """

    def __init__(
        self, parts: WindowParts, theme: Theme, thumbnails: ThumbnailLoader, folder: Path
    ) -> None:
        super().__init__(parts.parent)
        self._actions, self._pages, self._review = parts.actions, parts.pages, parts.review
        self._notifications = parts.notifications
        parts.actions["field_cells"].setChecked(True)
        session, review, settings = parts.session, parts.review, parts.settings
        self.viewer = ViewerPage(session, review, thumbnails, settings, theme, self._action, folder)
        parts.pages.addWidget(self.viewer)
        parts.pages.currentChanged.connect(self._on_page)
        review.opened.connect(self.open)
        self.viewer.changed.connect(self._show_possible)
        self._connect()
        self._show_possible()

    def open(self, cell: CellId) -> None:
        """Show a cell at full size."""
        self.viewer.show_cell(cell)
        self._pages.show_page(self.viewer)

    def leave(self) -> None:
        """Back to the same place in the gallery; while cells are added, no more of that first."""
        if self._actions["add_cell"].isChecked():
            self._actions["add_cell"].setChecked(False)
        else:
            self._pages.show_page(self._review)

    def _action(self, action_id: str) -> QAction:
        return self._actions[action_id]

    @property
    def _is_in_front(self) -> bool:
        return self._pages.currentWidget() is self.viewer

    def _connect(self) -> None:
        actions, viewer = self._actions, self.viewer
        canvas, pane = viewer.pane.canvas, viewer.pane
        actions.on("next", lambda: self._step(1))
        actions.on("previous", lambda: self._step(-1))
        actions.on("leave_viewer", self.leave)
        actions.on("zoom_in", lambda: canvas.zoom_step(1))
        actions.on("zoom_out", lambda: canvas.zoom_step(-1))
        actions.on("fit", canvas.fit)
        actions.on("actual_size", lambda: canvas.zoom_to(1.0))
        actions.on("plane_up", lambda: pane.step_plane(1))
        actions.on("plane_down", lambda: pane.step_plane(-1))
        actions.on("sharpest_plane", lambda: pane.choose_plane(pane.classified_plane))
        actions.on("reset_light", lambda: viewer.set_adjustment(DisplayAdjustment()))
        actions.on("pin", self._pin)
        actions.on_toggled("compare", self._compare)
        actions.on_toggled("plane_wheel", viewer.split_view.set_wheel)

    def _step(self, step: int) -> None:
        if self._is_in_front:
            self.viewer.step(step)
        else:
            self._review.gallery.step(step)

    def _pin(self) -> None:
        self.viewer.pin()
        self._notifications.show(self.tr("The cell is pinned. Space shows it beside another."))

    def _compare(self, on: bool) -> None:
        if on and not self.viewer.pinned:
            self._notifications.show(
                self.tr("This cell is pinned on the right. Go on to compare others with it.")
            )
        self.viewer.set_comparing(on)

    def _on_page(self) -> None:
        self.viewer.gallery_cursor.active = self._is_in_front
        if not self._is_in_front:
            self._actions["add_cell"].setChecked(False)
        self._show_possible()

    def _show_possible(self) -> None:
        here, viewer = self._is_in_front, self.viewer
        actions = self._actions
        for row in ACTIONS:
            if row.where:
                actions[row.id].setEnabled(here == (row.where == "viewer"))
        if actions["compare"].isChecked() != viewer.is_comparing:
            actions["compare"].setChecked(viewer.is_comparing)
        planes = here and viewer.pane.planes > 1
        actions.enable(
            plane_up=planes,
            plane_down=planes,
            sharpest_plane=planes,
            plane_wheel=planes,
            reset_light=here and not viewer.adjustment.is_neutral,
            field_cells=here and viewer.shows_field,
            add_cell=here and viewer.field.tool.can_mark,
        )
