"""Batches of augmented training cells, prepared by threads a few steps ahead of the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from trainer.training.augmentation import augment
from trainer.training.sampling import Sampler, output_weights
from trainer.training.stain_style import measure_styles
from trainer.training.task import FineTuneTask

Product = TypeVar("Product")

PREFETCH = 4


def prefetch(
    make: Callable[[int], Product], numbers: Sequence[int], workers: int
) -> Generator[Product]:
    """Yield what `make` returns for each number, in order; to be closed if it is not used up.

    Args:
        make: called by the threads, so it must depend on its number alone.
        numbers: of the things.
        workers: threads.
    """
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="vary") as pool:
        waiting = deque(pool.submit(make, number) for number in numbers[:PREFETCH])
        try:
            for position in range(len(numbers)):
                ready = waiting.popleft().result()
                if position + PREFETCH < len(numbers):
                    waiting.append(pool.submit(make, numbers[position + PREFETCH]))
                yield ready
        finally:
            for future in waiting:
                future.cancel()


Batch = tuple[NDArray[np.float32], NDArray[np.float32]]
InputFunction = Callable[[int, NDArray[np.intp]], NDArray[np.float32]]


def iterate_batches(task: FineTuneTask, first: int = 0) -> Generator[Batch]:
    """Yield inputs, float32 (B, ...), and one-hot targets (B, C), from step `first` on.

    Images (B, S, S, 3), 0-255, or activations at the freeze point where the task holds such.
    Each cell's augmented view is drawn from (seed, step, position in the batch), so that the
    result does not depend on the number of workers.
    """
    cells, recipe = task.cells, task.recipe
    weights = output_weights(cells.outputs, task.other_classes, recipe.other_share)
    sampler = Sampler(cells, weights, recipe.seed, recipe.source_power)
    inputs = (
        _augmented_inputs(task)
        if task.activations is None
        else _cached_inputs(task.activations, task)
    )

    def batch(step: int) -> Batch:
        rows = sampler.rows(step, recipe.batch // 2 if recipe.consistency else recipe.batch)
        if recipe.consistency:
            rows = np.concatenate([rows, rows])
        targets = np.eye(len(cells.outputs), dtype=np.float32)[cells.label[rows]]
        return inputs(step, rows), targets

    with closing(prefetch(batch, range(first, recipe.steps), recipe.workers)) as prepared:
        yield from prepared


def _augmented_inputs(task: FineTuneTask) -> InputFunction:
    """Cells augmented anew at every step."""
    cells, recipe = task.cells, task.recipe
    styles = measure_styles(cells, recipe.looks_on)

    def inputs(step: int, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        images = [
            augment(cells, int(row), styles, recipe.augmentation, _rng(recipe.seed, step, position))
            for position, row in enumerate(rows)
        ]
        return np.stack(images).astype(np.float32)

    return inputs


def _cached_inputs(activations: NDArray[np.float16], task: FineTuneTask) -> InputFunction:
    """One cached view of each cell; two of them where the halves of a batch hold the same cells."""
    recipe, count = task.recipe, activations.shape[1]

    def inputs(step: int, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        size = len(rows) // 2 if recipe.consistency else len(rows)
        draws = [_rng(recipe.seed, step, position) for position in range(size)]
        views = np.array([rng.integers(count) for rng in draws])
        if recipe.consistency:
            further = np.array([1 + rng.integers(count - 1) for rng in draws])
            views = np.concatenate([views, (views + further) % count])
        return np.asarray(activations[rows, views], dtype=np.float32)

    return inputs


def _rng(seed: int, step: int, position: int) -> np.random.Generator:
    return np.random.default_rng([seed, step, position, 1])
