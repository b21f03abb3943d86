"""The loss by which trainings are judged on held-out cells: every output counts alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def balanced_log_loss(logits: NDArray[np.floating], labels: NDArray[np.intp]) -> float:
    """Mean over the outputs that occur of -ln(probability of the right one), in nats.

    Args:
        logits: (N, C).
        labels: (N,), indices of the right outputs; cells of -1, which have none, do not count.
    """
    exact, right = np.asarray(logits, dtype=np.float64)[labels >= 0], labels[labels >= 0]
    own = (log_sum(exact) - exact)[np.arange(len(right)), right]
    return float(np.mean([own[right == output].mean() for output in np.unique(right)]))


def log_sum(logits: Floats) -> Floats:
    """Log of the summed exponentials of each row: (N, C) to (N, 1)."""
    top = logits.max(axis=1, keepdims=True)
    sums: Floats = np.log(np.exp(logits - top).sum(axis=1, keepdims=True)) + top
    return sums
