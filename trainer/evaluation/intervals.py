"""Exact 95 % intervals of shares and ratios of counts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from trainer.domain import Interval

CONFIDENCE_LEVEL = 0.95


def clopper_pearson(successes: int, total: int, *, level: float = CONFIDENCE_LEVEL) -> Interval:
    """Return the exact interval of a binomial share (Clopper and Pearson, Biometrika 1934).

    Args:
        successes: how many of the `total`, 0 to total.
        level: of confidence, 0-1.

    Returns:
        Shares 0-1. With no cells the value is NaN and the interval 0 to 1: nothing is known.

    Raises:
        ValueError: `successes` is not between 0 and `total`.
    """
    # Here, because importing SciPy takes longer than most things that need this module.
    from scipy.special import betaincinv

    if not 0 <= successes <= total:
        raise ValueError(f"Invalid count. Expected 0 to {total}. Received {successes}")
    tail = (1 - level) / 2
    low = float(betaincinv(successes, total - successes + 1, tail)) if successes else 0.0
    high = (
        float(betaincinv(successes + 1, total - successes, 1 - tail)) if successes < total else 1.0
    )
    return Interval(successes / total if total else math.nan, low, high)


def exact_ratio(count: int, base: int, *, level: float = CONFIDENCE_LEVEL) -> Interval:
    """Return the exact interval of `count` / `base`, two separate counts of one smear.

    Given their sum, one count is binomial; the ratio is the odds of its share (Przyborowski
    and Wilenski, Biometrika 1940). For nucleated red cells per white cell.

    Returns:
        Ratios from 0; the value is NaN and the upper bound infinite where `base` is 0.
    """
    share = clopper_pearson(count, count + base, level=level)
    return Interval(count / base if base else math.nan, _odds(share.low), _odds(share.high))


def zero_error_lower_bound(totals: Sequence[int], *, level: float = CONFIDENCE_LEVEL) -> float:
    """Return a lower bound of the mean of several shares where every cell was right.

    Args:
        totals: cells of each group, such as a class, 1 at least; every one of them was right.
        level: of confidence, 0-1.

    Returns:
        The lower bound, 0-1, of the mean of the groups' shares: the least such mean under which
        the probability of no error at all is (1 - level) / 2. An inverted test, as
        `clopper_pearson` is, whose bound it gives for groups of one size taken together.

    Raises:
        ValueError: there is no group.
    """
    # Of shares with a product of p^n that is fixed, the least mean has p = min(1, x n): the
    # groups below 1 are the smallest, so they are tried from the smallest on.
    sizes, log_tail = sorted(totals), math.log((1 - level) / 2)
    for count in range(len(sizes), 0, -1):
        part = sizes[:count]
        log_x = (log_tail - sum(n * math.log(n) for n in part)) / sum(part)
        if math.exp(log_x) * part[-1] <= 1:
            return (sum(math.exp(log_x) * n for n in part) + len(sizes) - count) / len(sizes)
    raise ValueError("Invalid totals. Expected at least one group. Received none")


def straddles(interval: Interval, limit: float) -> bool:
    """Whether the interval holds values on both sides of `limit`, so it decides nothing."""
    return interval.low < limit <= interval.high


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf
