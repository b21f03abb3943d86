"""Batches of training cells in ever new looks, prepared beside the network's work."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from trainer.training.augment import augmented
from trainer.training.cells import TrainingCells
from trainer.training.recipe import Recipe
from trainer.training.sampling import Sampler, output_weights
from trainer.training.style import measure_looks

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]

_AHEAD = 4  # batches prepared while the network works


def batches(
    cells: TrainingCells, recipe: Recipe, others: Sequence[str] = (), first: int = 0
) -> Generator[Batch]:
    """Images (B, S, S, 3) float32 0-255 and one-hot targets (B, C), from step `first` on.

    Each cell is varied by numbers drawn from (seed, step, place in the batch), so that
    the result does not depend on the number of workers.
    """
    looks = measure_looks(cells, recipe.looks_on)
    weights = output_weights(cells.outputs, others, recipe.other_share)
    sampler = Sampler(cells, weights, recipe.seed, recipe.source_power)

    def batch(step: int) -> Batch:
        rows = sampler.rows(step, recipe.batch // 2 if recipe.consistency else recipe.batch)
        if recipe.consistency:
            rows = np.concatenate([rows, rows])
        images = [
            augmented(cells, int(row), looks, recipe.augmentation, _rng(recipe.seed, step, place))
            for place, row in enumerate(rows)
        ]
        targets = np.eye(len(cells.outputs), dtype=np.float32)[cells.label[rows]]
        return np.stack(images).astype(np.float32), targets

    with ThreadPoolExecutor(max_workers=recipe.workers, thread_name_prefix="vary") as pool:
        ahead = range(first, min(first + _AHEAD, recipe.steps))
        waiting = deque(pool.submit(batch, step) for step in ahead)
        try:
            for step in range(first, recipe.steps):
                ready = waiting.popleft().result()
                if step + _AHEAD < recipe.steps:
                    waiting.append(pool.submit(batch, step + _AHEAD))
                yield ready
        finally:
            for future in waiting:
                future.cancel()


def _rng(seed: int, step: int, place: int) -> np.random.Generator:
    return np.random.default_rng([seed, step, place, 1])
