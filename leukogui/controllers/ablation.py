"""What shows what the prediction of the current cell rests on, in the inspector."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject

from leukogui.backend.cell_query import CellQuery, CellQueryRunner, build_ablate_request
from leukogui.backend.worker import QtWorker
from leukogui.inspector.ablation import AblationSection
from leukogui.theme.theme import Theme
from leukogui.window.parts import WindowParts
from trainer.domain import Decision


class AblationController(QObject):
    """Connects the section with the gallery, the case and the helper.

    Only while the section is unfolded is anything requested: the helper then holds a network.

    Args:
        helper: worker for small requests.
    """

    def __init__(self, parts: WindowParts, theme: Theme, helper: QtWorker) -> None:
        super().__init__(parts.parent)
        self._session, self._review = parts.session, parts.review
        self._query: CellQuery | None = None
        self.section = AblationSection(theme)
        self.runner = CellQueryRunner(helper, build_ablate_request, self)
        review, session = parts.review, parts.session
        review.inspector.add_section(self.section)
        review.gallery.current_changed.connect(self.refresh)
        parts.pages.currentChanged.connect(self.refresh)
        session.opened.connect(self.refresh)
        session.changed.connect(self.refresh)
        session.run_changed.connect(self.refresh)
        self.section.unfolded.connect(self.refresh)
        self.runner.found.connect(self._on_found)
        self.runner.failed.connect(self._on_failed)

    def refresh(self) -> None:
        """Another cell may be current, or the section was folded."""
        query = self._current_query()
        self.section.setVisible(query is not None)
        wanted = self.section.is_unfolded and self._review.inspector.isVisible()
        if not wanted or query is None:
            self.runner.clear()
            self._query = None
            self.section.clear()
        elif query != self._query:
            self._query = query
            self.section.show_waiting()
            self.runner.request(query)

    def _current_query(self) -> CellQuery | None:
        root, cell = self._session.root, self._review.gallery.current_cell()
        result = self._session.result(cell)
        if root is None or cell is None or result is None or result.decision is Decision.FAILED:
            return None
        return CellQuery(root, cell, result.run)

    def _on_found(self, query: CellQuery, found: Mapping[str, Any]) -> None:
        if query == self._query:
            self.section.show_found(found)

    def _on_failed(self, query: CellQuery, message: str) -> None:
        if query == self._query:
            self.section.show_failure(message)
