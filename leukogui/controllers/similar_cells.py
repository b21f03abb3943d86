"""What shows cells like the current one, in the inspector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from leukogui.backend.similar_query import SimilarFinder, SimilarQuery
from leukogui.backend.worker import QtWorker
from leukogui.inspector.similar_cells import SimilarCells
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.main_window import MainWindow
from trainer.domain import Decision


class SimilarCellsController(QObject):
    """Connects the section of similar cells with the gallery, the case and the helper.

    Args:
        helper: worker that answers small requests.
    """

    def __init__(self, window: MainWindow, helper: QtWorker, thumbnails: ThumbnailLoader) -> None:
        super().__init__(window)
        self._window = window
        self._query: SimilarQuery | None = None
        self.cells = SimilarCells(window.theme, thumbnails)
        self.finder = SimilarFinder(helper, self)
        review, session = window.review, window.session
        review.inspector.add_section(self.cells)
        review.gallery.current_changed.connect(self.refresh)
        review.outputs_changed.connect(self.cells.set_outputs)
        window.pages.currentChanged.connect(self.refresh)
        session.opened.connect(self.refresh)
        session.changed.connect(self.refresh)
        session.run_changed.connect(self._refresh_again)
        self.finder.found.connect(self._on_found)
        self.finder.failed.connect(self._on_failed)
        self.cells.chosen.connect(self.go_to)

    def refresh(self) -> None:
        """Another cell may be current, or something new may be said of it."""
        if not self._window.review.inspector.isVisible():
            self.finder.clear()
            self._query = None
            return
        wish, before = self._current_query(), self._query
        if wish == before:
            return
        self._query = wish
        if wish is None:
            self.finder.clear()
            self.cells.clear()
            return
        if before is None or (before.root, before.image) != (wish.root, wish.image):
            self.cells.show_waiting()
        self.finder.request(wish)

    def go_to(self, name: str) -> None:
        """Make a cell of the case the current one."""
        if not self._window.review.gallery.go_to(name):
            self._window.notifications.show(self.tr("This cell is hidden by the filters."))

    def _current_query(self) -> SimilarQuery | None:
        model, name = self._window.session.model, self._window.review.gallery.current_name()
        row = model.row(name) if model is not None and name else None
        judged = model.results[row] if model is not None and row is not None else None
        if model is None or judged is None or judged.decision is Decision.FAILED:
            return None
        return SimilarQuery(model.root, name, judged.run)

    def _refresh_again(self) -> None:
        """A run has ended, or another one is shown: there may be other cells to compare with."""
        wish = self._current_query()
        if wish is not None and wish == self._query:
            self.finder.request(wish)

    def _on_found(self, query: SimilarQuery, found: Mapping[str, Any]) -> None:
        if query == self._query:
            self.cells.show_found(found, query.root)

    def _on_failed(self, query: SimilarQuery, message: str) -> None:
        if query == self._query:
            self.cells.show_failure(message)
