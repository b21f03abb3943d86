"""How many cells have to be counted: to a custom's target, or for the precision that a lab wants.

The bounds are those of Clopper and Pearson (Biometrika 1934), taken at `share * cells`, which
need not be a whole number: so they draw together evenly, and the least number is the one from
which on the precision holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from trainer.domain import Interval
from trainer.evaluation.intervals import CONFIDENCE_LEVEL, straddles

TARGETS = (100, 200, 400)
"""Cells of a differential by custom: ICSH 2014 asks for 100, 200 where blasts or few cells are
of weight, 400 by two readers (CLSI H20-A2)."""
MOST_CELLS = 100_000
"""More cells than anybody counts: what needs more is out of reach."""


@dataclass(frozen=True)
class CountedTarget:
    """A number of cells to count, and how many of them are missing yet."""

    cells: int
    missing: int

    @property
    def reached(self) -> bool:
        """Whether as many are counted."""
        return not self.missing


def count_to_targets(counted: int, targets: Sequence[int] = TARGETS) -> tuple[CountedTarget, ...]:
    """Compare a number of counted cells with targets, smallest first.

    Raises:
        ValueError: `counted` is negative.
    """
    if counted < 0:
        raise ValueError(f"Invalid count. Expected 0 or more. Received {counted}")
    return tuple(CountedTarget(each, max(0, each - counted)) for each in sorted(targets))


def cells_for_precision(share: float, half_width: float) -> int | None:
    """Compute how many cells give a share to a precision.

    Args:
        share: the share at which it has to hold, 0-1, such as the blasts that a diagnosis turns
            at.
        half_width: how far the exact 95 % interval may reach to either side, 0-1, above 0.

    Returns:
        The least number of cells; 298 for 0.2 to within 0.05. None for more than `MOST_CELLS`.

    Raises:
        ValueError: `share` or `half_width` is not within its bounds.
    """
    if not 0 <= share <= 1 or not 0 < half_width < 1:
        raise ValueError(f"Invalid share or precision. Received {share}, {half_width}")

    def is_enough(cells: int) -> bool:
        found = exact_interval(share, cells)
        return max(share - found.low, found.high - share) <= half_width

    return _least(is_enough, 1)


def cells_to_decide(cells: int, total: int, limit: float) -> int | None:
    """Compute how many cells tell on which side of a limit a share is, if it stays as it is.

    Args:
        cells: how many of the `total` are of the class.
        limit: 0-1.

    Returns:
        The least number of cells, `total` at least; `total` where it is told already. None where
        no cell is counted, or it would take more than `MOST_CELLS`.

    Raises:
        ValueError: `cells` is not between 0 and `total`.
    """
    if not 0 <= cells <= total:
        raise ValueError(f"Invalid count. Expected 0 to {total}. Received {cells}")
    if not total:
        return None
    return _least(lambda n: not straddles(exact_interval(cells / total, n), limit), total)


def exact_interval(share: float, cells: int) -> Interval:
    """Return the exact 95 % interval of a share (0-1) of a number of cells, 1 or more."""
    # Here, because importing SciPy takes longer than most things that need this module.
    from scipy.special import betaincinv

    tail, seen = (1 - CONFIDENCE_LEVEL) / 2, share * cells
    low = float(betaincinv(seen, cells - seen + 1, tail)) if seen > 0 else 0.0
    high = float(betaincinv(seen + 1, cells - seen, 1 - tail)) if seen < cells else 1.0
    return Interval(share, low, high)


def _least(is_enough: Callable[[int], bool], start: int) -> int | None:
    """The least number from `start` on that is enough, where every larger one is, too."""
    if is_enough(start):
        return start
    below, above = start, 2 * start
    while not is_enough(above):
        if above > MOST_CELLS:
            return None
        below, above = above, 2 * above
    while above - below > 1:
        middle = (above + below) // 2
        below, above = (below, middle) if is_enough(middle) else (middle, above)
    return above if above <= MOST_CELLS else None


@dataclass(frozen=True)
class LimitPrecision:
    """How well a share is known at the limit where a diagnosis turns.

    Attributes:
        limit, half_width: percent; the precision that the lab wants there.
        needed: cells for that precision; None where out of reach. `missing` of them.
        to_decide: cells that would tell on which side of the limit the share is, if it stays;
            None where no number does.
        spans: whether the interval holds the limit.
    """

    limit: float
    half_width: float
    needed: int | None
    missing: int | None
    to_decide: int | None
    spans: bool

    def to_json(self) -> dict[str, object]:
        """Return plain values for summary.json."""
        return {**vars(self)}


def measure_precision(
    cells: Mapping[str, int], total: int, limits: Mapping[str, float], half_width: float
) -> dict[str, LimitPrecision]:
    """Measure for each limit how well the share is known there.

    Args:
        cells: of each class, among `total` white cells.
        limits: class -> percent.
        half_width: in percent.
    """
    return {
        name: _measure_limit(cells.get(name, 0), total, limit, half_width)
        for name, limit in limits.items()
    }


def _measure_limit(cells: int, total: int, limit: float, half_width: float) -> LimitPrecision:
    needed = cells_for_precision(limit / 100, half_width / 100)
    return LimitPrecision(
        limit,
        half_width,
        needed,
        None if needed is None else max(0, needed - total),
        cells_to_decide(cells, total, limit / 100),
        bool(total) and straddles(exact_interval(cells / total, total), limit / 100),
    )
