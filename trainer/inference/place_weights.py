"""How much each place of the last feature map counts in the pooled features.

The mean over all places counts each alike. The mean over the cell counts a place by the share
of its square that is cell, which is what is not plain grey in the view.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.models.package.card import ReceptiveFieldGrid
from trainer.models.package.place_overlap import place_overlap


def place_weights(
    views: NDArray[np.uint8], grid: ReceptiveFieldGrid, places: int | None = None, grey: int = 128
) -> NDArray[np.float32]:
    """Compute the weights a_p = m_p / sum m of the mean over the cell.

    m_p is the share of the place's square, of side `grid.step` around the middle of its
    receptive field, in which the view is not plain grey; what lies outside of the view is grey.

    Args:
        views: uint8 (N, S, S, 3), inputs of the network.
        grid: where places lie, in pixels of the view.
        places: along a side of the feature map; None takes S / step.
        grey: level around the cell, 0-255.

    Returns:
        float32 (N, places, places); each map sums to 1. A view that is all grey has equal weights.
    """
    side = views.shape[1]
    count = places or max(round(side / grid.step), 1)
    overlap = place_overlap(grid, count, side)
    on_cell = (views != np.uint8(grey)).any(axis=-1).astype(np.float32)
    shares = overlap @ on_cell @ overlap.T
    total = shares.sum(axis=(1, 2), keepdims=True)
    equal = np.full_like(shares, 1 / count**2)
    return np.asarray(np.divide(shares, total, out=equal, where=total > 0))


def equal_place_weights(count: int, places: int) -> NDArray[np.float32]:
    """Return the weights 1 / P of the mean over all P places: float32 (count, places, places)."""
    return np.full((count, places, places), 1 / places**2, np.float32)
