"""How far a cell lies from every training cell, in the network's feature space.

The mean cosine distance to the k nearest reference cells (deep nearest neighbours, Sun et
al., ICML 2022). It is what warns of a kind of cell that nobody taught.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 5


@dataclass(frozen=True, eq=False)
class Reference:
    """Training cells to compare with.

    Attributes:
        directions: float32 (M, K), rows of unit length.
        neighbours: how many of the nearest are averaged.
    """

    directions: NDArray[np.float32]
    neighbours: int = NEIGHBOURS

    @classmethod
    def of(cls, pooled: NDArray[np.floating], neighbours: int = NEIGHBOURS) -> Reference:
        """Reference cells from their pooled features (M, K)."""
        return cls(_unit(pooled), min(neighbours, len(pooled)))

    def distance(self, pooled: NDArray[np.floating]) -> NDArray[np.float32]:
        """Mean cosine distance, 0-2, to the nearest reference cells: (N, K) to (N,)."""
        away = 1 - _unit(pooled) @ self.directions.T
        nearest = np.partition(away, self.neighbours - 1, axis=1)[:, : self.neighbours]
        return np.asarray(nearest.mean(axis=1), dtype=np.float32)

    def nearest(self, pooled: NDArray[np.floating], count: int) -> NDArray[np.intp]:
        """Indices of the `count` most similar reference cells, nearest first: (N, count)."""
        away = 1 - _unit(pooled) @ self.directions.T
        return np.argsort(away, axis=1, kind="stable")[:, :count]


def _unit(pooled: NDArray[np.floating]) -> NDArray[np.float32]:
    vectors = np.asarray(pooled, dtype=np.float32)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)
