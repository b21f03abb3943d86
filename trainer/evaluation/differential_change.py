"""The change of a differential against an earlier one of the same patient."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from trainer.domain import Interval
from trainer.evaluation.differential import ClassShare, Differential
from trainer.evaluation.intervals import CONFIDENCE_LEVEL
from trainer.statistics import holm

METHOD = "Newcombe's hybrid score interval, 95 %; Fisher's exact test, corrected by Holm"
_SIGNIFICANCE = 1 - CONFIDENCE_LEVEL


@dataclass(frozen=True)
class ShareChange:
    """How a share changed, in percent (or cells per 100 white cells).

    Attributes:
        earlier, now: NaN where there was no cell to divide by.
        low, high: the 95 % interval of `now - earlier`; NaN for what is beside the white cells.
        p_value: that both are one share, corrected for the number of classes.
    """

    earlier: float
    now: float
    low: float
    high: float
    p_value: float

    @property
    def difference(self) -> float:
        """How much more it is now, in points of percent."""
        return self.now - self.earlier

    @property
    def is_detected(self) -> bool:
        """Whether the change is more than chance."""
        return self.p_value < _SIGNIFICANCE

    def to_json(self) -> dict[str, object]:
        """Return plain values for summary.json; what is not defined is null."""
        values = {**vars(self), "difference": self.difference}
        finite = {name: value if math.isfinite(value) else None for name, value in values.items()}
        return {**finite, "detected": self.is_detected}


def compare_differentials(earlier: Differential, now: Differential) -> dict[str, ShareChange]:
    """Compare two differentials; returns the change of each class that either lists.

    A class that one of them does not list had no cell there. The shares are of two samples, so
    the interval of their difference is Newcombe's (Statistics in Medicine 17 (1998) 873-890,
    method 10) and the test Fisher's exact one, corrected by Holm for the number of classes.
    """
    changes = {
        name: _change(earlier, now, name, in_percent=True)
        for name in {**now.percent, **earlier.percent}
    } | {
        name: _change(earlier, now, name, in_percent=False)
        for name in {**now.per_100_white, **earlier.per_100_white}
    }
    adjusted = holm([each.p_value for each in changes.values()])
    return {
        name: ShareChange(each.earlier, each.now, each.low, each.high, p_value)
        for (name, each), p_value in zip(changes.items(), adjusted, strict=True)
    }


def _change(
    earlier: Differential, now: Differential, name: str, *, in_percent: bool
) -> ShareChange:
    from scipy.stats import fisher_exact

    tables: list[Mapping[str, ClassShare]] = [
        each.percent if in_percent else each.per_100_white for each in (earlier, now)
    ]
    counts = [table[name].cells if name in table else 0 for table in tables]
    bases = [earlier.white, now.white]
    rest = [base - count if in_percent else base for count, base in zip(counts, bases, strict=True)]
    shares = [
        100 * count / base if base else math.nan for count, base in zip(counts, bases, strict=True)
    ]
    defined = all(bases)
    p_value = float(fisher_exact(np.array([counts, rest])).pvalue) if defined else 1.0
    low, high = (
        newcombe(counts[0], bases[0], counts[1], bases[1])
        if defined and in_percent
        else (math.nan, math.nan)
    )
    return ShareChange(shares[0], shares[1], 100 * low, 100 * high, p_value)


def newcombe(earlier: int, earlier_total: int, now: int, now_total: int) -> tuple[float, float]:
    """Return the 95 % interval of the difference `now - earlier` of two independent shares.

    Newcombe's method 10 (Statistics in Medicine 17 (1998) 873-890), of Wilson's intervals.

    Args:
        earlier, now: counts of totals of 1 or more.

    Returns:
        Lower and upper bound, -1 to 1.
    """
    before, after = _wilson(earlier, earlier_total), _wilson(now, now_total)
    difference = after.value - before.value
    below = math.hypot(after.value - after.low, before.high - before.value)
    above = math.hypot(after.high - after.value, before.value - before.low)
    return difference - below, difference + above


def _wilson(count: int, total: int) -> Interval:
    from scipy.stats import binomtest

    found = binomtest(count, total).proportion_ci(CONFIDENCE_LEVEL, method="wilson")
    return Interval(count / total, float(found.low), float(found.high))
