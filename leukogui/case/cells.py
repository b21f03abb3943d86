"""The cells of the open case: their files and results, in columns. No Qt."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from leukogui.case.folders import FolderRows
from leukogui.case.name_search import NameSearch
from trainer.domain import Decision, Prediction

ACCEPTED, REVIEW, UNKNOWN, FAILED, PENDING = 999, 1000, 1001, 1002, 1003
"""Groups after those of the classes, which are numbered from 0 in the card's order; ACCEPTED
stands for all classes together and is no cell's own group."""
_Number = TypeVar("_Number", int, float)
_GROUP_OF = {Decision.REVIEW: REVIEW, Decision.UNKNOWN: UNKNOWN, Decision.FAILED: FAILED}


@dataclass(frozen=True, slots=True)
class CellResult:
    """The result of one cell in a run: the short part of a `Prediction`, held for every cell."""

    run: int
    decision: Decision
    label: str
    probability: float
    distance: float | None
    reason: str
    looks_like: str
    error: str

    @classmethod
    def of(cls, prediction: Prediction, run: int) -> CellResult:
        """Take the short part of a prediction."""
        return cls(
            run,
            prediction.decision,
            prediction.label,
            prediction.probability,
            prediction.distance,
            prediction.reason,
            prediction.looks_like,
            prediction.error,
        )


@dataclass(frozen=True)
class Counts:
    """Numbers of cells by decision, and of the accepted ones by class."""

    total: int = 0
    accepted: int = 0
    review: int = 0
    unknown: int = 0
    failed: int = 0
    pending: int = 0
    classes: dict[str, int] = field(default_factory=dict)


class CaseModel:
    """Files of one folder, with the result of each from the newest run of one model.

    Columns are plain arrays, row for row, so that sorting 100,000 cells takes a few
    milliseconds.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.classes: tuple[str, ...] = ()
        self._unlisted: dict[str, CellResult] = {}
        self._clear()

    def _clear(self) -> None:
        self.names: list[str] = []
        self.results: list[CellResult | None] = []
        self.groups = array("h")
        self.probabilities = array("f")
        self.distances = array("f")
        self._row: dict[str, int] = {}
        self._reset_names()

    def _reset_names(self) -> None:
        """Discard what is built from the names on first use."""
        self._search, self._folders = NameSearch(), FolderRows()
        self._name_ranks = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self.names)

    def row(self, name: str) -> int | None:
        """Return the row of an image, or None."""
        return self._row.get(name)

    def path(self, row: int) -> Path:
        """Return the path of the image of a row."""
        return self.root / self.names[row]

    @property
    def search(self) -> NameSearch:
        """The search for words in the names, row for row."""
        self._search.extend(self.names)
        return self._search

    @property
    def folders(self) -> FolderRows:
        """The folder of each row."""
        self._folders.extend(self.names)
        return self._folders

    @property
    def name_ranks(self) -> NDArray[np.int32]:
        """Each row's place by its file's own name; rows not listed to the end come last."""
        last = np.arange(len(self._name_ranks), len(self), dtype=np.int32)
        return np.concatenate([self._name_ranks, last])

    def add_files(self, names: Iterable[str]) -> None:
        """Append images that are not there yet."""
        for name in names:
            if name in self._row:
                continue
            self._row[name] = len(self.names)
            self.names.append(name)
            self.results.append(None)
            self.groups.append(PENDING)
            self.probabilities.append(-1.0)
            self.distances.append(-1.0)
            early = self._unlisted.pop(name, None)
            if early is not None:
                self._set_result(self._row[name], early)

    def set_files(self, names: Sequence[str], name_ranks: NDArray[np.int32] | None = None) -> bool:
        """Set exactly these images, in this order, and return whether anything changed.

        Args:
            names: of the images.
            name_ranks: the place of each by its file's own name; None: as they come.
        """
        places = np.zeros(0, np.int32) if name_ranks is None else name_ranks
        if self.names == list(names):
            changed = not np.array_equal(self._name_ranks, places)
            self._name_ranks = places
            return changed
        # Whole columns at a time: row by row, 100,000 would block the window.
        before = [self._row.get(name, -1) for name in names]
        rows = {name: at for at, name in enumerate(names)}
        for name, result in zip(self.names, self.results, strict=True):
            if result is not None and name not in rows:
                self._unlisted[name] = result
        self.groups = _take_rows(self.groups, before, PENDING)
        self.probabilities = _take_rows(self.probabilities, before, -1.0)
        self.distances = _take_rows(self.distances, before, -1.0)
        self.results = [self.results[at] if at >= 0 else None for at in before]
        self.names, self._row = list(names), rows
        self._reset_names()
        self._name_ranks = places
        for name in [each for each in self._unlisted if each in rows]:
            self._set_result(rows[name], self._unlisted.pop(name))
        return True

    def set_classes(self, classes: Sequence[str]) -> None:
        """Take the order of the classes from a card; groups are numbered anew."""
        if self.classes == tuple(classes):
            return
        self.classes = tuple(classes)
        for row, result in enumerate(self.results):
            if result is not None:
                self._set_result(row, result)

    def set_results(self, batch: Iterable[tuple[str, CellResult]]) -> None:
        """Set results by name; those of images that are not found yet are held for later.

        The newer run counts, also where an older one that is still going has a later result.
        """
        for name, result in batch:
            row = self._row.get(name)
            before = self._unlisted.get(name) if row is None else self.results[row]
            if before is not None and before.run > result.run:
                continue
            if row is None:
                self._unlisted[name] = result
            else:
                self._set_result(row, result)

    def clear_results(self) -> None:
        """Forget all results, as if there had been no run."""
        self._unlisted.clear()
        for row, result in enumerate(self.results):
            if result is not None:
                self.results[row] = None
                self.groups[row] = PENDING
                self.probabilities[row] = self.distances[row] = -1.0

    def counts(self) -> Counts:
        """Count the cells by decision and class."""
        found = dict(enumerate(np.bincount(np.array(self.groups, np.int64)).tolist()))
        classes = {name: found.get(at, 0) for at, name in enumerate(self.classes)}
        return Counts(
            total=len(self),
            accepted=sum(classes.values()),
            review=found.get(REVIEW, 0),
            unknown=found.get(UNKNOWN, 0),
            failed=found.get(FAILED, 0),
            pending=found.get(PENDING, 0),
            classes=classes,
        )

    def _set_result(self, row: int, result: CellResult) -> None:
        self.results[row] = result
        self.groups[row] = self._group_of(result)
        self.probabilities[row] = result.probability
        self.distances[row] = -1.0 if result.distance is None else result.distance

    def _group_of(self, result: CellResult) -> int:
        if result.decision is not Decision.ACCEPT:
            return _GROUP_OF[result.decision]
        if result.label not in self.classes:
            self.classes = (*self.classes, result.label)
        return self.classes.index(result.label)


def _take_rows(column: array[_Number], rows: list[int], missing: _Number) -> array[_Number]:
    """The column's values at these rows; `missing` at those below zero."""
    return array(column.typecode, [column[at] if at >= 0 else missing for at in rows])
