"""Paired tests and differences of classifiers on the same cells.

Cells are taken for independent. Where several come from one patient, give the patients as
clusters to `paired_difference` and use its interval rather than a p-value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import Interval
from trainer.evaluation.bootstrap import CONFIDENCE_LEVEL, RESAMPLES, Statistic, bootstrap


@dataclass(frozen=True)
class McNemarResult:
    """Two classifiers on the same cells.

    Attributes:
        only_first: cells that only the first has right.
        only_second: cells that only the second has right.
        p: two-sided, of the exact conditional test (McNemar 1947).
        mid_p: the same less half the probability of what was observed; less conservative, and
            nearly always of the nominal size (Fagerland, Lydersen and Laake 2013).
    """

    only_first: int
    only_second: int
    p: float
    mid_p: float


def mcnemar(first_right: ArrayLike, second_right: ArrayLike) -> McNemarResult:
    """Run McNemar's test that both classifiers have equally many cells right.

    Args:
        first_right, second_right: bool (N,), cell by cell.

    Raises:
        ValueError: other lengths.
    """
    first, second = _check_pairs(first_right, second_right)
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    from scipy.special import bdtr  # scipy.stats would take a second to import

    discordant, fewer = only_first + only_second, min(only_first, only_second)
    p = min(1.0, 2 * float(bdtr(fewer, discordant, 0.5)))
    observed = math.comb(discordant, fewer) / 2**discordant
    mid_p = 1.0 - observed if only_first == only_second else p - observed
    return McNemarResult(only_first, only_second, p, mid_p if discordant else 1.0)


@dataclass(frozen=True)
class CochranQResult:
    """Statistic, degrees of freedom and p-value of Cochran's test."""

    q: float
    degrees_of_freedom: int
    p: float


def cochran_q(right: ArrayLike) -> CochranQResult:
    """Run Cochran's (1950) test that several classifiers have equally many cells right.

    By the chi-squared distribution: for the few dozen cells on which classifiers differ it
    is close; with two classifiers it is McNemar's test without correction.

    Args:
        right: bool (N, M), cells by classifiers, M at least 2.

    Raises:
        ValueError: fewer than two classifiers.
    """
    table = np.asarray(right, dtype=np.int64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise ValueError(f"Invalid table. Expected (N, M), M >= 2. Received {table.shape}")
    from scipy.stats import chi2

    classifiers = table.shape[1]
    by_cell, by_classifier, total = table.sum(axis=1), table.sum(axis=0), table.sum()
    spread = classifiers * (by_classifier**2).sum() - total**2
    scale = classifiers * total - (by_cell**2).sum()
    q = float((classifiers - 1) * spread / scale) if scale else 0.0
    return CochranQResult(q, classifiers - 1, float(chi2.sf(q, classifiers - 1)))


def paired_difference(
    first: Statistic,
    second: Statistic,
    cells: int,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    strata: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = CONFIDENCE_LEVEL,
) -> Interval:
    """Return how far the second statistic lies above the first, on the same resampled cells.

    Args:
        first, second: from weights (B, N) to values (B,), as for `bootstrap`, to which the
            other arguments are passed.
    """
    (found,) = bootstrap(
        lambda weights: second(weights) - first(weights),
        cells,
        seed=seed,
        resamples=resamples,
        strata=strata,
        clusters=clusters,
        level=level,
    )
    return found


def _check_pairs(
    first: ArrayLike, second: ArrayLike
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    one, other = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(
            f"Invalid cells. Expected equal lengths (N,). Received {one.shape}, {other.shape}"
        )
    return one, other
