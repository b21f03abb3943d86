"""The cells of the open case: their files and results, in columns. No Qt."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from leukogui.case.field_cells import FieldCells
from leukogui.case.folders import FolderRows
from leukogui.case.name_search import NameSearch
from leukogui.case.results import CellResult, CellReview, CellScores, Counts
from trainer.cases.records import UNKNOWN as UNKNOWN_LABEL
from trainer.domain import Box, CellId, Decision, ImageContent, LocatedCell

ACCEPTED, REVIEW, UNKNOWN, FAILED, PENDING, EMPTY = 999, 1000, 1001, 1002, 1003, 1004
"""Groups after those of the classes, which are numbered from 0 in the card's order; ACCEPTED
stands for all classes together and is no cell's own group, EMPTY for a field without a cell."""
_NO_ROWS = range(0)
_Number = TypeVar("_Number", int, float)
_GROUP_OF = {Decision.REVIEW: REVIEW, Decision.UNKNOWN: UNKNOWN, Decision.FAILED: FAILED}


class CaseModel:
    """Cells of one folder, with the result of each from the newest run of one model, and reviews.

    Columns are plain arrays, row for row, so that sorting 100,000 cells takes a few
    milliseconds. A row is a cell: the one of its image, or one of the cells of a field, which
    follow each other by number. A field in which no cell is has one row of its own.

    Attributes:
        images: the files, in order.
        fields: the cells of those that are fields.
        names: the image of each row.
        numbers: the number of each row's cell in its image.
        groups: of each row by its verdict: as reviewed, else as decided.
        decided: the same without reviews.
        reviewed: 1 for each row whose review counts.
        alerts: 1 for each row that may be a blast, by its result.
        reviews: the review of each cell that has one.
        titles: of classes, for a person; the others have their names.
        scores: of the cells, by the order that they are for; none until they are read.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.classes: tuple[str, ...] = ()
        self.card_classes: tuple[str, ...] = ()
        self.titles: Mapping[str, str] = {}
        self.scores: dict[str, CellScores] = {}
        self.reviews: dict[CellId, CellReview] = {}
        self.fields = FieldCells()
        self._unlisted: dict[CellId, CellResult] = {}
        self._rows_due = False
        self.images: list[str] = []
        self._image_ranks = np.zeros(0, np.int32)
        self.names: list[str] = []
        self.numbers = array("i")
        self.results: list[CellResult | None] = []
        self.groups = array("h")
        self.probabilities = array("f")
        self.distances = array("f")
        self.decided = array("h")
        self.reviewed = array("b")
        self._at_edge: NDArray[np.bool_] | None = None
        self.alerts = array("b")
        self._rows: dict[str, range] = {}
        self._reset_names()

    def _reset_names(self) -> None:
        """Discard what is built from the names on first use."""
        self._search, self._folders = NameSearch(), FolderRows()
        self._name_ranks = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self.names)

    def row(self, cell: CellId) -> int | None:
        """Return the row of a cell, or None."""
        rows = self.rows_of(cell.image)
        row = bisect_left(self.numbers, cell.number, rows.start, rows.stop)
        return row if row in rows and self.numbers[row] == cell.number else None

    def rows_of(self, image: str) -> range:
        """Return the rows of an image's cells; none of an image that is not there."""
        return self._rows.get(image, _NO_ROWS)

    def cell(self, row: int) -> CellId:
        """Return the cell of a row."""
        return CellId(self.names[row], self.numbers[row])

    def result(self, cell: CellId | None) -> CellResult | None:
        """Return the result of a cell, None where there is none."""
        row = self.row(cell) if cell is not None else None
        return self.results[row] if row is not None else None

    def box(self, cell: CellId) -> Box | None:
        """Return where a cell of a field lies in its image; None for any other cell."""
        located = self.fields.cell(cell)
        return located.box if located is not None else None

    def boxes_at(self, path: Path) -> tuple[Box, ...]:
        """Return the boxes of the cells of the field at a path."""
        inside = path.is_relative_to(self.root)
        return self.fields.boxes(path.relative_to(self.root).as_posix()) if inside else ()

    def path(self, row: int) -> Path:
        """Return the path of the image of a row."""
        return self.root / self.names[row]

    @property
    def at_edge(self) -> NDArray[np.bool_]:
        """For each row whether the edge of its field cuts the cell."""
        if self._at_edge is None or len(self._at_edge) != len(self):
            self._at_edge = np.zeros(len(self), np.bool_)
            for row in np.flatnonzero(np.array(self.numbers)).tolist():
                located = self.fields.cell(self.cell(row))
                self._at_edge[row] = located is not None and located.at_edge
        return self._at_edge

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
            if name in self._rows:
                continue
            numbers = [cell.id.number for cell in self.fields.cells(name)] or [0]
            self.images.append(name)
            self._rows[name] = range(len(self), len(self) + len(numbers))
            for number in numbers:
                self._append_row(CellId(name, number))

    def _append_row(self, cell: CellId) -> None:
        self.names.append(cell.image)
        self.numbers.append(cell.number)
        self.results.append(None)
        self.groups.append(self._decided_group(cell.image, None))
        self.probabilities.append(-1.0)
        self.distances.append(-1.0)
        self.decided.append(self.groups[-1])
        self.reviewed.append(0)
        self.alerts.append(0)
        early = self._unlisted.pop(cell, None)
        if early is not None:
            self._set_result(len(self.names) - 1, early)
        elif cell in self.reviews:
            self._set_group(len(self.names) - 1)

    def set_files(self, names: Sequence[str], name_ranks: NDArray[np.int32] | None = None) -> bool:
        """Set exactly these images, in this order, and return whether anything changed.

        Args:
            names: of the images.
            name_ranks: the place of each by its file's own name; None: as they come.
        """
        ranks = np.zeros(0, np.int32) if name_ranks is None else name_ranks
        if self.images == list(names) and not self._rows_due:
            changed = not np.array_equal(self._image_ranks, ranks)
            self._image_ranks = ranks
            self._name_ranks = self._ranks_of_rows()
            return changed
        self.images, self._image_ranks = list(names), ranks
        self._lay_out()
        return True

    def add_cells(self, cells: Iterable[tuple[LocatedCell, int]]) -> None:
        """Add cells of fields, each with its run; the rows follow with `update_rows`."""
        for cell, run in cells:
            self.fields.add(cell, run)
            self._rows_due = True

    def add_searched(self, searched: Iterable[tuple[str, int]]) -> None:
        """Add images that runs searched for cells; the rows follow with `update_rows`."""
        for image, run in searched:
            self.fields.add_searched(image, run)
            self._rows_due = True

    def set_cells(self, cells: Iterable[LocatedCell], content: ImageContent) -> None:
        """Set all cells of the case's fields, and what its images hold; rows as above."""
        self.fields.content = content
        self.fields.replace_all(cells)
        self._rows_due = True

    def update_rows(self) -> bool:
        """Lay the rows out anew where cells came or went; returns whether any did."""
        due = self._rows_due
        if due:
            self._lay_out()
        return due

    def _lay_out(self) -> None:
        """Give every cell its row; what is known of it comes along.

        Whole columns at a time: row by row, 100,000 would block the window. The lists are new
        ones, so that whoever shows the old ones can go on until it is shown the new ones.
        """
        self.fields.update(self._single_run)
        names, numbers, lengths = self.fields.expand(self.images)
        before = self._rows_before(names, numbers)
        kept = set(before)
        for row, result in enumerate(self.results):
            if result is not None and row not in kept:
                self._unlisted[self.cell(row)] = result
        self.groups = _take_rows(self.groups, before, PENDING)
        self.probabilities = _take_rows(self.probabilities, before, -1.0)
        self.distances = _take_rows(self.distances, before, -1.0)
        self.decided = _take_rows(self.decided, before, PENDING)
        self.reviewed = _take_rows(self.reviewed, before, 0)
        self.alerts = _take_rows(self.alerts, before, 0)
        self.results = [self.results[at] if at >= 0 else None for at in before]
        self.names, self.numbers = names, numbers
        ends = np.cumsum(lengths, dtype=np.int64)
        rows = map(range, (ends - lengths).tolist(), ends.tolist())
        self._rows = dict(zip(self.images, rows, strict=True))
        self._reset_names()
        self._name_ranks = self._ranks_of_rows()
        self._rows_due = False
        self._at_edge = None
        self._fill_rows()

    def _single_run(self, image: str) -> int:
        """The newest run that took an image for one of a single cell; 0 for none."""
        cell = CellId(image)
        result = self._unlisted.get(cell) or self.result(cell)
        return result.run if result is not None else 0

    def _rows_before(self, names: list[str], numbers: array[int]) -> list[int]:
        """The row that each cell had until now; -1 for a new one."""
        if not len(self.fields) and not any(self.numbers):  # a cell each: the quick way
            found = (self._rows.get(name, _NO_ROWS) for name in names)
            return [rows.start if rows else -1 for rows in found]
        rows = {key: row for row, key in enumerate(zip(self.names, self.numbers, strict=True))}
        return [
            -1 if self.fields.is_empty(name) else rows.get((name, number), -1)
            for name, number in zip(names, numbers, strict=True)
        ]

    def _fill_rows(self) -> None:
        """Set what is known of the cells that have their rows only now."""
        for row, result in enumerate(self.results):
            if result is None:
                self._set_group(row)
        for cell in [*self._unlisted]:
            at = self.row(cell)
            if at is not None and not self.fields.is_empty(cell.image):
                self._set_result(at, self._unlisted.pop(cell))

    def _ranks_of_rows(self) -> NDArray[np.int32]:
        """The rank of each row's image; empty where the images have none."""
        listed = self.images[: len(self._image_ranks)]
        return np.repeat(self._image_ranks, [len(self._rows[image]) for image in listed])

    def set_classes(self, classes: Sequence[str], further: Iterable[str] = ()) -> None:
        """Take the order of the classes; groups are numbered anew.

        Args:
            classes: of the card.
            further: of the lab, for reviews.
        """
        wanted = tuple(dict.fromkeys((*classes, *further)))
        self.card_classes = tuple(classes)
        if self.classes[: len(wanted)] == wanted:
            return
        self.classes = wanted
        for row, result in enumerate(self.results):
            if result is not None:
                self._set_group(row)
        self._group_reviewed(self.reviews)

    @property
    def class_titles(self) -> list[str]:
        """The classes as a person reads them, by the numbers of their groups."""
        return [self.titles.get(name, name) for name in self.classes]

    def set_reviews(self, reviews: Mapping[CellId, CellReview | None]) -> None:
        """Set the reviews of some cells, None for none; their groups follow."""
        for cell, review in reviews.items():
            if review is None:
                self.reviews.pop(cell, None)
            else:
                self.reviews[cell] = review
        self._group_reviewed(reviews)

    def review(self, cell: CellId | None) -> CellReview | None:
        """Return the review of a cell that counts, None where there is none."""
        review = self.reviews.get(cell) if cell is not None else None
        return review if review is not None and review.counts_for(self.result(cell)) else None

    def set_results(self, batch: Iterable[tuple[CellId, CellResult]]) -> None:
        """Set results by cell; those of cells that are not found yet are held for later.

        The newer run counts, also where an older one that is still going has a later result.
        """
        for cell, result in batch:
            # Of a field as an image of a single cell, which it may be from now on.
            is_other = not cell.number and cell.image in self.fields
            row = None if is_other else self.row(cell)
            before = self._unlisted.get(cell) if row is None else self.results[row]
            if before is not None and before.run > result.run:
                continue
            self._rows_due |= is_other
            if row is None:
                self._unlisted[cell] = result
            else:
                self._set_result(row, result)

    def clear_results(self) -> None:
        """Forget all results, as if there had been no run."""
        self._unlisted.clear()
        self.fields.forget_runs()
        self._rows_due |= len(self.fields) > 0
        for row, result in enumerate(self.results):
            if result is not None:
                self.results[row] = None
                self.probabilities[row] = self.distances[row] = -1.0
                self.alerts[row] = 0
                self._set_group(row)

    def counts(self) -> Counts:
        """Count the cells by decision and class."""
        found = dict(enumerate(np.bincount(np.array(self.groups, np.int64)).tolist()))
        classes = {name: found.get(at, 0) for at, name in enumerate(self.classes)}
        return Counts(
            total=len(self) - found.get(EMPTY, 0),
            accepted=sum(classes.values()),
            review=found.get(REVIEW, 0),
            unknown=found.get(UNKNOWN, 0),
            failed=found.get(FAILED, 0),
            pending=found.get(PENDING, 0),
            images=len(self.images),
            fields=self.fields.count(self.images),
            empty=found.get(EMPTY, 0),
            reviewed=int(np.count_nonzero(np.array(self.reviewed))),
            classes=classes,
        )

    def _set_result(self, row: int, result: CellResult) -> None:
        self.results[row] = result
        self.probabilities[row] = result.probability
        self.distances[row] = -1.0 if result.distance is None else result.distance
        self.alerts[row] = result.is_possible_blast
        self._set_group(row)

    def _group_reviewed(self, cells: Iterable[CellId]) -> None:
        for cell in cells:
            row = self.row(cell)
            if row is not None:
                self._set_group(row)

    def _set_group(self, row: int) -> None:
        result = self.results[row]
        decided = self._decided_group(self.names[row], result)
        review = self.reviews.get(self.cell(row)) if self.reviews else None
        counts = review is not None and decided != EMPTY and review.counts_for(result)
        self.decided[row] = self.groups[row] = decided
        self.reviewed[row] = counts
        if review is not None and counts:
            unknown = review.label == UNKNOWN_LABEL
            self.groups[row] = UNKNOWN if unknown else self._class_group(review.label)

    def _decided_group(self, image: str, result: CellResult | None) -> int:
        if result is None:
            return EMPTY if self.fields.is_empty(image) else PENDING
        if result.decision is Decision.ACCEPT:
            return self._class_group(result.label)
        return _GROUP_OF[result.decision]

    def _class_group(self, label: str) -> int:
        if label not in self.classes:
            self.classes = (*self.classes, label)
        return self.classes.index(label)


def _take_rows(column: array[_Number], rows: list[int], missing: _Number) -> array[_Number]:
    """The column's values at these rows; `missing` at those below zero."""
    return array(column.typecode, [column[at] if at >= 0 else missing for at in rows])
