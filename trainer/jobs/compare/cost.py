"""One model of a comparison, trained in a process of its own: its time and memory are its own.

How quick a model is on this computer: alone, in batches, and from a cold start.
"""

from __future__ import annotations

import json
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
import psutil

from trainer.atomic_files import write_text
from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.models.package.layout import Package
from trainer.protocol.client import WorkerProcess
from trainer.protocol.events import Emit, FinalEvent, JobWarning, ProgressEvent, WarningEvent
from trainer.protocol.requests import TrainRequest

_MEASUREMENT_SECONDS = 2.0
_MIN_REPETITIONS = 5
BATCH_SIZES = (1, 32)


@dataclass(frozen=True)
class Speed:
    """On the CPU, in f32, the network alone.

    Attributes:
        cold_start: seconds from a package on the disk to the first answer, in a process
            that has OpenVINO loaded.
        one: cells per second, one after another.
        many: cells per second in batches of 32.
    """

    cold_start: float
    one: float
    many: float


def measure_speed(package: Package) -> Speed:
    """Measure for some seconds; machines are noisy, so compare what was measured together."""
    side = package.card.input_size
    cells = np.full((max(BATCH_SIZES), side, side, 3), 128, np.uint8)
    begun = time.perf_counter()
    engine = OpenVinoEngine(package.graph, batch=1)
    engine.submit(cells[:1]).result()
    cold = time.perf_counter() - begun
    rates = [
        _measure_rate(OpenVinoEngine(package.graph, batch=size), cells[:size])
        for size in BATCH_SIZES
    ]
    return Speed(cold, rates[0], rates[1])


def _measure_rate(engine: OpenVinoEngine, cells: np.ndarray) -> float:
    """Cells per second: the median of single calls, after one that is not counted."""
    engine.submit(cells).result()
    taken: list[float] = []
    while len(taken) < _MIN_REPETITIONS or sum(taken) < _MEASUREMENT_SECONDS:
        begun = time.perf_counter()
        engine.submit(cells).result()
        taken.append(time.perf_counter() - begun)
    return len(cells) / median(taken)


_SAMPLING_INTERVAL = 0.2


@dataclass(frozen=True)
class TrainingCost:
    """What a training took, its process's start included.

    Attributes:
        seconds: by the wall clock.
        megabytes: of memory at its peak, in 1e6 bytes, looked at five times a second.
    """

    seconds: float
    megabytes: float


def train_in_subprocess(
    request: TrainRequest, record: Path, emit: Emit, should_stop: ShouldStop
) -> TrainingCost:
    """Train, unless `record` says that this was done; write there what it took.

    Raises:
        UserError: the training failed; says why.
        Cancelled: `should_stop` said so.
    """
    if record.is_file():
        return TrainingCost(**json.loads(record.read_text(encoding="utf-8")))
    begun = time.perf_counter()
    with WorkerProcess() as worker, _PeakMemory(worker.pid) as peak:
        _forward_events(worker, request, emit, should_stop)
    cost = TrainingCost(time.perf_counter() - begun, peak.peak_bytes / 1e6)
    write_text(record, json.dumps(asdict(cost)) + "\n")
    return cost


def _forward_events(
    worker: WorkerProcess, request: TrainRequest, emit: Emit, should_stop: ShouldStop
) -> None:
    sent = worker.send(request)
    final: FinalEvent | None = None
    for event in worker.events(sent):
        if isinstance(event, ProgressEvent):
            stage = f"{request.name}: {event.stage}"
            emit(Progress(stage, event.done, event.total, event.per_second))
        elif isinstance(event, WarningEvent):
            emit(JobWarning(f"{request.name}: {event.message}", event.hint))
        elif isinstance(event, FinalEvent):
            final = event
        if should_stop():
            worker.cancel(sent)
            raise Cancelled
    outcome = worker.outcome(final)
    if outcome.kind == "cancelled":
        raise Cancelled
    if outcome.kind != "done":
        raise UserError(f"Training {request.name} failed: {outcome.message}", outcome.hint)


class _PeakMemory:
    """Looks at the memory of a process and of its children until it is told to stop."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory", daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> _PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._over.wait(_SAMPLING_INTERVAL):
            try:
                process = psutil.Process(self._pid)
                family = [process, *process.children(recursive=True)]
                self.peak_bytes = max(
                    self.peak_bytes, sum(each.memory_info().rss for each in family)
                )
            except psutil.Error:
                continue  # it ends just now
