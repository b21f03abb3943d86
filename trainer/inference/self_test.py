"""The self-test of a device: does it compute what it should, and how fast?"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision, Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.inference.engine import Engine, OutputsFuture
from trainer.models.probabilities import softmax

MAX_DP_EXACT = 1e-3
"""At f32 devices differ by rounding only, which never moves a probability by so much."""
MAX_DP_FAST = 0.05
"""Shorter numbers move a probability by a few hundredths at most, where they are admitted."""
STAGE = "testing the device"


@dataclass(frozen=True)
class SelfTestResult:
    """What a self-test found.

    Attributes:
        per_second: cells that went through the network a second, nothing else done.
        cells: number of cells that were compared.
        same_label: how many got the same likeliest output.
        max_dp: largest difference of a probability.
        bound: what `max_dp` may be.
    """

    per_second: float
    cells: int
    same_label: int
    max_dp: float
    bound: float

    @property
    def passed(self) -> bool:
        """Whether the device may be trusted."""
        return self.same_label == self.cells and self.max_dp <= self.bound


def self_test(
    engine: Engine,
    reference: Engine,
    cells: NDArray[np.uint8],
    temperature: float,
    *,
    seconds: float,
    on_progress: Callable[[Progress], None],
    should_stop: ShouldStop,
) -> SelfTestResult:
    """Compare an engine with the reference, then let it run for a while.

    Args:
        reference: f32 on the CPU.
        cells: uint8 (N, S, S, 3), the network's inputs.
        temperature: of the softmax, from the card.
        seconds: how long to measure the speed.

    Raises:
        Cancelled: `should_stop` returned True.
    """
    found, expected = (
        softmax(compute_logits(each, cells), temperature) for each in (engine, reference)
    )
    exact = engine.precision is Precision.F32
    # Written so that a NaN counts as different.
    away = np.nan_to_num(np.abs(found - expected), nan=1.0)
    return SelfTestResult(
        per_second=_measure_speed(engine, cells, seconds, on_progress, should_stop),
        cells=len(cells),
        same_label=int(np.sum(found.argmax(1) == expected.argmax(1))),
        max_dp=float(away.max()),
        bound=MAX_DP_EXACT if exact else MAX_DP_FAST,
    )


def compute_logits(engine: Engine, cells: NDArray[np.uint8]) -> NDArray[np.float32]:
    """float32 (N, C) of cells (N, S, S, 3)."""
    return np.concatenate([engine.submit(part).result().logits for part in _batches(cells, engine)])


def _measure_speed(
    engine: Engine,
    cells: NDArray[np.uint8],
    seconds: float,
    on_progress: Callable[[Progress], None],
    should_stop: ShouldStop,
) -> float:
    """Cells a second with as many batches under way as the engine likes."""
    batch = np.resize(cells, (engine.batch, *cells.shape[1:]))
    pending: deque[OutputsFuture] = deque()
    done, begun = 0, time.perf_counter()
    while (passed := time.perf_counter() - begun) < seconds:
        pending.append(engine.submit(batch))
        if len(pending) < engine.in_flight:
            continue
        pending.popleft().result()
        done += len(batch)
        on_progress(Progress(STAGE, min(round(100 * passed / seconds), 100), 100))
        if should_stop():
            raise Cancelled
    while pending:
        pending.popleft().result()
        done += len(batch)
    return done / (time.perf_counter() - begun)


def _batches(cells: NDArray[np.uint8], engine: Engine) -> Iterator[NDArray[np.uint8]]:
    for start in range(0, len(cells), engine.batch):
        yield cells[start : start + engine.batch]
