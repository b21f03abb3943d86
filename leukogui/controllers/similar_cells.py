"""What shows cells like the current one, in the inspector."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from leukogui.backend.cell_query import CellQuery, CellQueryRunner, build_similar_request
from leukogui.backend.worker import QtWorker
from leukogui.inspector.similar_cells import SimilarCells
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from leukogui.window.parts import WindowParts
from trainer.domain import CellId, Decision


class SimilarCellsController(QObject):
    """Connects the section of similar cells with the gallery, the case and the helper.

    Args:
        helper: worker for small requests.
    """

    def __init__(
        self, parts: WindowParts, theme: Theme, helper: QtWorker, thumbnails: ThumbnailLoader
    ) -> None:
        super().__init__(parts.parent)
        self._session, self._review = parts.session, parts.review
        self._notifications = parts.notifications
        self._query: CellQuery | None = None
        self.cells = SimilarCells(theme, thumbnails)
        self.finder = CellQueryRunner(helper, build_similar_request, self)
        review, session = parts.review, parts.session
        review.inspector.add_section(self.cells)
        review.gallery.current_changed.connect(self.refresh)
        review.outputs_changed.connect(self.cells.set_outputs)
        parts.pages.currentChanged.connect(self.refresh)
        session.opened.connect(self.refresh)
        session.changed.connect(self.refresh)
        session.run_changed.connect(self._refresh_again)
        self.finder.found.connect(self._on_found)
        self.finder.failed.connect(self._on_failed)
        self.cells.chosen.connect(self.go_to)
        self.cells.training_chosen.connect(self.compare)

    def refresh(self) -> None:
        """Another cell may be current, or there may be a new prediction of it."""
        if not self._review.inspector.isVisible():
            self.finder.clear()
            self.cells.clear()  # another case, or a blind reading, may be shown next
            self._query = None
            return
        query, before = self._current_query(), self._query
        if query == before:
            return
        self._query = query
        if query is None:
            self.finder.clear()
            self.cells.clear()
            return
        if before is None or (before.root, before.cell) != (query.root, query.cell):
            self.cells.show_waiting()
        self.finder.request(query)

    def go_to(self, cell: CellId) -> None:
        """Make a cell of the case the current one."""
        if not self._review.gallery.go_to(cell):
            self._notifications.show(self.tr("This cell is hidden by the filters."))

    def compare(self, picture: Path, title: str) -> None:
        """Show the current cell and a picture side by side."""
        cell = self._review.gallery.current_cell()
        if cell is not None:
            self._review.compared.emit(cell, picture, title)

    def _current_query(self) -> CellQuery | None:
        root, cell = self._session.root, self._review.gallery.current_cell()
        result = self._session.result(cell)
        if root is None or cell is None or result is None or result.decision is Decision.FAILED:
            return None
        return CellQuery(root, cell, result.run)

    def _refresh_again(self) -> None:
        """A run has ended, or another one is shown: there may be other cells to compare with."""
        query = self._current_query()
        if query is not None and query == self._query:
            self.finder.request(query)

    def _on_found(self, query: CellQuery, found: Mapping[str, Any]) -> None:
        model = self._session.model
        if query == self._query and model is not None:
            self.cells.show_found(found, query.root, model.box)

    def _on_failed(self, query: CellQuery, message: str) -> None:
        if query == self._query:
            self.cells.show_failure(message)
