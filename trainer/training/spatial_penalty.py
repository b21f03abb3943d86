"""Spatial attention penalty: features away from the cell cost.

Each position of the last feature map sees much of the view, so a network can do its work from
any of them; trained for long, it often comes to rely on a single one beside the cell, and
every heat map lies there whatever the image. So what the feature map holds away from the
middle of the view, where the cell lies, is made to cost (in the manner of Ross et al., "Right
for the right reasons", IJCAI 2017, who make gradients outside of what matters cost)."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.models.package.card import ReceptiveFieldGrid

# Distance from the middle, in shares of the side, up to which a position costs nothing, and from
# which on it costs all: a cell's radius is a sixth to a third of the side of its view.
_NEAR, _FAR = 0.25, 0.5
_TINY = 1e-6


def off_centre_weights(grid: ReceptiveFieldGrid, places: int, size: int) -> NDArray[np.float32]:
    """Return how far each position lies beside the cell, 0-1, (places, places).

    Args:
        grid: of the receptive fields, in pixels of the input.
        places: positions in a row of the feature map.
        size: side of the input, px.
    """
    along = (grid.first + grid.step * np.arange(places)) / size - 0.5
    distance = np.hypot(along[:, None], along[None, :])
    return np.clip((distance - _NEAR) / (_FAR - _NEAR), 0, 1).astype(np.float32)


class OffCentrePenalty(keras.layers.Layer):  # type: ignore[misc]
    """Hands features on, and adds the share of them that lies away from the cell to the loss."""

    def __init__(self, weights: NDArray[np.float32], weight: float) -> None:
        """Args:
        weights: 0-1 for each position, (h, w).
        weight: of that share in the loss.
        """
        super().__init__(name="centring", dtype="float32", trainable=False)
        self._weights = weights[None, :, :, None]
        self._weight = weight

    def call(self, features: Any) -> Any:
        """Features (N, h, w, K) as they are."""
        size = keras.ops.abs(keras.ops.cast(features, "float32"))
        beside = keras.ops.sum(size * self._weights, axis=(1, 2, 3))
        share = beside / (keras.ops.sum(size, axis=(1, 2, 3)) + _TINY)
        self.add_loss(self._weight * keras.ops.mean(share))
        return features
