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

from trainer.inference.engine import Engine, Outputs, Pending

Task = TypeVar("Task")
Item = TypeVar("Item")


@contextmanager
def one_thread_each() -> Iterator[None]:
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
    function: Callable[[Task], Item], tasks: Iterable[Task], pool: Executor, lookahead: int
) -> Iterator[Item]:
    """`map` on a pool, results in the order of the tasks, never more than `lookahead` ahead.

    When the consumer stops early, what has not begun is cancelled.
    """
    waiting: deque[Future[Item]] = deque()
    try:
        for task in tasks:
            waiting.append(pool.submit(function, task))
            if len(waiting) >= lookahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


@dataclass(frozen=True, eq=False)
class Passed(Generic[Item]):
    """A batch behind the network: the items, and outputs for those that had a view."""

    items: Sequence[Item]
    outputs: Outputs | None


def forward(
    items: Iterable[Item],
    engine: Engine,
    view_of: Callable[[Item], NDArray[np.uint8] | None],
) -> Iterator[Passed[Item]]:
    """Run items through the engine in order, with as many batches in flight as it likes.

    Args:
        items: prepared images; those without a view (failed ones) ride along.
        engine: where the graph runs.
        view_of: uint8 (S, S, 3) of an item, or None.
    """
    flying: deque[tuple[list[Item], Pending | None]] = deque()
    for batch in _batches(items, engine.batch, view_of):
        views = [view for item in batch if (view := view_of(item)) is not None]
        flying.append((batch, engine.submit(np.stack(views)) if views else None))
        if len(flying) >= engine.in_flight:
            yield _landed(*flying.popleft())
    while flying:
        yield _landed(*flying.popleft())


def _landed(batch: list[Item], pending: Pending | None) -> Passed[Item]:
    return Passed(batch, pending.result() if pending else None)


def _batches(
    items: Iterable[Item], size: int, view_of: Callable[[Item], object]
) -> Iterator[list[Item]]:
    """Cut so that each batch has `size` views (the last fewer), however many failed between."""
    batch: list[Item] = []
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
