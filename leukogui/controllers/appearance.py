"""What changes how things look: theme, sizes, heat map, outline, pages."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from leukogui.gallery.view import STEP
from leukogui.settings.table import SHOW_HEAT, SHOW_OUTLINE, THEME
from leukogui.window.about import AboutDialog, licence_text
from leukogui.window.main_window import MainWindow


class AppearanceController(QObject):
    """Connects the actions that change only what is seen."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._about: AboutDialog | None = None
        self._before: QWidget = window.welcome
        commands, gallery = window.commands, window.review.gallery
        commands.on("larger", lambda: gallery.set_side(gallery.side + STEP))
        commands.on("smaller", lambda: gallery.set_side(gallery.side - STEP))
        commands.on("review", self._show_review)
        commands.on("keys", self._show_keys)
        commands.on("about", self.show_about)
        commands.on("quit", window.close)
        for choice in ("system", "light", "dark"):
            commands.on(f"theme_{choice}", partial(window.settings.set, THEME, choice))
        commands.on_toggled("heat", lambda on: window.settings.set(SHOW_HEAT, on))
        commands.on_toggled("outline", lambda on: window.settings.set(SHOW_OUTLINE, on))

    def show_about(self) -> None:
        """Show what this is."""
        if self._about is not None:
            self._about.deleteLater()
        self._about = AboutDialog(licence_text(self._window.chooser.cards), self._window)
        self._about.show()

    def _show_review(self) -> None:
        has_case = self._window.session.root is not None
        self._window.show_page(self._window.review if has_case else self._window.welcome)

    def _show_keys(self) -> None:
        """F1 shows the keys, and F1 again leads back."""
        current = self._window.pages.currentWidget()
        if current is self._window.keys:
            self._window.show_page(self._before)
        else:
            self._before = current or self._window.welcome
            self._window.show_page(self._window.keys)
