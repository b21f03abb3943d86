"""The process of background trainings: runs the one whose turn it is, then starts the next.

It reads no pipe and has no parent to look after: whoever started it may be gone. What it was
told, and what it tells, are files in the training's folder (see `trainer.protocol.background`).
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from trainer.errors import Cancelled, UserError
from trainer.jobs.runner import JOBS, JobTable, run_in_process
from trainer.protocol.background import (
    EVENTS,
    LOCK,
    Order,
    Training,
    TrainingRecord,
    TrainingState,
    log_of,
    start_next,
    waiting_trainings,
)
from trainer.protocol.diagnostics import dump_stack_on_crash, log_to_file
from trainer.protocol.events import (
    CancelledEvent,
    DoneEvent,
    Event,
    FailedEvent,
    FinalEvent,
    MetricsEvent,
    ProgressEvent,
)
from trainer.protocol.messages import encode

_LOG = logging.getLogger(__name__)
_SECONDS_BETWEEN_LOOKS = 0.2
_SECONDS_BETWEEN_EVENTS = 0.5
"""Of progress: the file is read again by who looks at it later."""


def main(arguments: Sequence[str], table: JobTable = JOBS) -> int:
    """Run the training whose turn it is; 0 also where there is none, or another process runs one.

    Args:
        arguments: the folder of all trainings.
        table: the jobs' functions.
    """
    root = Path(arguments[0])
    try:
        with FileLock(root / LOCK, timeout=0):
            waiting = waiting_trainings(root)
            if waiting:
                run_training(waiting[0], table)
    except Timeout:
        return 0
    except (OSError, UserError):  # the folder is gone, or full: there is nobody to tell
        return 1
    with suppress(OSError, UserError):
        start_next(root)
    return 0


def run_training(training: Training, table: JobTable = JOBS) -> TrainingState:
    """Run a training to its end in this process; return its state then."""
    log_file = log_of(training)
    before = training.record()
    training.take_order_back()
    record = TrainingRecord(
        state="running",
        name=before.name if before is not None else training.id,
        queued=time.time(),
        pid=os.getpid(),
        born=psutil.Process().create_time(),
    )
    training.write_record(record)
    with log_to_file(log_file), dump_stack_on_crash(log_file):
        final, orders = _run(training, table)
        state = _state_after(final, orders.taken)
        with suppress(UserError):  # who reads it sees that the process has ended
            training.write_record(record.model_copy(update={"state": state}))
    return state


def _run(training: Training, table: JobTable) -> tuple[FinalEvent, _Orders]:
    orders, events = _Orders(training), _EventFile(training.folder / EVENTS)
    try:
        request = training.request()
    except UserError as error:
        final = FailedEvent(id="1", seq=0, message=error.message, hint=error.hint, kind="user")
        events(final)
        return final, orders
    return run_in_process(request, events, orders.should_stop, table=table), orders


def _state_after(final: FinalEvent, order: Order | None) -> TrainingState:
    if isinstance(final, DoneEvent):
        return "done"
    if isinstance(final, CancelledEvent):
        return "paused" if order == "pause" else "cancelled"
    return "failed"


class _Orders:
    """What the training is to do, looked up a few times a second."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._looked = 0.0
        self.taken: Order | None = None

    def should_stop(self) -> bool:
        """True: end with what there is.

        Raises:
            Cancelled: end without a model, for good or to go on later.
        """
        now = time.monotonic()
        if self.taken is None and now - self._looked >= _SECONDS_BETWEEN_LOOKS:
            self._looked = now
            self.taken = self._training.order()
        if self.taken in ("pause", "cancel"):
            raise Cancelled
        return self.taken == "keep"


class _EventFile:
    """Appends events to a file. A disk that is full costs events, not the training."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stage = ""
        self._written: dict[type[Event], float] = {}
        _end_last_line(path)

    def __call__(self, event: Event) -> None:
        """Write one, unless it is of the many between two that a person can tell apart."""
        if self._is_needless(event):
            return
        try:
            with self._path.open("ab") as file:
                file.write(encode(event))
        except OSError as error:
            _LOG.warning("an event could not be written: %s", error)

    def _is_needless(self, event: Event) -> bool:
        if isinstance(event, ProgressEvent):
            is_edge = event.stage != self._stage or event.done == event.total
            self._stage = event.stage
        elif isinstance(event, MetricsEvent):
            is_edge = bool(event.recall)
        else:
            return False
        now, kind = time.monotonic(), type(event)
        if not is_edge and now - self._written.get(kind, 0.0) < _SECONDS_BETWEEN_EVENTS:
            return True
        self._written[kind] = now
        return False


def _end_last_line(path: Path) -> None:
    """End the half line that a process leaves which is killed while it writes."""
    with suppress(OSError), path.open("r+b") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
