"""Requests about the current cell: after a pause, one at a time, the newest wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.backend.worker import QtWorker
from leukogui.language.worker_messages import translate_message
from trainer.domain import CellId

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.validation import Request


DEBOUNCE_MILLISECONDS = 150


@dataclass(frozen=True)
class CellQuery:
    """Of which cell of the case in `root`, as a run classified it; and of which classes."""

    root: Path
    cell: CellId
    run: int
    classes: tuple[str, ...] = ()


RequestBuilder = Callable[[CellQuery], "Request"]


def build_similar_request(query: CellQuery) -> Request:
    """Request the cells most like one."""
    from trainer.protocol.cell_requests import SimilarRequest

    folder, cell = str(query.root), query.cell
    return SimilarRequest(folder=folder, image=cell.image, cell=cell.letters, run=query.run)


def build_ablate_request(query: CellQuery) -> Request:
    """Request what the prediction of one rests on."""
    from trainer.protocol.cell_requests import AblateRequest

    folder, cell = str(query.root), query.cell
    return AblateRequest(folder=folder, image=cell.image, cell=cell.letters, run=query.run)


def build_heat_request(query: CellQuery) -> Request:
    """Request where the heat of the maps of two classes lies in one."""
    from trainer.protocol.cell_requests import HeatRequest

    first, second = query.classes
    return HeatRequest(
        folder=str(query.root),
        image=query.cell.image,
        cell=query.cell.letters,
        run=query.run,
        class_name=first,
        against=second,
    )


class CellQueryRunner(QObject):
    """Runs a job on the cell that was requested last.

    Args:
        helper: a persistent worker, so that the second result takes milliseconds.
        build: the job's request about a cell.
    """

    found = Signal(object, object)  # CellQuery, what the job returned
    failed = Signal(object, str)  # CellQuery, why, in words

    def __init__(
        self, helper: QtWorker, build: RequestBuilder, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._helper, self._build = helper, build
        self._query: CellQuery | None = None
        self._sent: CellQuery | None = None
        self._closed = False
        self._debounce = QTimer(self, singleShot=True, interval=DEBOUNCE_MILLISECONDS)
        self._debounce.timeout.connect(self._send)

    def request(self, query: CellQuery) -> None:
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
        self._sent = self._query
        self._helper.run(self._build(self._sent)).ended.connect(self._on_ended)

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
