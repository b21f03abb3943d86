"""What changes the appearance: theme, sizes, outline, pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from leukogui.gallery.view import STEP
from leukogui.settings.table import SHOW_OUTLINE, THEME
from leukogui.window.parts import WindowParts

if TYPE_CHECKING:
    from leukogui.window.about import AboutDialog


class AppearanceController(QObject):
    """Connects the actions that change only what is seen."""

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts.parent)
        self._parts, self._pages = parts, parts.pages
        self._about: AboutDialog | None = None
        self._before: QWidget = parts.pages.home
        actions, gallery, settings = parts.actions, parts.review.gallery, parts.settings
        actions.on("larger", lambda: gallery.set_side(gallery.side + STEP))
        actions.on("smaller", lambda: gallery.set_side(gallery.side - STEP))
        actions.on("review", self._show_review)
        actions.on("keys", self._show_keys)
        actions.on("about", self.show_about)
        for choice in ("system", "light", "dark"):
            actions.on(f"theme_{choice}", partial(settings.set, THEME, choice))
        actions.on_toggled("outline", lambda on: settings.set(SHOW_OUTLINE, on))

    def show_about(self) -> None:
        """Show what this is."""
        from leukogui.window.about import AboutDialog, licence_text

        if self._about is not None:
            self._about.deleteLater()
        self._about = AboutDialog(licence_text(self._parts.chooser.cards), self._parts.parent)
        self._about.show()

    def _show_review(self) -> None:
        has_case = self._parts.session.root is not None
        self._pages.show_page(self._parts.review if has_case else self._pages.home)

    def _show_keys(self) -> None:
        """F1 shows the keys, and F1 again leads back."""
        current, keys = self._pages.currentWidget(), self._pages.page("keys")
        if current is keys:
            self._pages.show_page(self._before)
        else:
            self._before = current or self._pages.home
            self._pages.show_page(keys)
