"""From logits to probabilities, the same for gates, decisions and figures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def softmax(logits: NDArray[np.floating], temperature: float = 1.0) -> NDArray[np.float64]:
    """Probabilities (N, C) of logits (N, C) at a temperature over 0, in double precision."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    grown = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))
