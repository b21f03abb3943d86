"""Activations of augmented cells at the freeze point, computed once and cached.

Where only the upper part of a network learns, the lower part computes the same of the same view
at every step. A number of augmented views of each training cell, and the validation cells as
they are, pass through it once; its activations are cached on disk under a key of all that
decides them, so that the steps, and further trainings on the same cells, need the upper part
alone. Dropout below the freeze point is not drawn.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict, astuple, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.awake_clock import awake_seconds
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
    """Return the key of the activations of a task's augmented and validation cells after `lower`.

    Labels are not among what decides it but for those that `styles` were measured by, nor is
    how the upper part learns: a training with other labels or another rate has the same key.
    """
    cells, recipe, validation = task.cells, task.recipe, task.validation
    return key_of(
        {
            "program": trainer.__version__,
            "backend": f"{keras.backend.backend()} keras {keras.__version__}",
            "processor": processor_name(),
            "lower": _digest(_layer_contents(lower)),
            "cells": _digest([*cells.pixels, *cells.mask_distance, cells.source]),
            "styles": _digest(_style_contents(styles)),
            "held out": _digest([validation.views]) if validation else None,
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
    for style in (*styles.of_source, *styles.of_cell):
        yield from astuple(style) if style else ("none",)


def _digest(parts: Iterable[NDArray[Any] | str]) -> str:
    """SHA-256 over arrays, with their shapes, and text, in order."""
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
_MIN_REPEATS = 2  # times that a view is used, on average: fewer would hardly save work

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
    """Return the task with augmented views of each cell as activations at the freeze point.

    There are `recipe.cut_looks` of each, or fewer where the steps would use them less than twice.

    Args:
        network: of `build_network`, with the weights that the fine-tuning begins with.
        task: cells and validation cells as images.
        arrays: cache of activations; those that are there are not computed again.
        on_progress: called after every batch that passes through the lower part.
        should_stop: called before every one.

    Returns:
        The task; unchanged where `recipe.cut_looks` is 0.

    Raises:
        NotCachedError: there is nothing to cache, it costs more than it saves, or it does not
            fit; the task can be used as it is.
        Cancelled: `should_stop` returned true.
    """
    recipe = task.recipe
    if not recipe.cut_looks:
        return task
    set_trainable(network, recipe.unfreeze, batch_norm=recipe.batch_norm)
    split = split_at_freeze_point(network)
    if split is None:
        raise NotCachedError("No part of the network stays as it is.")
    views_per_cell = _count_views(task)
    with use_dtype_policy(network, recipe):
        return _load_or_compute(split, task, views_per_cell, arrays, on_progress, should_stop)


def _count_views(task: FineTuneTask) -> int:
    """Return the views of each cell: `cut_looks`, or as many as are used `_MIN_REPEATS` times.

    Raises:
        NotCachedError: there are too many cells for two.
    """
    cells, recipe = len(task.cells), task.recipe
    used = recipe.steps * recipe.batch
    views_per_cell = min(recipe.cut_looks, used // (_MIN_REPEATS * cells))
    if views_per_cell < min(recipe.cut_looks, 2):
        raise NotCachedError(
            f"{recipe.steps:,} steps show {used:,} looks of {cells:,} cells; to compute them"
            " beforehand would cost more than it saves."
        )
    return views_per_cell


def _load_or_compute(
    split: FrozenSplit,
    task: FineTuneTask,
    views_per_cell: int,
    arrays: ArrayCache,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> FineTuneTask:
    """One array holds the views of the cells, cell by cell, and then the validation cells."""
    cells, recipe, validation = task.cells, task.recipe, task.validation
    styles = measure_styles(cells, recipe.looks_on)
    augmented = len(cells) * views_per_cell
    total = augmented + (len(validation.views) if validation else 0)
    key, shape = activation_key(split.lower, task, views_per_cell, styles), (total, *split.shape)
    rows = arrays.get(key, shape)
    if rows is None:
        load_view = _view_loader(task, views_per_cell, styles)
        blocks = _compute_activations(
            split.lower, load_view, total, recipe.workers, on_progress, should_stop
        )
        rows = arrays.put(key, shape, blocks)
    return replace(
        task,
        activations=rows[:augmented].reshape(len(cells), views_per_cell, *split.shape),
        validation=ValidationSet(rows[augmented:], validation.labels) if validation else None,
    )


def _view_loader(
    task: FineTuneTask, views_per_cell: int, styles: StyleBank
) -> Callable[[int], Images]:
    """Return a function that renders the view, uint8 (S, S, 3), of a row of the array."""
    cells, recipe = task.cells, task.recipe
    views = task.validation.views if task.validation else ()

    def load_view(row: int) -> Images:
        cell, number = divmod(row, views_per_cell)
        if cell >= len(cells):
            return np.asarray(views[row - len(cells) * views_per_cell], dtype=np.uint8)
        rng = np.random.default_rng([recipe.seed, cell, number, 3])
        return augment(cells, cell, styles, recipe.augmentation, rng)

    return load_view


def _compute_activations(
    lower: keras.Model,
    load_view: Callable[[int], Images],
    total: int,
    workers: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> Iterator[Halves]:
    """Yield the activations of every row, batch by batch."""

    def images(start: int) -> Images:
        return np.stack([load_view(row) for row in range(start, min(start + _BATCH, total))])

    part, started, done = _FrozenPart(lower), awake_seconds(), 0
    with closing(prefetch(images, range(0, total, _BATCH), workers)) as prepared:
        for batch in prepared:
            if should_stop():
                raise Cancelled
            yield _to_float16(part.predict(batch))
            done += len(batch)
            on_progress(Progress(STAGE, done, total, done / (awake_seconds() - started)))


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
        """As `predict`, in a full batch, for arithmetic may differ with its size."""
        missing = self._batch_size - len(images)
        padded = np.concatenate([images, np.repeat(images[-1:], missing, axis=0)])
        outputs: Any = self._part.predict_on_batch(padded.astype(np.float32))
        return np.asarray(keras.ops.convert_to_numpy(outputs), np.float32)[: len(images)]


def _to_float16(values: NDArray[np.float32]) -> Halves:
    """Convert to float16, half the size.

    Raises:
        NotCachedError: they are too large for that, or no numbers.
    """
    with np.errstate(over="ignore"):
        halves = values.astype(np.float16)
    if not np.isfinite(halves).all():
        raise NotCachedError("The network's values at the cut are too large to be kept.")
    return halves
