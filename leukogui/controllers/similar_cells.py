"""What shows cells like the current one, in the inspector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from leukogui.backend.similar_query import SimilarFinder, Wish
from leukogui.backend.worker import WorkerBridge
from leukogui.inspector.similar_cells import SimilarCells
from leukogui.thumbnails.loader import ThumbnailShop
from leukogui.window.main_window import MainWindow
from trainer.domain import Decision


class Likening(QObject):
    """Connects the section of similar cells with the gallery, the case and the helper.

    Args:
        helper: worker that answers small requests.
    """

    def __init__(self, window: MainWindow, helper: WorkerBridge, shop: ThumbnailShop) -> None:
        super().__init__(window)
        self._window = window
        self._shown: Wish | None = None
        self.cells = SimilarCells(window.theme, shop)
        self.finder = SimilarFinder(helper, self)
        review, session = window.review, window.session
        review.inspector.add_section(self.cells)
        review.gallery.current_changed.connect(self.look)
        review.outputs_changed.connect(self.cells.set_outputs)
        window.pages.currentChanged.connect(self.look)
        session.opened.connect(self.look)
        session.changed.connect(self.look)
        session.run_changed.connect(self._look_again)
        self.finder.found.connect(self._on_found)
        self.finder.failed.connect(self._on_failed)
        self.cells.chosen.connect(self.go_to)

    def look(self) -> None:
        """Another cell may be current, or something new may be said of it."""
        if not self._window.review.inspector.isVisible():
            self.finder.forget()
            self._shown = None
            return
        wish, before = self._wish(), self._shown
        if wish == before:
            return
        self._shown = wish
        if wish is None:
            self.finder.forget()
            self.cells.show_nothing()
            return
        if before is None or (before.root, before.image) != (wish.root, wish.image):
            self.cells.show_waiting()
        self.finder.wish(wish)

    def go_to(self, name: str) -> None:
        """Make a cell of the case the current one."""
        if not self._window.review.gallery.go_to(name):
            self._window.notices.tell(self.tr("This cell is hidden by the filters."))

    def _wish(self) -> Wish | None:
        model, name = self._window.session.model, self._window.review.gallery.current_name()
        row = model.row(name) if model is not None and name else None
        judged = model.judged[row] if model is not None and row is not None else None
        if model is None or judged is None or judged.decision is Decision.FAILED:
            return None
        return Wish(model.root, name, judged.run)

    def _look_again(self) -> None:
        """A run has ended, or another one is shown: there may be other cells to compare with."""
        wish = self._wish()
        if wish is not None and wish == self._shown:
            self.finder.wish(wish)

    def _on_found(self, wish: Wish, found: Mapping[str, Any]) -> None:
        if wish == self._shown:
            self.cells.show_found(found, wish.root)

    def _on_failed(self, wish: Wish, message: str) -> None:
        if wish == self._shown:
            self.cells.show_failure(message)
