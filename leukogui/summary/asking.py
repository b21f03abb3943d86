"""Asks the worker for the figures: one question at a time, and not all the time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from leukogui.summary.figures import Figures
from leukogui.work.bridge import Job, WorkerBridge

if TYPE_CHECKING:
    from trainer.jobs.outcome import Outcome

MILLISECONDS_BETWEEN = 2000
# The worker answers other questions, too: most of its time is theirs.
_REST = 3


class SummaryAsker(QObject):
    """Keeps figures up to date while they are looked at.

    Args:
        helper: worker that answers small requests.
    """

    answered = Signal(object)  # Figures
    failed = Signal(object)  # Outcome

    def __init__(self, helper: WorkerBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._helper = helper
        self._root: Path | None = None
        self._run: int | None = None
        self._job: Job | None = None
        self._asked_at = 0.0
        self._again = False
        self.compare = True
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._ask)

    def choose(self, root: Path | None, run: int | None) -> None:
        """Ask about a folder, or one of its runs, at once; answers on other ones are dropped."""
        self._root, self._run = root, run
        self._rest.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._again = False
        self._ask()

    def look(self) -> None:
        """Something may have changed: ask again, as soon as it is not too often."""
        if self._root is None:
            return
        if self._job is not None:
            self._again = True
        elif not self._rest.isActive():
            self._ask()

    def stop(self) -> None:
        """Nobody looks any more."""
        self._again = False
        self._rest.stop()

    def _ask(self) -> None:
        if self._root is None:
            return
        from trainer.jobs.protocol import SummaryRequest

        request = SummaryRequest(folder=str(self._root), run=self._run, compare=self.compare)
        self._asked_at = time.monotonic()
        job = self._helper.run(request)
        self._job = job
        job.ended.connect(lambda outcome: self._on_ended(job, outcome))

    def _on_ended(self, job: Job, outcome: Outcome) -> None:
        if job is not self._job:
            return
        self._job = None
        took = 1000 * (time.monotonic() - self._asked_at)
        if self._again:
            self._again = False
            self._rest.start(max(MILLISECONDS_BETWEEN, round(_REST * took)))
        if outcome.kind == "done":
            self.answered.emit(Figures.of(outcome.result))
        elif outcome.message:
            self.failed.emit(outcome)
