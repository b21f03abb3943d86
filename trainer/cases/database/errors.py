"""Errors of the store: damaged, locked, full, not writable.

Known faults of the disk and of SQLite become a `StoreError`; anything else is a bug
and propagates as it is."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.atomic_files import is_disk_full
from trainer.errors import StoreError

_LOCKED_CODES = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_NOT_WRITABLE_CODES = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_MEGABYTE = 1_000_000


class DamagedStoreError(StoreError):
    """The store's file is truncated or corrupt; `backups` can take its place, newest first."""

    def __init__(self, path: Path, backups: tuple[Path, ...], detail: str = "") -> None:
        self.path = path
        self.backups = backups
        found = f" ({detail})" if detail else ""
        hint = (
            f"Restore the backup {backups[0].name}; the damaged file is kept beside it."
            if backups
            else "There is no backup yet. Move the file away to begin with an empty store."
        )
        super().__init__(f"The store {path} is damaged{found}.", hint)


class LockedStoreError(StoreError):
    """Another program held the store for longer than this one waits."""

    def __init__(self, path: Path, locked_by: str = "") -> None:
        self.path = path
        self.locked_by = locked_by
        by = locked_by or "another program"
        super().__init__(
            f"The store {path} is locked by {by}.", "Close the other window or run, then try again."
        )


class DiskFullError(StoreError):
    """The disk has no room for the write; what was stored before is untouched.

    Attributes:
        needed: bytes that the write wants, an upper estimate.
        free: bytes free on that disk.
    """

    def __init__(self, path: Path, needed: int) -> None:
        self.needed = needed
        self.free = free_bytes(path)
        super().__init__(
            f"The disk is full: {path} needs {_format_megabytes(needed)} more and the disk has "
            f"{_format_megabytes(self.free)} free.",
            "Nothing that was stored before is lost. Make room, then go on.",
        )


class ReadOnlyStoreError(StoreError):
    """The store was opened for reading, or cannot be written, and a write was tried."""


class SignedCaseError(StoreError):
    """The case was signed, and a write to it was tried.

    Attributes:
        signer: who signed.
        time: when, ISO 8601 in UTC.
    """

    def __init__(self, name: str, signer: str, time: str) -> None:
        self.signer = signer
        self.time = time
        super().__init__(
            f"The case {name} was signed by {signer} on {time[:10]} and cannot be changed.",
            "Reopen it first; a reason is kept with that.",
        )


@contextmanager
def translate_store_errors(
    path: Path,
    *,
    needed: int = 0,
    describe_handles: Callable[[], str] = str,
    backups: Callable[[], tuple[Path, ...]] = tuple,
) -> Iterator[None]:
    """Turn known faults of SQLite and of the disk into a `StoreError`.

    Args:
        path: the store's file.
        needed: bytes that the work inside wants to write, an upper estimate.
        describe_handles: who else has the store open; called only when it is locked.
        backups: what could be restored; called only when the store is damaged.
    """
    try:
        yield
    except sqlite3.DatabaseError as fault:
        # The low byte is the primary code; the rest is more than a message needs.
        # The code is missing where Python itself raised, as for a closed connection.
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code in _LOCKED_CODES:
            raise LockedStoreError(path, describe_handles()) from fault
        if code in _DAMAGED_CODES:
            raise DamagedStoreError(path, backups(), str(fault)) from fault
        if code == sqlite3.SQLITE_FULL:
            raise DiskFullError(path, needed) from fault
        if code in _NOT_WRITABLE_CODES:
            raise _not_writable_error(path) from fault
        if code == sqlite3.SQLITE_IOERR:
            raise _disk_error(path, needed, fault) from fault
        raise
    except OSError as fault:
        if is_disk_full(fault):
            raise DiskFullError(path, needed) from fault
        raise StoreError(f"The store {path} cannot be used: {fault.strerror or fault}.") from fault


def free_bytes(path: Path) -> int:
    """Bytes free on the disk that holds, or would hold, `path`; 0 where that is not known."""
    for folder in (path, *path.parents):
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            continue
    return 0


def _disk_error(path: Path, needed: int, fault: sqlite3.DatabaseError) -> StoreError:
    # Some disks report a failed write, not a full disk, when they run out of room.
    if free_bytes(path) < max(needed, _MEGABYTE):
        return DiskFullError(path, needed)
    return StoreError(
        f"The disk failed while the store {path} was used ({fault}).",
        "Check the disk or the network drive, then try again.",
    )


def _not_writable_error(path: Path) -> ReadOnlyStoreError:
    return ReadOnlyStoreError(
        f"The store {path} cannot be opened or written.",
        "Check that its folder exists and that you may write there, "
        "or choose another with LEUKO_DATA_DIR.",
    )


def _format_megabytes(count: int) -> str:
    return f"{max(count, 1) / _MEGABYTE:.1f} MB ({count:,} bytes)"
