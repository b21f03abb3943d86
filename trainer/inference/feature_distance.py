"""How far a cell lies from every training cell, in the network's feature space.

The mean cosine distance to the k nearest reference cells (deep nearest neighbours, Sun et
al., ICML 2022). It warns of kinds of cells that are not in the training data.

Embeddings are stored as float16, little-endian: their directions lose nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

NEIGHBOURS = 5
_FLOAT16_MAX = float(np.finfo(np.float16).max)


def encode_embedding(pooled: NDArray[np.float32] | None) -> bytes:
    """Encode features (K,) as bytes, clipped to what float16 holds; None as no bytes."""
    if pooled is None:
        return b""
    return pooled.clip(-_FLOAT16_MAX, _FLOAT16_MAX).astype("<f2").tobytes()


def decode_embedding(encoded: Sequence[bytes]) -> NDArray[np.float16]:
    """Decode the features of N cells, float16 (N, K); all must be of one length."""
    rows = np.frombuffer(b"".join(encoded), dtype="<f2")
    return rows.reshape(len(encoded), -1).astype(np.float16, copy=False)


@dataclass(frozen=True, eq=False)
class NearestNeighbours:
    """Training cells to compare with.

    Attributes:
        directions: float32 (M, K), rows of unit length.
        neighbours: how many of the nearest are averaged.
    """

    directions: NDArray[np.float32]
    neighbours: int = NEIGHBOURS

    @classmethod
    def of(cls, pooled: NDArray[np.floating], neighbours: int = NEIGHBOURS) -> NearestNeighbours:
        """Reference cells from their pooled features (M, K)."""
        return cls(l2_normalize(pooled), min(neighbours, len(pooled)))

    def distance(self, pooled: NDArray[np.floating]) -> NDArray[np.float32]:
        """Mean cosine distance, 0-2, to the nearest reference cells: (N, K) to (N,)."""
        distances = self.distances(pooled)
        nearest = np.partition(distances, self.neighbours - 1, axis=1)[:, : self.neighbours]
        return np.asarray(nearest.mean(axis=1), dtype=np.float32)

    def nearest(self, pooled: NDArray[np.floating], count: int) -> NDArray[np.intp]:
        """Indices of the `count` most similar reference cells, nearest first: (N, count)."""
        return np.argsort(self.distances(pooled), axis=1, kind="stable")[:, :count]

    def distances(self, pooled: NDArray[np.floating]) -> NDArray[np.float32]:
        """Cosine distance, 0-2, to every reference cell: (N, K) to (N, M)."""
        return np.asarray(1 - l2_normalize(pooled) @ self.directions.T, dtype=np.float32)


def l2_normalize(pooled: NDArray[np.floating]) -> NDArray[np.float32]:
    """Rows (N, K) brought to unit length; a row of zeros stays zero."""
    vectors = np.asarray(pooled, dtype=np.float32)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-12), dtype=np.float32)
