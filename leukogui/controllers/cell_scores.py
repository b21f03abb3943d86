"""Reads scores of the cells of the open case, when cells are sorted by them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.case.query import SortKey
from leukogui.case.results import CellScores
from leukogui.threads.latest_requests import LatestRequests
from leukogui.window.parts import WindowParts
from trainer.errors import Cancelled, UserError

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore


class CellScoreController(QObject):
    """Gives the open case its scores for one order of the gallery, anew after each run.

    They are read on a thread of their own with its own connection: of 100,000 cells that takes
    seconds, and the reviews that a person gives meanwhile must not wait for the store's thread.
    """

    sort: SortKey
    """The order that the scores are for."""
    depends_on_reviews = False
    """Whether they are read anew each time that this order is chosen."""

    _found = Signal(object, object)  # folder, CellScores
    _failed = Signal(object)  # UserError

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._cells = parts, parts.session, parts.review.cells
        self._root: Path | None = None  # what is read, or was
        self._requests = LatestRequests(self.sort, self._read)
        self._found.connect(self._show)
        self._failed.connect(parts.session.failed)
        parts.session.opened.connect(self.read_again)
        parts.session.run_changed.connect(self.read_again)

    def refresh(self) -> None:
        """Read them if cells are sorted by them and they were not read yet."""
        root = self._session.root
        # A blind reader is to see neither reviews nor models, and these are made of both.
        wanted = self._cells.query.sort == self.sort and self._session.reading is None
        if not wanted and self.depends_on_reviews:
            self._root = None
        if wanted and root is not None and root != self._root:
            self._root = root
            self._requests.request([root])

    def read_again(self) -> None:
        """Read them anew if cells are sorted by them."""
        self._root = None
        self.refresh()

    def close(self) -> None:
        """End the thread."""
        self._requests.close()

    def should_stop(self) -> bool:
        """Whether nobody waits for the scores any more."""
        return self._requests.is_closing

    def read_scores(self, store: CaseStore, case_id: int) -> CellScores:
        """Read the scores of a case, on the thread; raises Cancelled if they are not wanted."""
        raise NotImplementedError

    def reason_for_none(self) -> str:
        """Why no cell has a score, in words."""
        raise NotImplementedError

    def _read(self, root: Path) -> None:
        """On the thread."""
        try:
            self._found.emit(root, self._read_store(root))
        except Cancelled:
            pass
        except UserError as error:
            self._failed.emit(error)

    def _read_store(self, root: Path) -> CellScores:
        from trainer.cases.store import CaseStore

        store = CaseStore.open_if_made(self._session.store_path)
        if store is None:
            return CellScores()
        with store:
            case = store.cases.find(root)
            return self.read_scores(store, case.id) if case is not None else CellScores()

    def _show(self, root: Path, scores: CellScores) -> None:
        model = self._session.model
        if model is None or root != self._root or root != self._session.root:
            return
        model.scores[self.sort] = scores
        self._parts.review.refresh()
        if not scores:
            self._parts.notifications.show(self.reason_for_none())
