"""Pooling by the mean over the cell: of a view on plain grey, what is not grey counts.

Each position of the last feature map counts by the share of its square that is cell, as
`trainer.inference.place_weights` computes it. Made of Keras' own operations, so that any Keras
opens the network; they have no weights.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import keras
import numpy as np

from trainer.imaging.view import View
from trainer.models.network.receptive_field import receptive_field_grid
from trainer.models.package.place_overlap import place_overlap

# Of a cell's share of a place: an all-grey view is pooled by the plain mean.
_TINY = 1e-6


def pool_over_cell(base: keras.Model) -> Any:
    """Return the features of a network from image to feature map, pooled over the cell, (N, K)."""
    weights = build_place_weights(base)
    return keras.ops.sum(base.output * weights[..., None], axis=(1, 2))


def build_place_weights(base: keras.Model) -> Any:
    """Return how much each position counts, (N, h, w), summing to 1 for each view."""
    places, side = int(base.output.shape[1]), int(base.input.shape[1])
    overlap = place_overlap(receptive_field_grid(base), places, side)
    difference = keras.ops.max(keras.ops.abs(base.input - float(View.grey)), axis=-1)
    on_cell = keras.ops.minimum(difference, 1.0)  # levels are whole numbers
    shares = keras.ops.matmul(keras.ops.matmul(overlap, on_cell), np.ascontiguousarray(overlap.T))
    shares = shares + _TINY
    return shares / keras.ops.sum(shares, axis=(1, 2), keepdims=True)


def name_operations(network: keras.Model) -> None:
    """Number operations that are no layers by their order: Keras counts across all networks."""
    counts: Counter[str] = Counter()
    for one in network.operations:
        if not isinstance(one, keras.layers.Layer):
            kind = type(one).__name__.lower()
            counts[kind] += 1
            one.name = f"{kind}_{counts[kind]}"
