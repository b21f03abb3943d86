"""The loss by which trainings are judged on held-out cells: every output counts alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_TEMPERATURES = np.geomspace(0.25, 4.0, 33)  # 1 among them


def balanced_log_loss(logits: NDArray[np.floating], labels: NDArray[np.intp]) -> float:
    """Mean over the outputs that occur of -ln(probability of the right one), in nats.

    Args:
        logits: (N, C).
        labels: (N,), indices of the right outputs; cells of -1, which have none, do not count.
    """
    exact, right = np.asarray(logits, dtype=np.float64)[labels >= 0], labels[labels >= 0]
    own = (log_sum(exact) - exact)[np.arange(len(right)), right]
    return float(np.mean([own[right == output].mean() for output in np.unique(right)]))


def calibrated_log_loss(logits: NDArray[np.floating], labels: NDArray[np.intp]) -> float:
    """`balanced_log_loss` at the temperature that makes it least, as calibration comes later.

    Without that, label smoothing and averaged weights, which make a network less sure but not
    more often wrong, would count against it. Arguments as there; not a number where logits are
    not finite.
    """
    return float(np.min([balanced_log_loss(logits / one, labels) for one in _TEMPERATURES]))


def log_sum(logits: Floats) -> Floats:
    """Log of the summed exponentials of each row: (N, C) to (N, 1)."""
    top = logits.max(axis=1, keepdims=True)
    sums: Floats = np.log(np.exp(logits - top).sum(axis=1, keepdims=True)) + top
    return sums
