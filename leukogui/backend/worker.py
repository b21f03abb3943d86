"""Worker processes as Qt objects: a request goes in, signals come out, nothing stays behind."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    from trainer.protocol.client import WorkerProcess
    from trainer.protocol.messages import Event, Request
    from trainer.protocol.outcome import Outcome


_LOG = logging.getLogger(__name__)
MILLISECONDS_TO_STOP = 10_000


class Job(QObject):
    """One request on its way through a worker. Signals come on the window's thread."""

    started = Signal(object)  # StartedEvent
    progressed = Signal(object)  # ProgressEvent
    resulted = Signal(object)  # ResultEvent
    warned = Signal(object)  # WarningEvent
    ended = Signal(object)  # Outcome; always, and last
    _heard = Signal(object)
    _over = Signal(object)

    def __init__(self, request: Request, parent: QObject) -> None:
        super().__init__(parent)
        self.request = request
        self.outcome: Outcome | None = None
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None
        self._id = ""
        self._ending: threading.Thread | None = None
        self._cancelled = False
        self._heard.connect(self._hear)
        self._over.connect(self._end)
        self._patience = QTimer(self, singleShot=True, interval=MILLISECONDS_TO_STOP)
        self._patience.timeout.connect(self.terminate)

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Ask it to stop; if it does not, its process is ended after a while."""
        with self._lock:
            self._cancelled = True
            if self._worker is not None:
                self._worker.cancel(self._id)
        if self.outcome is None:
            self._patience.start()

    def terminate(self) -> None:
        """End its process now, killing it if it must be; told by `ended` as always."""
        if self._ending is None:
            self._ending = threading.Thread(target=self.end_process, name="terminate", daemon=True)
            self._ending.start()

    def join(self) -> None:
        """Wait for the thread that ends the process, if there is one."""
        if self._ending is not None:
            self._ending.join()

    def end_process(self) -> None:
        """As `terminate`, waiting until the process is gone."""
        with self._lock:
            worker = self._worker
        if worker is not None and self.outcome is None:
            worker.terminate()

    def serve(self, worker: WorkerProcess) -> Outcome:
        """Send the request and hear its events; on the job's own thread."""
        from trainer.protocol.messages import FinalEvent

        with self._lock:
            self._worker, self._id = worker, worker.send(self.request)
            if self._cancelled:
                worker.cancel(self._id)
        final: FinalEvent | None = None
        for event in worker.events(self._id):
            if isinstance(event, FinalEvent):
                final = event
            else:
                self._heard.emit(event)
        with self._lock:
            self._worker = None
        return worker.outcome(final)

    def end(self, outcome: Outcome) -> None:
        """Say how it ended; on any thread."""
        self._over.emit(outcome)

    def _hear(self, event: Event) -> None:
        signals = {
            "started": self.started,
            "progress": self.progressed,
            "result": self.resulted,
            "warning": self.warned,
        }
        signals[event.event].emit(event)

    def _end(self, outcome: Outcome) -> None:
        self._patience.stop()
        self.outcome = outcome
        if outcome.kind == "crashed":
            _LOG.error("%s %s", outcome.message, outcome.stderr)
        self.ended.emit(outcome)


class WorkerBridge(QObject):
    """Runs requests in worker processes.

    Args:
        keep: one process serves all requests, one after another, so that small ones are
            answered at once; else each gets a process of its own, whose memory is free again
            when it is over.
        command: what to start; None: this program's worker.
    """

    def __init__(
        self, parent: QObject | None = None, *, keep: bool, command: Sequence[str] | None = None
    ) -> None:
        super().__init__(parent)
        self._keep = keep
        self._command = command
        self._lock = threading.Lock()
        self._kept: WorkerProcess | None = None
        self._jobs: list[Job] = []
        self._threads: dict[Job, threading.Thread] = {}
        self._closing = threading.Event()

    @property
    def jobs(self) -> list[Job]:
        """Those that are not over."""
        return [job for job in self._jobs if job.outcome is None]

    def run(self, request: Request) -> Job:
        """Send a request; connect to the job's signals before the next turn of the event loop."""
        job = Job(request, self)
        self._jobs.append(job)
        job.ended.connect(self._forget)
        thread = threading.Thread(target=self._serve, args=(job,), name="job", daemon=True)
        self._threads[job] = thread
        thread.start()
        return job

    def close(self) -> None:
        """End every process and wait until it is gone; nothing can be run afterwards."""
        self._closing.set()
        for job in self.jobs:
            job.cancel()
            job.end_process()
            job.join()
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            kept.close()
        for thread in self._threads.values():
            thread.join()
        self._threads.clear()

    def _forget(self) -> None:
        for job in [each for each in self._jobs if each.outcome is not None]:
            self._jobs.remove(job)
            thread = self._threads.pop(job, None)
            if thread is not None:
                thread.join()
            job.join()
            job.deleteLater()

    # On the job's thread

    def _serve(self, job: Job) -> None:
        from trainer.protocol.outcome import Outcome

        try:
            worker = self._worker()
        except OSError as error:
            words = self.tr("The background process could not be started: {why}.")
            job.end(Outcome("crashed", words.format(why=error.strerror or error)))
            return
        if self._closing.is_set():
            worker.terminate()
        outcome = job.serve(worker)
        if not self._keep:
            worker.close()  # before the end is told, so that nothing is left when it is
        job.end(outcome)

    def _worker(self) -> WorkerProcess:
        from trainer.protocol.client import WorkerProcess

        if not self._keep:
            return WorkerProcess(self._command)
        with self._lock:
            if self._kept is None or not self._kept.is_running():
                if self._kept is not None:
                    with contextlib.suppress(OSError):
                        self._kept.close()
                self._kept = WorkerProcess(self._command)
            return self._kept
