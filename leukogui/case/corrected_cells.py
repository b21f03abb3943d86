"""The cells of the open case that a model can be adapted by, and what would be learned. No Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from leukogui.case.cells import CaseModel
from trainer.cases.records import EXCLUDED, UNKNOWN

CELLS_OF_CLASS = 5
"""From so many corrected cells of every class on an adaptation is offered."""


@dataclass(frozen=True)
class AdaptationPlan:
    """What a model would learn from the corrected cells of a case.

    Attributes:
        known: class -> number of its cells.
        untouched: classes without a cell, which stay as they are.
        outside: label -> number of cells, of kinds that the model has outside of its classes.
        strange: the same of labels that the model does not know.
        unknown: cells that are of none of the classes.
    """

    known: Mapping[str, int] = field(default_factory=dict)
    untouched: tuple[str, ...] = ()
    outside: Mapping[str, int] = field(default_factory=dict)
    strange: Mapping[str, int] = field(default_factory=dict)
    unknown: int = 0

    @property
    def cells(self) -> int:
        """All of them."""
        parts = (self.known, self.outside, self.strange)
        return sum(sum(part.values()) for part in parts) + self.unknown


def count_corrected(model: CaseModel, since: datetime | None = None) -> dict[str, int]:
    """Count the corrected cells of a case by label.

    Args:
        since: only those that were reviewed later; None: all.
    """
    counts: Counter[str] = Counter()
    for cell, review in model.reviews.items():
        if review.label in ("", EXCLUDED) or not review.counts_for(model.result(cell)):
            continue
        if since is None or not review.time or _time_of(review.time) > since:
            counts[review.label] += 1
    return dict(counts)


def plan_adaptation(
    counts: Mapping[str, int], classes: Collection[str], other_classes: Collection[str]
) -> AdaptationPlan:
    """Plan what a model learns.

    Args:
        counts: corrected cells by label.
        classes, other_classes: of the model.
    """
    return AdaptationPlan(
        {name: counts[name] for name in classes if name in counts},
        tuple(name for name in classes if name not in counts),
        {name: counts[name] for name in other_classes if name in counts},
        {
            name: count
            for name, count in sorted(counts.items())
            if name not in (*classes, *other_classes, UNKNOWN)
        },
        counts.get(UNKNOWN, 0),
    )


def is_enough(counts: Mapping[str, int], classes: Collection[str], least: int) -> bool:
    """Return whether an adaptation should be offered.

    Args:
        counts: corrected cells since the last one, by label.
        least: so many in all, or five of every class; 0: never.
    """
    if not least or len(counts) < 2:  # of one class alone nothing can be learned
        return False
    every = all(counts.get(name, 0) >= CELLS_OF_CLASS for name in classes)
    return every or sum(counts.values()) >= least


def _time_of(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    return time if time.tzinfo else time.replace(tzinfo=UTC)
