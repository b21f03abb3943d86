"""The table of jobs, and the runner that turns what one emits, and its end, into events.

The worker and the command line both run jobs here, so the window can do what the command
line can, and no more. A job's module is imported when the job first runs.
"""

from __future__ import annotations

import errno
import importlib
import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from trainer.awake_clock import awake_seconds
from trainer.domain import Progress, ShouldStop, never_stop, printable
from trainer.errors import Cancelled, UserError
from trainer.protocol.diagnostics import LogTail, versions, write_crash_report
from trainer.protocol.events import (
    CancelledEvent,
    DeviceEvent,
    DeviceResult,
    DoneEvent,
    Emit,
    Event,
    FailedEvent,
    FinalEvent,
    JobWarning,
    MetricsEvent,
    MetricsResult,
    OnEvent,
    ProgressEvent,
    Result,
    ResultEvent,
    StartedEvent,
    WarningEvent,
)
from trainer.protocol.validation import Request
from trainer.training_metrics import TrainingMetrics

_LOG = logging.getLogger(__name__)
_DISK_FULL_MESSAGES = {errno.ENOSPC: "The disk is full."}
if hasattr(errno, "EDQUOT"):
    _DISK_FULL_MESSAGES[errno.EDQUOT] = "Your share of the disk is full."
_ACCESS_ERRNOS = {errno.EACCES, errno.EPERM, errno.EROFS}
# A person cannot read more, and a pipe need not carry it.
SECONDS_BETWEEN = 0.1

# A job takes its own request record, which a table of all jobs cannot type: hence Any.
JobFunction = Callable[[Any, Emit, ShouldStop], dict[str, object]]
JobTable = Mapping[str, str | JobFunction]

JOBS: JobTable = {
    "classify": "trainer.jobs.classify.job:run",
    "explain": "trainer.jobs.explain:run",
    "audit": "trainer.jobs.audit.job:run",
    "train": "trainer.jobs.train.job:run",
    "forecast": "trainer.jobs.forecast:run",
    "reviewed-cells": "trainer.jobs.reviewed_cells:run",
    "adapt": "trainer.jobs.adapt.job:run",
    "changes": "trainer.jobs.adapt.changes:run",
    "evaluate": "trainer.jobs.evaluate.job:run",
    "judge": "trainer.jobs.judge:run",
    "doubts": "trainer.jobs.label_errors:run",
    "compare": "trainer.jobs.compare.job:run",
    "tune": "trainer.jobs.tune:run",
    "left-out": "trainer.jobs.left_out.job:run",
    "self-test": "trainer.jobs.self_test:run",
    "demo": "trainer.jobs.demo:run",
    "models": "trainer.jobs.models:run",
    "devices": "trainer.jobs.devices:run",
    "summary": "trainer.jobs.summary:run",
    "export": "trainer.jobs.export.job:run",
    "import-cells": "trainer.jobs.import_cells.job:run",
    "cells": "trainer.jobs.field_cells:run",
    "similar": "trainer.jobs.similar.job:run",
    "ablate": "trainer.jobs.ablate:run",
    "heat": "trainer.jobs.heat:run",
    "suggest": "trainer.jobs.suggest:run",
    "store": "trainer.jobs.store.job:run",
    "case": "trainer.jobs.case:run",
    "agreement": "trainer.jobs.agreement:run",
    "references": "trainer.jobs.references:run",
    "source": "trainer.jobs.source_profile:run",
    "ping": "trainer.jobs.ping:run",
}


def find_job(name: str, table: JobTable = JOBS) -> JobFunction:
    """The function of a job; KeyError if the table lacks it (requests are checked before)."""
    entry = table[name]
    if not isinstance(entry, str):
        return entry
    module, _, function = entry.partition(":")
    return cast(JobFunction, getattr(importlib.import_module(module), function))


@dataclass(frozen=True)
class TimedProgress:
    """Progress with its rate, and the seconds left at that rate; None while unknown."""

    stage: str
    done: int
    total: int | None
    per_second: float | None
    seconds_left: float | None


class ProgressTimer:
    """Times the stages of one job, each from its first report.

    What was done before that report (a resumed run) does not count into the rate.
    """

    def __init__(self, clock: Callable[[], float] = awake_seconds) -> None:
        self._clock = clock
        self._stage: str | None = None
        self._stage_start = 0.0
        self._done_before = 0
        self._last_reported = self._last_measured = 0.0

    def time(self, progress: Progress) -> TimedProgress | None:
        """Add times to a report of progress; None where the one before is too recent.

        The first and the last of a stage are never left out.
        """
        now = self._clock()
        first = progress.stage != self._stage
        if first:
            self._stage, self._stage_start, self._done_before = progress.stage, now, progress.done
        last = progress.done == progress.total
        if not (first or last or now - self._last_reported >= SECONDS_BETWEEN):
            return None
        self._last_reported = now
        return self._add_times(progress, now - self._stage_start)

    def lets_through(self, metrics: TrainingMetrics) -> bool:
        """Whether metrics are to be reported; those on validation cells are never left out."""
        now = self._clock()
        if not metrics.recall and now - self._last_measured < SECONDS_BETWEEN:
            return False
        self._last_measured = now
        return True

    def _add_times(self, progress: Progress, seconds: float) -> TimedProgress:
        rate = progress.per_second
        fresh = progress.done - self._done_before
        if rate is None and fresh > 0 and seconds > 0:
            rate = fresh / seconds
        left = None
        if rate and progress.total is not None:
            left = max(0, progress.total - progress.done) / rate
        return TimedProgress(progress.stage, progress.done, progress.total, rate, left)


def run_in_process(
    request: Request,
    on_event: OnEvent,
    should_stop: ShouldStop = never_stop,
    *,
    request_id: str = "1",
    table: JobTable = JOBS,
) -> FinalEvent:
    """Run a job in this process and emit its events.

    Args:
        request: what to do.
        on_event: gets every event, in order, on the thread on which the job emits it;
            what it raises ends the job.
        should_stop: called by the job, once a batch.
        request_id: carried by every event.
        table: the jobs' functions.

    Returns:
        The last event, which `on_event` gets too. Nothing is raised but what
        `on_event` raises for the last event.
    """
    emitter = _EventEmitter(request_id, on_event)
    with LogTail() as tail:
        final = _run(request, emitter, should_stop, table, tail)
    on_event(final)
    return final


def _run(
    request: Request,
    emitter: _EventEmitter,
    should_stop: ShouldStop,
    table: JobTable,
    tail: LogTail,
) -> FinalEvent:
    try:
        emitter.emit_started(request.job)
        result = find_job(request.job, table)(request, emitter.emit, should_stop)
        return DoneEvent.model_validate({**emitter.next_ids(), "result": result})
    except (Cancelled, KeyboardInterrupt):
        return CancelledEvent.model_validate(emitter.next_ids())
    except UserError as error:
        failed = _failed_event(emitter, error.message, error.hint, "user")
        ways = {"can_go_on": error.can_go_on, "remedy": error.remedy}
        return failed.model_copy(update=ways)
    except MemoryError:
        _LOG.exception("out of memory")
        return _failed_event(
            emitter,
            "The computer's memory ran out.",
            "Close other programs, or work on fewer or smaller images at a time.",
            "memory",
        )
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever else escapes is a bug
        return _failed_unexpectedly(error, request, emitter, tail)


def _failed_unexpectedly(
    error: BaseException, request: Request, emitter: _EventEmitter, tail: LogTail
) -> FailedEvent:
    """A full disk or a forbidden folder is no bug; all else gets a crash report."""
    _LOG.error("job %s failed", request.job, exc_info=error)
    if isinstance(error, OSError) and (words := _describe_os_error(error)):
        return _failed_event(emitter, words.message, words.hint, "user")
    report = write_crash_report(error, request, list(tail.lines))
    where = f"The crash report is {report}." if report else "No crash report could be written."
    message = f"The program made a mistake: {type(error).__name__}: {str(error)[:500]}"
    return _failed_event(emitter, message, where, "bug", str(report or ""))


def _failed_event(
    emitter: _EventEmitter, message: str, hint: str, kind: str, report: str = ""
) -> FailedEvent:
    words = {"message": printable(message), "hint": printable(hint), "report": printable(report)}
    return FailedEvent.model_validate(emitter.next_ids() | words | {"kind": kind})


def _describe_os_error(error: OSError) -> UserError | None:
    name = f": {error.filename}" if error.filename else "."
    if error.errno in _DISK_FULL_MESSAGES:
        return UserError(_DISK_FULL_MESSAGES[error.errno], f"Free some space, then go on{name}")
    if error.errno in _ACCESS_ERRNOS:
        return UserError(f"A file or folder may not be opened or written{name}")
    return None


class _EventEmitter:
    """Numbers and times what one job emits, on whichever of its threads."""

    def __init__(self, request_id: str, on_event: OnEvent) -> None:
        self._id = request_id
        self._on_event = on_event
        self._seq = 0
        self._timer = ProgressTimer()
        self._lock = threading.Lock()

    def next_ids(self) -> dict[str, object]:
        """The id and number of the next event."""
        return {"id": self._id, "seq": self._seq}

    def emit_started(self, job: str) -> None:
        """Emit the first event."""
        facts = {"job": job, "pid": os.getpid(), "versions": versions()}
        self._send(StartedEvent.model_validate(self.next_ids() | facts))

    def emit(self, item: Progress | JobWarning | Result) -> None:
        """Turn an item of the job into its events; a device becomes a `result`, too."""
        with self._lock:
            if isinstance(item, Progress):
                timed = self._timer.time(item)
                if timed is not None:
                    self._send(ProgressEvent.model_validate(self.next_ids() | asdict(timed)))
            elif isinstance(item, JobWarning):
                self._send(WarningEvent.model_validate(self.next_ids() | asdict(item)))
            elif isinstance(item, MetricsResult):
                if self._timer.lets_through(item.metrics):
                    self._send(MetricsEvent.model_validate(self.next_ids() | asdict(item.metrics)))
            else:
                if isinstance(item, DeviceResult):
                    device = asdict(item.execution)
                    self._send(DeviceEvent.model_validate(self.next_ids() | device))
                self._send(ResultEvent.model_validate({**self.next_ids(), "data": item.data}))

    def _send(self, event: Event) -> None:
        self._on_event(event)
        self._seq += 1
