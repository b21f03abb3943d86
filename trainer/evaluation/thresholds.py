"""Thresholds for accept, review and unknown, chosen on validation cells for a target.

A threshold found on a few hundred cells is itself uncertain, and chosen because it does well
on them: expect a little less on new cells. The exact interval of what was reached is returned
with each; `cautious` requires that its lower bound reaches the target as well, which needs
about 370 cells without a single error for 99 %.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import Interval
from trainer.evaluation.intervals import clopper_pearson


@dataclass(frozen=True)
class ReviewThreshold:
    """Probability from which on a label is accepted.

    Attributes:
        threshold: 0-1; 1.0 where the target was not reached.
        reached: whether the target was.
        precision: share of right labels among the accepted, with its exact interval.
        coverage: share of the cells that is accepted, 0-1.
        cells: how many were given.
    """

    threshold: float
    reached: bool
    precision: Interval
    coverage: float
    cells: int


@dataclass(frozen=True)
class UnknownThreshold:
    """Score from which on a cell is called unknown.

    Attributes:
        threshold: in the units of the score.
        share: of the known cells that it calls unknown, with its exact interval.
        cells: how many were given.
    """

    threshold: float
    share: Interval
    cells: int


def choose_review_threshold(
    probability: ArrayLike,
    correct: ArrayLike,
    *,
    target: float = 0.99,
    cautious: bool = False,
) -> ReviewThreshold:
    """Choose the smallest probability at which the precision of the accepted reaches `target`.

    Args:
        probability: (N,) of the reported label; accepted where `probability >= threshold`.
        correct: (N,) bool. Cells that are unknown already must not be among them.
        cautious: require it of the lower 95 % bound of the precision.
    """
    values, right = np.asarray(probability, dtype=np.float64), np.asarray(correct, dtype=bool)
    order = np.argsort(-values, kind="stable")
    # Cells of equal probability are accepted together, so only the last of them counts.
    ends = np.flatnonzero(np.diff(values[order], append=np.nan) != 0)
    hits = np.cumsum(right[order])[ends]
    for end, found in zip(ends[::-1], hits[::-1], strict=True):
        precision = clopper_pearson(int(found), int(end) + 1)
        if (precision.low if cautious else precision.value) >= target:
            threshold, coverage = float(values[order][end]), float(end + 1) / len(values)
            return ReviewThreshold(threshold, True, precision, coverage, len(values))
    return _unreached_threshold(values, right)


def choose_unknown_probability(
    mass: ArrayLike, *, at_most: float = 0.02, at_least: float = 0.0
) -> UnknownThreshold:
    """Choose the smallest mass on other classes that calls at most so many known cells unknown.

    Args:
        mass: (N,) summed probability of the other classes, of cells of the known classes;
            unknown where `mass >= threshold`.
        at_most: share of the known cells that may be lost, 0-1.
        at_least: the threshold is never under it.
    """
    values = np.sort(np.asarray(mass, dtype=np.float64))[::-1]
    accepted = _largest_accepted_score(values, at_most)
    above = values[values > accepted]
    # Halfway to the next cell lost; the limits of rounding must not decide.
    found = (accepted + float(above[-1])) / 2 if len(above) else math.nextafter(accepted, math.inf)
    if found <= accepted:
        found = math.nextafter(accepted, math.inf)
    threshold = min(max(found, at_least), 1.0)
    lost = int((values >= threshold).sum())
    return UnknownThreshold(threshold, clopper_pearson(lost, len(values)), len(values))


def choose_unknown_distance(distance: ArrayLike, *, at_most: float = 0.02) -> UnknownThreshold:
    """Choose the smallest distance that calls at most a share of the known cells unknown.

    Args:
        distance: (N,) of cells of the known classes that are not reference cells
            themselves; unknown where `distance > threshold`.
        at_most: share of the known cells that may be lost, 0-1.
    """
    values = np.sort(np.asarray(distance, dtype=np.float64))[::-1]
    threshold = _largest_accepted_score(values, at_most)
    lost = int((values > threshold).sum())
    return UnknownThreshold(threshold, clopper_pearson(lost, len(values)), len(values))


def choose_alert_score(score: ArrayLike, *, above: float) -> float:
    """Choose the score that a share of the cells of other classes is not under.

    Args:
        score: (N,) of cells that are of known classes and of no alert class.
        above: share of them with a higher score, 0-1; interpolated linearly.
    """
    values = np.asarray(score, dtype=np.float64)
    if not len(values):
        raise ValueError("Invalid scores. Expected at least one cell. Received none")
    return float(np.quantile(values, 1 - above))


def _largest_accepted_score(descending: NDArray[np.float64], at_most: float) -> float:
    if not len(descending):
        raise ValueError("Invalid scores. Expected at least one known cell. Received none")
    # The product may come out a hair under a whole number, as 0.29 * 100 does.
    allowed = math.floor(at_most * len(descending) + 1e-9)
    return float(descending[min(allowed, len(descending) - 1)])


def _unreached_threshold(values: NDArray[np.float64], right: NDArray[np.bool_]) -> ReviewThreshold:
    sure = values >= 1.0
    accepted = int(sure.sum())
    precision = clopper_pearson(int(right[sure].sum()), accepted)
    coverage = accepted / len(values) if len(values) else 0.0
    return ReviewThreshold(1.0, False, precision, coverage, len(values))
