"""Looks of cells as the activations below everything that learns: computed once, and kept.

Where only the upper part of a network learns, the lower part says the same of the same look
at every step. A number of varied looks of each training cell, and the validation cells as
they are, go through it once; what it says is kept on disk, so that the steps, and further
trainings on the same cells, need the upper part alone. Dropout below the cut is not drawn.

The name of activations at the cut: everything that decides them, as one key.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, astuple, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.cache.arrays import ArrayCache, NotCachedError
from trainer.cache.results import key_of
from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled
from trainer.models.backend import out_of_memory
from trainer.models.export.runtime import processor_name
from trainer.models.network.freeze_point import FrozenSplit, split_at_freeze_point
from trainer.training.augmentation import augment
from trainer.training.batches import prefetch
from trainer.training.stain_style import StyleBank, measure_styles
from trainer.training.task import FineTuneTask, ValidationSet
from trainer.training.trainable import set_trainable, use_dtype_policy


def activation_key(
    lower: keras.Model, task: FineTuneTask, views_per_cell: int, styles: StyleBank
) -> bytes:
    """Key of so many looks of a lesson's cells, and of its validation cells, behind `lower`.

    Labels are not among what decides it but for those that `styles` were measured by, nor is
    how the upper part learns: a training with other labels or another rate has the same key.
    """
    cells, recipe, held = task.cells, task.recipe, task.validation
    return key_of(
        {
            "program": trainer.__version__,
            "backend": f"{keras.backend.backend()} keras {keras.__version__}",
            "processor": processor_name(),
            "lower": _digest(_layer_contents(lower)),
            "cells": _digest([*cells.pixels, *cells.mask_distance, cells.source]),
            "styles": _digest(_style_contents(styles)),
            "held out": _digest([held.views]) if held else None,
            "view": asdict(cells.view),
            "size": cells.size,
            "augmentation": asdict(recipe.augmentation),
            "looks": views_per_cell,
            "seed": recipe.seed,
        }
    )


def _layer_contents(lower: keras.Model) -> Iterable[NDArray[Any] | str]:
    """Kinds, settings (the arithmetic among them) and weights of the layers; not their names."""
    for one in lower.operations:
        yield type(one).__name__
        if isinstance(one, keras.layers.Layer):
            settings = {name: value for name, value in one.get_config().items() if name != "name"}
            yield json.dumps(settings, sort_keys=True, default=str)
            yield from one.get_weights()


def _style_contents(styles: StyleBank) -> Iterable[NDArray[Any] | str]:
    for look in (*styles.of_source, *styles.of_cell):
        yield from astuple(look) if look else ("none",)


def _digest(parts: Iterable[NDArray[Any] | str]) -> str:
    """SHA-256 over arrays, with their shapes, and words, in order."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            digest.update(part.encode())
            continue
        digest.update(f"{part.dtype} {part.shape}".encode())
        digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


STAGE = "computing activations"
_BATCH = 32
_MIN_REPEATS = 2  # times that a look is shown, at least, on the whole: less would hardly save work

Halves = NDArray[np.float16]
Images = NDArray[np.uint8]


def cache_activations(
    network: keras.Model,
    task: FineTuneTask,
    arrays: ArrayCache,
    *,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> FineTuneTask:
    """The lesson with varied looks of each cell as activations at the cut.

    They are `recipe.cut_looks`, or fewer where the steps would show them less than twice each.

    Args:
        network: of `build_network`, with the weights that the fine-tuning begins with.
        task: cells and validation cells as images.
        arrays: where activations are kept; those that are there are not computed again.
        on_progress: told after every batch that goes through the lower part.
        should_stop: asked before every one.

    Returns:
        The lesson; as it was where the recipe asks for no looks.

    Raises:
        NotKeptError: there is nothing to keep, it costs more than it saves, or it does not
            fit; the lesson as it was will do.
        Cancelled: `should_stop` said so.
    """
    recipe = task.recipe
    if not recipe.cut_looks:
        return task
    set_trainable(network, recipe.unfreeze, batch_norm=recipe.batch_norm)
    split = split_at_freeze_point(network)
    if split is None:
        raise NotCachedError("No part of the network stays as it is.")
    looks = _count_views(task)
    with use_dtype_policy(network, recipe):
        return _load_or_compute(split, task, looks, arrays, on_progress, should_stop)


def _count_views(task: FineTuneTask) -> int:
    """Looks of each cell: as many as asked for, or as can be shown `_MIN_REPEATS` times each.

    Raises:
        NotKeptError: there are too many cells for two.
    """
    cells, recipe = len(task.cells), task.recipe
    shown = recipe.steps * recipe.batch
    looks = min(recipe.cut_looks, shown // (_MIN_REPEATS * cells))
    if looks < min(recipe.cut_looks, 2):
        raise NotCachedError(
            f"{recipe.steps:,} steps show {shown:,} looks of {cells:,} cells; to compute them"
            " beforehand would cost more than it saves."
        )
    return looks


def _load_or_compute(
    split: FrozenSplit,
    task: FineTuneTask,
    views_per_cell: int,
    arrays: ArrayCache,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> FineTuneTask:
    """One array holds the looks of the cells, cell by cell, and then the validation cells."""
    cells, recipe, held = task.cells, task.recipe, task.validation
    styles = measure_styles(cells, recipe.looks_on)
    varied = len(cells) * views_per_cell
    total = varied + (len(held.views) if held else 0)
    key, shape = activation_key(split.lower, task, views_per_cell, styles), (total, *split.shape)
    rows = arrays.get(key, shape)
    if rows is None:
        shown = _view_loader(task, views_per_cell, styles)
        blocks = _compute_activations(
            split.lower, shown, total, recipe.workers, on_progress, should_stop
        )
        rows = arrays.put(key, shape, blocks)
    return replace(
        task,
        activations=rows[:varied].reshape(len(cells), views_per_cell, *split.shape),
        validation=ValidationSet(rows[varied:], held.labels) if held else None,
    )


def _view_loader(
    task: FineTuneTask, views_per_cell: int, styles: StyleBank
) -> Callable[[int], Images]:
    """What the network is shown, uint8 (S, S, 3), by its row in the array."""
    cells, recipe, held = task.cells, task.recipe, task.validation
    views = held.views if held else ()

    def shown(row: int) -> Images:
        cell, look = divmod(row, views_per_cell)
        if cell >= len(cells):
            return np.asarray(views[row - len(cells) * views_per_cell], dtype=np.uint8)
        rng = np.random.default_rng([recipe.seed, cell, look, 3])
        return augment(cells, cell, styles, recipe.augmentation, rng)

    return shown


def _compute_activations(
    lower: keras.Model,
    load_view: Callable[[int], Images],
    total: int,
    workers: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> Iterator[Halves]:
    """Activations of every row, in batches of one size whatever is left at the end."""

    def images(start: int) -> Images:
        return np.stack([load_view(row) for row in range(start, min(start + _BATCH, total))])

    part, begun, done = _FrozenPart(lower), time.monotonic(), 0
    with closing(prefetch(images, range(0, total, _BATCH), workers)) as prepared:
        for batch in prepared:
            if should_stop():
                raise Cancelled
            yield _to_float16(part.predict(batch))
            done += len(batch)
            on_progress(Progress(STAGE, done, total, done / (time.monotonic() - begun)))


class _FrozenPart:
    """The lower part of a network, given as many images at once as the memory takes."""

    def __init__(self, part: keras.Model) -> None:
        self._part, self._batch_size = part, _BATCH

    def predict(self, images: Images) -> NDArray[np.float32]:
        """Activations (B, ...) of images (B, S, S, 3)."""
        while True:
            size = self._batch_size
            starts = range(0, len(images), size)
            try:
                return np.concatenate(
                    [self._predict_padded(images[at : at + size]) for at in starts]
                )
            except Exception as error:
                if size == 1 or not out_of_memory(error):
                    raise
            self._batch_size = size // 2

    def _predict_padded(self, images: Images) -> NDArray[np.float32]:
        """As `answers`; filled up, for arithmetic may differ with the size of a batch."""
        lack = self._batch_size - len(images)
        filled = np.concatenate([images, np.repeat(images[-1:], lack, axis=0)])
        told: Any = self._part.predict_on_batch(filled.astype(np.float32))
        return np.asarray(keras.ops.convert_to_numpy(told), np.float32)[: len(images)]


def _to_float16(values: NDArray[np.float32]) -> Halves:
    """The same in half the room.

    Raises:
        NotKeptError: they are too large for that, or no numbers.
    """
    with np.errstate(over="ignore"):
        halves = values.astype(np.float16)
    if not np.isfinite(halves).all():
        raise NotCachedError("The network's values at the cut are too large to be kept.")
    return halves
