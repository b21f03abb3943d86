"""Puts the window together from its parts, and takes it apart again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject

from leukogui.backend.model_list import ModelShelf
from leukogui.backend.run_queue import RunQueue
from leukogui.backend.worker import WorkerBridge
from leukogui.controllers.appearance import Looking
from leukogui.controllers.case import Opening
from leukogui.controllers.crash_reports import Reporting
from leukogui.controllers.device import Computing
from leukogui.controllers.filters import Filtering
from leukogui.controllers.run import Resuming, Running
from leukogui.controllers.settings import Choosing, Places
from leukogui.controllers.shortcuts import Binding
from leukogui.controllers.similar_cells import Likening
from leukogui.controllers.source import Sourcing
from leukogui.controllers.store_recovery import Mending
from leukogui.controllers.summary import Summing
from leukogui.controllers.viewer import Viewing
from leukogui.session.case_session import CaseSession
from leukogui.settings.store import FILE_NAME, Settings
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailShop
from leukogui.window.main_window import MainWindow

STORE_NAME = "cases.sqlite"


class Assembly(QObject):
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
        self.session = CaseSession(data / STORE_NAME, self)
        self.shop = ThumbnailShop(cache / "thumbnails", self)
        self.runner = WorkerBridge(self, keep=False, command=command)
        self.helper = WorkerBridge(self, keep=True, command=command)
        self.queue = RunQueue(self.runner, self)
        self.shelf = ModelShelf(data / "models", resources / "models", self)
        self.window = MainWindow(self.session, self.shop, self.queue, self.shelf, settings, theme)
        self.opening = Opening(self.window, self.helper, data, logs)
        self.sourcing = Sourcing(self.window, self.helper, self.shelf)
        self.running = Running(
            self.window, self.helper, self.shelf, self.sourcing, data / "results"
        )
        self.resuming = Resuming(self.window)
        self.reporting = Reporting(self.window, logs)
        self.looking = Looking(self.window)
        self.mending = Mending(self.window)
        self.filtering = Filtering(self.window)
        self.computing = Computing(self.window, self.runner, self.shelf)
        self.binding = Binding(self.window.commands, self.window.keys, settings, self)
        self.likening = Likening(self.window, self.helper, self.shop)
        self.viewing = Viewing(self.window, self.shop, cache / "viewer")
        self.summing = Summing(self.window, self.running, self.helper, self.runner)
        places = Places(data, data / "models", cache, logs)
        self.choosing = Choosing(self.window, self.shop, places)
        self._is_down = False
        self.window.close_asked.connect(self.shut_down)

    def shut_down(self) -> None:
        """End every process and thread; the window is of no use afterwards."""
        if self._is_down:
            return
        self._is_down = True
        self.computing.close()
        self.likening.finder.close()
        self.summing.asker.choose(None)  # asks nothing any more
        self.runner.close()
        self.helper.close()
        self.session.shut_down()
        self.shop.close()
        self.shelf.close()
        self.reporting.close()
        self.window.review.inspector.close_reader()
        self.viewing.viewer.close_threads()
        self.settings.save()


def open_settings(data: Path) -> Settings:
    """The settings kept in a data folder."""
    return Settings(data / FILE_NAME)
