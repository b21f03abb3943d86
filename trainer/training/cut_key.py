"""The name of activations at the cut: everything that decides them, as one key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, astuple
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

import trainer
from trainer.models.export.runtime import processor_name
from trainer.training.kept_results import key_of
from trainer.training.lesson import Lesson
from trainer.training.style import Looks


def cut_key(lower: keras.Model, lesson: Lesson, looks: int, styles: Looks) -> bytes:
    """Key of so many looks of a lesson's cells, and of its validation cells, behind `lower`.

    Labels are not among what decides it but for those that `styles` were measured by, nor is
    how the upper part learns: a training with other labels or another rate has the same key.
    """
    cells, recipe, held = lesson.cells, lesson.recipe, lesson.held_out
    return key_of(
        {
            "program": trainer.__version__,
            "backend": f"{keras.backend.backend()} keras {keras.__version__}",
            "processor": processor_name(),
            "lower": _digest(_parts_of(lower)),
            "cells": _digest([*cells.pixels, *cells.away, cells.source]),
            "styles": _digest(_numbers_of(styles)),
            "held out": _digest([held.views]) if held else None,
            "view": asdict(cells.view),
            "size": cells.size,
            "augmentation": asdict(recipe.augmentation),
            "looks": looks,
            "seed": recipe.seed,
        }
    )


def _parts_of(lower: keras.Model) -> Iterable[NDArray[Any] | str]:
    """Kinds, settings (the arithmetic among them) and weights of the layers; not their names."""
    for one in lower.operations:
        yield type(one).__name__
        if isinstance(one, keras.layers.Layer):
            settings = {name: value for name, value in one.get_config().items() if name != "name"}
            yield json.dumps(settings, sort_keys=True, default=str)
            yield from one.get_weights()


def _numbers_of(styles: Looks) -> Iterable[NDArray[Any] | str]:
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
