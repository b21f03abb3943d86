"""What a differential leaves open: the range of each share, and which side of a limit it is on.

Cells under review and unknown ones may be of any class or of none. A share of the others is an
exact interval around a number that may be wrong by all of them; so the range between none and
all of them stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from trainer.evaluation.differential import UNCLASSIFIED
from trainer.evaluation.intervals import clopper_pearson, exact_ratio

OPEN = ("review", "unknown")
"""What is not classified and may yet be of a class; possible blasts are under review."""


@dataclass(frozen=True)
class ShareRange:
    """What a share can be, in percent or per 100 white cells.

    Attributes:
        low, high: with none and with all of the open cells in the class; `high` is infinite
            where the classes of the 100 % may be without a cell.
        low_bound, high_bound: the exact 95 % bounds (Clopper and Pearson 1934) at the two ends.
    """

    low: float
    high: float
    low_bound: float
    high_bound: float

    @classmethod
    def everything(cls) -> ShareRange:
        """The range of a share of which nothing is known."""
        return cls(0.0, 100.0, 0.0, 100.0)

    def to_json(self) -> dict[str, object]:
        """Return plain values for summary.json; what is unbounded is null."""
        values = {
            "low": self.low,
            "high": self.high,
            "low_bound": self.low_bound,
            "high_bound": self.high_bound,
        }
        return {name: value if math.isfinite(value) else None for name, value in values.items()}


@dataclass(frozen=True)
class DifferentialRange:
    """The ranges of a differential.

    Attributes:
        open_cells: "review" and "unknown" -> number of cells; those without any are left out.
        percent: class -> range of its share of the white cells.
        per_100_white: class -> range of its cells per 100 white cells.
    """

    open_cells: Mapping[str, int]
    percent: Mapping[str, ShareRange]
    per_100_white: Mapping[str, ShareRange]

    @property
    def total_open(self) -> int:
        """Number of open cells."""
        return sum(self.open_cells.values())


class LimitState(StrEnum):
    """On which side of a limit a share lies."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"


def compute_range(
    counts: Mapping[str, int], *, classes: Sequence[str], beside_white: Collection[str]
) -> DifferentialRange:
    """Compute the range that open cells leave to the share of each class.

    A white class is least where all open cells are other white cells, and most where all are
    its own: n / (W + U) to (n + U) / (W + U) of W white and U open cells. A class beside the
    white ones is n / (W + U) where all are white, and (n + U) / W where all are its own.

    Args:
        counts, classes, beside_white: as of `compute_differential`.

    Raises:
        ValueError: a count is negative, or of a name that is no class and not in `UNCLASSIFIED`.
    """
    if strange := sorted(set(counts) - set(classes) - set(UNCLASSIFIED)):
        raise ValueError(f"Invalid name. Expected a class. Received {strange[0]!r}")
    if any(count < 0 for count in counts.values()):
        raise ValueError(f"Invalid counts. Expected 0 or more. Received {dict(counts)}")
    open_cells = {name: counts[name] for name in OPEN if counts.get(name)}
    unclear = sum(open_cells.values())
    white = sum(counts.get(name, 0) for name in classes if name not in beside_white)
    percent, per_100 = {}, {}
    for name in classes:
        count = counts.get(name, 0)
        if name in beside_white:
            per_100[name] = _range_beside(count, white, unclear)
        else:
            percent[name] = _range_of_white(count, white + unclear, unclear)
    return DifferentialRange(open_cells, percent, per_100)


def _range_of_white(count: int, total: int, unclear: int) -> ShareRange:
    if not total:
        return ShareRange.everything()
    low, high = clopper_pearson(count, total), clopper_pearson(count + unclear, total)
    return ShareRange(100 * low.value, 100 * high.value, 100 * low.low, 100 * high.high)


def _range_beside(count: int, white: int, unclear: int) -> ShareRange:
    if not white + unclear:  # no cell to be beside of: the share is not defined
        return ShareRange(0.0, math.inf, 0.0, math.inf)
    low, high = exact_ratio(count, white + unclear), exact_ratio(count + unclear, white)
    return ShareRange(
        100 * low.value,
        100 * high.value if white else math.inf,
        100 * low.low,
        100 * high.high,
    )


def decide_limit(limit: float, bounds: Iterable[tuple[float, float]]) -> LimitState:
    """Decide on which side of a limit a share lies, if all that is known of it agrees.

    Args:
        limit: percent from which on it is met.
        bounds: the lowest and the highest value by each thing that is known of the share.

    Returns:
        `MET` or `MISSED` only where all bounds lie on that side; `OPEN` else, and where there
        are none.
    """
    found = list(bounds)
    if found and all(low >= limit for low, _ in found):
        return LimitState.MET
    if found and all(high < limit for _, high in found):
        return LimitState.MISSED
    return LimitState.OPEN


def cells_to_show(share: float, *, errors: int = 0) -> int:
    """Compute how many cells of a random sample show that a share of them all is right.

    Args:
        share: to be shown, 0-1, both excluded.
        errors: how many of the sample may be wrong.

    Returns:
        The least number of cells for which the lower bound of the exact 95 % interval (Clopper
        and Pearson 1934) is the share or more; 72 for 0.95 without an error.

    Raises:
        ValueError: `share` is not between 0 and 1, or `errors` is negative.
    """
    if not 0 < share < 1 or errors < 0:
        raise ValueError(f"Invalid share or errors. Received {share}, {errors}")

    def shows(cells: int) -> bool:
        return clopper_pearson(cells - errors, cells).low >= share

    above = errors + 1
    while not shows(above):
        above *= 2
    below = max(above // 2, errors)
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if shows(middle) else (middle, above)
    return above
