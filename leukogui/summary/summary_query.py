"""Requests the figures from the worker: one request at a time, and not all the time."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.backend.worker import Job, QtWorker
from leukogui.summary.case_summary import CaseSummary

if TYPE_CHECKING:
    from trainer.protocol.outcome import Outcome


MIN_INTERVAL_MILLISECONDS = 2000
# The worker has other requests, too: most of its time is theirs.
_PAUSE_FACTOR = 3


class SummaryLoader(QObject):
    """Keeps figures up to date while they are shown.

    Whether images changed since their run takes a check of every file, so it is requested
    by itself, when the figures are there already, and once only.

    Args:
        helper: worker for small requests.
        count_edge_cells: whether cells that the edge of a field cuts are counted now.
        blast_precision: percent to either side of the limit of blasts that the lab wants now.
    """

    loaded = Signal(object)  # Figures
    failed = Signal(object)  # Outcome

    def __init__(
        self,
        helper: QtWorker,
        parent: QObject | None = None,
        *,
        count_edge_cells: Callable[[], bool] = lambda: False,
        blast_precision: Callable[[], float] = lambda: 5.0,
    ) -> None:
        super().__init__(parent)
        self._helper, self._count_edge_cells = helper, count_edge_cells
        self._blast_precision = blast_precision
        self._root: Path | None = None
        self._run: int | None = None
        self._job: Job | None = None
        self._sent_at = 0.0
        self._refresh_due = self._compare = False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._on_pause_ended)

    def choose(self, root: Path | None, run: int | None = None, *, compare: bool = False) -> None:
        """Request the figures of a folder, or one of its runs, at once; others are dropped.

        Args:
            root: the case's folder; None to request nothing.
            compare: search for changed images afterwards.
        """
        self.stop()
        self._root, self._run, self._compare = root, run, compare
        self._send()

    def refresh(self) -> None:
        """Something may have changed: request again, as soon as it is not too often."""
        if self._is_loading() or self._pause.isActive():
            self._refresh_due = True
        else:
            self._send()

    def compare(self) -> None:
        """Search for changed images once, when there is time."""
        self._compare = True
        self.refresh()

    def stop(self) -> None:
        """The figures are no longer shown."""
        self._refresh_due = self._compare = False
        self._pause.stop()
        if self._job is not None:
            job, self._job = self._job, None
            job.cancel()

    def _is_loading(self) -> bool:
        return self._job is not None

    def _send(self, *, compare: bool = False) -> None:
        if self._root is None:
            return
        from trainer.protocol.requests import SummaryRequest

        request = SummaryRequest(
            folder=str(self._root),
            run=self._run,
            compare=compare,
            count_edge_cells=self._count_edge_cells(),
            blast_precision=self._blast_precision(),
        )
        self._sent_at = time.monotonic()
        job = self._helper.run(request)
        self._job = job
        job.ended.connect(lambda outcome: self._on_ended(job, outcome))

    def _on_ended(self, job: Job, outcome: Outcome) -> None:
        if job is not self._job:
            return
        self._job = None
        took = 1000 * (time.monotonic() - self._sent_at)
        if outcome.kind == "done":
            self.loaded.emit(CaseSummary.of(outcome.result))
        elif outcome.message:
            self.failed.emit(outcome)
        else:  # its process was ended for the sake of another who uses it, too
            self._refresh_due = True
        if self._is_loading():  # a receiver requested something else
            return
        if self._compare and outcome.kind == "done" and not self._refresh_due:
            self._compare = False
            self._send(compare=True)
        else:
            self._pause.start(max(MIN_INTERVAL_MILLISECONDS, round(_PAUSE_FACTOR * took)))

    def _on_pause_ended(self) -> None:
        if self._refresh_due or self._compare:
            self._refresh_due = False
            self._send()
