"""What opens a cell at full size, what is done there, and what leads back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.page import ViewerPage
from leukogui.window.actions import ACTIONS
from leukogui.window.main_window import MainWindow


class ViewerController(QObject):
    """Connects the actions of the viewer; they are possible only while it is in front.

    Args:
        folder: where large images are put while they are open.
    """

    def __init__(self, window: MainWindow, thumbnails: ThumbnailLoader, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        session, review, settings = window.session, window.review, window.settings
        self.viewer = ViewerPage(
            session, review, thumbnails, settings, window.theme, self._action, folder
        )
        window.pages.addWidget(self.viewer)
        window.pages.currentChanged.connect(self._on_page)
        review.opened.connect(self.open)
        self.viewer.changed.connect(self._show_possible)
        self._connect()
        self._show_possible()

    def open(self, name: str) -> None:
        """Show a cell at full size."""
        self.viewer.show_cell(name)
        self._window.show_page(self.viewer)

    def leave(self) -> None:
        """Back to the same place in the gallery."""
        self._window.show_page(self._window.review)

    def _action(self, action_id: str) -> QAction:
        return self._window.commands[action_id]

    @property
    def _is_in_front(self) -> bool:
        return self._window.pages.currentWidget() is self.viewer

    def _connect(self) -> None:
        commands, viewer = self._window.commands, self.viewer
        canvas, pane = viewer.pane.canvas, viewer.pane
        commands.on("next", lambda: self._step(1))
        commands.on("previous", lambda: self._step(-1))
        commands.on("leave_viewer", self.leave)
        commands.on("zoom_in", lambda: canvas.zoom_step(1))
        commands.on("zoom_out", lambda: canvas.zoom_step(-1))
        commands.on("fit", canvas.fit)
        commands.on("actual_size", lambda: canvas.zoom_to(1.0))
        commands.on("plane_up", lambda: pane.step_plane(1))
        commands.on("plane_down", lambda: pane.step_plane(-1))
        commands.on("sharpest_plane", lambda: pane.choose_plane(pane.classified_plane))
        commands.on("reset_light", lambda: viewer.set_adjustment(DisplayAdjustment()))
        commands.on("pin", self._pin)
        commands.on_toggled("compare", self._compare)
        commands.on_toggled("plane_wheel", viewer.split_view.set_wheel)

    def _step(self, step: int) -> None:
        if self._is_in_front:
            self.viewer.step(step)
        else:
            self._window.review.gallery.step(step)

    def _pin(self) -> None:
        self.viewer.pin()
        self._window.notifications.show(
            self.tr("The cell is pinned. Space shows it beside another.")
        )

    def _compare(self, wished: bool) -> None:
        if wished and not self.viewer.pinned:
            self._window.notifications.show(
                self.tr("This cell is pinned on the right. Go on to compare others with it.")
            )
        self.viewer.set_comparing(wished)

    def _on_page(self) -> None:
        self.viewer.gallery_cursor.active = self._is_in_front
        self._show_possible()

    def _show_possible(self) -> None:
        here, viewer = self._is_in_front, self.viewer
        commands = self._window.commands
        for row in ACTIONS:
            if row.where:
                commands[row.id].setEnabled(here == (row.where == "viewer"))
        if commands["compare"].isChecked() != viewer.is_comparing:
            commands["compare"].setChecked(viewer.is_comparing)
        planes = here and viewer.pane.planes > 1
        commands.enable(
            plane_up=planes,
            plane_down=planes,
            sharpest_plane=planes,
            plane_wheel=planes,
            reset_light=here and not viewer.adjustment.is_neutral,
        )
