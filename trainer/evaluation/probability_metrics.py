"""Metrics of probabilities and other scores, for many resamplings at once.

Every function takes optional `weights` of shape (..., N), how often each cell counts, and
returns (...) values; without weights each cell counts once and the value is a 0-d array.
Equal to scikit-learn wherever that defines a value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.evaluation.confusion import safe_ratio
from trainer.models.probabilities import ECE_BINS, bin_indices

MetricArray = NDArray[np.float64]
CellWeights = NDArray[np.integer] | NDArray[np.floating]


def roc_auc(
    positive: ArrayLike, score: ArrayLike, weights: CellWeights | None = None
) -> MetricArray:
    """Return the area under the ROC curve: (...); ties count half; NaN with one class only.

    The probability that a positive cell scores above a negative one (Hanley and McNeil 1982).

    Args:
        positive: (N,) bool.
        score: (N,), higher for positive.
    """
    truth, values = np.asarray(positive, dtype=bool), np.asarray(score, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    # One column per distinct score, so that ties are halved exactly.
    starts = np.flatnonzero(np.diff(values[order], prepend=np.nan) != 0)
    counted = _weights_or_ones(weights, len(values))[..., order]
    up = _sum_ties(np.where(truth[order], counted, 0), starts)
    down = _sum_ties(np.where(truth[order], 0, counted), starts)
    below = np.cumsum(down, axis=-1) - down
    return safe_ratio((up * (below + down / 2)).sum(-1), up.sum(-1) * down.sum(-1))


def _sum_ties(columns: MetricArray, starts: NDArray[np.intp]) -> MetricArray:
    """Sums over columns (..., N) of one score each, which begin at `starts`: (..., M)."""
    if len(starts) == columns.shape[-1]:  # nothing is tied, as with most probabilities
        return columns
    return np.asarray(np.add.reduceat(columns, starts, axis=-1), dtype=np.float64)


def macro_roc_auc(
    y_true: ArrayLike, probabilities: ArrayLike, weights: CellWeights | None = None
) -> MetricArray:
    """Return the mean one-versus-rest area over the classes that occur beside others: (...).

    Args:
        y_true: (N,) class indices.
        probabilities: (N, C).
    """
    return _macro_average(roc_auc, y_true, probabilities, weights)


def average_precision(
    positive: ArrayLike, score: ArrayLike, weights: CellWeights | None = None
) -> MetricArray:
    """Return the area under the precision-recall curve, by steps: (...); NaN without positives.

    Precision at each distinct score, weighted by the recall that it adds (no interpolation,
    which overestimates: Davis and Goadrich, ICML 2006).

    Args:
        positive: (N,) bool.
        score: (N,), higher for positive.
    """
    truth, values = np.asarray(positive, dtype=bool), np.asarray(score, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    starts = np.flatnonzero(np.diff(values[order], prepend=np.nan) != 0)
    counted = _weights_or_ones(weights, len(values))[..., order]
    up = _sum_ties(np.where(truth[order], counted, 0), starts)
    called = np.cumsum(_sum_ties(counted, starts), axis=-1)
    precision = np.nan_to_num(safe_ratio(np.cumsum(up, axis=-1), called))
    return safe_ratio((up * precision).sum(-1), up.sum(-1))


def macro_average_precision(
    y_true: ArrayLike, probabilities: ArrayLike, weights: CellWeights | None = None
) -> MetricArray:
    """Mean one-versus-rest area under the precision-recall curve, as `macro_roc_auc`: (...)."""
    return _macro_average(average_precision, y_true, probabilities, weights)


def log_loss(
    y_true: ArrayLike, probabilities: ArrayLike, weights: CellWeights | None = None
) -> MetricArray:
    """Return the mean of -ln(probability of the true class): (...), in nats.

    A probability of 0 counts as the machine epsilon of its type.
    """
    scores = np.asarray(probabilities)
    given = _true_class_scores(y_true, scores)
    tiny = np.finfo(scores.dtype).eps
    return _weighted_mean(-np.log(np.clip(given.astype(np.float64), tiny, 1)), weights)


def brier_score(
    y_true: ArrayLike, probabilities: ArrayLike, weights: CellWeights | None = None
) -> MetricArray:
    """Return the Brier score (1950): mean over cells of the summed squared errors, 0-2: (...)."""
    scores = np.asarray(probabilities, dtype=np.float64)
    squares = (scores**2).sum(1) - 2 * _true_class_scores(y_true, scores) + 1
    return _weighted_mean(squares, weights)


@dataclass(frozen=True, eq=False)
class ReliabilityCurve:
    """The reliability curve: one entry per bin that holds cells.

    Attributes:
        probability: mean top probability.
        accuracy: share of right labels.
        cells: number of cells.
    """

    probability: MetricArray
    accuracy: MetricArray
    cells: NDArray[np.int64]


def reliability_curve(
    correct: ArrayLike, probability: ArrayLike, *, bins: int = ECE_BINS
) -> ReliabilityCurve:
    """Measure accuracy against probability, over the bins of `calibration_error`."""
    where = bin_indices(probability, bins)
    cells = np.bincount(where, minlength=bins)
    held = cells > 0
    sums = [
        np.bincount(where, np.asarray(values, dtype=np.float64), bins)[held] / cells[held]
        for values in (probability, correct)
    ]
    return ReliabilityCurve(sums[0], sums[1], cells[held].astype(np.int64))


@dataclass(frozen=True, eq=False)
class RiskCoverageCurve:
    """Risk and coverage when only the most probable cells are accepted.

    Attributes:
        coverage: share of cells accepted, rising to 1.
        risk: share of wrong labels among them.
        probability: the threshold that accepts them.
        area: mean risk over all coverages (AURC, Geifman and El-Yaniv 2017).
    """

    coverage: MetricArray
    risk: MetricArray
    probability: MetricArray
    area: float


def risk_coverage_curve(correct: ArrayLike, probability: ArrayLike) -> RiskCoverageCurve:
    """Compute the risk-coverage curve; cells of equal probability are accepted together.

    Args:
        correct: (N,) bool.
        probability: (N,), N at least 1.
    """
    values = np.asarray(probability, dtype=np.float64)
    order = np.argsort(-values, kind="stable")
    ordered = values[order]
    ends = np.flatnonzero(np.diff(ordered, append=np.nan) != 0)
    wrong = np.cumsum(~np.asarray(correct, dtype=bool)[order])[ends]
    accepted = ends + 1
    risk = wrong / accepted
    steps = np.diff(accepted, prepend=0) / len(values)
    return RiskCoverageCurve(
        accepted / len(values), risk, ordered[ends], float((risk * steps).sum())
    )


def _macro_average(
    area: Callable[[ArrayLike, ArrayLike, CellWeights | None], MetricArray],
    y_true: ArrayLike,
    probabilities: ArrayLike,
    weights: CellWeights | None,
) -> MetricArray:
    truth, scores = np.asarray(y_true), np.asarray(probabilities)
    areas = np.stack(
        [area(truth == index, scores[:, index], weights) for index in range(scores.shape[1])]
    )
    known = ~np.isnan(areas)
    return safe_ratio(np.where(known, areas, 0).sum(0), known.sum(0))


def _true_class_scores(y_true: ArrayLike, scores: NDArray[np.floating]) -> NDArray[np.floating]:
    truth = np.asarray(y_true)
    return np.asarray(scores[np.arange(len(truth)), truth])


def _weights_or_ones(weights: CellWeights | None, count: int) -> NDArray[np.float64]:
    return np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)


def _weighted_mean(values: NDArray[np.floating], weights: CellWeights | None) -> MetricArray:
    counted = _weights_or_ones(weights, len(values))
    return safe_ratio(counted @ values, counted.sum(-1))
