"""Entries of the hash-chained audit trail: every action bound to the one before it.

Each entry's hash covers the previous hash and the entry itself; an entry about rows of
other tables carries their digest. So an edit, a deletion or a reordering made behind the
program's back is found. Cutting off the newest entries together with their rows and
SQLite's own counter leaves no trace inside the file: keep a `TrailHead` outside (a signed
report prints it) and give it to `AuditTrail.verify`.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from trainer.cases.database.column_values import canonical_json, digest

GENESIS = "0" * 64
_COLUMNS = "seq, time, software, kind, body, previous"


@dataclass(frozen=True)
class ChainEntry:
    """One entry of the chain; `body` is canonical JSON, `previous` the hash before it."""

    seq: int
    time: str
    software: str
    kind: str
    body: str
    previous: str

    @property
    def hash(self) -> str:
        """SHA-256, in hex, over every field."""
        fields = [self.seq, self.time, self.software, self.kind, self.body, self.previous]
        return digest(canonical_json(fields))


@dataclass(frozen=True)
class TrailHead:
    """The newest entry's number and hash: a fingerprint of all that was done so far."""

    seq: int
    hash: str


def next_seq(connection: sqlite3.Connection) -> int:
    """Return the next sequence number: one past the highest ever given, deleted or not."""
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'audit'").fetchone()
    return int(row[0]) + 1 if row else 1


def read_trail_head(connection: sqlite3.Connection) -> TrailHead:
    """Return the newest entry, or number 0 and `GENESIS` in an empty store."""
    row = connection.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    return TrailHead(*row) if row else TrailHead(0, GENESIS)


def append_chain_entry(connection: sqlite3.Connection, entry: ChainEntry) -> None:
    """Append an entry to the chain; the caller holds the transaction."""
    connection.execute(
        f"INSERT INTO audit ({_COLUMNS}, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        (entry.seq, entry.time, entry.software, entry.kind, entry.body, entry.previous, entry.hash),
    )
