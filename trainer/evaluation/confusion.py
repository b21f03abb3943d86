"""Metrics of hard labels, all derived from one confusion matrix.

Every function takes counts of shape (..., C, C), rows true, columns predicted, integers or
resampled weights, and works over the leading axes, so that a bootstrap of thousands of
matrices is one call. A share of nothing is NaN; a mean over classes leaves such classes
out. Equal to scikit-learn wherever that defines a value.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

ConfusionCounts = NDArray[np.integer] | NDArray[np.floating]
MetricArray = NDArray[np.float64]


def confusion_matrix(y_true: ArrayLike, y_pred: ArrayLike, *, classes: int) -> NDArray[np.int64]:
    """Return counts (C, C) of true (rows) and predicted (columns) classes.

    Args:
        y_true, y_pred: (N,) class indices, 0 to `classes` - 1.
        classes: C.

    Raises:
        ValueError: lengths differ, or an index is out of range.
    """
    true, predicted = _indices(y_true, classes), _indices(y_pred, classes)
    if true.shape != predicted.shape:
        raise ValueError(
            f"Invalid labels. Expected equal lengths. Received {true.shape}, {predicted.shape}"
        )
    cells = np.bincount(true * classes + predicted, minlength=classes**2)
    return cells.reshape(classes, classes).astype(np.int64)


def class_indices(names: Sequence[str], *, labels: Sequence[str]) -> NDArray[np.intp]:
    """Return indices (N,) of class names in `labels`. Raises ValueError on an unknown name."""
    index_of = {label: index for index, label in enumerate(labels)}
    unknown = sorted(set(names) - set(index_of))
    if unknown:
        raise ValueError(f"Invalid class. Expected one of {list(labels)}. Received {unknown[0]!r}")
    return np.array([index_of[name] for name in names], dtype=np.intp)


def accuracy(counts: ConfusionCounts) -> MetricArray:
    """Share of cells with the right label: (...)."""
    return safe_ratio(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1)))


def sensitivity(counts: ConfusionCounts) -> MetricArray:
    """Of each class's cells, the share found (recall): (..., C); NaN for a class without any."""
    return safe_ratio(_true_positives(counts), counts.sum(axis=-1))


def specificity(counts: ConfusionCounts) -> MetricArray:
    """Of all other cells, the share not called this class: (..., C)."""
    others = counts.sum(axis=(-2, -1))[..., None] - counts.sum(axis=-1)
    false_alarms = counts.sum(axis=-2) - _true_positives(counts)
    return safe_ratio(others - false_alarms, others)


def ppv(counts: ConfusionCounts) -> MetricArray:
    """Of the cells called this class, the share that is (precision): (..., C)."""
    return safe_ratio(_true_positives(counts), counts.sum(axis=-2))


def f1(counts: ConfusionCounts) -> MetricArray:
    """Harmonic mean of sensitivity and PPV: (..., C); NaN if neither present nor called."""
    return safe_ratio(2 * _true_positives(counts), counts.sum(axis=-1) + counts.sum(axis=-2))


def balanced_accuracy(counts: ConfusionCounts) -> MetricArray:
    """Mean sensitivity over the classes that occur: (...)."""
    return _nan_mean(sensitivity(counts))


def macro_f1(counts: ConfusionCounts) -> MetricArray:
    """Mean F1 over the classes that occur or were called: (...)."""
    return _nan_mean(f1(counts))


def matthews(counts: ConfusionCounts) -> MetricArray:
    """Matthews correlation for many classes (Gorodkin 2004), -1 to 1; 0 if undefined: (...)."""
    counts = np.asarray(counts, dtype=np.float64)
    true, called = counts.sum(axis=-1), counts.sum(axis=-2)
    total = true.sum(axis=-1)
    covariance = _true_positives(counts).sum(axis=-1) * total - (true * called).sum(axis=-1)
    spread_true = total**2 - (true**2).sum(axis=-1)
    spread_called = total**2 - (called**2).sum(axis=-1)
    scale = np.sqrt(spread_true * spread_called)
    nothing = np.zeros_like(covariance)
    return np.asarray(np.divide(covariance, scale, out=nothing, where=scale > 0))


def _true_positives(counts: ConfusionCounts) -> NDArray[np.float64]:
    return np.diagonal(counts, axis1=-2, axis2=-1).astype(np.float64)


def safe_ratio(part: ArrayLike, whole: ArrayLike) -> MetricArray:
    """Return `part` / `whole`, and NaN where `whole` is 0."""
    top, bottom = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    none = np.full(np.broadcast_shapes(top.shape, bottom.shape), np.nan)
    return np.asarray(np.divide(top, bottom, out=none, where=bottom > 0))


def _nan_mean(values: MetricArray) -> MetricArray:
    known = ~np.isnan(values)
    return safe_ratio(np.where(known, values, 0).sum(axis=-1), known.sum(axis=-1))


def _indices(labels: ArrayLike, classes: int) -> NDArray[np.intp]:
    found = np.asarray(labels)
    if found.ndim != 1 or (found.size and not np.issubdtype(found.dtype, np.integer)):
        raise ValueError(
            f"Invalid labels. Expected indices (N,). Received {found.dtype} {found.shape}"
        )
    if found.size and (found.min() < 0 or found.max() >= classes):
        raise ValueError(
            f"Invalid labels. Expected 0 to {classes - 1}. Received {found.min()} to {found.max()}"
        )
    return found.astype(np.intp)
