"""Atomic files, complete or not there: written to a temporary file, which is then renamed.

Beside that, what every room needs of files and disks: free space, hashes, and errors of the
disk as sentences that a lab person understands.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from trainer.errors import UserError

BYTES_PER_WEIGHT = 12
"""Of a package: the network twice (as written, and compressed) and the graph, at float32."""

_DISK_FULL_ERRNOS = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}
_PARTIAL_SUFFIX = ".part"


def is_disk_full(error: OSError) -> bool:
    """Whether writing failed because the disk, or the user's quota of it, is full."""
    return error.errno in _DISK_FULL_ERRNOS


def nearest_existing(path: Path) -> Path:
    """The path, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())


def free_bytes(path: Path) -> int:
    """Bytes free on the disk that holds, or would hold, `path`."""
    return shutil.disk_usage(nearest_existing(path)).free


def sha256_of(path: Path | str) -> str:
    """SHA-256 of a file's bytes, hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    with open(path, "rb") as file:  # noqa: PTH123 - extended names of Windows are no Path
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def ensure_space(folder: Path, needed: int) -> Iterator[None]:
    """Turn errors of writing a model below `folder`, which may be new, into sentences.

    Args:
        needed: bytes that will be written at most.

    Raises:
        UserError: too little space, before or while it is written, or no permission to write.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < needed:
            raise _model_space_error(folder, needed)
        yield
    except PermissionError as error:
        raise UserError(
            f"{folder} cannot be written to, or a file in it is in use.",
            "Close what uses it, or choose another folder.",
        ) from error
    except OSError as error:
        if is_disk_full(error):
            raise _model_space_error(folder, needed) from error
        raise


@contextmanager
def staging_folder(folder: Path) -> Iterator[Path]:
    """Create a temporary folder beside `folder`, deleted afterwards unless it was renamed."""
    temporary = folder.with_name(f".{folder.name}.{uuid.uuid4().hex[:8]}.partial")
    temporary.mkdir()
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _model_space_error(folder: Path, needed: int) -> UserError:
    free = shutil.disk_usage(folder).free
    return UserError(
        f"The disk is full: the model needs up to {needed / 1e6:,.0f} MB in {folder},"
        f" {free / 1e6:,.0f} MB are free.",
        "Make room and try again; nothing was changed.",
    )


def write_bytes(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Write a whole file; the old one stays as it was until the new one is complete.

    Args:
        path: where the file shall be.
        data: all of it.
        durable: wait until it is on the disk; not for what can be computed again.

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
    """Let `write` fill a temporary file beside `path`, then rename it to `path`.

    Args:
        path: where the file shall be.
        write: fills the file at a path.
        size: bytes needed, for the message when the disk is full; a function is called only then.
        durable: wait until it is on the disk.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """
    temporary = _temporary_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write(temporary)
        if durable:
            _flush(temporary)
        temporary.replace(path)
    except OSError as error:
        raise _write_error(path, error, size) from error
    finally:
        with suppress(OSError):  # what cannot be deleted must not hide why writing failed
            temporary.unlink(missing_ok=True)


def write_together(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files of one result: none gets its name before all of them are complete.

    Args:
        folder: where they shall be, created where it is not there.
        files: relative name -> all of it.

    Raises:
        UserError: the disk is full, or the folder cannot be written to; old files of these
            names are as they were.
    """
    contents = {folder / name: data for name, data in files.items()}
    temporaries = {path: _temporary_path(path) for path in contents}
    path, needed = folder, sum(map(len, files.values()))
    try:
        for path, data in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            temporaries[path].write_bytes(data)
            _flush(temporaries[path])
        for path, temporary in temporaries.items():
            temporary.replace(path)
    except OSError as error:
        raise _write_error(path, error, needed) from error
    finally:
        for path, temporary in temporaries.items():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            if path.parent != folder:
                with suppress(OSError):  # it holds something, unless all of it failed
                    path.parent.rmdir()


def ensure_writable(folder: Path, needed: int = 0) -> None:
    """Create a folder and try to write to it, so that hours of work do not end in vain.

    Args:
        folder: it may be there already.
        needed: bytes that will be needed at least.

    Raises:
        UserError: the disk is full, or the folder cannot be made or written to.
    """
    probe = folder / f".{uuid.uuid4().hex[:12]}{_PARTIAL_SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
        if shutil.disk_usage(folder).free < needed:
            raise OSError(errno.ENOSPC, "too little room")
    except OSError as error:
        if is_disk_full(error):
            raise _disk_full_error(f"there is no room in {folder}", needed or None) from error
        raise _write_error(probe, error, None) from error


def remove_partial_files(folder: Path) -> None:
    """Delete what a killed process left half-written in a folder and below it."""
    for path in folder.rglob(f".*{_PARTIAL_SUFFIX}"):
        if len(path.stem) == 13 and path.is_file():
            path.unlink(missing_ok=True)


def _temporary_path(path: Path) -> Path:
    """A temporary name; short, for that of `path` may be as long as the system allows."""
    return path.parent / f".{uuid.uuid4().hex[:12]}{_PARTIAL_SUFFIX}"


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _write_error(path: Path, error: OSError, size: int | Callable[[], int] | None) -> UserError:
    if is_disk_full(error):
        return _disk_full_error(f"{path.name} was not written", size() if callable(size) else size)
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


def _disk_full_error(problem: str, needed: int | None) -> UserError:
    need = f" {needed:,} bytes are needed." if needed is not None else ""
    return UserError(
        f"The disk is full: {problem}.{need}",
        "Free some space, or choose another folder; what was there before is unchanged.",
    )
