"""Migrations of a store to this program's version, one step at a time, each after a backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from trainer.cases.database.backups import make_backup
from trainer.cases.database.schema import APPLICATION_ID, MIGRATIONS, views_of_version
from trainer.errors import StoreError


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of the store's tables; 0 for an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_application_id(connection: sqlite3.Connection, path: Path) -> None:
    """Raise StoreError if the file is an SQLite database of another program."""
    # In this order: another process may just be making the store, tables and owner at once.
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    owner = connection.execute("PRAGMA application_id").fetchone()[0]
    if tables and owner != APPLICATION_ID:
        raise StoreError(
            f"{path} belongs to another program and was left untouched.",
            "Choose another data folder with LEUKO_DATA_DIR.",
        )


def upgrade(
    connection: sqlite3.Connection,
    path: Path,
    steps: Sequence[Sequence[str]] = MIGRATIONS,
) -> None:
    """Apply every step that the store still lacks; each is one transaction, after a backup.

    A store that is only being made holds nothing to back up, and is made in one transaction: a
    process that reads meanwhile must never take it for one of an older version, whose tables of
    today are views (`show_current_tables`). Safe when several processes open the store at once:
    the version is read again under the lock.
    """
    if version_of(connection) == 0:
        _apply(connection, 0, steps)
    for version, statements in enumerate(steps):
        if version_of(connection) > version:
            continue
        make_backup(connection, path, reason=f"before-version-{version + 1}")
        _apply(connection, version, [statements])


def show_current_tables(connection: sqlite3.Connection) -> None:
    """Give an older store that is only read today's tables, by views of this connection.

    A view hides the table of its name, so that every query reads what it expects.
    """
    connection.execute("PRAGMA temp_store = MEMORY")
    for name, query in views_of_version(version_of(connection)).items():
        connection.execute(f"CREATE TEMP VIEW {name} AS {query}")


def _apply(connection: sqlite3.Connection, version: int, steps: Sequence[Sequence[str]]) -> None:
    # A table that is made anew is dropped before its successor has its name, and SQLite
    # would take the rows that refer to it for violations (https://sqlite.org/lang_altertable.html).
    checked = connection.execute("PRAGMA foreign_keys").fetchone()[0]
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        _apply_in_transaction(connection, version, steps)
    finally:
        connection.execute(f"PRAGMA foreign_keys = {checked}")


def _apply_in_transaction(
    connection: sqlite3.Connection, version: int, steps: Sequence[Sequence[str]]
) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        if version_of(connection) == version:
            for statement in chain.from_iterable(steps):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
