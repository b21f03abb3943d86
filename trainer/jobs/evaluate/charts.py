"""Draw the charts of an evaluation: confusion matrix, ROC and other curves, calibration."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from trainer.evaluation import probability_metrics
from trainer.evaluation.confusion import confusion_matrix
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.jobs.common.report.charts import (
    GREY,
    class_label,
    draw_confusion,
    draw_risk_coverage,
    label_risk_coverage,
    render_png,
)
from trainer.models.class_colours import marks_of

# x, y, and the area below.
Curve = tuple[NDArray[np.float64], NDArray[np.float64], float]


def draw_evaluation_charts(scored: ScoredCells, classes: Sequence[str]) -> dict[str, bytes]:
    """Draw PNG charts by name: confusion, roc, precision_recall, reliability, risk_coverage.

    They show the cells of the model's classes, everything accepted; curves that need two
    classes are left out where there is only one.
    """
    class_count = len(classes)
    inside = (scored.labels >= 0) & (scored.labels < class_count)
    labels = scored.labels[inside]
    probabilities = scored.probabilities[inside, :class_count]
    probabilities = probabilities / probabilities.sum(axis=1, keepdims=True)
    counts = confusion_matrix(labels, probabilities.argmax(axis=1), classes=class_count)
    right, top = probabilities.argmax(axis=1) == labels, probabilities.max(axis=1)
    charts: dict[str, Callable[[Axes], None]] = {
        "confusion": lambda axes: draw_confusion(axes, counts, classes),
        "reliability": lambda axes: _draw_reliability(axes, right, top),
        "risk_coverage": lambda axes: _draw_risk_coverage(axes, right, top),
    }
    if len(np.unique(labels)) > 1:
        charts["roc"] = lambda axes: _draw_roc(axes, labels, probabilities, classes)
        charts["precision_recall"] = lambda axes: _draw_precision_recall(
            axes, labels, probabilities, classes
        )
    return {name: render_png(draw) for name, draw in charts.items()}


def _draw_roc(
    axes: Axes, labels: NDArray[np.intp], probabilities: NDArray[np.float64], classes: Sequence[str]
) -> None:
    def curve(true: NDArray[np.bool_], score: NDArray[np.float64]) -> Curve:
        hits, alarms = _cumulative_counts(true, score)
        return (
            alarms / (~true).sum(),
            hits / true.sum(),
            float(probability_metrics.roc_auc(true, score)),
        )

    _draw_curves(axes, labels, probabilities, classes, curve)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
    axes.set_xlabel("1 - specificity")
    axes.set_ylabel("sensitivity")


def _draw_precision_recall(
    axes: Axes, labels: NDArray[np.intp], probabilities: NDArray[np.float64], classes: Sequence[str]
) -> None:
    def curve(true: NDArray[np.bool_], score: NDArray[np.float64]) -> Curve:
        hits, alarms = _cumulative_counts(true, score)
        area = float(probability_metrics.average_precision(true, score))
        return hits / true.sum(), hits / (hits + alarms), area

    _draw_curves(axes, labels, probabilities, classes, curve)
    axes.set_xlabel("sensitivity")
    axes.set_ylabel("positive predictive value")


def _cumulative_counts(
    true: NDArray[np.bool_], score: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """True and false positives at each distinct score, from the highest on."""
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.diff(score[order], append=np.nan) != 0)
    hits = np.cumsum(true[order], dtype=np.int64)[ends]
    return hits, np.asarray(ends + 1 - hits, dtype=np.int64)


def _draw_curves(
    axes: Axes,
    labels: NDArray[np.intp],
    probabilities: NDArray[np.float64],
    classes: Sequence[str],
    curve: Callable[[NDArray[np.bool_], NDArray[np.float64]], Curve],
) -> None:
    marks = marks_of(classes)
    for index, name in enumerate(classes):
        if (labels == index).any() and (labels != index).any():
            x, y, area = curve(labels == index, probabilities[:, index])
            label = f"{marks[name].letter} {class_label(name)} {area:.3f}"
            axes.step(x, y, where="post", color=marks[name].colour, label=label)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.legend(fontsize=8, frameon=False, loc="lower center")


def _draw_reliability(axes: Axes, right: NDArray[np.bool_], top: NDArray[np.float64]) -> None:
    curve = probability_metrics.reliability_curve(right, top)
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=":")
    hits = np.rint(curve.accuracy * curve.cells).astype(int)
    intervals = [
        clopper_pearson(int(hit), int(n)) for hit, n in zip(hits, curve.cells, strict=True)
    ]
    errors = [[e.value - e.low for e in intervals], [e.high - e.value for e in intervals]]
    axes.errorbar(
        curve.probability, curve.accuracy, yerr=errors, fmt="none", ecolor="#8a8a8a", capsize=3
    )
    sizes = 12 + 120 * curve.cells / curve.cells.max()
    axes.scatter(curve.probability, curve.accuracy, s=sizes, color="black", zorder=3)
    axes.set_xlabel("probability of the likeliest class (larger dot: more cells)")
    axes.set_ylabel("share that was right")


def _draw_risk_coverage(axes: Axes, right: NDArray[np.bool_], top: NDArray[np.float64]) -> None:
    draw_risk_coverage(axes, right, top)
    label_risk_coverage(axes)
