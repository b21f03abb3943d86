"""Draw the charts of a comparison: quality against speed, confusion matrices, risk and coverage."""

from __future__ import annotations

from functools import partial

import numpy as np
from matplotlib.axes import Axes

from trainer.jobs.common.report.charts import (
    draw_confusion,
    draw_risk_coverage,
    label_risk_coverage,
    literal_text,
    render_png,
)
from trainer.jobs.compare.results import ComparisonResults

PARETO, RISK = "pareto", "risk_coverage"
_WIDE_INCHES, _MUTED = (7.0, 4.2), "#8a8a8a"
_STROKES, _INKS = ("-", "--", "-.", ":"), ("black", "#0072b2", "#d55e00")


def confusion_name(model: str) -> str:
    """Return the name of the chart of one model's confusion matrix."""
    return f"confusion of {model}"


def draw_comparison_charts(results: ComparisonResults) -> dict[str, bytes]:
    """Draw PNG charts by name: `PARETO`, `RISK` and one `confusion_name` a model."""
    confusions = {
        confusion_name(name): render_png(
            partial(draw_confusion, counts=counts, classes=results.classes)
        )
        for name, counts in results.confusion_matrices.items()
    }
    return {
        PARETO: render_png(lambda axes: _draw_pareto(axes, results), _WIDE_INCHES),
        RISK: render_png(lambda axes: _draw_risk_coverage(axes, results), _WIDE_INCHES),
        **confusions,
    }


def _draw_pareto(axes: Axes, results: ComparisonResults) -> None:
    """Balanced accuracy with its interval against cells per second."""
    for each in results.models:
        quality = results.rows[each.name]["balanced_accuracy"]
        best = each.name in results.pareto_optimal
        away = [[quality.value - quality.low], [quality.high - quality.value]]
        axes.errorbar(
            each.speed.many,
            quality.value,
            yerr=np.maximum(away, 0),
            marker="o" if best else "x",
            color="black" if best else _MUTED,
            capsize=3,
        )
        axes.annotate(
            each.name,
            (each.speed.many, quality.value),
            xytext=(6, 6),
            textcoords="offset points",
            fontsize=8,
            parse_math=False,
        )
    axes.set_xscale("log")
    axes.set_xlabel("cells per second on this computer's CPU, batches of 32")
    axes.set_ylabel("balanced accuracy, 95 % interval")


def _draw_risk_coverage(axes: Axes, results: ComparisonResults) -> None:
    """The share of wrong cells by coverage, a line a model."""
    for at, each in enumerate(results.models):
        test = each.predictions[0].test
        right = test.probabilities.argmax(axis=1) == test.labels
        draw_risk_coverage(
            axes,
            right,
            test.probabilities.max(axis=1),
            label=literal_text(each.name),
            colour=_INKS[at // len(_STROKES) % len(_INKS)],
            stroke=_STROKES[at % len(_STROKES)],
        )
    label_risk_coverage(axes)
    axes.legend(fontsize=8, frameon=False)
