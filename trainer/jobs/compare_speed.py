"""How quick a model is on this computer: alone, in batches, and from a cold start."""

from __future__ import annotations

import time
from dataclasses import dataclass
from statistics import median

import numpy as np

from trainer.inference.openvino_engine import OpenVinoEngine
from trainer.models.package.layout import Package

_SECONDS = 2.0
_LEAST = 5
BATCHES = (1, 32)


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


def speed_of(package: Package) -> Speed:
    """Measure for some seconds; machines are noisy, so compare what was measured together."""
    side = package.card.input_size
    cells = np.full((max(BATCHES), side, side, 3), 128, np.uint8)
    begun = time.perf_counter()
    engine = OpenVinoEngine(package.graph, batch=1)
    engine.submit(cells[:1]).result()
    cold = time.perf_counter() - begun
    rates = [_rate(OpenVinoEngine(package.graph, batch=size), cells[:size]) for size in BATCHES]
    return Speed(cold, rates[0], rates[1])


def _rate(engine: OpenVinoEngine, cells: np.ndarray) -> float:
    """Cells per second: the median of single calls, after one that is not counted."""
    engine.submit(cells).result()
    taken: list[float] = []
    while len(taken) < _LEAST or sum(taken) < _SECONDS:
        begun = time.perf_counter()
        engine.submit(cells).result()
        taken.append(time.perf_counter() - begun)
    return len(cells) / median(taken)
