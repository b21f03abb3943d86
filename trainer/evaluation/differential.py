"""The differential: percentages of classified cells, with exact intervals and what they hide.

The classes of a model are not all the leucocytes of a smear, so the percentages are "of
classified cells". Nucleated red cells are no leucocytes: by custom they are given per 100
white cells, outside the 100 % (ICSH 2014, CLSI H20). A model's card gives its
classes these roles.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trainer.domain import Decision, Interval, Prediction
from trainer.evaluation.intervals import clopper_pearson, exact_ratio, straddles

AT_EDGE = "at_edge"
UNCLASSIFIED = ("unknown", "review", "failed", "excluded", AT_EDGE)
MIN_WHITE_CELLS = 100


@dataclass(frozen=True)
class ClassShare:
    """One class: its cells, and percent (or cells per 100 white cells) with the interval.

    Attributes:
        value: NaN where there is nothing to divide by.
    """

    cells: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Differential:
    """A differential with its intervals, and what is in none of them.

    Attributes:
        white: number of classified cells that make up the 100 %.
        percent: class -> share of `white`, in percent.
        per_100_white: class -> cells per 100 of `white`, outside the 100 %.
        unclassified: what was not classified -> number of cells.
        warnings: what a reader must know of the values, in words.
    """

    white: int
    percent: Mapping[str, ClassShare]
    per_100_white: Mapping[str, ClassShare]
    unclassified: Mapping[str, int]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return plain values for summary.json; what is undefined or unbounded is null."""
        return {
            "of": "classified cells",
            "cells": self.white,
            "interval": "exact (Clopper-Pearson), 95 %",
            "percent": {name: _share_to_json(share) for name, share in self.percent.items()},
            "per_100_white_cells": {
                name: _share_to_json(share) for name, share in self.per_100_white.items()
            },
            "apart": dict(self.unclassified),
            "warnings": list(self.warnings),
        }


def count_decisions(
    predictions: Iterable[Prediction], *, count_edge_cells: bool = False
) -> Counter[str]:
    """Count cells per accepted label, and per other decision ("unknown", "review", "failed").

    Args:
        count_edge_cells: whether cells that the edge of a field cuts count as the others;
            without it they are "at_edge", for the next field may show them again.
    """
    return Counter(_counted_as(each, count_edge_cells) for each in predictions)


def _counted_as(prediction: Prediction, count_edge_cells: bool) -> str:
    if prediction.at_edge and not count_edge_cells:
        return AT_EDGE
    accepted = prediction.decision is Decision.ACCEPT
    return prediction.label if accepted else prediction.decision.value


def compute_differential(
    counts: Mapping[str, int],
    *,
    classes: Sequence[str],
    beside_white: Collection[str],
    limits: Mapping[str, float] | None = None,
) -> Differential:
    """Compute the differential of counted cells.

    Args:
        counts: cells per class, and per name of what is not classified ("unknown",
            "review", "failed", "excluded", "at_edge"): of verdicts, or of predictions by
            `count_decisions`.
        classes: the model's classes, in the order of its card; all are listed.
        beside_white: classes given per 100 white cells, outside the 100 %.
        limits: class -> percent at which a diagnosis turns, such as 20 for blasts; an
            interval that spans it gets a warning.

    Raises:
        ValueError: a count is negative, or of a name that is no class and not in `UNCLASSIFIED`.
    """
    _check_counts(counts, classes)
    white = {name: counts.get(name, 0) for name in classes if name not in beside_white}
    beside = {name: counts.get(name, 0) for name in classes if name in beside_white}
    unclassified = {name: counts[name] for name in UNCLASSIFIED if counts.get(name)}
    total = sum(white.values())
    few = _warn_few_cells(total)
    undecided = [*_warn_open_cells(unclassified, total, beside), *_warn_edge_cells(unclassified)]
    percent = {
        name: _class_share(count, clopper_pearson(count, total)) for name, count in white.items()
    }
    ratios = {
        name: _class_share(count, exact_ratio(count, total)) for name, count in beside.items()
    }
    spanned = _warn_undecided_limits(percent, limits or {})
    return Differential(total, percent, ratios, unclassified, (*few, *spanned, *undecided))


def _check_counts(counts: Mapping[str, int], classes: Sequence[str]) -> None:
    unknown = sorted(set(counts) - set(classes) - set(UNCLASSIFIED))
    if unknown:
        raise ValueError(
            f"Invalid name. Expected one of {[*classes, *UNCLASSIFIED]}. Received {unknown[0]!r}"
        )
    if any(count < 0 for count in counts.values()):
        raise ValueError(f"Invalid counts. Expected 0 or more. Received {dict(counts)}")


def _class_share(cells: int, interval: Interval) -> ClassShare:
    return ClassShare(cells, 100 * interval.value, 100 * interval.low, 100 * interval.high)


def _warn_few_cells(total: int) -> Iterable[str]:
    if total < MIN_WHITE_CELLS:
        cells = "1 white cell was" if total == 1 else f"{total} white cells were"
        yield f"Only {cells} classified; {MIN_WHITE_CELLS} or more are the custom."


def _warn_undecided_limits(
    percent: Mapping[str, ClassShare], limits: Mapping[str, float]
) -> Iterable[str]:
    for name, limit in limits.items():
        share = percent[name]
        if math.isfinite(share.value) and straddles(
            Interval(share.value, share.low, share.high), limit
        ):
            yield (
                f"{name}: the interval {share.low:.1f}-{share.high:.1f} % spans {limit:g} %; "
                "this many cells cannot tell on which side it is."
            )


def _warn_open_cells(
    unclassified: Mapping[str, int], white: int, beside_white: Mapping[str, int]
) -> Iterable[str]:
    undecided = sum(unclassified.get(name, 0) for name in ("unknown", "review"))
    if undecided:
        open_cells = sum(count for name, count in unclassified.items() if name != AT_EDGE)
        total = white + sum(beside_white.values()) + open_cells
        yield (
            f"{undecided} of {total} cells are unknown or wait for review and are in no percentage."
        )


def _warn_edge_cells(unclassified: Mapping[str, int]) -> Iterable[str]:
    if cut := unclassified.get(AT_EDGE, 0):
        cells = "1 cell is" if cut == 1 else f"{cut} cells are"
        yield f"{cells} cut by the edge of a field and in no percentage."


def _share_to_json(share: ClassShare) -> dict[str, object]:
    return {
        "cells": share.cells,
        "value": _finite_or_none(share.value),
        "low": _finite_or_none(share.low),
        "high": _finite_or_none(share.high),
    }


def _finite_or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None
