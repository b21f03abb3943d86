"""The audit trail of a store, and its verification against the tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from trainer.cases.database.audit_trail import GENESIS, ChainEntry, TrailHead, read_trail_head
from trainer.cases.database.migrations import version_of
from trainer.cases.database.schema import triggers_of_version
from trainer.cases.database.transactions import StoreConnection
from trainer.cases.tables import (
    cells,
    details,
    features,
    field_searches,
    predictions,
    readings,
    reviews,
    sign_offs,
)
from trainer.domain import ImageContent

# The newest entry of one of these kinds holds the values that the row must have now.
_STATE_TABLES = {
    "case created": "cases",
    "case moved": "cases",
    "profile set": "cases",
    "content set": "cases",
    "run started": "runs",
    "run resumed": "runs",
    "run ended": "runs",
}
# Columns that the trail of a case does not hold where it was last changed before they came.
_LATER_COLUMNS = {"cases": {"content": ImageContent.AS_FOUND.value}, "runs": {}}


@dataclass(frozen=True)
class _DigestRule:
    """Where the digest of a table's rows is: in entries of which kinds, under which key."""

    kinds: tuple[str, ...]
    columns: str
    make_digest: Callable[[Sequence[tuple[Any, ...]]], str]
    key: str = "sha256"


_DIGEST_RULES = {
    "predictions": _DigestRule(("predictions",), predictions.COLUMNS, predictions.batch_digest),
    "features": _DigestRule(("predictions",), features.COLUMNS, features.batch_digest, "features"),
    "reviews": _DigestRule(("review",), reviews.COLUMNS, reviews.batch_digest),
    "undos": _DigestRule(("undo", "redo"), reviews.UNDO_COLUMNS, reviews.digest_rows),
    "cells": _DigestRule(cells.KINDS, cells.COLUMNS, cells.batch_digest),
    "fields": _DigestRule(("predictions",), field_searches.COLUMNS, reviews.digest_rows, "fields"),
    "details": _DigestRule(("details set",), details.COLUMNS, reviews.digest_rows),
    "sign_offs": _DigestRule(sign_offs.KINDS, sign_offs.COLUMNS, reviews.digest_rows),
    "readings": _DigestRule(("reading",), readings.COLUMNS, reviews.digest_rows),
}


class AuditTrail:
    """The audit trail of a store. Every method raises StoreError (see `CaseStore`)."""

    def __init__(self, db: StoreConnection) -> None:
        self._db = db

    def head(self) -> TrailHead:
        """Return number and hash of the newest action: a fingerprint of all that was done."""
        with self._db.translate_errors():
            return read_trail_head(self._db.connection)

    def verify(self, head: TrailHead | None = None) -> list[str]:
        """Return every disagreement between the trail and the tables, in words; empty if none.

        Args:
            head: noted earlier, outside the store; must still be part of the trail.
        """
        with self._db.translate_errors():
            # One snapshot, so that what others write meanwhile cannot pass for tampering.
            self._db.connection.execute("BEGIN")
            try:
                return list(_find_problems(self._db.connection, head))
            finally:
                # A damaged file may have ended it already.
                if self._db.connection.in_transaction:
                    self._db.connection.execute("ROLLBACK")


def _find_problems(connection: sqlite3.Connection, head: TrailHead | None) -> Iterator[str]:
    yield from _check_chain(connection)
    yield from _check_head(connection, head)
    for table in _DIGEST_RULES:
        yield from _check_rows(connection, table)
    for table in ("cases", "runs"):
        yield from _check_states(connection, table)
    yield from _check_triggers(connection)


def _check_chain(connection: sqlite3.Connection) -> Iterator[str]:
    previous, expected = GENESIS, 1
    for *fields, stored_hash in connection.execute(
        "SELECT seq, time, software, kind, body, previous, hash FROM audit ORDER BY seq"
    ):
        entry = ChainEntry(*fields)
        if entry.seq != expected:
            yield f"entries {expected} to {entry.seq - 1} are missing"
        if entry.hash != stored_hash:
            yield f"entry {entry.seq} was changed"
        if entry.previous != previous:
            yield f"entry {entry.seq} does not follow the one before it"
        previous, expected = stored_hash, entry.seq + 1


def _check_head(connection: sqlite3.Connection, head: TrailHead | None) -> Iterator[str]:
    given = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    last = connection.execute("SELECT COALESCE(MAX(seq), 0) FROM audit").fetchone()[0]
    if given and given[0] != last:
        yield f"entries after {last} are missing"
    if head is not None and head.seq:
        row = connection.execute("SELECT hash FROM audit WHERE seq = ?", (head.seq,)).fetchone()
        if row != (head.hash,):
            yield f"entry {head.seq} is not the one that was noted"


def _check_rows(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    """Compare each entry's rows with its digest, reading both in order, once."""
    rule = _DIGEST_RULES[table]
    expected = _expected_digests(connection, rule)
    query = f"SELECT entry, {rule.columns} FROM {table} ORDER BY id"  # noqa: S608
    for entry, group in groupby(connection.execute(query), key=lambda row: row[0]):
        if expected.pop(entry, None) != rule.make_digest([row[1:] for row in group]):
            yield f"{table} of entry {entry} were changed"
    for entry in sorted(expected):
        yield f"{table} of entry {entry} are missing"


def _expected_digests(connection: sqlite3.Connection, rule: _DigestRule) -> dict[int, Any]:
    marks = ", ".join("?" * len(rule.kinds))
    query = f"SELECT seq, body FROM audit WHERE kind IN ({marks})"  # noqa: S608
    found = ((seq, _parse_body(body)) for seq, body in connection.execute(query, rule.kinds))
    # Not every entry about predictions has features.
    return {seq: facts[rule.key] for seq, facts in found if rule.key in facts}


def _check_states(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    kinds = [kind for kind, name in _STATE_TABLES.items() if name == table]
    marks = ", ".join("?" * len(kinds))
    query = f"SELECT body FROM audit WHERE kind IN ({marks}) ORDER BY seq"  # noqa: S608
    expected: dict[int, dict[str, Any]] = {}
    for (body,) in connection.execute(query, kinds):
        facts = _parse_body(body)
        expected[facts.get("id", 0)] = _LATER_COLUMNS[table] | facts
    cursor = connection.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608
    names = [column[0] for column in cursor.description]
    for row in cursor:
        facts = dict(zip(names, row, strict=True))
        if expected.pop(facts["id"], None) != facts:
            yield f"row {facts['id']} of {table} was changed"
    for number in sorted(expected):
        yield f"row {number} of {table} is missing"


def _check_triggers(connection: sqlite3.Connection) -> Iterator[str]:
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    found = dict(connection.execute(query).fetchall())
    for name, sql in triggers_of_version(version_of(connection)).items():
        if found.get(name) != sql:
            yield f"the guard {name} was removed"


def _parse_body(body: str) -> dict[str, Any]:
    try:
        facts = json.loads(body)
    except ValueError:
        return {}
    return facts if isinstance(facts, dict) else {}
