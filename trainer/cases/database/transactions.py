"""One connection to the store: short write transactions, each with its audit entry.

Durability. The store is in WAL mode. A commit is in the operating system's hands before
`entry` returns, so killing the process loses at most the action in flight, whatever
`synchronous` says. Against a power cut, actions of a person are written with
`synchronous=FULL` (the log is flushed to the disk at each commit). Batches of
predictions, which the computer can repeat, use NORMAL: a power cut may lose the last
batches but never damages the store, and the next FULL commit flushes them as well."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from trainer import __version__
from trainer.cases.database import open_handles
from trainer.cases.database.audit_trail import (
    ChainEntry,
    append_chain_entry,
    next_seq,
    read_trail_head,
)
from trainer.cases.database.backups import list_backups
from trainer.cases.database.column_values import (
    canonical_json,
    format_timestamp,
    from_column,
    utc_now,
)
from trainer.cases.database.errors import (
    ReadOnlyStoreError,
    SignedCaseError,
    translate_store_errors,
)

# Every page that a transaction touches is written once to the log and once to the file.
_OVERHEAD_BYTES = 1_000_000
_NEWEST_SIGN_OFF = (
    "SELECT s.kind, c.name, s.reviewer, s.time FROM sign_offs s JOIN cases c ON c.id = s.case_id "
    "WHERE s.case_id = ? ORDER BY s.id DESC LIMIT 1"
)


@dataclass
class AuditEntry:
    """The audit entry of the action being written; the writer fills in `body`."""

    seq: int
    time: str
    software: str
    body: dict[str, object] = field(default_factory=dict)


@dataclass
class StoreConnection:
    """A connection with what every row needs: the time, the software, the sequence number.

    Attributes:
        read_only: why nothing may be written, in words; empty where writing is allowed.
        version: of the tables when it was opened.
        newer: that a newer version of this program wrote the store, in words; else empty.
        handle_id: number of this process's entry among the open handles; None where read-only.
    """

    path: Path
    connection: sqlite3.Connection
    read_only: str = ""
    newer: str = ""
    version: int = 0
    handle_id: int | None = None
    now: Callable[[], datetime] = utc_now
    software: str = __version__

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return all rows of a query that has few."""
        with self.translate_errors():
            return self.connection.execute(sql, values).fetchall()

    @contextmanager
    def translate_errors(self, needed: int = 0) -> Iterator[None]:
        """Turn known faults of SQLite and of the disk into a `StoreError`."""
        with translate_store_errors(
            self.path,
            needed=needed + _OVERHEAD_BYTES,
            describe_handles=self.describe_handles,
            backups=lambda: list_backups(self.path),
        ):
            yield

    def describe_handles(self) -> str:
        """Return who else has the store open, in words; empty if nobody is known."""
        try:
            found = open_handles.list_others(self.connection, self.handle_id)
        except sqlite3.DatabaseError:
            return ""
        return ", ".join(other.description for other in found if other.alive)

    @contextmanager
    def entry(
        self, kind: str, *, case_id: int | None = None, durable: bool = True, needed: int = 0
    ) -> Iterator[AuditEntry]:
        """Write one action and its audit entry, or nothing at all.

        Args:
            kind: of the action: "review", "predictions", ...
            case_id: the case whose content it changes; None where a signed case takes it too.
            durable: whether it must outlive a power cut (see above).
            needed: bytes that it will need on the disk, an estimate.

        Raises:
            SignedCaseError: the case was signed; nothing was written.
            StoreError: locked, full, damaged or read-only; nothing was written.
        """
        with self.write(durable=durable, needed=needed):
            # Under the lock, so that no other window can sign the case in between.
            if case_id is not None:
                self._refuse_if_signed(case_id)
            seq, time = next_seq(self.connection), format_timestamp(self.now())
            entry = AuditEntry(seq, time, self.software)
            yield entry
            self._append(kind, entry)

    @contextmanager
    def write(self, *, durable: bool = True, needed: int = 0) -> Iterator[None]:
        """Write in one transaction without an audit entry: for what is no act on a case.

        Args and errors as of `entry`.
        """
        if self.read_only:
            raise ReadOnlyStoreError(self.read_only)
        with self.translate_errors(needed):
            self.connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                # SQLite itself rolls back when the disk is full.
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    def case_of_run(self, run_id: int) -> int:
        """Return the case of a run, 0 where there is no such run."""
        rows = self.rows("SELECT case_id FROM runs WHERE id = ?", run_id)
        return int(rows[0][0]) if rows else 0

    def _refuse_if_signed(self, case_id: int) -> None:
        row = self.connection.execute(_NEWEST_SIGN_OFF, (case_id,)).fetchone()
        if row is not None and row[0] == "signed":
            raise SignedCaseError(*row[1:])

    def _append(self, kind: str, entry: AuditEntry) -> None:
        previous = read_trail_head(self.connection).hash
        body = canonical_json(entry.body)
        append_chain_entry(
            self.connection, ChainEntry(entry.seq, entry.time, entry.software, kind, body, previous)
        )


def configure_connection(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Set the pragmas that every connection needs before its first use."""
    connection.text_factory = from_column
    connection.execute(f"PRAGMA busy_timeout = {round(busy_seconds * 1000)}")
    connection.execute("PRAGMA foreign_keys = ON")
    # On macOS a plain fsync leaves the data in the drive's own cache.
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA checkpoint_fullfsync = ON")
