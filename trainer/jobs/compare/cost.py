"""Measure what a model costs: training time and memory, speed, and the cold start.

Each training runs in a process of its own, so that its time and memory are its own.
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
from trainer.protocol.training_requests import TrainRequest

_MEASUREMENT_SECONDS = 2.0
_MIN_REPETITIONS = 5
BATCH_SIZES = (1, 32)


@dataclass(frozen=True)
class Speed:
    """Speed of the network alone, on the CPU, in f32.

    Attributes:
        cold_start: seconds from a package on the disk to the first output, in a process
            that has OpenVINO loaded.
        one: cells per second, one after another.
        many: cells per second in batches of 32.
    """

    cold_start: float
    one: float
    many: float


def measure_speed(package: Package) -> Speed:
    """Measure the speed for some seconds; only speeds measured together can be compared."""
    side = package.card.input_size
    cells = np.full((max(BATCH_SIZES), side, side, 3), 128, np.uint8)
    started = time.perf_counter()
    engine = OpenVinoEngine(package.graph, batch=1)
    engine.submit(cells[:1]).result()
    cold = time.perf_counter() - started
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
        started = time.perf_counter()
        engine.submit(cells).result()
        taken.append(time.perf_counter() - started)
    return len(cells) / median(taken)


_SAMPLING_INTERVAL = 0.2


@dataclass(frozen=True)
class TrainingCost:
    """Cost of a training, the start of its process included.

    Attributes:
        seconds: by the wall clock.
        megabytes: of memory at its peak, in 1e6 bytes, sampled five times a second.
    """

    seconds: float
    megabytes: float


def train_in_subprocess(
    request: TrainRequest, record: Path, emit: Emit, should_stop: ShouldStop
) -> TrainingCost:
    """Train a model in a process of its own, and return its cost.

    Args:
        record: file of the cost; where it exists, the training is done already.

    Raises:
        UserError: the training failed, with the reason.
        Cancelled: `should_stop` returned true.
    """
    if record.is_file():
        return TrainingCost(**json.loads(record.read_text(encoding="utf-8")))
    started = time.perf_counter()
    with WorkerProcess() as worker, _PeakMemory(worker.pid) as peak:
        _forward_events(worker, request, emit, should_stop)
    cost = TrainingCost(time.perf_counter() - started, peak.peak_bytes / 1e6)
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
    """Samples the memory of a process and of its children while it is entered."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="memory", daemon=True)
        self.peak_bytes = 0

    def __enter__(self) -> _PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stopped.wait(_SAMPLING_INTERVAL):
            try:
                process = psutil.Process(self._pid)
                family = [process, *process.children(recursive=True)]
                self.peak_bytes = max(
                    self.peak_bytes, sum(each.memory_info().rss for each in family)
                )
            except psutil.Error:
                continue  # it ends just now
