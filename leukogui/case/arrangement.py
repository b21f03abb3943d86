"""Filtering, grouping and sorting of the cells of a case, as a `CellQuery` wants them.

Nothing else in the window knows how cells are selected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leukogui.case.cells import FAILED, CaseModel
from leukogui.case.query import CellQuery, QueryMasks, SortKey, decision_ranks, urgency_ranks
from leukogui.case.results import CellScores

__all__ = ["EMPTY_ARRANGEMENT", "Arrangement", "CellQuery", "Section", "SortKey", "arrange"]


@dataclass(frozen=True)
class Section:
    """Cells of one group that follow one another; `group` is -1 where all are in one.

    Attributes:
        count: cells that are shown; 0 where the group is folded.
        hidden: cells that are not shown because the group is folded.
    """

    group: int
    start: int
    count: int
    hidden: int = 0

    @property
    def total(self) -> int:
        """All cells that the query selects of the group."""
        return self.count + self.hidden

    @property
    def is_folded(self) -> bool:
        """Whether only the heading is shown."""
        return self.hidden > 0


@dataclass(frozen=True, eq=False)
class Arrangement:
    """The selected cells in order.

    Attributes:
        rows: of the case model, int32.
        sections: the groups, which follow one another.
    """

    rows: NDArray[np.int32]
    sections: tuple[Section, ...]


EMPTY_ARRANGEMENT = Arrangement(np.zeros(0, np.int32), ())


def arrange(model: CaseModel, query: CellQuery) -> Arrangement:
    """Select and order the cells; 100,000 take some ten milliseconds."""
    masks = QueryMasks(model, query)
    rows = np.flatnonzero(masks.selected).astype(np.int32)
    rows = rows[_order(model, query, rows, masks.groups)]
    if not query.grouped:
        sections = (Section(-1, 0, len(rows)),) if len(rows) else ()
        return Arrangement(rows, sections)
    rows = rows[np.argsort(masks.groups[rows], kind="stable")]
    every = _sections(masks.groups[rows])
    if not query.folded:
        return Arrangement(rows, every)
    return _fold(rows, every, query.folded)


def _fold(
    rows: NDArray[np.int32], sections: tuple[Section, ...], folded: frozenset[int]
) -> Arrangement:
    """Leave out the cells of folded groups; their sections stay, without a cell."""
    kept: list[Section] = []
    parts: list[NDArray[np.int32]] = [rows[:0]]
    start = 0
    for each in sections:
        count = 0 if each.group in folded else each.count
        kept.append(Section(each.group, start, count, each.count - count))
        parts.append(rows[each.start : each.start + count])
        start += count
    return Arrangement(np.concatenate(parts), tuple(kept))


def _order(
    model: CaseModel, query: CellQuery, rows: NDArray[np.int32], of_case: NDArray[np.int16]
) -> NDArray[np.intp]:
    groups = of_case[rows]
    match query.sort:
        case "folder":
            order = np.arange(len(rows))
            return order[::-1] if query.descending else order
        case "name":
            return _stable_order(model.name_ranks[rows], query.descending)
        case "decision":
            return _stable_order(decision_ranks(groups), query.descending)
        case "urgency":
            return _urgency_order(model, query, rows, of_case)
        case "probability":
            values = np.array(model.probabilities, np.float32)[rows]
        case "distance":
            values = np.array(model.distances, np.float32)[rows]
        case "disagreement" | "suspected":
            return _score_order(model, query, rows)
    # Below 0 nothing is known, and of a file that could not be read neither.
    unknown = (groups >= FAILED) | (values < 0)
    values = -values if query.descending else values
    values[unknown] = np.inf
    return np.argsort(values, kind="stable")


def _urgency_order(
    model: CaseModel, query: CellQuery, rows: NDArray[np.int32], of_case: NDArray[np.int16]
) -> NDArray[np.intp]:
    """By rank; within a rank the least sure first, in steps of a hundredth."""
    ranks = urgency_ranks(model, of_case)[rows].astype(np.int32)
    sureness = np.array(model.probabilities, np.float32)[rows]
    keys = 128 * ranks + np.clip(np.rint(100 * sureness), 0, 100).astype(np.int32)
    return _stable_order(keys, query.descending)


def _score_order(model: CaseModel, query: CellQuery, rows: NDArray[np.int32]) -> NDArray[np.intp]:
    """The highest score first; cells without one come last, both ways."""
    values = model.scores.get(query.sort, CellScores()).column(model.names, model.numbers)[rows]
    keys = values if query.descending else -values
    return np.argsort(np.where(values < 0, np.inf, keys), kind="stable")


def _stable_order(values: NDArray[np.signedinteger], descending: bool) -> NDArray[np.intp]:
    """An order in which equal values keep their places, both ways."""
    return np.argsort(-values if descending else values, kind="stable")


def _sections(groups: NDArray[np.int16]) -> tuple[Section, ...]:
    if not len(groups):
        return ()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(groups)) + 1])
    counts = np.diff(np.append(starts, len(groups)))
    return tuple(
        Section(int(groups[start]), int(start), int(count))
        for start, count in zip(starts, counts, strict=True)
    )
