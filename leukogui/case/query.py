"""The query of the cells of a case, and the masks of the cells that it selects.

Each part of a query has a mask of its own, so that each count can leave out its own part: the
count beside a group is that of the cells that a click on it would show.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from leukogui.case.cells import ACCEPTED, EMPTY, FAILED, REVIEW, UNKNOWN, CaseModel
from trainer.domain import CellId

SortKey = Literal[
    "folder",
    "name",
    "probability",
    "distance",
    "decision",
    "urgency",
    "disagreement",
    "suspected",
]
Range = tuple[float, float]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class CellQuery:
    """Filter, order and grouping of cells.

    Attributes:
        sort: within a group; "folder" is natural order folder by folder, "name" that of the
            files' own names, "decision" accepted first, then what needs a person, "urgency" what
            needs a person first, possible blasts before all, the least sure before others,
            "disagreement" that first on which the models over the case differ most, "suspected"
            the review first that is contradicted most.
        descending: the other way round; cells of which nothing is known come last anyway.
        groups: only these (numbers of `CaseModel.groups`, or ACCEPTED for every class); None:
            all.
        text: only images whose name, folder included, holds all of these words, upper and
            lower case alike.
        folder: only images below it, relative to the root; empty: all.
        probability: only cells whose probability lies from the first to the second, 0 to 1.
        distance: the same for the distance, in units of the limit.
        cells: only these, as something named them; None: all.
        grouped: by verdict; else all in one.
        folded: groups of which only the heading is shown while cells are grouped.
    """

    sort: SortKey = "folder"
    descending: bool = False
    groups: frozenset[int] | None = None
    text: str = ""
    folder: str = ""
    probability: Range | None = None
    distance: Range | None = None
    cells: frozenset[CellId] | None = None
    grouped: bool = True
    folded: frozenset[int] = frozenset()

    @property
    def is_filtered(self) -> bool:
        """Whether it may leave cells out."""
        return self != self.unfiltered()

    def unfiltered(self) -> CellQuery:
        """Return a query of all cells in the same order."""
        return replace(CellQuery(), sort=self.sort, descending=self.descending, **self._shown)

    @property
    def _shown(self) -> dict[str, Any]:
        return {"grouped": self.grouped, "folded": self.folded}

    def only(self, group: int) -> CellQuery:
        """Return a query of one group alone in the same order."""
        return replace(self.unfiltered(), groups=frozenset({group}), folded=self.folded - {group})

    def only_cells(self, cells: frozenset[CellId]) -> CellQuery:
        """Return a query of these cells alone in the same order, none of them folded away."""
        return replace(self.unfiltered(), cells=cells, folded=frozenset())

    def with_toggled(self, group: int) -> CellQuery:
        """Return the query with a group folded, or unfolded if it is folded."""
        return replace(self, folded=self.folded ^ {group})

    def remap_classes(self, before: Sequence[str], after: Sequence[str]) -> CellQuery:
        """Return the query for a card of other numbers of the classes; one it lacks is dropped."""
        if self.groups is None and not self.folded:
            return self
        new = {
            number: list(after).index(name) for number, name in enumerate(before) if name in after
        }

        def remap(groups: frozenset[int]) -> frozenset[int]:
            found = {new.get(group) if group < ACCEPTED else group for group in groups}
            return frozenset(each for each in found if each is not None)

        groups = remap(self.groups) or None if self.groups is not None else None
        return replace(self, groups=groups, folded=remap(self.folded))


class QueryMasks:
    """The masks of a query, part by part; valid until the case changes."""

    def __init__(self, model: CaseModel, query: CellQuery) -> None:
        self._model, self._query = model, query
        self.groups = np.array(model.groups, dtype=np.int16)

    @property
    def selected(self) -> Mask:
        """For each row whether all parts of the query select it."""
        return self._in_groups & self._in_folder & self._others

    @property
    def counts_by_group(self) -> NDArray[np.int64]:
        """How many cells of each group the other parts select; EMPTY + 1 numbers."""
        return np.bincount(self.groups[self._in_folder & self._others], minlength=EMPTY + 1)

    @property
    def counts_by_folder(self) -> NDArray[np.int64]:
        """How many cells in and below each folder of the tree the other parts select."""
        folders = self._model.folders
        left = folders.numbers[self._in_groups & self._others]
        return folders.tree.cumulate(np.bincount(left, minlength=len(folders.tree)))

    @cached_property
    def _in_groups(self) -> Mask:
        if self._query.groups is None:
            return self._all
        found = np.isin(self.groups, list(self._query.groups))
        return found | (self.groups < ACCEPTED) if ACCEPTED in self._query.groups else found

    @cached_property
    def _in_folder(self) -> Mask:
        return self._model.folders.below(self._query.folder) if self._query.folder else self._all

    @cached_property
    def _others(self) -> Mask:
        """What the text and the ranges select."""
        found = self._model.search.match(self._query.text) if self._query.text else self._all
        for column, limits in (
            (self._model.probabilities, self._query.probability),
            (self._model.distances, self._query.distance),
        ):
            if limits is not None:
                found = found & in_range(np.array(column, np.float32), limits)
                found &= self.groups < FAILED
        return found if self._query.cells is None else found & self._named(self._query.cells)

    def _named(self, cells: frozenset[CellId]) -> Mask:
        found = np.zeros(len(self._model), np.bool_)
        found[[row for row in map(self._model.row, cells) if row is not None]] = True
        return found

    @property
    def _all(self) -> Mask:
        return np.ones(len(self._model), np.bool_)


def in_range(values: NDArray[np.float32], limits: Range) -> Mask:
    """Whether values lie from the first limit to the second; below 0 stands for none known."""
    low, high = np.float32(limits[0]), np.float32(limits[1])
    return (values >= max(low, np.float32(0))) & (values <= high)


def decision_ranks(groups: NDArray[np.int16]) -> NDArray[np.int16]:
    """Merge all classes into one group: accepted, then to review, unknown, failed, pending."""
    return np.maximum(groups, REVIEW - 1).astype(np.int16)


def urgency_ranks(model: CaseModel, groups: NDArray[np.int16]) -> NDArray[np.int16]:
    """Rank every row: possible blasts, to review, unknown, accepted, not classified, reviewed.

    Args:
        groups: of every row.
    """
    ranks = np.full(len(groups), _ACCEPTED_RANK, np.int16)
    ranks[groups >= FAILED] = _ACCEPTED_RANK + 1
    ranks[groups == UNKNOWN] = _ACCEPTED_RANK - 1
    ranks[groups == REVIEW] = _ACCEPTED_RANK - 2
    ranks[np.array(model.alerts, np.bool_) & (groups == REVIEW)] = 0
    ranks[np.array(model.reviewed, np.bool_)] = REVIEWED_RANK
    return ranks


_ACCEPTED_RANK, REVIEWED_RANK = 3, 5
