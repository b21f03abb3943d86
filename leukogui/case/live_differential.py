"""The differential while a person reviews: counts before and after, without intervals. No Qt.

Exact intervals are computed by the worker for summary and report; here a number follows every
key at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukogui.case.cells import EMPTY, FAILED, REVIEW, UNKNOWN, CaseModel
from trainer.cases.records import EXCLUDED
from trainer.cases.review_classes import DifferentialPlace


@dataclass(frozen=True)
class LiveDifferential:
    """Counts of a case.

    Attributes:
        before: cells of each class as the model accepted them, by number of the class.
        now: the same by verdict.
        white: whether each class is within the 100 %.
        beside: whether it is given per 100 white cells.
        cells: all that could be read.
        reviewed: those of them with a review.
        open: cells to review, and unknown ones that nobody has looked at.
        reviewed_by_group: number of reviewed cells by group, EMPTY + 1 numbers.
    """

    before: NDArray[np.int64]
    now: NDArray[np.int64]
    white: NDArray[np.bool_]
    beside: NDArray[np.bool_]
    cells: int
    reviewed: int
    open: int
    reviewed_by_group: NDArray[np.int64]

    @property
    def white_before(self) -> int:
        """White cells as the model accepted them."""
        return int(self.before[self.white].sum())

    @property
    def white_now(self) -> int:
        """White cells by verdict."""
        return int(self.now[self.white].sum())

    def percent(self, number: int, *, before: bool = False) -> float | None:
        """Return the share of a class in percent, or cells per 100 white cells.

        None for an excluded class, and where there is no white cell.
        """
        counts, white = (self.before, self.white_before) if before else (self.now, self.white_now)
        if not white or not (self.white[number] or self.beside[number]):
            return None
        return 100 * float(counts[number]) / white


def count_differential(
    model: CaseModel,
    places: Mapping[str, DifferentialPlace],
    *,
    count_edge_cells: bool = False,
) -> LiveDifferential:
    """Count a case; 100,000 cells take some milliseconds.

    Args:
        places: of the review classes; a class that is not among them is within the 100 %.
        count_edge_cells: whether cells that the edge of a field cuts count as the others.
    """
    groups, decided = np.array(model.groups, np.int16), np.array(model.decided, np.int16)
    reviewed = np.array(model.reviewed, np.bool_)
    kept = slice(None) if count_edge_cells else ~model.at_edge
    usual = DifferentialPlace.WITHIN
    named = [
        DifferentialPlace.EXCLUDED if name == EXCLUDED else places.get(name, usual)
        for name in model.classes
    ]
    count = len(model.classes)
    waiting = ((groups == REVIEW) | (groups == UNKNOWN)) & ~reviewed
    return LiveDifferential(
        np.bincount(decided[kept], minlength=count)[:count],
        np.bincount(groups[kept], minlength=count)[:count],
        np.array([each is DifferentialPlace.WITHIN for each in named], np.bool_),
        np.array([each is DifferentialPlace.BESIDE for each in named], np.bool_),
        int(np.count_nonzero((groups != FAILED) & (groups != EMPTY))),
        int(np.count_nonzero(reviewed)),
        int(np.count_nonzero(waiting)),
        np.bincount(groups[reviewed], minlength=EMPTY + 1),
    )
