"""Table of undos: an undo or redo of all that one action of a person wrote.

The actions are reviews, cells drawn and cells removed. What the program writes by itself
(predictions, found cells) is no action and is not undone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from trainer.cases.encoding import canonical_json, digest
from trainer.cases.records import Change
from trainer.cases.transactions import AuditEntry, StoreConnection
from trainer.domain import CellId

COLUMNS = "case_id, kind, target, software, time"
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


def undo(db: StoreConnection, case_id: int) -> Change | None:
    """Take back the newest action that counts and return it; None if there is none."""
    return _toggle(db, "undo", case_id, _NEWEST_TO_UNDO)


def redo(db: StoreConnection, case_id: int) -> Change | None:
    """Bring back the action undone last, unless a new one was made since; else None."""
    return _toggle(db, "redo", case_id, _NEWEST_TO_REDO)


def batch_digest(rows: Sequence[tuple[Any, ...]]) -> str:
    """Return one hash for the rows of one action, in order, every column included."""
    return digest(*(canonical_json(row) for row in rows))


def _toggle(db: StoreConnection, kind: str, case_id: int, query: str) -> Change | None:
    try:
        # Under the lock, so that two windows cannot undo the same action.
        with db.entry(kind) as entry:
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
        f"INSERT INTO undos (entry, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",  # noqa: S608
        (entry.seq, *row),
    )
    entry.body = {"case": case_id, "target": target, "sha256": batch_digest([row])}
    return Change(kind, entry.seq, _cells_of_action(db.connection, case_id, target))


def _cells_of_action(
    connection: sqlite3.Connection, case_id: int, target: int
) -> tuple[CellId, ...]:
    rows: list[tuple[Any, ...]] = []
    for table in ("reviews", "cells"):
        query = f"SELECT image, number FROM {table} WHERE case_id = ? AND entry = ? ORDER BY id"  # noqa: S608
        rows += connection.execute(query, (case_id, target))
    return tuple(CellId(*row) for row in rows)
