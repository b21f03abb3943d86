"""What a changed setting changes, and the page where a person changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from leukogui.pages.settings import SettingsPage
from leukogui.settings.table import (
    HEAT_OPACITY,
    SHOW_HEAT,
    SHOW_OUTLINE,
    THEME,
    THUMBNAIL_MEGABYTES,
    THUMBNAIL_SIDE,
)
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.main_window import MainWindow


@dataclass(frozen=True)
class ProgramFolders:
    """Folders that the program keeps things in."""

    data: Path
    models: Path
    cache: Path
    logs: Path


class SettingsController(QObject):
    """Makes settings take effect at once, whoever changed them."""

    def __init__(
        self, window: MainWindow, thumbnails: ThumbnailLoader, folders: ProgramFolders
    ) -> None:
        super().__init__(window)
        self._window, self._thumbnails, self._folders = window, thumbnails, folders
        self.page: SettingsPage | None = None
        self._effects: dict[str, Callable[[], object]] = {
            THEME.key: self._show_theme,
            THUMBNAIL_SIDE.key: self._show_side,
            SHOW_HEAT.key: self._show_overlays,
            SHOW_OUTLINE.key: self._show_overlays,
            HEAT_OPACITY.key: self._show_opacity,
            THUMBNAIL_MEGABYTES.key: self._prune_thumbnails,
        }
        window.commands.on("settings", self.show_page)
        window.settings.changed.connect(self._on_changed)
        window.session.listed.connect(self._prune_thumbnails)
        self._check_theme()
        self._show_overlays()

    def show_page(self) -> None:
        """Show the settings; made when first asked for."""
        if self.page is None:
            self.page = self._make_page()
            self._window.add_page("settings", self.page)
        self._window.show_page(self.page)

    def open_folder(self, folder: Path) -> None:
        """Show a folder in the system's file manager, even where it is still empty."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = self.tr("{folder} cannot be opened.").format(folder=folder)
            self._window.notifications.show(text, error.strerror or "", stays=True)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _make_page(self) -> SettingsPage:
        kept = [
            (self.tr("Cases, runs and reviews"), self._folders.data),
            (self.tr("Models"), self._folders.models),
            (self.tr("Thumbnails and what can be made again"), self._folders.cache),
            (self.tr("Logs and reports"), self._folders.logs),
        ]
        page = SettingsPage(self._window.settings, kept, self._window)
        page.folder_requested.connect(self.open_folder)
        return page

    def _on_changed(self, key: str) -> None:
        effect = self._effects.get(key)
        if effect is not None:
            effect()

    def _check_theme(self) -> None:
        self._window.commands[f"theme_{self._window.settings.value(THEME)}"].setChecked(True)

    def _show_theme(self) -> None:
        self._check_theme()
        self._window.theme.choose(self._window.settings.value(THEME))

    def _show_side(self) -> None:
        self._window.review.gallery.set_side(self._window.settings.value(THUMBNAIL_SIDE))

    def _show_overlays(self) -> None:
        settings, commands = self._window.settings, self._window.commands
        commands["heat"].setChecked(settings.value(SHOW_HEAT))
        commands["outline"].setChecked(settings.value(SHOW_OUTLINE))

    def _show_opacity(self) -> None:
        strength = round(self._window.settings.value(HEAT_OPACITY) * 100)
        self._window.review.inspector.opacity.setValue(strength)

    def _prune_thumbnails(self) -> None:
        self._thumbnails.prune(self._window.settings.value(THUMBNAIL_MEGABYTES) << 20)
