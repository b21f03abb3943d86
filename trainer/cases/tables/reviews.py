"""Table of reviews: rows are appended, never changed; undo and redo append as well.

An undo takes back all that one action of a person wrote: reviews, a cell drawn, cells removed.
What the program writes by itself (predictions, found cells) is no action and is not undone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from trainer.cases.database.column_values import canonical_json, digest, to_column
from trainer.cases.database.transactions import AuditEntry, StoreConnection
from trainer.cases.records import CLEARED, Change, NewReview, Review
from trainer.cases.tables.membership import outside_images
from trainer.domain import CellId

PAGE_SIZE = 512
# In the order of the row tuple; image, reviewer and note are bound as bytes.
COLUMNS = "case_id, image, sha256, label, reviewer, note, model, precision, software, time, number"
_PLACEHOLDERS = "?, CAST(? AS TEXT), ?, ?, CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, ?, ?, ?"
_REVIEW_BYTES = 600

UNDO_COLUMNS = "case_id, kind, target, software, time"
BY_A_PERSON = "(c.state = 'removed' OR c.origin = 'drawn')"
_LAST_ACTION = (
    "max(coalesce((SELECT max(entry) FROM reviews WHERE case_id = :case), 0), "  # noqa: S608
    f"coalesce((SELECT max(c.entry) FROM cells c WHERE c.case_id = :case AND {BY_A_PERSON}), 0))"
)


def active(alias: str) -> str:
    """Return the SQL condition that the action that wrote a row was not undone."""
    # It counts unless the newest undo or redo of it is an undo.
    return (
        "COALESCE((SELECT kind FROM undos WHERE target = "  # noqa: S608
        f"{alias}.entry ORDER BY id DESC LIMIT 1), 'redo') = 'redo'"
    )


_NEWEST_TO_UNDO = (
    "SELECT max(entry) FROM ("  # noqa: S608
    f"SELECT * FROM (SELECT r.entry FROM reviews r WHERE r.case_id = :case AND {active('r')} "
    "ORDER BY r.entry DESC LIMIT 1) UNION ALL "
    f"SELECT * FROM (SELECT c.entry FROM cells c WHERE c.case_id = :case AND {BY_A_PERSON} "
    f"AND {active('c')} ORDER BY c.entry DESC LIMIT 1))"
)
_NEWEST_TO_REDO = (
    "SELECT u.target FROM undos u WHERE u.case_id = :case AND u.kind = 'undo' "  # noqa: S608
    f"AND u.entry > {_LAST_ACTION} "
    "AND u.id = (SELECT MAX(id) FROM undos WHERE target = u.target) "
    "ORDER BY u.id DESC LIMIT 1"
)


class _NothingToToggleError(Exception):
    """Rolls back an undo or redo for which there is nothing to do."""


class Reviews:
    """Table of reviews. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def add(
        self,
        case_id: int,
        reviews: Sequence[NewReview],
        *,
        reviewer: str,
        run_id: int | None = None,
    ) -> Change:
        """Store one action of a person on one or many cells; they are undone together.

        Args:
            run_id: the run whose predictions the person saw, if any.

        Raises:
            ValueError: `reviews` is empty.
        """
        if not reviews:
            raise ValueError("Invalid reviews. Expected at least one. Received none.")
        needed = _REVIEW_BYTES * len(reviews)
        with self._db.entry("review", case_id=case_id, needed=needed) as entry:
            model, precision = _model_of_run(self._db, run_id)
            same = (model, precision, entry.software, entry.time)
            rows = [
                (case_id, new.image, new.sha256, new.label, reviewer, new.note, *same, new.number)
                for new in reviews
            ]
            self._db.connection.executemany(
                f"INSERT INTO reviews (entry, {COLUMNS}) VALUES (?, {_PLACEHOLDERS})",  # noqa: S608
                [(entry.seq, *_bind_names(row)) for row in rows],
            )
            entry.body = {"case": case_id, "rows": len(rows), "sha256": batch_digest(rows)}
        return Change("review", entry.seq, tuple(CellId(new.image, new.number) for new in reviews))

    def undo(self, case_id: int) -> Change | None:
        """Take back the newest action that counts and return it; None if there is none.

        The newest of all actions of persons: a review, a cell drawn or removed.
        """
        return _toggle(self._db, "undo", case_id, _NEWEST_TO_UNDO)

    def redo(self, case_id: int) -> Change | None:
        """Bring back the action undone last, unless a new one was made since; else None."""
        return _toggle(self._db, "redo", case_id, _NEWEST_TO_REDO)

    def history(
        self, case_id: int, image: str | None = None, number: int | None = None
    ) -> Iterator[Review]:
        """Yield every review of a case, an image or a cell, oldest first, undone ones included."""
        where = "r.case_id = ? AND (r.entry, r.id) > (?, ?)"
        values: tuple[Any, ...] = ()
        if image is not None:
            where, values = where + " AND r.image = CAST(? AS TEXT)", (to_column(image),)
        if number is not None:
            where, values = where + " AND r.number = ?", (*values, number)
        columns = COLUMNS.removeprefix("case_id, ")
        query = (
            f"SELECT r.id, r.entry, {columns}, {active('r')} FROM reviews r "  # noqa: S608
            f"WHERE {where} ORDER BY r.entry, r.id LIMIT {PAGE_SIZE}"
        )
        after = (0, 0)
        while page := self._db.rows(query, case_id, *after, *values):
            for row in page:
                yield replace(Review(*row[1:-1]), active=bool(row[-1]))
            after = (page[-1][1], page[-1][0])

    def latest(self, case_id: int) -> dict[CellId, Review]:
        """Return the review that counts of every cell that has one.

        Cleared ones are left out, and those in folders that were taken out of the case.
        """
        is_outside = outside_images(self._db, case_id)
        found = {
            CellId(each.image, each.number): each for each in self.history(case_id) if each.active
        }
        return {
            cell: review
            for cell, review in found.items()
            if review.label != CLEARED and not is_outside(cell.image)
        }


def batch_digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the reviews of one action, in order, every column included."""
    # A review of the only cell of an image has no number: as before there were fields.
    return digest_rows([row if row[-1] else row[:-1] for row in rows])


def digest_rows(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the rows of one action, in order, every column included."""
    return digest(*(canonical_json(row) for row in rows))


def _toggle(db: StoreConnection, kind: str, case_id: int, query: str) -> Change | None:
    try:
        # Under the lock, so that two windows cannot undo the same action.
        with db.entry(kind, case_id=case_id) as entry:
            row = db.connection.execute(query, {"case": case_id}).fetchone()
            if row is None or row[0] is None:
                raise _NothingToToggleError
            return _insert_toggle(db, entry, kind, case_id, int(row[0]))
    except _NothingToToggleError:
        return None


def _insert_toggle(
    db: StoreConnection, entry: AuditEntry, kind: str, case_id: int, target: int
) -> Change:
    row = (case_id, kind, target, entry.software, entry.time)
    db.connection.execute(
        f"INSERT INTO undos (entry, {UNDO_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (entry.seq, *row),
    )
    entry.body = {"case": case_id, "target": target, "sha256": digest_rows([row])}
    return Change(kind, entry.seq, _cells_of_action(db.connection, case_id, target))


def _cells_of_action(
    connection: sqlite3.Connection, case_id: int, target: int
) -> tuple[CellId, ...]:
    rows: list[tuple[Any, ...]] = []
    for table in ("reviews", "cells"):
        query = f"SELECT image, number FROM {table} WHERE case_id = ? AND entry = ? ORDER BY id"  # noqa: S608
        rows += connection.execute(query, (case_id, target))
    return tuple(CellId(*row) for row in rows)


def _model_of_run(db: StoreConnection, run_id: int | None) -> tuple[str, str]:
    if run_id is None:
        return ("", "")
    query = "SELECT model, precision FROM runs WHERE id = ?"
    model, precision = db.connection.execute(query, (run_id,)).fetchone()
    return (str(model), str(precision))


def _bind_names(row: tuple[Any, ...]) -> tuple[Any, ...]:
    (case_id, image, sha256, label, reviewer, note, *rest) = row
    return (case_id, to_column(image), sha256, label, to_column(reviewer), to_column(note), *rest)
