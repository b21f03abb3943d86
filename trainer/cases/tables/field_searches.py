"""Searches of fields for cells: matched to the cells that are known, and the table of them.

The table holds the fields that a run has searched, those without a cell included.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from trainer.cases.database.column_values import canonical_json, to_column
from trainer.cases.database.transactions import AuditEntry, StoreConnection
from trainer.cases.records import FieldSearch, SearchedField
from trainer.cases.tables.reviews import digest_rows
from trainer.domain import SAME_CELL_IOU, CellId, CellOrigin, LocatedCell
from trainer.errors import StoreError

PAGE_SIZE = 512
COLUMNS = "run_id, image, sha256, cells, width, height, notes"
_INSERT = f"INSERT INTO fields (entry, {COLUMNS}) VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?)"  # noqa: S608

_SELECT = f"SELECT {COLUMNS.removeprefix('run_id, ')} FROM fields WHERE run_id = ?"  # noqa: S608


@dataclass(frozen=True)
class CellRow:
    """A row of the table of cells: a cell, the bytes it lies in, and its state."""

    cell: LocatedCell
    sha256: str
    state: str = "present"


@dataclass(frozen=True)
class SearchMatch:
    """The outcome of a search: the number of each cell found, and the rows that change.

    Attributes:
        numbers: None for a cell that does not count.
    """

    numbers: tuple[int | None, ...]
    rows: tuple[CellRow, ...]


def match_search(
    search: FieldSearch, known: Sequence[CellRow], reviewed: Collection[int], last_number: int
) -> SearchMatch:
    """Number the cells of a search.

    Args:
        search: what was found; a cell with a number is a known one that was kept.
        known: newest rows of the cells of the same bytes.
        reviewed: numbers of the cells that a person reviewed.
        last_number: the highest number that was ever given in the image.

    Returns:
        Numbers, and rows of new cells, of moved ones and of those that are lost.
    """
    by_number = {row.cell.id.number: row for row in known}
    matched = _match_cells(search.cells, known)
    fresh = count(last_number + 1)
    numbers: list[int | None] = []
    rows: list[CellRow] = []
    for at, found in enumerate(search.cells):
        row = by_number.get(matched.get(at, 0))
        number = _number_of(found, row, fresh)
        numbers.append(number)
        if number is not None and found.origin is CellOrigin.FOUND:
            cell = replace(found, id=CellId(search.image, number))
            if row is None or row.state != "present" or not _same_place(row.cell, cell):
                rows.append(CellRow(cell, search.sha256))
    rows += [
        replace(row, state="lost")
        for number, row in by_number.items()
        if not search.is_partial
        and row.cell.origin is CellOrigin.FOUND
        and row.state == "present"
        and number not in reviewed
        and number not in numbers
    ]
    return SearchMatch(tuple(numbers), tuple(rows))


def _number_of(found: LocatedCell, row: CellRow | None, fresh: count[int]) -> int | None:
    """The number of a found cell; None where what a person did is in its place."""
    if row is None:
        # One that was kept is no longer known: a person undid its drawing meanwhile.
        return None if found.id.number else next(fresh)
    if row.state == "removed" or (row.cell.origin is CellOrigin.DRAWN and not found.id.number):
        return None
    return row.cell.id.number


def _match_cells(found: Sequence[LocatedCell], known: Sequence[CellRow]) -> dict[int, int]:
    """Pair cells greedily, the best overlap first: position of the found -> number."""
    numbers = {row.cell.id.number for row in known}
    matched = {at: cell.id.number for at, cell in enumerate(found) if cell.id.number in numbers}
    taken = set(matched.values())
    pairs = [
        (found_cell.box.iou(row.cell.box), at, row.cell.id.number)
        for at, found_cell in enumerate(found)
        for row in known
        if not found_cell.id.number and abs(found_cell.box.x - row.cell.box.x) < row.cell.box.width
    ]
    for iou, at, number in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if iou >= SAME_CELL_IOU and at not in matched and number not in taken:
            matched[at] = number
            taken.add(number)
    return matched


def _same_place(one: LocatedCell, other: LocatedCell) -> bool:
    return one.box == other.box and one.at_edge == other.at_edge


def insert(
    db: StoreConnection, entry: AuditEntry, run_id: int, fields: Sequence[SearchedField]
) -> dict[str, object]:
    """Insert fields beside the predictions of their cells; the caller holds the transaction.

    Returns:
        What the entry's body holds of them; empty where there are none.

    Raises:
        StoreError: the run has stored one of them already.
    """
    rows: list[tuple[Any, ...]] = []
    for each in fields:
        size = (int(each.cells), int(each.width), int(each.height))
        row = (run_id, each.image, each.sha256, *size, canonical_json(each.notes))
        try:
            bound = (row[0], to_column(each.image), *row[2:])
            db.connection.execute(_INSERT, (entry.seq, *bound))
        except sqlite3.IntegrityError as error:
            raise already_stored(each.image) from error
        rows.append(row)
    return {"fields": digest_rows(rows)} if rows else {}


def already_stored(image: str) -> StoreError:
    """Return the error of an image that a run has stored before."""
    return StoreError(
        f"{image} was already stored for this run.",
        "Is the same run going on in another window or terminal?",
    )


class SearchedFields:
    """Table of searched fields; written with predictions, by `Predictions.add`."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def stream(self, run_id: int) -> Iterator[SearchedField]:
        """Yield the fields that a run has searched, in order of image, a page at a time."""
        query = _SELECT + f" AND image > CAST(? AS TEXT) ORDER BY image LIMIT {PAGE_SIZE}"
        after = b""
        while page := self._db.rows(query, run_id, after):
            yield from map(_field_of_row, page)
            after = to_column(page[-1][0])

    def list_after(
        self, run_id: int, row: int = 0, *, limit: int = 1000
    ) -> list[tuple[int, SearchedField]]:
        """Return the fields that a run stored after a row, as `Predictions.list_after`."""
        columns = COLUMNS.removeprefix("run_id, ")
        query = (
            f"SELECT id, {columns} FROM fields "  # noqa: S608
            "WHERE run_id = ? AND id > ? ORDER BY id LIMIT ?"
        )
        found = self._db.rows(query, run_id, row, limit)
        return [(each[0], _field_of_row(each[1:])) for each in found]

    def get(self, run_id: int, image: str) -> SearchedField | None:
        """Return the field that a run has searched, or None: not yet, or no field."""
        rows = self._db.rows(_SELECT + " AND image = CAST(? AS TEXT)", run_id, to_column(image))
        return _field_of_row(rows[0]) if rows else None


def _field_of_row(row: tuple[Any, ...]) -> SearchedField:
    image, sha256, cells, width, height, notes = row
    return SearchedField(image, sha256, cells, width, height, tuple(json.loads(notes)))
