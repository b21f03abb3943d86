"""Table of the fields that a run has searched for cells, those without a cell included."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from trainer.cases.encoding import canonical_json, to_column
from trainer.cases.records import SearchedField
from trainer.cases.transactions import AuditEntry, StoreConnection
from trainer.cases.undos import batch_digest
from trainer.errors import StoreError

PAGE_SIZE = 512
COLUMNS = "run_id, image, sha256, cells, width, height, notes"
_INSERT = f"INSERT INTO fields (entry, {COLUMNS}) VALUES (?, ?, CAST(? AS TEXT), ?, ?, ?, ?, ?)"  # noqa: S608

_SELECT = f"SELECT {COLUMNS.removeprefix('run_id, ')} FROM fields WHERE run_id = ?"  # noqa: S608


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
    return {"fields": batch_digest(rows)} if rows else {}


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
