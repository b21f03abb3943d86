"""Compute the results of a comparison: metrics of each model, their differences and intervals.

Metrics are overall, by class and by source.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation import confusion
from trainer.evaluation.comparison import cochran_q, mcnemar, paired_difference
from trainer.evaluation.confusion import confusion_matrix
from trainer.evaluation.ensembles import (
    ProbabilityArray,
    average_probabilities,
    balanced_accuracy_of,
    pareto_front,
)
from trainer.evaluation.metrics import measure_classes, measure_classifier, measure_shares
from trainer.evaluation.selective_metrics import metrics_to_json
from trainer.jobs.common.labelled.scored_cells import MIN_GROUP_CELLS
from trainer.jobs.compare.recommendations import ComparedModel, build_recommendations
from trainer.statistics import holm


def measure_by_class(
    labels: NDArray[np.intp],
    probabilities: Mapping[str, ProbabilityArray],
    classes: Sequence[str],
    groups: NDArray[np.generic] | None,
) -> dict[str, dict[str, dict[str, Interval]]]:
    """Measure sensitivity, specificity, PPV and F1 by class and model, everything accepted.

    Args:
        labels: (N,), of the test cells.
        probabilities: (N, C) on them, by name of the model.
        groups: (N,) patients, where they are known.

    Returns:
        Class -> name of the model -> metric -> interval.
    """
    metrics = {
        name: measure_classes(labels, each.argmax(axis=1), labels=classes, clusters=groups)
        for name, each in probabilities.items()
    }
    return {
        class_name: {name: figures[class_name] for name, figures in metrics.items()}
        for class_name in classes
    }


def confusion_matrices(
    labels: NDArray[np.intp], probabilities: Mapping[str, ProbabilityArray]
) -> dict[str, NDArray[np.int64]]:
    """Count cells (C, C) by model: rows are labels, columns predictions."""
    return {
        name: confusion_matrix(labels, each.argmax(axis=1), classes=each.shape[1])
        for name, each in probabilities.items()
    }


def measure_by_source(
    labels: NDArray[np.intp],
    probabilities: Mapping[str, ProbabilityArray],
    sources: Iterable[str],
    groups: NDArray[np.generic] | None,
) -> dict[str, dict[str, Interval]]:
    """Measure the accuracy on the cells of each source, by model.

    Args:
        sources: (N,), of the test cells; "" where unknown.

    Returns:
        Source -> name of the model -> interval; empty where all are of one source. Sources
        rarely hold the same classes, so models of one source can be compared, but not sources
        of one model.
    """
    names = np.array(list(sources))
    counted = {str(one): int((names == one).sum()) for one in np.unique(names)}
    if len(counted) < 2:
        return {}
    return {
        one or "not said": measure_shares(
            {
                name: (each.argmax(axis=1) == labels, names == one)
                for name, each in probabilities.items()
            },
            clusters=groups,
        )
        for one, count in counted.items()
        if count >= MIN_GROUP_CELLS
    }


MAJORITY, PROBE, ENSEMBLE = "majority class", "linear probe, 16 x 16 px", "ensemble"
# Smaller differences do not matter, whatever their p-value.
_NEGLIGIBLE_DIFFERENCE = 0.005


@dataclass(frozen=True)
class PairedComparison:
    """Two models on the same test cells; the difference is second minus first."""

    first: str
    second: str
    difference: Interval
    only_first: int
    only_second: int
    p: float
    p_adjusted: float


@dataclass(frozen=True, eq=False)
class ComparisonResults:
    """Results of a comparison.

    Attributes:
        rows: name -> metric -> interval, of networks, their ensemble and the baselines.
        by_class: class -> name -> metric -> interval.
        confusion_matrices: name -> cells (C, C), rows are labels, columns predictions.
        by_source: source -> name -> accuracy on its cells; empty for one source.
        seeds: name -> balanced accuracy of each seed.
        pareto_optimal: models that no other beats at quality and speed both.
        cochran: p-value that all have equally many cells right.
        pairs: every two networks.
        recommendations: sentences, most useful first.
    """

    models: tuple[ComparedModel, ...]
    classes: tuple[str, ...]
    cells: int
    rows: dict[str, dict[str, Interval]]
    by_class: dict[str, dict[str, dict[str, Interval]]]
    confusion_matrices: dict[str, NDArray[np.int64]]
    by_source: dict[str, dict[str, Interval]]
    seeds: dict[str, list[float]]
    pareto_optimal: tuple[str, ...]
    cochran: float | None
    pairs: list[PairedComparison]
    recommendations: list[str]

    def to_json(self) -> dict[str, Any]:
        """Build the fields of comparison.json."""
        return {
            "classes": list(self.classes),
            "test_cells": self.cells,
            "rows": metrics_to_json(self.rows),
            "by_class": {one: metrics_to_json(rows) for one, rows in self.by_class.items()},
            "confusions": {
                name: counts.tolist() for name, counts in self.confusion_matrices.items()
            },
            "by_source": metrics_to_json(self.by_source),
            "heat_maps": {
                each.name: each.faithfulness.to_json() for each in self.models if each.faithfulness
            },
            "alert": {each.name: each.alert.to_json() for each in self.models if each.alert},
            "balanced_accuracy_by_seed": self.seeds,
            "cost": {each.name: _cost_record(each) for each in self.models},
            "not_beaten": list(self.pareto_optimal),
            "cochran_p": self.cochran,
            "pairs": [asdict(pair) for pair in self.pairs],
            "strategies": self.recommendations,
        }


def compare_models(
    models: Sequence[ComparedModel],
    classes: tuple[str, ...],
    probe: ProbabilityArray | None,
    sources: Sequence[str],
    *,
    seed: int = 0,
) -> ComparisonResults:
    """Compare models on the test cells; thresholds are chosen on validation cells.

    Args:
        models: one or more; their predictions are of the same cells in the same order.
        classes: all outputs, in the order of the probabilities.
        probe: probabilities (N, C) of the linear probe on the test cells.
        sources: (N,), of the test cells; "" where unknown.
    """
    labels = models[0].predictions[0].test.labels
    groups = models[0].predictions[0].test.clusters
    probabilities = {each.name: each.predictions[0].test.probabilities for each in models}
    with_baselines = dict(probabilities)
    if len(probabilities) > 1:
        with_baselines[ENSEMBLE] = average_probabilities(list(probabilities.values()))
    if probe is not None:
        with_baselines[PROBE] = probe
    rows = {
        name: measure_classifier(labels, each, clusters=groups)
        for name, each in with_baselines.items()
    }
    rows[MAJORITY] = _majority_baseline(labels, len(classes))
    quality = [rows[each.name]["balanced_accuracy"].value for each in models]
    optimal = pareto_front(quality, [1 / each.speed.many for each in models])
    right = np.stack([each.argmax(axis=1) == labels for each in probabilities.values()], axis=1)
    return ComparisonResults(
        tuple(models),
        classes,
        len(labels),
        rows,
        measure_by_class(labels, with_baselines, classes, groups),
        confusion_matrices(labels, with_baselines),
        measure_by_source(labels, with_baselines, sources, groups),
        {each.name: _accuracy_by_seed(each) for each in models},
        tuple(each.name for each, best in zip(models, optimal, strict=True) if best),
        cochran_q(right).p if len(models) > 1 else None,
        _compare_pairs(labels, probabilities, groups, seed),
        [
            *_describe_probe(rows, list(probabilities)),
            *build_recommendations(models, labels, probabilities, classes),
        ],
    )


def _cost_record(model: ComparedModel) -> dict[str, Any]:
    return {
        **asdict(model.cost),
        **asdict(model.speed),
        "training_seconds": [each.seconds for each in model.training_costs],
        "training_megabytes": [each.megabytes for each in model.training_costs],
    }


def _majority_baseline(labels: NDArray[np.intp], classes: int) -> dict[str, Interval]:
    """Metrics of predicting the commonest class for every cell; it has no probabilities."""
    share = float(np.bincount(labels, minlength=classes).max() / len(labels))
    even = 1 / len(np.unique(labels))
    return {
        "accuracy": Interval(share, share, share),
        "balanced_accuracy": Interval(even, even, even),
    }


def _describe_probe(rows: Mapping[str, Mapping[str, Interval]], names: list[str]) -> Iterator[str]:
    """Name the networks that are no better than the probe: there is nothing to compare."""
    if PROBE not in rows:
        return
    reached = rows[PROBE]["balanced_accuracy"].value
    if not (under := [n for n in names if rows[n]["balanced_accuracy"].value <= reached]):
        return
    yield (
        f"No better than the linear probe, which has no network: {', '.join(under)}. What they "
        "confuse says how little they learned, not what they are good for."
    )


def _accuracy_by_seed(model: ComparedModel) -> list[float]:
    return [
        balanced_accuracy_of(each.test.labels, each.test.probabilities.argmax(axis=1))
        for each in model.predictions
    ]


def _compare_pairs(
    labels: NDArray[np.intp],
    probabilities: Mapping[str, ProbabilityArray],
    groups: Any,
    seed: int,
) -> list[PairedComparison]:
    pairs = list(combinations(probabilities, 2))
    tests = [
        mcnemar(*(probabilities[name].argmax(axis=1) == labels for name in pair)) for pair in pairs
    ]
    adjusted = holm([test.mid_p for test in tests])
    comparisons = []
    for (first, second), test, p in zip(pairs, tests, adjusted, strict=True):
        difference = paired_difference(
            _balanced_accuracy_statistic(labels, probabilities[first]),
            _balanced_accuracy_statistic(labels, probabilities[second]),
            len(labels),
            seed=seed,
            strata=labels if groups is None else None,
            clusters=groups,
        )
        comparisons.append(
            PairedComparison(
                first, second, difference, test.only_first, test.only_second, test.mid_p, p
            )
        )
    return comparisons


def _balanced_accuracy_statistic(labels: NDArray[np.intp], probabilities: ProbabilityArray) -> Any:
    classes = probabilities.shape[1]
    placed = np.eye(classes**2)[labels * classes + probabilities.argmax(axis=1)]
    return lambda weights: confusion.balanced_accuracy(
        (weights @ placed).reshape(len(weights), classes, classes)
    )


def describe_difference(pair: PairedComparison) -> str:
    """Describe the difference of a pair in words."""
    low, high = pair.difference.low, pair.difference.high
    if pair.p_adjusted < 0.05 and (low > 0 or high < 0):
        better = pair.second if pair.difference.value > 0 else pair.first
        small = abs(pair.difference.value) < _NEGLIGIBLE_DIFFERENCE
        return f"{better} is better" + (", by too little to matter" if small else "")
    return "no detectable difference"
