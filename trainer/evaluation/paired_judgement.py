"""Two models on the same cells, by class: better, worse or not distinguishable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.comparison import mcnemar
from trainer.evaluation.intervals import clopper_pearson
from trainer.statistics import holm

SIGNIFICANCE = 0.05


class Judgement(StrEnum):
    """What can be said of the second model against the first."""

    BETTER = "better"
    WORSE = "worse"
    NOT_DISTINGUISHABLE = "not distinguishable"


@dataclass(frozen=True)
class PairedJudgement:
    """How often two models are right on the same cells.

    Attributes:
        cells: how many.
        before, after: share of the cells that each has right, with its exact 95 % interval.
        lost: cells that only the first has right.
        gained: cells that only the second has right.
        p: of McNemar's exact test; of a class, corrected for the number of classes by Holm.
    """

    cells: int
    before: Interval
    after: Interval
    lost: int
    gained: int
    p: float

    @property
    def judgement(self) -> Judgement:
        """Better or worse where p is under 0.05."""
        if self.p >= SIGNIFICANCE:
            return Judgement.NOT_DISTINGUISHABLE
        return Judgement.BETTER if self.gained > self.lost else Judgement.WORSE

    def to_json(self) -> dict[str, object]:
        """As in metrics.json."""
        return {
            "cells": self.cells,
            **{
                name: [round(value, 6) for value in (share.value, share.low, share.high)]
                for name, share in (("before", self.before), ("after", self.after))
            },
            "lost": self.lost,
            "gained": self.gained,
            "p": round(self.p, 6),
            "judgement": self.judgement.value,
        }


def judge_pairs(
    before: NDArray[np.bool_], after: NDArray[np.bool_], p: float | None = None
) -> PairedJudgement:
    """Compare two models on N cells.

    Args:
        before, after: bool (N,), whether each has the cell right; N at least 1.
        p: instead of that of the test on these cells alone.
    """
    test = mcnemar(before, after)
    count = len(before)
    return PairedJudgement(
        count,
        clopper_pearson(int(before.sum()), count),
        clopper_pearson(int(after.sum()), count),
        test.only_first,
        test.only_second,
        test.p if p is None else p,
    )


def judge_by_class(
    before: NDArray[np.bool_],
    after: NDArray[np.bool_],
    labels: NDArray[np.intp],
    names: Sequence[str],
) -> Mapping[str, PairedJudgement]:
    """Compare two models class by class, for those that have cells; p-values by Holm.

    Args:
        before, after: bool (N,), whether each has the cell right.
        labels: (N,), indices into `names`.
    """
    rows = {name: labels == index for index, name in enumerate(names)}
    rows = {name: member for name, member in rows.items() if member.any()}
    single = [mcnemar(before[member], after[member]).p for member in rows.values()]
    return {
        name: judge_pairs(before[member], after[member], p)
        for (name, member), p in zip(rows.items(), holm(single), strict=True)
    }
