"""Metrics of a classifier on labelled cells, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import Interval
from trainer.evaluation import confusion, probability_metrics
from trainer.evaluation.bootstrap import RESAMPLES, Statistic, bootstrap
from trainer.evaluation.intervals import clopper_pearson, zero_error_lower_bound
from trainer.models.probabilities import calibration_error

ResampleWeights = NDArray[np.float64]

_OVERALL_METRICS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "accuracy": confusion.accuracy,
    "balanced_accuracy": confusion.balanced_accuracy,
    "macro_f1": confusion.macro_f1,
    "mcc": confusion.matthews,
}
_CLASS_METRICS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "sensitivity": confusion.sensitivity,
    "specificity": confusion.specificity,
    "ppv": confusion.ppv,
    "f1": confusion.f1,
}


def measure_classifier(
    y_true: ArrayLike,
    probabilities: ArrayLike,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    clusters: ArrayLike | None = None,
) -> dict[str, Interval]:
    """Measure the likeliest classes and their probabilities, with bootstrap intervals.

    Args:
        y_true: (N,) class indices, N at least 1.
        probabilities: (N, C); rows need not sum to 1 where other classes were left out;
            they are normalized.
        clusters: (N,) patients or samples, drawn as a whole; otherwise cells are drawn.

    Returns:
        accuracy, balanced_accuracy, macro_f1, mcc, roc_auc, pr_auc, log_loss, brier, ece. Without
        clusters, classes are the strata of the bootstrap and the interval of accuracy is exact;
        with clusters each is as wide as that and the one by cluster together, for of few
        clusters the latter is too narrow. A bootstrap cannot resample errors that did not
        happen: where balanced accuracy is perfect its lower bound is that of
        `zero_error_lower_bound`; where another metric is, its interval is a point.
    """
    truth = np.asarray(y_true)
    given = np.asarray(probabilities, dtype=np.float64)
    shares = given / given.sum(axis=1, keepdims=True)
    called, top = shares.argmax(axis=1), shares.max(axis=1)
    classes = shares.shape[1]
    one_hot = np.eye(classes**2)[truth * classes + called]

    def all_metrics(weights: ResampleWeights) -> NDArray[np.float64]:
        counts = (weights @ one_hot).reshape(len(weights), classes, classes)
        return np.stack(
            [
                *(metric(counts) for metric in _OVERALL_METRICS.values()),
                probability_metrics.macro_roc_auc(truth, shares, weights),
                probability_metrics.macro_average_precision(truth, shares, weights),
                probability_metrics.log_loss(truth, shares, weights),
                probability_metrics.brier_score(truth, shares, weights),
                calibration_error(called == truth, top, weights),
            ],
            axis=1,
        )

    intervals = _bootstrap_intervals(all_metrics, truth, seed, resamples, clusters)
    names = (*_OVERALL_METRICS, "roc_auc", "pr_auc", "log_loss", "brier", "ece")
    found = dict(zip(names, intervals, strict=True))
    exact = clopper_pearson(int((called == truth).sum()), len(truth))
    found["accuracy"] = exact if clusters is None else _widen_interval(exact, found["accuracy"])
    if exact.value == 1:
        least = zero_error_lower_bound(np.unique(truth, return_counts=True)[1].tolist())
        found["balanced_accuracy"] = Interval(1.0, least, 1.0)
    return found


def measure_classes(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    *,
    labels: Sequence[str],
    seed: int = 0,
    resamples: int = RESAMPLES,
    clusters: ArrayLike | None = None,
) -> dict[str, dict[str, Interval]]:
    """Measure sensitivity, specificity, PPV and F1 of every class, with intervals.

    Args:
        y_true, y_pred: (N,) class indices.
        clusters: (N,) patients or samples, as for `measure_classifier`.

    Returns:
        label -> name of the metric -> interval; NaN where undefined, and bounds 0 and 1 for a
        share. F1 is bootstrapped. Intervals of the others, which are shares, are exact; with
        clusters as wide as the exact one and that of the bootstrap together.
    """
    truth, called = np.asarray(y_true), np.asarray(y_pred)
    shares = _class_fractions(confusion.confusion_matrix(truth, called, classes=len(labels)))
    drawn = _bootstrap_class_intervals(truth, called, len(labels), seed, resamples, clusters)
    found: dict[str, dict[str, Interval]] = {}
    for index, label in enumerate(labels):
        found[label] = {name: intervals[index] for name, intervals in drawn.items()}
        for name, (part, whole) in shares.items():
            exact = clopper_pearson(int(part[index]), int(whole[index]))
            found[label][name] = (
                exact if clusters is None else _widen_interval(exact, drawn[name][index])
            )
    return found


def measure_shares(
    parts: Mapping[str, tuple[NDArray[np.bool_], NDArray[np.bool_]]],
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    clusters: ArrayLike | None = None,
) -> dict[str, Interval]:
    """Measure shares of cells by name: exact intervals, with clusters as in `measure_classes`.

    Args:
        parts: name -> flags (N,) of what is counted, and (N,) of the cells it is a share of.
        clusters: (N,) patients or samples, as for `measure_classifier`.
    """
    exact = {
        name: clopper_pearson(int((hit & whole).sum()), int(whole.sum()))
        for name, (hit, whole) in parts.items()
    }
    if clusters is None:
        return exact
    hits = np.stack([hit & whole for hit, whole in parts.values()], axis=1).astype(np.float64)
    wholes = np.stack([whole for _, whole in parts.values()], axis=1).astype(np.float64)
    drawn = bootstrap(
        lambda weights: confusion.safe_ratio(weights @ hits, weights @ wholes),
        len(hits),
        seed=seed,
        resamples=resamples,
        clusters=clusters,
    )
    return {name: _widen_interval(exact[name], by) for name, by in zip(parts, drawn, strict=True)}


def _widen_interval(by_cell: Interval, by_cluster: Interval) -> Interval:
    """Return an interval by cell, widened by one by cluster where that is defined.

    Cells of one patient are alike, so that the first is too narrow; of few patients the second
    can be too narrow, too.
    """
    low, high = np.fmin(by_cell.low, by_cluster.low), np.fmax(by_cell.high, by_cluster.high)
    return Interval(by_cell.value, float(low), float(high))


def _bootstrap_intervals(
    statistic: Statistic,
    truth: NDArray[np.intp],
    seed: int,
    resamples: int,
    clusters: ArrayLike | None,
) -> list[Interval]:
    """Bootstrap intervals by cell within classes; with clusters, widened by those by cluster."""
    by_cell = bootstrap(statistic, len(truth), seed=seed, resamples=resamples, strata=truth)
    if clusters is None:
        return by_cell
    by_cluster = bootstrap(statistic, len(truth), seed=seed, resamples=resamples, clusters=clusters)
    return [
        _widen_interval(cell, cluster) for cell, cluster in zip(by_cell, by_cluster, strict=True)
    ]


def _bootstrap_class_intervals(
    truth: NDArray[np.intp],
    predicted: NDArray[np.intp],
    classes: int,
    seed: int,
    resamples: int,
    clusters: ArrayLike | None,
) -> dict[str, list[Interval]]:
    """Return bootstrap intervals of every class, by the name of the metric."""
    one_hot = np.eye(classes**2)[truth * classes + predicted]

    def by_class(weights: ResampleWeights) -> NDArray[np.float64]:
        counts = (weights @ one_hot).reshape(len(weights), classes, classes)
        return np.concatenate([metric(counts) for metric in _CLASS_METRICS.values()], axis=1)

    found = _bootstrap_intervals(by_class, truth, seed, resamples, clusters)
    starts = range(0, len(found), classes)
    return {
        name: found[start : start + classes]
        for name, start in zip(_CLASS_METRICS, starts, strict=True)
    }


def _class_fractions(
    counts: NDArray[np.int64],
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Of every class the cells that count, and those that they are a share of: (C,) each."""
    hits, true, called = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    others = counts.sum() - true
    rejected = others - (called - hits)
    return {"sensitivity": (hits, true), "specificity": (rejected, others), "ppv": (hits, called)}


def unknown_auroc(
    known: ArrayLike,
    unknown: ArrayLike,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    clusters: ArrayLike | None = None,
) -> Interval:
    """Measure how well a score separates unknown from known cells: AUROC with its interval.

    Args:
        known: (N,) scores of cells of the model's classes.
        unknown: (M,) scores of other cells; higher for out-of-distribution cells.
        clusters: (N + M,) patients or samples, as for `measure_classifier`.
    """
    score = np.concatenate([np.asarray(known, np.float64), np.asarray(unknown, np.float64)])
    is_unknown = np.arange(len(score)) >= len(np.asarray(known))
    (found,) = bootstrap(
        lambda weights: probability_metrics.roc_auc(is_unknown, score, weights),
        len(score),
        seed=seed,
        resamples=resamples,
        strata=is_unknown if clusters is None else None,
        clusters=clusters,
    )
    return found
