"""What the measured confusions of several networks suggest, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation.ensembles import (
    ConfusedPair,
    balanced_accuracy_of,
    choose_cascade,
    confused_pairs,
    measure_agreement,
)
from trainer.jobs.common.explanation_metrics import FaithfulnessResult
from trainer.jobs.compare.cost import Speed, TrainingCost
from trainer.jobs.compare.predictions import Answers
from trainer.models.class_colours import readable_name
from trainer.models.export.flops import Cost

Shares = NDArray[np.float64]
# Networks whose sensitivities differ by less are alike.
_SMALL = 0.02
_NEARLY_ALL = 0.9


@dataclass(frozen=True, eq=False)
class Contender:
    """One network of a comparison.

    Attributes:
        name: of its backbone, or the id of a model that was there before.
        answers: of each seed, the first of which is compared cell by cell.
        cost, speed: of the first seed's package.
        training: of each seed; empty for a model that was there before.
        explained: how good the heat maps of the first seed's package are; None if unknown.
    """

    name: str
    answers: tuple[Answers, ...]
    cost: Cost
    speed: Speed
    training: tuple[TrainingCost, ...]
    explained: FaithfulnessResult | None = None


def strategies_of(
    contenders: Sequence[Contender],
    labels: NDArray[np.intp],
    shares: Mapping[str, Shares],
    classes: Sequence[str],
) -> list[str]:
    """Sentences, most useful first.

    Args:
        labels: (N,), of the test cells.
        shares: probabilities (N, C) on them, by contender.
    """
    said = [_of_mixup(each) for each in confused_pairs(labels, shares, classes)]
    if len(contenders) > 1:
        said += [_of_agreement(labels, list(shares.values())), _of_cascade(contenders)]
    return said


def _of_mixup(mixup: ConfusedPair) -> str:
    cells, found = mixup.cells, mixup.sensitivity
    best = max(found, key=lambda name: found[name])
    words = (
        f"{readable_name(mixup.first)} and {readable_name(mixup.second)} are taken for one "
        "another in "
        f"{sum(cells.values())} cells over all networks"
    )
    if len(cells) == 1 or found[best] - min(found.values()) < _SMALL:
        return f"{words}: more such cells to learn from would help most."
    return (
        f"{words}. {best} tells them apart best: it finds at least {found[best]:.0%} of either and "
        f"mixes up {cells[best]}."
    )


def _of_agreement(labels: NDArray[np.intp], shares: Sequence[Shares]) -> str:
    found = measure_agreement(labels, shares)
    if not found.coverage:
        return "There is no cell on which all networks agree."
    all_ = "Both" if len(shares) == 2 else f"All {len(shares)}"
    return (
        f"{all_} networks agree on {found.coverage:.1%} of the cells, and are right on "
        f"{found.accuracy:.1%} of these: the others are worth a person's look first."
    )


def _of_cascade(contenders: Sequence[Contender]) -> str:
    quick = max(contenders, key=lambda each: each.speed.many)
    by_val = {each.name: _val_quality(each) for each in contenders}
    better = max((each for each in contenders if each is not quick), key=lambda e: by_val[e.name])
    if by_val[better.name] <= by_val[quick.name]:
        return (
            f"{quick.name}, the quickest, is no worse than the others on the validation cells: "
            "nothing is gained by asking another one."
        )
    pairs = [
        (one.labels, one.probabilities, other.probabilities)
        for one, other in (
            (quick.answers[0].val, better.answers[0].val),
            (quick.answers[0].test, better.answers[0].test),
        )
    ]
    found = choose_cascade(pairs[0], pairs[1], quick.speed.many / better.speed.many)
    if found.deferral_rate > _NEARLY_ALL:
        return (
            f"{quick.name}, the quickest, would have to ask {better.name} of nearly every cell: "
            f"nothing is gained by asking it first."
        )
    return (
        f"{quick.name} first, asking {better.name} where it is less sure than "
        f"{min(found.threshold, 1):.3f} (chosen on validation cells): {found.deferral_rate:.1%} "
        "of the "
        f"test cells are passed on, balanced accuracy {found.balanced_accuracy:.3f} at "
        f"{found.cost:.1f} times the cost of {quick.name} alone."
    )


def _val_quality(contender: Contender) -> float:
    val = contender.answers[0].val
    return balanced_accuracy_of(val.labels, val.probabilities.argmax(axis=1))
