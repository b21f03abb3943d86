"""Exact 95 % intervals of shares and ratios of counts."""

from __future__ import annotations

import math

from trainer.domain import Interval

LEVEL = 0.95


def clopper_pearson(seen: int, total: int, *, level: float = LEVEL) -> Interval:
    """The exact interval of a binomial share (Clopper and Pearson, Biometrika 1934).

    Args:
        seen: how many of the `total`, 0 to total.
        level: of confidence, 0-1.

    Returns:
        Shares 0-1. With no cells the value is NaN and the interval 0 to 1: nothing is known.

    Raises:
        ValueError: `seen` is not between 0 and `total`.
    """
    # Here, because importing SciPy takes longer than most things that need this module.
    from scipy.special import betaincinv

    if not 0 <= seen <= total:
        raise ValueError(f"Invalid count. Expected 0 to {total}. Received {seen}")
    tail = (1 - level) / 2
    low = float(betaincinv(seen, total - seen + 1, tail)) if seen else 0.0
    high = float(betaincinv(seen + 1, total - seen, 1 - tail)) if seen < total else 1.0
    return Interval(seen / total if total else math.nan, low, high)


def exact_ratio(seen: int, base: int, *, level: float = LEVEL) -> Interval:
    """The exact interval of `seen` / `base`, two separate counts of one smear.

    Given their sum, one count is binomial; the ratio is the odds of its share (Przyborowski
    and Wilenski, Biometrika 1940). For erythroblasts per white cell.

    Returns:
        Ratios from 0; the value is NaN and the upper bound infinite where `base` is 0.
    """
    share = clopper_pearson(seen, seen + base, level=level)
    return Interval(seen / base if base else math.nan, _odds(share.low), _odds(share.high))


def spans(interval: Interval, limit: float) -> bool:
    """Whether the interval holds values on both sides of `limit`, so it decides nothing."""
    return interval.low < limit <= interval.high


def _odds(share: float) -> float:
    return share / (1 - share) if share < 1 else math.inf
