"""What opens a case: a dialog, a drop, a recent folder, the drawn cells."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from leukogui.backend.worker import QtWorker
from leukogui.case.account import reviewer_name
from leukogui.pages.welcome import WelcomePage
from leukogui.settings.store import add_recent
from leukogui.settings.table import ANY_SUFFIX_FOLDERS, RECENT_FOLDERS, TOUR_ENDED
from leukogui.window.command_bar import CommandBar
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.controllers.tour import TourController
    from trainer.protocol.outcome import Outcome


DEMO_NAME = "drawn cells"


class CaseController(QObject):
    """Connects the actions that open something.

    Args:
        welcome: the page that opens a first folder.
        bar: it lists the recent folders.
        helper: worker for small requests.
        data: the user's data folder.
        logs: the folder of logs.
    """

    def __init__(
        self,
        parts: WindowParts,
        welcome: WelcomePage,
        bar: CommandBar,
        helper: QtWorker,
        data: Path,
        logs: Path,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._welcome = parts, parts.session, welcome
        self._bar = bar
        self._helper, self._data, self._logs = helper, data, logs
        self._dialog: QFileDialog | None = None
        actions = parts.actions
        actions.on("open_folder", self.choose_folder)
        actions.on("try_demo", self.open_demo)
        actions.on("tour", self.show_tour)
        actions.on("add_folder", self.choose_further_folder)
        actions.on("close_case", parts.session.close_case)
        actions.on("show_in_files", self._show_in_files)
        actions.on("open_logs", self.open_logs)
        welcome.open_requested.connect(self.choose_folder)
        welcome.demo_requested.connect(self.open_demo)
        welcome.folder_chosen.connect(self.open_path)
        welcome.dropped.connect(self.open_paths)
        bar.folder_chosen.connect(self.open_path)
        parts.session.opened.connect(self._show_possible)
        self._show_possible()

    def choose_folder(self) -> None:
        """Let a person choose a folder."""
        dialog = QFileDialog(self._parts.parent, self.tr("Open a folder of cells"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.open_path)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def choose_further_folder(self) -> None:
        """Let a person choose a folder that belongs to the open case, too."""
        root = self._session.root
        if root is None:
            return
        title = self.tr("Add a folder to the case")
        dialog = QFileDialog(self._parts.parent, title, str(root.parent))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._add_folder)
        dialog.finished.connect(dialog.deleteLater)
        self._dialog = dialog
        dialog.open()

    def _add_folder(self, folder: str) -> None:
        self._session.add_folder(Path(folder), reviewer_name(self._parts.settings))

    def open_path(self, path: str) -> None:
        """Open one folder, or the folder of one image."""
        self.open_paths([path])

    def open_paths(self, paths: list[str]) -> None:
        """Open what was dropped or given: a folder, or the folder that the images share."""
        here = [Path(path).absolute() for path in paths if Path(path).exists()]
        if not here:
            gone = ", ".join(paths)
            hint = self.tr("Was it moved, or is its drive not connected?")
            self._parts.notifications.show(self.tr("There is no {what}.").format(what=gone), hint)
            return
        folders = [path if path.is_dir() else path.parent for path in here]
        try:
            root = Path(os.path.commonpath(folders))
        except ValueError:  # on different drives
            root = folders[0]
        self.open_folder(root)

    def open_folder(self, folder: Path) -> None:
        """Open a folder, and remember it."""
        folder, settings = folder.absolute(), self._parts.settings
        recent = add_recent(settings.value(RECENT_FOLDERS), str(folder))
        settings.set(RECENT_FOLDERS, recent)
        any_suffix = str(folder) in settings.value(ANY_SUFFIX_FOLDERS)
        self._session.open(folder, any_suffix=any_suffix)

    def open_demo(self) -> None:
        """Open the folder of drawn cells; it is drawn first if it is not there."""
        from trainer.protocol.requests import DemoRequest

        folder = self._data / DEMO_NAME
        if (folder / "labels.csv").is_file():
            self._show_demo(folder)
            return
        self._welcome.set_drawing(True)
        job = self._helper.run(DemoRequest(folder=str(folder)))
        job.ended.connect(self._on_drawn)

    @cached_property
    def tour(self) -> TourController:
        """Leads through the window; made when it is first used."""
        from leukogui.controllers.tour import TourController

        return TourController(self._parts, self._bar)

    def show_tour(self) -> None:
        """Begin the tour on the open case, or without one on the drawn cells."""
        if self._session.root is not None:
            self.tour.start()
        else:
            self._parts.settings.set(TOUR_ENDED, False)
            self.open_demo()

    def open_logs(self) -> None:
        """Show the folder of logs in the system's file manager."""
        self._logs.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._logs)))

    def _show_demo(self, folder: Path) -> None:
        """Open the drawn cells; who has never seen the window is led through it."""
        self.open_folder(folder)
        if not self._parts.settings.value(TOUR_ENDED):
            self.tour.start()

    def _on_drawn(self, outcome: Outcome) -> None:
        self._welcome.set_drawing(False)
        if outcome.kind == "done":
            self._show_demo(Path(str(outcome.result["folder"])))
        elif outcome.message:
            self._parts.notifications.show(outcome.message, outcome.hint, stays=True)

    def _show_in_files(self) -> None:
        root, name = self._session.root, self._parts.review.gallery.current_name()
        if root is not None:
            folder = (root / name).parent if name else root
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _show_possible(self) -> None:
        has_case = self._session.root is not None
        self._parts.actions.enable(close_case=has_case, show_in_files=has_case, add_folder=has_case)
