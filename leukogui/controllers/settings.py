"""What a changed setting changes, and the page where a person changes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from leukogui.language.number_format import format_number
from leukogui.settings.table import (
    ALERT,
    HEAT_OPACITY,
    SHOW_HEAT,
    SHOW_OUTLINE,
    THEME,
    THUMBNAIL_MEGABYTES,
    THUMBNAIL_SIDE,
)
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.parts import WindowParts
from trainer.domain import ClassRole

if TYPE_CHECKING:
    from leukogui.pages.settings import SettingsPage


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
        self,
        parts: WindowParts,
        theme: Theme,
        thumbnails: ThumbnailLoader,
        folders: ProgramFolders,
    ) -> None:
        super().__init__(parts.parent)
        self._parts, self._settings = parts, parts.settings
        self._theme, self._thumbnails, self._folders = theme, thumbnails, folders
        self.page: SettingsPage | None = None
        self._effects: dict[str, Callable[[], object]] = {
            THEME.key: self._show_theme,
            THUMBNAIL_SIDE.key: self._show_side,
            SHOW_HEAT.key: self._show_heat,
            SHOW_OUTLINE.key: self._show_outline,
            HEAT_OPACITY.key: self._show_opacity,
            THUMBNAIL_MEGABYTES.key: self._prune_thumbnails,
        }
        parts.actions.on("settings", self.show_page)
        parts.settings.changed.connect(self._on_changed)
        parts.session.listed.connect(self._prune_thumbnails)
        parts.chooser.shown.connect(self._show_alert_cost)
        self._check_theme()
        self._show_heat()
        self._show_outline()

    def show_page(self) -> None:
        """Show the settings; the page is built when it is first shown."""
        if self.page is None:
            self.page = self._make_page()
            self._parts.pages.add_page("settings", self.page)
            self._show_alert_cost()
        self._parts.pages.show_page(self.page)

    def open_folder(self, folder: Path) -> None:
        """Show a folder in the system's file manager, even where it is still empty."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            text = self.tr("{folder} cannot be opened.").format(folder=folder)
            self._parts.notifications.show(text, error.strerror or "", stays=True)
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _make_page(self) -> SettingsPage:
        from leukogui.pages.settings import SettingsPage

        folders = [
            (self.tr("Cases, runs and reviews"), self._folders.data),
            (self.tr("Models"), self._folders.models),
            (self.tr("Thumbnails and what can be made again"), self._folders.cache),
            (self.tr("Logs and reports"), self._folders.logs),
        ]
        page = SettingsPage(self._settings, folders, self._parts.parent)
        page.folder_requested.connect(self.open_folder)
        return page

    def _on_changed(self, key: str) -> None:
        effect = self._effects.get(key)
        if effect is not None:
            effect()

    def _check_theme(self) -> None:
        self._parts.actions[f"theme_{self._settings.value(THEME)}"].setChecked(True)

    def _show_theme(self) -> None:
        self._check_theme()
        self._theme.choose(self._settings.value(THEME))

    def _show_side(self) -> None:
        self._parts.review.gallery.set_side(self._settings.value(THUMBNAIL_SIDE))

    def _show_heat(self) -> None:
        self._parts.actions["heat"].setChecked(self._settings.value(SHOW_HEAT))

    def _show_outline(self) -> None:
        self._parts.actions["outline"].setChecked(self._settings.value(SHOW_OUTLINE))

    def _show_opacity(self) -> None:
        strength = round(self._settings.value(HEAT_OPACITY) * 100)
        self._parts.review.inspector.opacity.setValue(strength)

    def _show_alert_cost(self) -> None:
        """Show beside the setting what its levels cost with the chosen model."""
        if self.page is not None:
            self.page.show_note(ALERT, self._describe_alert_cost())

    def _describe_alert_cost(self) -> str:
        card = self._parts.chooser.card
        if card is None:
            return ""
        levels = card.thresholds.alert
        if levels is None or not card.classes_with_role(ClassRole.ALERT):
            return self.tr("The model {model} has no class for it.").format(model=card.id)
        return self.tr(
            "With the model {model}, balanced sends {balanced} % more of the cells to review and "
            "careful {careful} %, measured on cells of its own labs; elsewhere it is more."
        ).format(
            model=card.id,
            balanced=format_number(100 * levels.balanced.reviewed, ".1f"),
            careful=format_number(100 * levels.careful.reviewed, ".1f"),
        )

    def _prune_thumbnails(self) -> None:
        self._thumbnails.prune(self._settings.value(THUMBNAIL_MEGABYTES) << 20)
