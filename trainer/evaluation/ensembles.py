"""What several models can do together: an ensemble, agreement, and one asking another.

Thresholds are chosen on validation cells and judged on test cells, never on the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Shares = NDArray[np.float64]
Labels = NDArray[np.intp]


def ensemble(shares: Sequence[Shares]) -> Shares:
    """The mean of several models' probabilities: (N, C) each to (N, C)."""
    return np.asarray(np.mean(shares, axis=0))


@dataclass(frozen=True)
class Agreement:
    """Accepting only where all models say the same.

    Attributes:
        coverage: share of cells on which they do, 0-1.
        accuracy: of what they say there; NaN if they never agree.
    """

    coverage: float
    accuracy: float


def agreement(labels: Labels, shares: Sequence[Shares]) -> Agreement:
    """How often all models agree, and how often they are right then."""
    called = np.stack([each.argmax(axis=1) for each in shares])
    alike = (called == called[0]).all(axis=0)
    right = called[0][alike] == labels[alike]
    return Agreement(float(alike.mean()), float(right.mean()) if alike.any() else float("nan"))


@dataclass(frozen=True)
class Cascade:
    """A quick model that asks a better one where it is not sure.

    Attributes:
        threshold: probability under which it asks.
        asked: share of cells passed on, 0-1.
        balanced_accuracy: of both together.
        cost: of a cell on average, in units of the quick model's.
    """

    threshold: float
    asked: float
    balanced_accuracy: float
    cost: float


def cascade(
    val: tuple[Labels, Shares, Shares],
    test: tuple[Labels, Shares, Shares],
    ratio: float,
    *,
    tolerance: float = 0.0,
) -> Cascade:
    """The cheapest cascade that on validation cells is no worse than the better model.

    Args:
        val, test: labels (N,), and probabilities (N, C) of the quick and the better model.
        ratio: cost of a cell by the better model, in units of the quick one's.
        tolerance: how much worse is allowed, in balanced accuracy.

    Returns:
        what the threshold chosen on `val` gives on `test`.
    """
    labels, quick, better = val
    wanted = balanced(labels, better.argmax(axis=1)) - tolerance
    sure = quick.max(axis=1)
    threshold = 1.0 + 1e-9  # asks always
    for candidate in np.append(np.unique(sure), threshold):
        called = np.where(sure < candidate, better.argmax(axis=1), quick.argmax(axis=1))
        if balanced(labels, called) >= wanted:
            threshold = float(candidate)
            break
    labels, quick, better = test
    asking = quick.max(axis=1) < threshold
    called = np.where(asking, better.argmax(axis=1), quick.argmax(axis=1))
    asked = float(asking.mean())
    return Cascade(threshold, asked, balanced(labels, called), 1 + asked * ratio)


def balanced(labels: Labels, called: Labels) -> float:
    """Mean sensitivity over the classes that occur."""
    return float(np.mean([(called[labels == each] == each).mean() for each in np.unique(labels)]))


@dataclass(frozen=True)
class Mixup:
    """Two classes that are taken for one another.

    Attributes:
        cells: in both directions, by model.
        found: the smaller of the two classes' sensitivities, by model: one that never calls
            a class does not mix it up, and tells nothing apart.
    """

    first: str
    second: str
    cells: Mapping[str, int]
    found: Mapping[str, float]


def mixups(
    labels: Labels, shares: Mapping[str, Shares], classes: Sequence[str], most: int = 3
) -> list[Mixup]:
    """The pairs of classes most often taken for one another, over all models."""
    found: list[Mixup] = []
    for first in range(len(classes)):
        for second in range(first + 1, len(classes)):
            cells = {name: _swapped(labels, each, first, second) for name, each in shares.items()}
            least = {name: _found(labels, each, (first, second)) for name, each in shares.items()}
            if any(cells.values()):
                found.append(Mixup(classes[first], classes[second], cells, least))
    return sorted(found, key=lambda mixup: -sum(mixup.cells.values()))[:most]


def _swapped(labels: Labels, shares: Shares, first: int, second: int) -> int:
    called = shares.argmax(axis=1)
    there = ((labels == first) & (called == second)).sum()
    return int(there + ((labels == second) & (called == first)).sum())


def _found(labels: Labels, shares: Shares, pair: Sequence[int]) -> float:
    called = shares.argmax(axis=1)
    parts = [called[labels == each] == each for each in pair]
    return min(float(part.mean()) if len(part) else 0.0 for part in parts)


def pareto(quality: Sequence[float], cost: Sequence[float]) -> list[bool]:
    """Which are not beaten: no other is at least as good and as cheap, and better in one."""
    points = list(zip(quality, cost, strict=True))
    return [
        not any(
            (other >= good and spent <= dear) and (other > good or spent < dear)
            for other, spent in points
        )
        for good, dear in points
    ]
