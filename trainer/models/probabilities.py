"""Softmax and expected calibration error, the same for precision gates, decisions and metrics."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

ECE_BINS = 15


def calibration_error(
    correct: ArrayLike,
    probability: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    bins: int = ECE_BINS,
) -> NDArray[np.float64]:
    """Expected calibration error over equal bins of the top probability, 0-1: (...).

    Naeini et al., AAAI 2015; 15 bins as in Guo et al., ICML 2017. Empty bins count nothing.

    Args:
        correct: (N,) bool, whether the likeliest class was right.
        probability: (N,) of the likeliest class, 0-1.
        weights: (..., N), how often each cell counts; once where None.

    Returns:
        NaN where no cell counts.
    """
    gap = np.asarray(correct, dtype=np.float64) - np.asarray(probability, dtype=np.float64)
    member = bin_indices(probability, bins)[:, None] == np.arange(bins)
    counted = np.ones(len(gap)) if weights is None else np.asarray(weights, dtype=np.float64)
    gaps = np.abs(counted @ (member * gap[:, None])).sum(-1)
    total = np.asarray(counted.sum(-1))
    return np.asarray(np.divide(gaps, total, out=np.full(total.shape, np.nan), where=total > 0))


def bin_indices(probability: ArrayLike, bins: int) -> NDArray[np.intp]:
    """The bin of each probability, 0 to `bins` - 1: (N,)."""
    # Bins are open below and closed above, as in the papers; 0 belongs to the first.
    scaled = np.ceil(np.asarray(probability, dtype=np.float64) * bins) - 1
    return np.asarray(np.clip(scaled, 0, bins - 1), dtype=np.intp)


def softmax(logits: NDArray[np.floating], temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities (N, C) of logits (N, C) at a temperature over 0, in double precision."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))
