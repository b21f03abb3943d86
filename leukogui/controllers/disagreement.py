"""Reads how far the models over the open case disagree, when cells are sorted by it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from leukogui.case.results import CellScores
from leukogui.threads.latest_requests import LatestRequests
from leukogui.window.parts import WindowParts
from trainer.errors import Cancelled, UserError

Scores = dict[tuple[str, int], float]


class DisagreementController(QObject):
    """Gives the open case its disagreements, anew after each run.

    They are read on a thread of their own with its own connection: of 100,000 cells that takes
    seconds, and the reviews that a person gives meanwhile must not wait for the store's thread.
    """

    _found = Signal(object, object)  # folder, Scores
    _failed = Signal(object)  # UserError

    def __init__(self, parts: WindowParts) -> None:
        super().__init__(parts.parent)
        self._parts, self._session, self._cells = parts, parts.session, parts.review.cells
        self._root: Path | None = None  # what is read, or was
        self._requests = LatestRequests("disagreement", self._read)
        self._found.connect(self._show)
        self._failed.connect(parts.session.failed)
        parts.session.opened.connect(self._read_again)
        parts.session.run_changed.connect(self._read_again)

    def refresh(self) -> None:
        """Read them if cells are sorted by them and they were not read yet."""
        root = self._session.root
        wanted = self._cells.query.sort == "disagreement"
        if wanted and root is not None and root != self._root:
            self._root = root
            self._requests.request([root])

    def close(self) -> None:
        """End the thread."""
        self._requests.close()

    def _read_again(self) -> None:
        self._root = None
        self.refresh()

    def _read(self, root: Path) -> None:
        """On the thread."""
        try:
            self._found.emit(root, self._read_store(root))
        except Cancelled:
            pass
        except UserError as error:
            self._failed.emit(error)

    def _read_store(self, root: Path) -> Scores:
        from trainer.cases.model_comparison import read_disagreement
        from trainer.cases.store import CaseStore

        path = self._session.store_path
        if not path.is_file():
            return {}
        with CaseStore.open(path, read_only=True) as store:
            case = store.cases.find(root)
            if case is None:
                return {}
            found = read_disagreement(store, case.id, lambda: self._requests.is_closing)
        return {(cell.image, cell.number): value for cell, value in found.items()}

    def _show(self, root: Path, scores: Scores) -> None:
        model = self._session.model
        if model is None or root != self._root or root != self._session.root:
            return
        model.disagreements = CellScores(scores)
        self._cells.refresh()
        if not scores:
            self._parts.notifications.show(
                self.tr("Fewer than two models were run over this case: none can disagree.")
            )
