"""Metrics of probabilities and other scores, for many resamplings at once.

Every function takes optional `weights` of shape (..., N), how often each cell counts, and
gives (...) figures; without weights each cell counts once and the figure is a 0-d array.
Agrees with scikit-learn wherever that defines a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.evaluation.confusion import share
from trainer.models.probabilities import ECE_BINS, bin_indices

Figures = NDArray[np.float64]
Weights = NDArray[np.integer] | NDArray[np.floating]


def roc_auc(positive: ArrayLike, score: ArrayLike, weights: Weights | None = None) -> Figures:
    """Area under the ROC curve of one score: (...); ties count half; NaN with one class only.

    The chance that a positive cell scores above a negative one (Hanley and McNeil 1982).

    Args:
        positive: (N,) bool.
        score: (N,), higher for positive.
    """
    truth, values = np.asarray(positive, dtype=bool), np.asarray(score, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    # One column per distinct score, so that ties are halved exactly.
    starts = np.flatnonzero(np.diff(values[order], prepend=np.nan) != 0)
    counted = _weights(weights, len(values))[..., order]
    up = _summed(np.where(truth[order], counted, 0), starts)
    down = _summed(np.where(truth[order], 0, counted), starts)
    below = np.cumsum(down, axis=-1) - down
    return share((up * (below + down / 2)).sum(-1), up.sum(-1) * down.sum(-1))


def _summed(columns: Figures, starts: NDArray[np.intp]) -> Figures:
    """Sums over columns (..., N) of one score each, which begin at `starts`: (..., M)."""
    if len(starts) == columns.shape[-1]:  # nothing is tied, as with most probabilities
        return columns
    return np.asarray(np.add.reduceat(columns, starts, axis=-1), dtype=np.float64)


def macro_roc_auc(
    y_true: ArrayLike, probabilities: ArrayLike, weights: Weights | None = None
) -> Figures:
    """Mean one-versus-rest area over the classes that occur beside others: (...).

    Args:
        y_true: (N,) class indices.
        probabilities: (N, C).
    """
    return _over_classes(roc_auc, y_true, probabilities, weights)


def average_precision(
    positive: ArrayLike, score: ArrayLike, weights: Weights | None = None
) -> Figures:
    """Area under the precision-recall curve of one score, by steps: (...); NaN without positives.

    Precision at each distinct score, weighted by the recall that it adds (no interpolation,
    which would flatter: Davis and Goadrich, ICML 2006).

    Args:
        positive: (N,) bool.
        score: (N,), higher for positive.
    """
    truth, values = np.asarray(positive, dtype=bool), np.asarray(score, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=np.nan) != 0)
    counted = _weights(weights, len(values))[..., order]
    up = _summed(np.where(truth[order], counted, 0), starts)
    called = np.cumsum(_summed(counted, starts), axis=-1)
    precision = np.nan_to_num(share(np.cumsum(up, axis=-1), called))
    return share((up * precision).sum(-1), up.sum(-1))


def macro_average_precision(
    y_true: ArrayLike, probabilities: ArrayLike, weights: Weights | None = None
) -> Figures:
    """Mean one-versus-rest area under the precision-recall curve, as `macro_roc_auc`: (...)."""
    return _over_classes(average_precision, y_true, probabilities, weights)


def log_loss(
    y_true: ArrayLike, probabilities: ArrayLike, weights: Weights | None = None
) -> Figures:
    """Mean of -ln(probability of the true class): (...), in nats; a probability of 0 counts
    as the smallest difference of its type.
    """
    scores = np.asarray(probabilities)
    given = _of_truth(y_true, scores)
    tiny = np.finfo(scores.dtype).eps
    return _average(-np.log(np.clip(given.astype(np.float64), tiny, 1)), weights)


def brier(y_true: ArrayLike, probabilities: ArrayLike, weights: Weights | None = None) -> Figures:
    """Brier score (1950): mean over cells of the summed squared errors, 0-2: (...)."""
    scores = np.asarray(probabilities, dtype=np.float64)
    squares = (scores**2).sum(1) - 2 * _of_truth(y_true, scores) + 1
    return _average(squares, weights)


@dataclass(frozen=True, eq=False)
class Reliability:
    """The reliability curve: one entry per bin that holds cells.

    Attributes:
        probability: mean top probability.
        accuracy: share of right labels.
        cells: number of cells.
    """

    probability: Figures
    accuracy: Figures
    cells: NDArray[np.int64]


def reliability(correct: ArrayLike, probability: ArrayLike, *, bins: int = ECE_BINS) -> Reliability:
    """Accuracy against probability, over the bins of `calibration_error`."""
    where = bin_indices(probability, bins)
    cells = np.bincount(where, minlength=bins)
    held = cells > 0
    sums = [
        np.bincount(where, np.asarray(values, dtype=np.float64), bins)[held] / cells[held]
        for values in (probability, correct)
    ]
    return Reliability(sums[0], sums[1], cells[held].astype(np.int64))


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """What accepting only the surest cells costs and gains, from the surest on.

    Attributes:
        coverage: share of cells accepted, rising to 1.
        risk: share of wrong labels among them.
        probability: the threshold that accepts them.
        area: mean risk over all coverages (AURC, Geifman and El-Yaniv 2017).
    """

    coverage: Figures
    risk: Figures
    probability: Figures
    area: float


def risk_coverage(correct: ArrayLike, probability: ArrayLike) -> RiskCoverage:
    """The risk-coverage curve; cells of equal probability are accepted together.

    Args:
        correct: (N,) bool.
        probability: (N,), higher for surer; N at least 1.
    """
    values = np.asarray(probability, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    ordered = values[order]
    ends = np.flatnonzero(np.diff(ordered, append=np.nan) != 0)
    wrong = np.cumsum(~np.asarray(correct, dtype=bool)[order])[ends]
    accepted = ends + 1
    risk = wrong / accepted
    steps = np.diff(accepted, prepend=0) / len(values)
    return RiskCoverage(accepted / len(values), risk, ordered[ends], float((risk * steps).sum()))


def _over_classes(
    area: Callable[[ArrayLike, ArrayLike, Weights | None], Figures],
    y_true: ArrayLike,
    probabilities: ArrayLike,
    weights: Weights | None,
) -> Figures:
    truth, scores = np.asarray(y_true), np.asarray(probabilities)
    areas = np.stack(
        [area(truth == index, scores[:, index], weights) for index in range(scores.shape[1])]
    )
    known = ~np.isnan(areas)
    return share(np.where(known, areas, 0).sum(0), known.sum(0))


def _of_truth(y_true: ArrayLike, scores: NDArray[np.floating]) -> NDArray[np.floating]:
    truth = np.asarray(y_true)
    return np.asarray(scores[np.arange(len(truth)), truth])


def _weights(weights: Weights | None, count: int) -> NDArray[np.float64]:
    return np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)


def _average(values: NDArray[np.floating], weights: Weights | None) -> Figures:
    counted = _weights(weights, len(values))
    return share(counted @ values, counted.sum(-1))
