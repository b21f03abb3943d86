"""Several models together: ensemble, agreement, cascade, confused pairs, Pareto front.

Thresholds are chosen on validation cells and measured on test cells, never on the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ProbabilityArray = NDArray[np.float64]
LabelIndices = NDArray[np.intp]


def average_probabilities(probabilities: Sequence[ProbabilityArray]) -> ProbabilityArray:
    """Return the mean of several models' probabilities: (N, C) each to (N, C)."""
    return np.asarray(np.mean(probabilities, axis=0))


@dataclass(frozen=True)
class Agreement:
    """Acceptance only where all models agree.

    Attributes:
        coverage: share of cells on which they do, 0-1.
        accuracy: on those cells; NaN if they never agree.
    """

    coverage: float
    accuracy: float


def measure_agreement(labels: LabelIndices, probabilities: Sequence[ProbabilityArray]) -> Agreement:
    """Measure how often all models agree, and how often they are right then."""
    called = np.stack([each.argmax(axis=1) for each in probabilities])
    alike = (called == called[0]).all(axis=0)
    right = called[0][alike] == labels[alike]
    return Agreement(float(alike.mean()), float(right.mean()) if alike.any() else float("nan"))


@dataclass(frozen=True)
class Cascade:
    """A quick model that defers to a better one where its probability is low.

    Attributes:
        threshold: probability under which it defers.
        deferral_rate: share of cells passed on, 0-1.
        balanced_accuracy: of both together.
        cost: of a cell on average, in units of the quick model's.
    """

    threshold: float
    deferral_rate: float
    balanced_accuracy: float
    cost: float


def choose_cascade(
    val: tuple[LabelIndices, ProbabilityArray, ProbabilityArray],
    test: tuple[LabelIndices, ProbabilityArray, ProbabilityArray],
    cost_ratio: float,
    *,
    tolerance: float = 0.0,
) -> Cascade:
    """Choose the cheapest cascade that on validation cells is no worse than the better model.

    Args:
        val, test: labels (N,), and probabilities (N, C) of the quick and the better model.
        cost_ratio: cost of a cell by the better model, in units of the quick one's.
        tolerance: how much worse is allowed, in balanced accuracy.

    Returns:
        The cascade with the threshold chosen on `val`, measured on `test`.
    """
    labels, quick, better = val
    target = balanced_accuracy_of(labels, better.argmax(axis=1)) - tolerance
    sure = quick.max(axis=1)
    threshold = 1.0 + 1e-9  # defers always
    for candidate in np.append(np.unique(sure), threshold):
        called = np.where(sure < candidate, better.argmax(axis=1), quick.argmax(axis=1))
        if balanced_accuracy_of(labels, called) >= target:
            threshold = float(candidate)
            break
    labels, quick, better = test
    deferred = quick.max(axis=1) < threshold
    called = np.where(deferred, better.argmax(axis=1), quick.argmax(axis=1))
    rate = float(deferred.mean())
    return Cascade(threshold, rate, balanced_accuracy_of(labels, called), 1 + rate * cost_ratio)


def balanced_accuracy_of(labels: LabelIndices, predicted: LabelIndices) -> float:
    """Return the mean sensitivity over the classes that occur."""
    return float(
        np.mean([(predicted[labels == each] == each).mean() for each in np.unique(labels)])
    )


@dataclass(frozen=True)
class ConfusedPair:
    """Two classes that are taken for one another.

    Attributes:
        cells: in both directions, by model.
        sensitivity: the smaller of the two classes' sensitivities, by model: one that never calls
            a class confuses no cell of it, and separates nothing.
    """

    first: str
    second: str
    cells: Mapping[str, int]
    sensitivity: Mapping[str, float]


def confused_pairs(
    labels: LabelIndices,
    probabilities: Mapping[str, ProbabilityArray],
    classes: Sequence[str],
    limit: int = 3,
) -> list[ConfusedPair]:
    """Return the pairs of classes most often taken for one another, over all models."""
    found: list[ConfusedPair] = []
    for first in range(len(classes)):
        for second in range(first + 1, len(classes)):
            cells = {
                name: _count_confusions(labels, each, first, second)
                for name, each in probabilities.items()
            }
            least = {
                name: _lower_sensitivity(labels, each, (first, second))
                for name, each in probabilities.items()
            }
            if any(cells.values()):
                found.append(ConfusedPair(classes[first], classes[second], cells, least))
    return sorted(found, key=lambda pair: -sum(pair.cells.values()))[:limit]


def _count_confusions(
    labels: LabelIndices, probabilities: ProbabilityArray, first: int, second: int
) -> int:
    called = probabilities.argmax(axis=1)
    forward = ((labels == first) & (called == second)).sum()
    return int(forward + ((labels == second) & (called == first)).sum())


def _lower_sensitivity(
    labels: LabelIndices, probabilities: ProbabilityArray, pair: Sequence[int]
) -> float:
    called = probabilities.argmax(axis=1)
    parts = [called[labels == each] == each for each in pair]
    return min(float(part.mean()) if len(part) else 0.0 for part in parts)


def pareto_front(quality: Sequence[float], cost: Sequence[float]) -> list[bool]:
    """Return which points are not dominated: none is as good and as cheap, and better in one."""
    points = list(zip(quality, cost, strict=True))
    return [
        not any(
            (other >= good and spent <= dear) and (other > good or spent < dear)
            for other, spent in points
        )
        for good, dear in points
    ]
