"""Temperature scaling: one number that makes mean confidence equal accuracy.

`trainer.models.probabilities.softmax(logits, temperature)` applies it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 20.0


def negative_log_likelihood(
    logits: ArrayLike, y_true: ArrayLike, temperature: float = 1.0
) -> float:
    """Return the mean of -ln(probability of the true class), in nats; never infinite."""
    scaled = np.asarray(logits, dtype=np.float64) / temperature
    top = scaled.max(axis=1)
    sums = np.log(np.exp(scaled - top[:, None]).sum(axis=1)) + top
    truth = np.asarray(y_true)
    return float((sums - scaled[np.arange(len(truth)), truth]).mean())


def fit_temperature(logits: ArrayLike, y_true: ArrayLike) -> float:
    """Return the temperature, 0.05-20, of least negative log-likelihood (Guo et al., ICML 2017).

    It holds for the sources of these cells only. Cells that the network was trained on
    make it too small: give validation cells. Where none of them is wrong, the likelihood has
    no maximum, and no temperature under 1 is returned.

    Args:
        logits: (N, C).
        y_true: (N,) class indices.

    Raises:
        ValueError: there are no cells, or a logit is not finite.
    """
    from scipy.optimize import minimize_scalar

    values = np.asarray(logits, dtype=np.float64)
    if not len(values) or not np.isfinite(values).all():
        raise ValueError(f"Invalid logits. Expected finite (N, C), N > 0. Received {values.shape}")
    lowest = MIN_TEMPERATURE if (values.argmax(axis=1) != np.asarray(y_true)).any() else 1.0
    # In the logarithm the loss is as steep on the one side as on the other.
    found = minimize_scalar(
        lambda power: negative_log_likelihood(values, y_true, float(np.exp(power))),
        bounds=(np.log(lowest), np.log(MAX_TEMPERATURE)),
        method="bounded",
        options={"xatol": 1e-6},
    )
    return float(np.exp(found.x))
