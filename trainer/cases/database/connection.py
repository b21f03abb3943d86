"""Opening and closing the store: checked, migrated, and read-only where it must be."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from trainer.cases.database import open_handles
from trainer.cases.database.backups import list_backups, quick_check, rotate
from trainer.cases.database.column_values import format_timestamp
from trainer.cases.database.errors import DamagedStoreError, translate_store_errors
from trainer.cases.database.migrations import (
    check_application_id,
    show_current_tables,
    upgrade,
    version_of,
)
from trainer.cases.database.schema import MIGRATIONS
from trainer.cases.database.transactions import StoreConnection, configure_connection
from trainer.errors import StoreError

# The smallest page that SQLite has.
_MIN_PAGE_BYTES = 512
_MOMENT = 1.0  # seconds


def open_for_writing(
    path: Path, busy_seconds: float, now: Callable[[], datetime]
) -> StoreConnection:
    """Create or open the store for writing; a store of a newer version only for reading."""
    with _translate_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        _check_length(path)
        connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None)
    db = StoreConnection(path, connection, now=now)
    try:
        with db.translate_errors():
            version = _initialize(db, busy_seconds)
    except BaseException:
        connection.close()
        raise
    if version <= len(MIGRATIONS):
        return db
    connection.close()
    return open_for_reading(path, busy_seconds, now)


def open_for_reading(
    path: Path, busy_seconds: float, now: Callable[[], datetime]
) -> StoreConnection:
    """Open the store for reading, where need be when it is made; its folder may be read-only."""
    if not path.is_file():
        raise StoreError(f"There is no store {path}.")
    db = _open_read_only(path, busy_seconds, now, wait_seconds=busy_seconds)
    if db is None:
        raise StoreError(f"The store {path} is empty.")
    return db


def open_if_made(
    path: Path, busy_seconds: float, now: Callable[[], datetime]
) -> StoreConnection | None:
    """Open the store for reading; None where there is none, or none that was made already.

    It was not yet while another process makes it, or where a full disk broke that off: there are
    no cases in it then, and whoever writes next makes it.
    """
    return _open_read_only(path, busy_seconds, now, wait_seconds=0) if path.is_file() else None


def is_upgraded(db: StoreConnection) -> bool:
    """Whether another process upgraded the store since it was opened for reading.

    The views of an older version (`show_current_tables`) hide the tables that there are now.
    """
    with db.translate_errors():
        return db.version < len(MIGRATIONS) and version_of(db.connection) != db.version


def close(db: StoreConnection, *, back_up: bool = True) -> None:
    """Make the daily backup if due, delete the open handle, close the connection."""
    try:
        if db.handle_id is not None:
            with db.translate_errors():
                open_handles.unregister(db.connection, db.handle_id)
                if back_up:
                    rotate(db.connection, db.path, now=db.now)
    finally:
        db.connection.close()


def _initialize(db: StoreConnection, busy_seconds: float) -> int:
    """Upgrade the store and register the handle; return its version, changing no newer one."""
    connection = db.connection
    configure_connection(connection, busy_seconds)
    check_application_id(connection, db.path)
    version = version_of(connection)
    if version > len(MIGRATIONS):
        return version
    _enable_wal(connection, busy_seconds)
    _check_after_unclean_close(db, version)
    upgrade(connection, db.path)
    db.version = len(MIGRATIONS)
    db.handle_id = open_handles.register(connection, format_timestamp(db.now()))
    return len(MIGRATIONS)


def _enable_wal(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Switch to WAL mode; a new store may be made by several processes at once.

    SQLite does not wait for the others here, whatever its busy timeout, so we do.
    """
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as fault:
            busy = fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() > deadline:
                raise
        time.sleep(0.005)


def _check_after_unclean_close(db: StoreConnection, version: int) -> None:
    """Check the whole file if a process died with it open."""
    if version == 0 or all(other.alive for other in open_handles.list_others(db.connection, None)):
        return
    found = quick_check(db.connection)
    if found:
        raise _damage_error(db.path, found[0])
    open_handles.delete_dead(db.connection, None)


def _open_read_only(
    path: Path, busy_seconds: float, now: Callable[[], datetime], *, wait_seconds: float
) -> StoreConnection | None:
    """Open the store for reading; None where nobody has made it after so many seconds."""
    with _translate_errors(path):
        _check_length(path)
        connection = _connect_read_only(path, busy_seconds)
        try:
            check_application_id(connection, path)
            version = _wait_for_version(connection, wait_seconds)
            show_current_tables(connection)
        except BaseException:
            connection.close()
            raise
        if version == 0:
            connection.close()
            return None
        newer = _describe_newer_version(version) if version > len(MIGRATIONS) else ""
        reason = newer or "The store was opened for reading only."
        return StoreConnection(path, connection, reason, newer, version, now=now)


def _wait_for_version(connection: sqlite3.Connection, seconds: float) -> int:
    """Return the store's version; another process may just be making it, and is waited for."""
    deadline = time.monotonic() + seconds
    while (version := version_of(connection)) == 0 and time.monotonic() < deadline:
        time.sleep(0.005)
    return version


def _connect_read_only(path: Path, busy_seconds: float) -> sqlite3.Connection:
    deadline = time.monotonic() + _MOMENT
    while True:
        try:
            return _connect_uri(path, "mode=ro", busy_seconds)
        except sqlite3.OperationalError as fault:
            # In a read-only folder SQLite cannot make the log's index. With no log there is
            # nothing to index: the file alone is the whole store and nobody can change it.
            # Where another process locks it, that one may.
            if fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY or _has_wal(path):
                raise
            # In another folder a process may just be making the store or removing its log: who
            # took it for unchangeable then would never see what is written later.
            if time.monotonic() > deadline or not os.access(path.parent, os.W_OK):
                return _connect_uri(path, "mode=ro&immutable=1", busy_seconds)
        time.sleep(0.005)


def _sqlite_uri(path: Path, options: str) -> str:
    # Two slashes for an absent host, then an absolute path; a network share brings two
    # more of its own. Source: https://www.sqlite.org/uri.html
    posix = path.as_posix()
    root = "//" if posix.startswith("/") else "///"
    return f"file:{root}{quote(os.fsencode(posix), safe='/:')}?{options}"


def _connect_uri(path: Path, options: str, busy_seconds: float) -> sqlite3.Connection:
    address = _sqlite_uri(path, options)
    connection = sqlite3.connect(address, uri=True, timeout=busy_seconds, isolation_level=None)
    try:
        configure_connection(connection, busy_seconds)
        version_of(connection)  # the first read; what comes before it opens nothing
    except BaseException:
        connection.close()
        raise
    return connection


def _check_length(path: Path) -> None:
    """Raise DamagedStoreError if the file is shorter than its own header says.

    Costs one read. The file is opened as one that nobody changes, so that its log plays no
    part. We must not open the file ourselves: closing it would end the locks of
    every connection of this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
    """
    if not path.is_file() or path.stat().st_size == 0:
        return
    fault = _length_error_code(path)
    if fault == sqlite3.SQLITE_NOTADB:
        raise _damage_error(path, "its beginning is not a store's")
    # With a log, pages may be there that are not in the file yet. Another process may be
    # moving them just now, and removes the log when it is done: hence this order.
    if fault and not _has_wal(path) and _length_error_code(path):
        raise _damage_error(path, "its end is missing")


def _length_error_code(path: Path) -> int:
    """Return SQLite's code of what is wrong with the length of the file alone; 0 if nothing."""
    if path.stat().st_size < _MIN_PAGE_BYTES:
        return sqlite3.SQLITE_NOTADB
    try:
        connection = sqlite3.connect(_sqlite_uri(path, "mode=ro&immutable=1"), uri=True)
        with closing(connection):
            pages = connection.execute("PRAGMA page_count").fetchone()[0]
            expected = pages * connection.execute("PRAGMA page_size").fetchone()[0]
    except sqlite3.DatabaseError as error:
        wrong = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
        return error.sqlite_errorcode if error.sqlite_errorcode in wrong else 0
    # SQLite itself lets a last page pass that is there in part.
    return sqlite3.SQLITE_CORRUPT if path.stat().st_size < expected else 0


def _has_wal(path: Path) -> bool:
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _damage_error(path: Path, damage: str) -> DamagedStoreError:
    return DamagedStoreError(path, list_backups(path), damage)


def _translate_errors(path: Path) -> AbstractContextManager[None]:
    return translate_store_errors(path, needed=1_000_000, backups=lambda: list_backups(path))


def _describe_newer_version(version: int) -> str:
    return (
        f"The store was written by a newer version of this program (its tables are version "
        f"{version}, this program knows {len(MIGRATIONS)}), so it is opened for reading only. "
        "Update this program to write to it."
    )
