"""A network with the outputs of `build_network`, in a few thousand weights, and a short recipe."""

from __future__ import annotations

import keras
import numpy as np

from tests.trainer.training.drawn_cells import OUTPUTS, SIZE, drawn_cells
from trainer.training.recipe import Recipe
from trainer.training.task import ValidationSet

QUICK = Recipe(steps=6, batch=8, average_every=1, warm_up=1)


def tiny_network(
    seed: int = 0, dropout: float = 0.1, gate: keras.layers.Layer | None = None
) -> keras.Model:
    """A network with the outputs of `build_network`, in a few thousand weights."""
    keras.utils.set_random_seed(seed)
    image = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = gate(x) if gate else x
    x = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    x = keras.layers.BatchNormalization()(x)
    features = keras.layers.Conv2D(16, 3, strides=2, activation="relu")(x)
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    logits = keras.layers.Dense(len(OUTPUTS), name="logits")(keras.layers.Dropout(dropout)(pooled))
    return keras.Model(image, {"logits": logits, "pooled": pooled, "features": features})


def validation_set() -> ValidationSet:
    """The drawn cells as they are, to check on."""
    cells = drawn_cells()
    edge = (cells.pixels[0].shape[0] - SIZE) // 2
    middle = slice(edge, edge + SIZE)
    views = [pixels[middle, middle] for pixels in cells.pixels]
    return ValidationSet(np.stack(views), cells.label)
