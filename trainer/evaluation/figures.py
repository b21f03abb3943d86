"""All figures of a classifier on labelled cells, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import Interval
from trainer.evaluation import confusion, scores
from trainer.evaluation.bootstrap import RESAMPLES, bootstrap
from trainer.evaluation.intervals import clopper_pearson
from trainer.models.calibration_error import calibration_error

Weights = NDArray[np.float64]

_OF_COUNTS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "accuracy": confusion.accuracy,
    "balanced_accuracy": confusion.balanced_accuracy,
    "macro_f1": confusion.macro_f1,
    "mcc": confusion.matthews,
}


def measure(
    y_true: ArrayLike,
    probabilities: ArrayLike,
    *,
    seed: int = 0,
    resamples: int = RESAMPLES,
    clusters: ArrayLike | None = None,
) -> dict[str, Interval]:
    """Figures of the likeliest classes and of their probabilities, with bootstrap intervals.

    Args:
        y_true: (N,) class indices, N at least 1.
        probabilities: (N, C); rows need not sum to 1 where other classes were left out, and
            are made to before probabilities are judged.
        clusters: (N,) patients or samples, drawn as a whole; otherwise cells are drawn.

    Returns:
        accuracy, balanced_accuracy, macro_f1, mcc, roc_auc, pr_auc, log_loss, brier, ece. Without
        clusters, classes are the strata of the bootstrap and the interval of accuracy is
        exact. A bootstrap knows nothing of errors that did not happen: where a figure is
        perfect its interval is a point, and `measure_classes` says how sure that is.
    """
    truth = np.asarray(y_true)
    given = np.asarray(probabilities, dtype=np.float64)
    shares = given / given.sum(axis=1, keepdims=True)
    called, top = shares.argmax(axis=1), shares.max(axis=1)
    classes = shares.shape[1]
    placed = np.eye(classes**2)[truth * classes + called]

    def all_figures(weights: Weights) -> NDArray[np.float64]:
        counts = (weights @ placed).reshape(len(weights), classes, classes)
        return np.stack(
            [
                *(figure(counts) for figure in _OF_COUNTS.values()),
                scores.macro_roc_auc(truth, shares, weights),
                scores.macro_average_precision(truth, shares, weights),
                scores.log_loss(truth, shares, weights),
                scores.brier(truth, shares, weights),
                calibration_error(called == truth, top, weights),
            ],
            axis=1,
        )

    intervals = bootstrap(
        all_figures,
        len(truth),
        seed=seed,
        resamples=resamples,
        strata=truth if clusters is None else None,
        clusters=clusters,
    )
    names = (*_OF_COUNTS, "roc_auc", "pr_auc", "log_loss", "brier", "ece")
    found = dict(zip(names, intervals, strict=True))
    if clusters is None:
        found["accuracy"] = clopper_pearson(int((called == truth).sum()), len(truth))
    return found


def measure_classes(
    y_true: ArrayLike, y_pred: ArrayLike, *, labels: Sequence[str]
) -> dict[str, dict[str, Interval]]:
    """Sensitivity, specificity and PPV of every class, with exact intervals.

    Args:
        y_true, y_pred: (N,) class indices.

    Returns:
        label -> name of the figure -> interval; NaN with bounds 0 and 1 where undefined.
    """
    counts = confusion.confusion_matrix(y_true, y_pred, classes=len(labels))
    hits, true, called = counts.diagonal(), counts.sum(axis=1), counts.sum(axis=0)
    others = counts.sum() - true
    rejected = others - (called - hits)
    parts = {"sensitivity": (hits, true), "specificity": (rejected, others), "ppv": (hits, called)}
    return {
        label: {
            name: clopper_pearson(int(part[index]), int(whole[index]))
            for name, (part, whole) in parts.items()
        }
        for index, label in enumerate(labels)
    }


def unknown_auroc(
    known: ArrayLike, unknown: ArrayLike, *, seed: int = 0, resamples: int = RESAMPLES
) -> Interval:
    """How well a score tells unknown from known cells: AUROC with a bootstrap interval.

    Args:
        known: (N,) scores of cells of the model's classes.
        unknown: (M,) scores of other cells; higher should mean stranger.
    """
    score = np.concatenate([np.asarray(known, np.float64), np.asarray(unknown, np.float64)])
    strange = np.arange(len(score)) >= len(np.asarray(known))
    (found,) = bootstrap(
        lambda weights: scores.roc_auc(strange, score, weights),
        len(score),
        seed=seed,
        resamples=resamples,
        strata=strange,
    )
    return found
