"""A cache on the disk of results of images, by the contents that they were computed from.

One SQLite file in the cache folder. It may be deleted at any time, a killed process leaves
it intact, and two processes may use it at once; what is damaged is deleted and computed
again. Beyond its limit, what was unused for longest goes first."""

from __future__ import annotations

import hashlib
import json
import logging
import sqlite3
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from threading import Lock
from types import TracebackType

log = logging.getLogger(__name__)

LIMIT_BYTES = 2 << 30
_KEYS_PER_QUERY = 500  # keys in one query; SQLite takes 999 at least
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS kept"
    " (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID"
)


def key_of(parts: Mapping[str, object]) -> bytes:
    """Hash everything that decides a value into its key: plain JSON values, by name."""
    text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).digest()


class ResultCache:
    """Key -> bytes; nothing that it does or fails to do changes a result.

    Several threads may use it at once.
    """

    def __init__(self, path: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        """Args:
        path: the file; created where it is not there.
        limit_bytes: the most that it may hold.
        """
        self._path = path
        self._limit = limit_bytes
        self._lock = Lock()  # a connection's transactions are those of all threads
        self._database = self._open()

    def __enter__(self) -> ResultCache:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Look up values, by key; those that are there."""
        key_list = list(keys)
        found: dict[bytes, bytes] = {}
        with self._lock:
            try:
                for start in range(0, len(key_list), _KEYS_PER_QUERY):
                    found.update(self._get(key_list[start : start + _KEYS_PER_QUERY]))
            except sqlite3.Error as error:
                self._reopen(error)
                return {}
        return found

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Store values, where they can be stored."""
        now = int(time.time())
        rows = [(key, value, now) for key, value in values.items()]
        with self._lock:
            try:
                with self._database:
                    self._database.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
            except sqlite3.Error as error:
                self._reopen(error)

    def clear(self) -> None:
        """Delete all values."""
        with self._lock:
            try:
                with self._database:
                    self._database.execute("DELETE FROM kept")
            except sqlite3.Error as error:
                self._reopen(error)

    def close(self) -> None:
        """Shrink to the limit, and close the file."""
        with self._lock:
            with suppress(sqlite3.Error):
                self._shrink()
            self._database.close()

    def _get(self, keys: list[bytes]) -> dict[bytes, bytes]:
        marks = ",".join("?" * len(keys))
        rows = self._database.execute(f"SELECT key, value FROM kept WHERE key IN ({marks})", keys)  # noqa: S608
        found = {bytes(key): bytes(value) for key, value in rows}
        with self._database:
            self._database.execute(
                f"UPDATE kept SET used = ? WHERE key IN ({marks})",  # noqa: S608
                [int(time.time()), *keys],
            )
        return found

    def _shrink(self) -> None:
        """Delete the oldest rows while they take more than the limit together."""
        (used,) = self._database.execute("SELECT total(length(value)) FROM kept").fetchone()
        if used <= self._limit:
            return
        rows = self._database.execute("SELECT key, length(value) FROM kept ORDER BY used")
        doomed = []
        for key, size in rows:
            if used <= self._limit * 0.9:
                break
            doomed.append((key,))
            used -= size
        with self._database:
            self._database.executemany("DELETE FROM kept WHERE key = ?", doomed)
        self._database.execute("VACUUM")

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect(str(self._path))
        except (sqlite3.Error, OSError) as error:
            log.warning("what was kept of images cannot be used: %s", error)
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        try:
            return self._connect(str(self._path))
        except (sqlite3.Error, OSError):
            return self._connect(":memory:")

    def _connect(self, name: str) -> sqlite3.Connection:
        if name != ":memory:":
            self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(name, timeout=10, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            with database:
                database.execute(_SCHEMA)
            database.execute("SELECT key, value, used FROM kept LIMIT 1").fetchone()
        except sqlite3.Error:
            database.close()
            raise
        return database

    def _reopen(self, error: sqlite3.Error) -> None:
        """Continue without the stored values: with a new file if it is damaged, else in memory."""
        log.warning("what was kept of images cannot be used any more: %s", error)
        self._database.close()
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError
        )
        self._database = self._open() if damaged else self._connect(":memory:")
