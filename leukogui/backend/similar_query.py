"""Requests the cells like the current one: after a pause, one at a time, the newest wins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.backend.worker import QtWorker
from leukogui.language.worker_messages import translate_message
from trainer.domain import CellId

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome


DEBOUNCE_MILLISECONDS = 150


@dataclass(frozen=True)
class SimilarQuery:
    """Of which cell of the case in `root`, as a run classified it."""

    root: Path
    cell: CellId
    run: int


class SimilarFinder(QObject):
    """Finds what is like the cell that was requested last.

    Args:
        helper: a persistent worker, so that the second result takes milliseconds.
    """

    found = Signal(object, object)  # SimilarQuery, what the job returned
    failed = Signal(object, str)  # SimilarQuery, why, in words

    def __init__(self, helper: QtWorker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._helper = helper
        self._query: SimilarQuery | None = None
        self._sent: SimilarQuery | None = None
        self._closed = False
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MILLISECONDS)
        self._debounce.timeout.connect(self._send)

    def request(self, query: SimilarQuery) -> None:
        """Find it out, unless another cell is requested in the next moment."""
        if not self._closed:
            self._query = query
            self._debounce.start()

    def clear(self) -> None:
        """Nothing is requested; a result on its way will be ignored."""
        self._query = None
        self._debounce.stop()

    def close(self) -> None:
        """Request nothing any more: the helper is about to end."""
        self._closed = True
        self.clear()

    def _send(self) -> None:
        # Not cancelled, what is under way takes milliseconds; the newest request waits for it.
        if self._query is None or self._sent is not None:
            return
        from trainer.protocol.requests import SimilarRequest

        self._sent = self._query
        cell = self._sent.cell
        request = SimilarRequest(
            folder=str(self._sent.root), image=cell.image, cell=cell.letters, run=self._sent.run
        )
        self._helper.run(request).ended.connect(self._on_ended)

    def _on_ended(self, outcome: Outcome) -> None:
        query, self._sent = self._sent, None
        # Its process, which others use, too, may have been ended for the sake of one of them.
        if query != self._query or outcome.kind in ("cancelled", "terminated"):
            if not self._debounce.isActive():
                self._send()
        elif outcome.kind == "done":
            self.found.emit(query, outcome.result)
        else:
            self.failed.emit(query, translate_message(outcome.text))
