"""How work overlaps: an ordered parallel map and a batched, pipelined forward pass.

Both are generators, so the consumer sets the pace and memory stays bounded however long
the folder is."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from trainer.inference.engine import Engine, Outputs, OutputsFuture

TaskT = TypeVar("TaskT")
ItemT = TypeVar("ItemT")


@contextmanager
def limit_library_threads() -> Iterator[None]:
    """While images are worked on side by side, OpenCV and BLAS start no threads of their own.

    Theirs would wait for each other and for ours: measured, a third of all processor time.
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with threadpool_limits(1, user_api="blas"):
            yield
    finally:
        cv2.setNumThreads(before)


def ordered_map(
    function: Callable[[TaskT], ItemT],
    tasks: Iterable[TaskT],
    pool: Executor,
    lookahead: int,
    *,
    weight: Callable[[ItemT], int] = lambda _: 1,
    least: int = 1,
) -> Iterator[ItemT]:
    """`map` on a pool, results in the order of the tasks, never more than `lookahead` ahead.

    When the consumer stops early, what has not begun is cancelled.

    Args:
        weight: how many a result counts for; results ahead are taken to weigh as the last.
        least: so many are worked on whatever they weigh.
    """
    waiting: deque[Future[ItemT]] = deque()
    most = lookahead
    try:
        for task in tasks:
            waiting.append(pool.submit(function, task))
            while len(waiting) >= most:
                result = waiting.popleft().result()
                most = max(lookahead // max(weight(result), 1), least)
                yield result
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@dataclass(frozen=True, eq=False)
class BatchResult(Generic[ItemT]):
    """A batch behind the network: the items, and outputs for those that had a view."""

    items: Sequence[ItemT]
    outputs: Outputs | None


def forward(
    items: Iterable[ItemT],
    engine: Engine,
    view_of: Callable[[ItemT], NDArray[np.uint8] | None],
) -> Iterator[BatchResult[ItemT]]:
    """Run items through the engine in order, with as many batches in flight as it likes.

    Args:
        items: preprocessed images; those without a view (failed ones) ride along.
        engine: where the graph runs.
        view_of: uint8 (S, S, 3) of an item, or None.
    """
    pending_batches: deque[tuple[list[ItemT], OutputsFuture | None]] = deque()
    for batch in _batches(items, engine.batch, view_of):
        views = [view for item in batch if (view := view_of(item)) is not None]
        pending_batches.append((batch, engine.submit(np.stack(views)) if views else None))
        if len(pending_batches) >= engine.in_flight:
            yield _collect(*pending_batches.popleft())
    while pending_batches:
        yield _collect(*pending_batches.popleft())


def _collect(batch: list[ItemT], pending: OutputsFuture | None) -> BatchResult[ItemT]:
    return BatchResult(batch, pending.result() if pending else None)


def _batches(
    items: Iterable[ItemT], size: int, view_of: Callable[[ItemT], object]
) -> Iterator[list[ItemT]]:
    """Cut so that each batch has `size` views (the last fewer), however many failed between."""
    batch: list[ItemT] = []
    views = 0
    for item in items:
        batch.append(item)
        views += view_of(item) is not None
        # A long row of failed images must not grow without bound either.
        if views == size or len(batch) == 8 * size:
            yield batch
            batch, views = [], 0
    if batch:
        yield batch
