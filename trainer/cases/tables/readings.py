"""Table of readings: labels of readers who are blind to those of others; rows are appended.

No verdict comes of a reading. A series is one pass of a reader over a case: a second one, some
weeks later, shows how far the reader agrees with themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from trainer.cases.database.column_values import to_column
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.records import CLEARED, NewReview
from trainer.cases.tables.membership import outside_images
from trainer.cases.tables.reviews import digest_rows
from trainer.domain import CellId

COLUMNS = "case_id, reader, series, image, number, sha256, label, software, time"
_INSERT = (
    f"INSERT INTO readings (entry, {COLUMNS}) "  # noqa: S608
    "VALUES (?, ?, CAST(? AS TEXT), ?, CAST(? AS TEXT), ?, ?, ?, ?, ?)"
)
_ROW_BYTES = 400


@dataclass(frozen=True)
class ReadingSeries:
    """One pass of one reader over a case.

    Attributes:
        series: 1 for the first.
        cells: labelled in it.
        first, last: when it began and when it was last added to, ISO 8601 in UTC.
    """

    reader: str
    series: int
    cells: int
    first: str
    last: str


class Readings:
    """Table of readings. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def add(self, case_id: int, labels: Sequence[NewReview], *, reader: str, series: int) -> None:
        """Store labels that a reader gave, in one action; a signed case takes them too.

        Args:
            labels: `CLEARED` takes back a label of the same series.
            series: 1 for the first.

        Raises:
            ValueError: there are no labels, or no reader.
        """
        if not labels or not reader:
            raise ValueError("Invalid reading. Expected labels and a reader.")
        with self._db.entry("reading", needed=_ROW_BYTES * len(labels)) as entry:
            same = (entry.software, entry.time)
            rows: list[tuple[Any, ...]] = [
                (case_id, reader, series, new.image, new.number, new.sha256, new.label, *same)
                for new in labels
            ]
            bound = [
                (row[0], to_column(reader), series, to_column(row[3]), *row[4:]) for row in rows
            ]
            self._db.connection.executemany(_INSERT, [(entry.seq, *row) for row in bound])
            entry.body = {"case": case_id, "reader": reader, "rows": len(rows)}
            entry.body["sha256"] = digest_rows(rows)

    def list_series(self, case_id: int) -> list[ReadingSeries]:
        """Return the passes of readers over a case, by reader and number."""
        query = (
            "SELECT reader, series, count(DISTINCT image || char(0) || number), min(time), "
            "max(time) FROM readings WHERE case_id = ? GROUP BY reader, series "
            "ORDER BY reader, series"
        )
        return [ReadingSeries(*row) for row in self._db.rows(query, case_id)]

    def actions(self, case_id: int, reader: str, series: int) -> list[dict[CellId, str]]:
        """Return the labels that a reader gave in a series, action by action, the oldest first."""
        is_outside = outside_images(self._db, case_id)
        actions: dict[int, dict[CellId, str]] = {}
        for entry, image, number, label in self._rows_of(case_id, reader, series):
            if not is_outside(image):
                actions.setdefault(entry, {})[CellId(image, number)] = label
        return list(actions.values())

    def labels(self, case_id: int, reader: str, series: int) -> dict[CellId, str]:
        """Return the newest label that a reader gave each cell in a series."""
        rows = self._rows_of(case_id, reader, series)
        is_outside = outside_images(self._db, case_id)
        found = {CellId(image, number): label for _, image, number, label in rows}
        return {
            cell: label
            for cell, label in found.items()
            if label != CLEARED and not is_outside(cell.image)
        }

    def _rows_of(self, case_id: int, reader: str, series: int) -> list[tuple[Any, ...]]:
        query = (
            "SELECT entry, image, number, label FROM readings WHERE case_id = ? "
            "AND reader = CAST(? AS TEXT) AND series = ? ORDER BY id"
        )
        return self._db.rows(query, case_id, to_column(reader), series)
