"""Rotating backups of the store, made with SQLite's own backup so that they are consistent."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from trainer.cases.database.column_values import utc_now
from trainer.cases.database.errors import translate_store_errors
from trainer.errors import StoreError

MAX_DAILY_BACKUPS = 5
BACKUP_INTERVAL = timedelta(days=1)
_TIME_FORMAT = "%Y%m%dT%H%M%S%fZ"


def backup_folder(store: Path) -> Path:
    """Return the folder of a store's backups, beside the store."""
    return store.parent / "backups"


def list_backups(store: Path) -> tuple[Path, ...]:
    """Return every backup of the store, newest first."""
    folder = backup_folder(store)
    names = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    found = [path for path in names if _is_backup(path, store)]
    return tuple(sorted(found, key=backup_time, reverse=True))


def backup_time(backup: Path) -> datetime:
    """Return when a backup was made, by its name; `datetime.min` for a foreign name."""
    try:
        return datetime.strptime(backup.stem.split("-")[-1], _TIME_FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def make_backup(
    connection: sqlite3.Connection,
    store: Path,
    *,
    reason: str = "daily",
    now: Callable[[], datetime] = utc_now,
) -> Path:
    """Copy the store as it is now, whole or not at all, while others may write to it.

    Returns:
        The backup's file, named by `reason` and the time.
    """
    folder = backup_folder(store)
    stamp = now().astimezone(UTC).strftime(_TIME_FORMAT)
    target = folder / f"{store.stem}-{reason}-{stamp}{store.suffix}"
    partial = target.with_name(f"{target.stem}-{os.getpid()}.partial")
    try:
        with translate_store_errors(store, needed=_file_size(store)):
            folder.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(partial)) as copy:
                connection.backup(copy)
                # One file, readable from a read-only disk, with no log beside it.
                copy.execute("PRAGMA journal_mode = DELETE")
            partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def rotate(
    connection: sqlite3.Connection, store: Path, *, now: Callable[[], datetime] = utc_now
) -> Path | None:
    """Make the daily backup if it is due and the store is sound, and drop the oldest ones.

    A damaged store never pushes out a good backup. Backups made before a migration, or on
    request, are not dropped.
    """
    daily = [path for path in list_backups(store) if _backup_reason(path, store) == "daily"]
    # A clock that was set back must not stop the backups: one of the future makes one due.
    if daily and timedelta(0) <= now() - backup_time(daily[0]) < BACKUP_INTERVAL:
        return None
    if quick_check(connection):
        return None
    made = make_backup(connection, store, now=now)
    for old in daily[MAX_DAILY_BACKUPS - 1 :]:
        old.unlink(missing_ok=True)
    _delete_stale_partials(backup_folder(store), now())
    return made


def quick_check(connection: sqlite3.Connection) -> tuple[str, ...]:
    """Return what SQLite's quick check finds wrong; empty for a sound store."""
    rows = connection.execute("PRAGMA quick_check(5)").fetchall()
    return tuple(row[0] for row in rows if row[0] != "ok")


def restore(store: Path, backup: Path, *, now: Callable[[], datetime] = utc_now) -> Path:
    """Put a backup in the store's place; the damaged file is moved aside, never deleted.

    Nobody may have the store open.

    Returns:
        Where the damaged file is now.

    Raises:
        StoreError: the backup itself is damaged, or a file cannot be moved.
    """
    with translate_store_errors(store, needed=_file_size(backup)):
        _check_backup(backup)
        stamp = now().astimezone(UTC).strftime(_TIME_FORMAT)
        aside = store.with_name(f"{store.stem}-damaged-{stamp}{store.suffix}")
        fresh = store.with_suffix(".restoring")
        fresh.unlink(missing_ok=True)
        with closing(sqlite3.connect(backup)) as source, closing(sqlite3.connect(fresh)) as copy:
            source.backup(copy)
        # The log and its index belong to the damaged file: left behind, SQLite would
        # replay them into the restored one.
        for ending in ("-wal", "-shm"):
            log = store.with_name(store.name + ending)
            if log.exists():
                log.replace(aside.with_name(aside.name + ending))
        if store.exists():
            _link_or_copy(store, aside)
        # At every moment there is a store in its place: the damaged one, then the restored.
        fresh.replace(store)
    return aside


def _link_or_copy(store: Path, aside: Path) -> None:
    """Give the damaged file a second name; copy it only where the disk has no hard links."""
    try:
        aside.hardlink_to(store)
    except OSError:
        shutil.copyfile(store, aside)


def _is_backup(path: Path, store: Path) -> bool:
    return path.name.startswith(f"{store.stem}-") and path.suffix == store.suffix


def _delete_stale_partials(folder: Path, moment: datetime) -> None:
    """Delete what a killed process left half copied; a day old, so that no process writes it."""
    for partial in folder.glob("*.partial"):
        # Another process may be done with it between the listing and here.
        with suppress(FileNotFoundError):
            if moment.timestamp() - partial.stat().st_mtime > BACKUP_INTERVAL.total_seconds():
                partial.unlink()


def _check_backup(backup: Path) -> None:
    if not backup.is_file():
        raise StoreError(f"There is no backup {backup}.")
    try:
        with closing(sqlite3.connect(backup)) as connection:
            found = quick_check(connection) or _check_version(connection)
    except sqlite3.DatabaseError as fault:
        found = (str(fault),)
    if found:
        raise StoreError(f"The backup {backup} is damaged too ({found[0]}).", "Choose another.")


def _check_version(connection: sqlite3.Connection) -> tuple[str, ...]:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return () if version else ("it is empty",)


def _backup_reason(backup: Path, store: Path) -> str:
    return backup.stem.removeprefix(f"{store.stem}-").rpartition("-")[0]


def _file_size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
