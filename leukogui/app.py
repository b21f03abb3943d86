"""Puts the window together from its parts, and takes it apart again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from leukogui.backend.model_list import ModelList
from leukogui.backend.run_queue import RunQueue
from leukogui.backend.worker import QtWorker
from leukogui.controllers.appearance import AppearanceController
from leukogui.controllers.case import CaseController
from leukogui.controllers.crash_reports import CrashReportController
from leukogui.controllers.device import DeviceController
from leukogui.controllers.filters import FilterController
from leukogui.controllers.run import ResumeController, RunController
from leukogui.controllers.settings import ProgramFolders, SettingsController
from leukogui.controllers.shortcuts import ShortcutController
from leukogui.controllers.similar_cells import SimilarCellsController
from leukogui.controllers.source import SourceController
from leukogui.controllers.store_recovery import StoreRecoveryController
from leukogui.controllers.summary import SummaryController
from leukogui.controllers.viewer import ViewerController
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import FILE_NAME, Settings
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.main_window import MainWindow
from trainer.locations import store_file


class App(QObject):
    """The window with everything behind it.

    Args:
        data: the user's data folder.
        cache: folder of what can be computed again.
        logs: folder of logs.
        resources: folder of what ships with the program.
        command: how workers are started; None: as always.
    """

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        *,
        data: Path,
        cache: Path,
        logs: Path,
        resources: Path,
        command: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.session = CaseSession(store_file(data), self)
        self.thumbnails = ThumbnailLoader(cache / "thumbnails", self)
        self.runner = QtWorker(self, persistent=False, command=command)
        self.helper = QtWorker(self, persistent=True, command=command)
        self.queue = RunQueue(self.runner, self)
        self.model_list = ModelList(data / "models", resources / "models", self)
        self.window = MainWindow(
            self.session, self.thumbnails, self.queue, self.model_list, settings, theme
        )
        self.case_controller = CaseController(self.window, self.helper, data, logs)
        self.source_controller = SourceController(self.window, self.helper, self.model_list)
        self.run_controller = RunController(
            self.window, self.helper, self.model_list, self.source_controller, data / "results"
        )
        self.resume_controller = ResumeController(self.window)
        self.crash_report_controller = CrashReportController(self.window, logs)
        self.appearance_controller = AppearanceController(self.window)
        self.store_recovery_controller = StoreRecoveryController(self.window)
        self.filter_controller = FilterController(self.window)
        self.device_controller = DeviceController(self.window, self.runner, self.model_list)
        self.shortcut_controller = ShortcutController(
            self.window.commands, self.window.keys, settings, self
        )
        self.similar_cells_controller = SimilarCellsController(
            self.window, self.helper, self.thumbnails
        )
        self.viewer_controller = ViewerController(self.window, self.thumbnails, cache / "viewer")
        self.summary_controller = SummaryController(
            self.window, self.run_controller, self.helper, self.runner
        )
        places = ProgramFolders(data, data / "models", cache, logs)
        self.settings_controller = SettingsController(self.window, self.thumbnails, places)
        self._is_down = False
        self.window.close_requested.connect(self.shut_down)

    def shut_down(self) -> None:
        """End every process and thread; the window is of no use afterwards."""
        if self._is_down:
            return
        self._is_down = True
        self.device_controller.close()
        self.similar_cells_controller.finder.close()
        self.summary_controller.loader.choose(None)  # asks nothing any more
        self.runner.close()
        self.helper.close()
        self.session.shut_down()
        self.thumbnails.close()
        self.model_list.close()
        self.crash_report_controller.close()
        self.window.review.inspector.close_reader()
        self.viewer_controller.viewer.close_threads()
        self.settings.save()


def open_settings(data: Path) -> Settings:
    """The settings kept in a data folder."""
    return Settings(data / FILE_NAME)
