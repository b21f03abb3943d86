"""How much each place of the last feature map counts in the pooled features.

The mean over all places counts each alike. The mean over the cell counts a place by the share
of its square that is cell, which is what is not plain grey in the view.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.models.package.card import Card, ReceptiveFieldGrid
from trainer.models.package.place_overlap import place_overlap


@dataclass(frozen=True)
class PlaceWeighting:
    """How a model's pooled features weigh the places of its feature map.

    Attributes:
        grid: of the mean over the cell, in pixels of the view; None for the mean over all places.
        grey: level around the cell, 0-255.
    """

    grid: ReceptiveFieldGrid | None = None
    grey: int = 128

    @classmethod
    def of(cls, card: Card) -> PlaceWeighting:
        """Read it from a card."""
        by_cell = card.feature_map.pooling == "cell_mean"
        return cls(card.grid if by_cell else None, card.view.grey)

    def weights(self, views: NDArray[np.uint8], places: int) -> NDArray[np.float32]:
        """Compute the weights of `places` along a side: float32 (N, places, places).

        Args:
            views: uint8 (N, S, S, 3).
        """
        if self.grid is None:
            return equal_place_weights(len(views), places)
        return place_weights(views, self.grid, places, self.grey)


EQUAL_WEIGHTING = PlaceWeighting()


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
    level = (grey, grey, grey)
    on_grey = np.stack([cv2.inRange(view, level, level) for view in views])
    shares = overlap @ (on_grey == 0).astype(np.float32) @ overlap.T
    total = shares.sum(axis=(1, 2), keepdims=True)
    equal = np.full_like(shares, 1 / count**2)
    return np.asarray(np.divide(shares, total, out=equal, where=total > 0))


def equal_place_weights(count: int, places: int) -> NDArray[np.float32]:
    """Return the weights 1 / P of the mean over all P places: float32 (count, places, places)."""
    return np.full((count, places, places), 1 / places**2, np.float32)
