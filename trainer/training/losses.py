"""The loss by which trainings are compared on held-out cells: every output counts alike."""

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
    return float((_losses(logits, labels) * _balanced_weights(labels)).sum())


def calibrated_log_loss(logits: NDArray[np.floating], labels: NDArray[np.intp]) -> float:
    """`balanced_log_loss` at the temperature that makes it least, as calibration comes later.

    Without that, label smoothing and averaged weights, which make a network less sure but not
    more often wrong, would count against it. Arguments as there; not a number where logits are
    not finite.
    """
    return balanced_log_loss(_temperature_scale(logits, labels), labels)


def paired_loss_difference(
    logits: NDArray[np.floating], baseline: NDArray[np.floating], labels: NDArray[np.intp]
) -> tuple[float, float]:
    """By how much one network's calibrated log-loss is less than another's on the same cells.

    Args:
        logits: (N, C), of the one.
        baseline: (N, C), of the other.
        labels: as in `balanced_log_loss`.

    Returns:
        The difference in nats, and its standard error: of paired cells, stratified by output.
    """
    gain = _losses(_temperature_scale(baseline, labels), labels) - _losses(
        _temperature_scale(logits, labels), labels
    )
    share, right = _balanced_weights(labels), labels[labels >= 0]
    middles = {output: gain[right == output].mean() for output in np.unique(right)}
    away = gain - np.array([middles[output] for output in right])
    counts = np.array([(right == output).sum() for output in right])
    variance = (share**2 * away**2 * counts / np.maximum(counts - 1, 1)).sum()
    return float((gain * share).sum()), float(np.sqrt(variance))


def _temperature_scale(logits: NDArray[np.floating], labels: NDArray[np.intp]) -> Floats:
    """Logits at their best temperature."""
    losses = [balanced_log_loss(logits / one, labels) for one in _TEMPERATURES]
    return np.asarray(logits / _TEMPERATURES[int(np.argmin(losses))], dtype=np.float64)


def _losses(logits: NDArray[np.floating], labels: NDArray[np.intp]) -> Floats:
    """-ln(probability of the right output) of each cell that has one."""
    exact, right = np.asarray(logits, dtype=np.float64)[labels >= 0], labels[labels >= 0]
    return np.asarray((log_sum_exp(exact) - exact)[np.arange(len(right)), right])


def _balanced_weights(labels: NDArray[np.intp]) -> Floats:
    """What each cell that has an output counts: outputs alike, 1 in all."""
    right = labels[labels >= 0]
    outputs, index, count = np.unique(right, return_inverse=True, return_counts=True)
    return np.asarray(1.0 / (len(outputs) * count[index]), dtype=np.float64)


def log_sum_exp(logits: Floats) -> Floats:
    """Log of the summed exponentials of each row: (N, C) to (N, 1)."""
    top = logits.max(axis=1, keepdims=True)
    sums: Floats = np.log(np.exp(logits - top).sum(axis=1, keepdims=True)) + top
    return sums
