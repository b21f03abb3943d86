"""Files that are whole or not there: written beside their place, then renamed onto it."""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from trainer.errors import UserError

_PART = ".part"
_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


def write_bytes(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a whole file; the old one stays as it was until the new one is complete.

    Args:
        path: where the file shall be.
        data: all of it.
        durable: wait until it is on the disk; not for what can be made again.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """

    def write(temporary: Path) -> None:
        temporary.write_bytes(data)

    write_with(path, write, size=len(data), durable=durable)


def write_text(path: Path, text: str) -> None:
    """As `write_bytes`, in UTF-8 with line feeds on every system."""
    write_bytes(path, text.encode("utf-8"))


def write_with(
    path: Path,
    write: Callable[[Path], None],
    *,
    size: int | Callable[[], int] | None = None,
    durable: bool = True,
) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place.

    Args:
        path: where the file shall be.
        write: fills the file whose path it is given.
        size: bytes needed, for the message when the disk is full; a function is asked only then.
        durable: wait until it is on the disk.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    # Short, because the name of `path` may already be as long as the system allows.
    temporary = path.parent / f".{uuid.uuid4().hex[:12]}{_PART}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        if durable:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise _in_words(path, error, size) from error
    finally:
        with suppress(OSError):  # what cannot be deleted hides no reason why writing failed
            temporary.unlink(missing_ok=True)


def make_ready(folder: Path) -> None:
    """Make a folder and try to write to it, so that hours of work do not end in vain.

    Raises:
        UserError: the disk is full, or the folder cannot be made or written to.
    """
    probe = folder / f".{uuid.uuid4().hex[:12]}{_PART}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise _in_words(probe, error, None) from error


def remove_unfinished(folder: Path) -> None:
    """Delete what a killed process left half-written in a folder and below it."""
    for path in folder.rglob(f".*{_PART}"):
        if len(path.stem) == 13 and path.is_file():
            path.unlink(missing_ok=True)


def _in_words(path: Path, error: OSError, size: int | Callable[[], int] | None) -> UserError:
    if error.errno in _FULL:
        needed = size() if callable(size) else size
        need = f" {needed:,} bytes are needed." if needed is not None else ""
        return UserError(
            f"The disk is full: {path.name} was not written.{need}",
            "Free some space, or choose another folder; what was there before is unchanged.",
        )
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return UserError(
            f"{path.parent} cannot be written to.",
            "Choose another folder, or have this one made writable.",
        )
    if isinstance(error, FileExistsError | NotADirectoryError):
        return UserError(
            f"{path.parent} is no folder: a file lies there or above it.", "Choose another folder."
        )
    if isinstance(error, FileNotFoundError):
        return UserError(f"{path.parent} cannot be made.", "Choose another folder.")
    return UserError(f"{path} could not be written: {error.strerror or error}.")
