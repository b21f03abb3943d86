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
    from trainer.protocol.events import Event
    from trainer.protocol.outcome import Outcome
    from trainer.protocol.validation import Request


_LOG = logging.getLogger(__name__)
MILLISECONDS_TO_STOP = 10_000


class Job(QObject):
    """One request on its way through a worker. Signals come on the window's thread."""

    started = Signal(object)  # StartedEvent
    progressed = Signal(object)  # ProgressEvent
    resulted = Signal(object)  # ResultEvent
    device_changed = Signal(object)  # DeviceEvent
    warned = Signal(object)  # WarningEvent
    ended = Signal(object)  # Outcome; always, and last
    _event_received = Signal(object)
    _outcome_received = Signal(object)

    def __init__(self, request: Request, parent: QObject) -> None:
        super().__init__(parent)
        self.request = request
        self.outcome: Outcome | None = None
        self._lock = threading.Lock()
        self._process: WorkerProcess | None = None
        self._id = ""
        self._terminator: threading.Thread | None = None
        self._cancelled = False
        self._event_received.connect(self._emit_event)
        self._outcome_received.connect(self._finish)
        self._kill_timer = QTimer(self, singleShot=True, interval=MILLISECONDS_TO_STOP)
        self._kill_timer.timeout.connect(self.terminate)

    @property
    def cancelled(self) -> bool:
        """Whether it was requested to stop."""
        return self._cancelled

    def cancel(self) -> None:
        """Request it to stop; if it does not, its process is ended after a while."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                self._process.cancel(self._id)
        if self.outcome is None:
            self._kill_timer.start()

    def terminate(self) -> None:
        """End its process now, killing it if it must be; `ended` is emitted as always."""
        if self._terminator is None:
            self._terminator = threading.Thread(
                target=self.end_process, name="terminate", daemon=True
            )
            self._terminator.start()

    def join(self) -> None:
        """Wait for the thread that ends the process, if there is one."""
        if self._terminator is not None:
            self._terminator.join()

    def end_process(self) -> None:
        """As `terminate`, waiting until the process is gone."""
        with self._lock:
            worker = self._process
        if worker is not None and self.outcome is None:
            worker.terminate()

    def execute(self, worker: WorkerProcess) -> Outcome:
        """Send the request and receive its events; on the job's own thread."""
        from trainer.protocol.events import FinalEvent

        with self._lock:
            self._process, self._id = worker, worker.send(self.request)
            if self._cancelled:
                worker.cancel(self._id)
        final: FinalEvent | None = None
        for event in worker.events(self._id):
            if isinstance(event, FinalEvent):
                final = event
            else:
                self._event_received.emit(event)
        with self._lock:
            self._process = None
        return worker.outcome(final)

    def finish(self, outcome: Outcome) -> None:
        """Report how it ended; on any thread."""
        self._outcome_received.emit(outcome)

    def _emit_event(self, event: Event) -> None:
        signals = {
            "started": self.started,
            "progress": self.progressed,
            "result": self.resulted,
            "device": self.device_changed,
            "warning": self.warned,
        }
        if event.event in signals:  # curves are shown of trainings in the background alone
            signals[event.event].emit(event)

    def _finish(self, outcome: Outcome) -> None:
        self._kill_timer.stop()
        self.outcome = outcome
        if outcome.kind == "crashed":
            _LOG.error("%s %s", outcome.message, outcome.stderr)
        self.ended.emit(outcome)


class QtWorker(QObject):
    """Runs requests in worker processes.

    Args:
        persistent: one process serves all requests, one after another, so that small ones
            are done at once; else each gets a process of its own, whose memory is free again
            when it is over.
        command: what to start; None: this program's worker.
    """

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        persistent: bool,
        command: Sequence[str] | None = None,
    ) -> None:
        super().__init__(parent)
        self._persistent = persistent
        self._command = command
        self._lock = threading.Lock()
        self._kept_process: WorkerProcess | None = None
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
        job.ended.connect(self._remove_finished)
        thread = threading.Thread(target=self._execute, args=(job,), name="job", daemon=True)
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
            kept, self._kept_process = self._kept_process, None
        if kept is not None:
            kept.close()
        for thread in self._threads.values():
            thread.join()
        self._threads.clear()

    def _remove_finished(self) -> None:
        for job in [each for each in self._jobs if each.outcome is not None]:
            self._jobs.remove(job)
            thread = self._threads.pop(job, None)
            if thread is not None:
                thread.join()
            job.join()
            job.deleteLater()

    # On the job's thread

    def _execute(self, job: Job) -> None:
        from trainer.protocol.outcome import Outcome

        try:
            worker = self._process()
        except OSError as error:
            words = self.tr("The background process could not be started: {why}.")
            job.finish(Outcome("crashed", words.format(why=error.strerror or error)))
            return
        if self._closing.is_set():
            worker.terminate()
        outcome = job.execute(worker)
        if not self._persistent:
            worker.close()  # before the end is emitted, so that nothing is left then
        job.finish(outcome)

    def _process(self) -> WorkerProcess:
        from trainer.protocol.client import WorkerProcess

        if not self._persistent:
            return WorkerProcess(self._command)
        with self._lock:
            if self._kept_process is None or not self._kept_process.is_running():
                if self._kept_process is not None:
                    with contextlib.suppress(OSError):
                        self._kept_process.close()
                self._kept_process = WorkerProcess(self._command)
            return self._kept_process
