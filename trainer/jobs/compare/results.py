"""A comparison in figures: a row for each model, and what can be said of their differences.

A comparison class by class and source by source: where one network is better than another.
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
from trainer.evaluation.ensembles import average_probabilities, balanced_accuracy_of, pareto_front
from trainer.evaluation.metrics import measure_classes, measure_classifier, measure_shares
from trainer.evaluation.selective_metrics import metrics_to_json
from trainer.jobs.common.scored_cells import MIN_GROUP_CELLS
from trainer.jobs.compare.recommendations import ComparedModel, build_recommendations
from trainer.statistics import holm

ClassProbabilities = NDArray[np.float64]


def measure_by_class(
    labels: NDArray[np.intp],
    probabilities: Mapping[str, ClassProbabilities],
    classes: Sequence[str],
    groups: NDArray[np.generic] | None,
) -> dict[str, dict[str, dict[str, Interval]]]:
    """Class -> name of the model -> sensitivity, specificity, PPV and F1, everything accepted.

    Args:
        labels: (N,), of the test cells.
        probabilities: probabilities (N, C) on them, by name.
        groups: (N,) patients, where they are known.
    """
    found = {
        name: measure_classes(labels, each.argmax(axis=1), labels=classes, clusters=groups)
        for name, each in probabilities.items()
    }
    return {one: {name: figures[one] for name, figures in found.items()} for one in classes}


def confusion_matrices(
    labels: NDArray[np.intp], probabilities: Mapping[str, ClassProbabilities]
) -> dict[str, NDArray[np.int64]]:
    """Name of the model -> cells (C, C): rows as labelled, columns as called."""
    return {
        name: confusion_matrix(labels, each.argmax(axis=1), classes=each.shape[1])
        for name, each in probabilities.items()
    }


def measure_by_source(
    labels: NDArray[np.intp],
    probabilities: Mapping[str, ClassProbabilities],
    sources: Iterable[str],
    groups: NDArray[np.generic] | None,
) -> dict[str, dict[str, Interval]]:
    """Source -> name of the model -> share of its cells that are right.

    Args:
        sources: (N,), of the test cells; "" where it is not said.

    Returns:
        Nothing where all are of one source. A source rarely holds every class alike, so of one
        source models can be compared, but of one model not the sources.
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
# Differences of less than this are of no use to anybody, whatever their p-value.
_NEGLIGIBLE_DIFFERENCE = 0.005


@dataclass(frozen=True)
class PairedComparison:
    """Two contenders on the same test cells; the difference is second less first."""

    first: str
    second: str
    difference: Interval
    only_first: int
    only_second: int
    p: float
    p_adjusted: float


@dataclass(frozen=True, eq=False)
class ComparisonResults:
    """All of it.

    Attributes:
        rows: name -> figure -> interval, of networks, their ensemble and the plain rows.
        by_class: class -> name -> figure -> interval (see `compare_apart.by_class`).
        confusion_matrices: name -> cells (C, C), rows as labelled, columns as called.
        by_source: source -> name -> share of its cells that are right; empty of one source.
        seeds: name -> balanced accuracy of each seed.
        pareto_optimal: contenders that no other beats at quality and speed both.
        cochran: p-value that all have equally many cells right.
        pairs: every two networks.
        recommendations: what the measured confusions suggest, in words.
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
        """For comparison.json."""
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
    probe: ClassProbabilities | None,
    sources: Sequence[str],
    *,
    seed: int = 0,
) -> ComparisonResults:
    """Compare on test cells; whatever is chosen is chosen on validation cells.

    Args:
        models: one or more; their answers are for the same cells in the same order.
        classes: all outputs, in the order of the probabilities.
        probe: probabilities (N, C) of the linear probe on the test cells.
        sources: (N,), of the test cells; "" where it is not said.
    """
    labels = models[0].predictions[0].test.labels
    groups = models[0].predictions[0].test.clusters
    shares = {each.name: each.predictions[0].test.probabilities for each in models}
    shown = dict(shares)
    if len(shares) > 1:
        shown[ENSEMBLE] = average_probabilities(list(shares.values()))
    if probe is not None:
        shown[PROBE] = probe
    rows = {name: measure_classifier(labels, each, clusters=groups) for name, each in shown.items()}
    rows[MAJORITY] = _majority_baseline(labels, len(classes))
    quality = [rows[each.name]["balanced_accuracy"].value for each in models]
    kept = pareto_front(quality, [1 / each.speed.many for each in models])
    right = np.stack([each.argmax(axis=1) == labels for each in shares.values()], axis=1)
    return ComparisonResults(
        tuple(models),
        classes,
        len(labels),
        rows,
        measure_by_class(labels, shown, classes, groups),
        confusion_matrices(labels, shown),
        measure_by_source(labels, shown, sources, groups),
        {each.name: _accuracy_by_seed(each) for each in models},
        tuple(each.name for each, best in zip(models, kept, strict=True) if best),
        cochran_q(right).p if len(models) > 1 else None,
        _compare_pairs(labels, shares, groups, seed),
        [
            *_describe_probe(rows, list(shares)),
            *build_recommendations(models, labels, shares, classes),
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
    """What calling every cell by the commonest class gives; of probabilities it has none."""
    share = float(np.bincount(labels, minlength=classes).max() / len(labels))
    even = 1 / len(np.unique(labels))
    return {
        "accuracy": Interval(share, share, share),
        "balanced_accuracy": Interval(even, even, even),
    }


def _describe_probe(rows: Mapping[str, Mapping[str, Interval]], names: list[str]) -> Iterator[str]:
    """Networks that a model of 256 pixels equals have learned nothing that could be compared."""
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
    probabilities: Mapping[str, ClassProbabilities],
    groups: Any,
    seed: int,
) -> list[PairedComparison]:
    named = list(combinations(probabilities, 2))
    tests = [
        mcnemar(*(probabilities[name].argmax(axis=1) == labels for name in pair)) for pair in named
    ]
    adjusted = holm([test.mid_p for test in tests])
    found = []
    for (first, second), test, p in zip(named, tests, adjusted, strict=True):
        difference = paired_difference(
            _balanced_accuracy_statistic(labels, probabilities[first]),
            _balanced_accuracy_statistic(labels, probabilities[second]),
            len(labels),
            seed=seed,
            strata=labels if groups is None else None,
            clusters=groups,
        )
        found.append(
            PairedComparison(
                first, second, difference, test.only_first, test.only_second, test.mid_p, p
            )
        )
    return found


def _balanced_accuracy_statistic(
    labels: NDArray[np.intp], probabilities: ClassProbabilities
) -> Any:
    classes = probabilities.shape[1]
    placed = np.eye(classes**2)[labels * classes + probabilities.argmax(axis=1)]
    return lambda weights: confusion.balanced_accuracy(
        (weights @ placed).reshape(len(weights), classes, classes)
    )


def describe_difference(pair: PairedComparison) -> str:
    """What can be said of a pair, in words."""
    low, high = pair.difference.low, pair.difference.high
    if pair.p_adjusted < 0.05 and (low > 0 or high < 0):
        better = pair.second if pair.difference.value > 0 else pair.first
        small = abs(pair.difference.value) < _NEGLIGIBLE_DIFFERENCE
        return f"{better} is better" + (", by too little to matter" if small else "")
    return "no detectable difference"
