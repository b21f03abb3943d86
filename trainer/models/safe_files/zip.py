"""Zip files from untrusted sources: whatever is wrong with one becomes a `PackageError`.

Only what reading itself raises is taken for damage of the file; nothing around it is."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trainer.errors import PackageError

_CHUNK = 1 << 20
_ENCRYPTED = 0x1
# Names that are no text are ValueErrors, offsets beyond the file OSErrors or OverflowErrors,
# and versions that Python cannot read NotImplementedErrors.
_READ_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    ValueError,
)


@contextmanager
def open_zip(path: Path, kind: str, limit: int | None = None) -> Iterator[zipfile.ZipFile]:
    """Open an archive of plain or deflated entries.

    Args:
        kind: what it should be, for the message: "a zip archive".
        limit: the most bytes that all entries may unpack to; None: the caller checks.

    Raises:
        PackageError: it is damaged, encrypted, packed in another way, or beyond the limit.
    """
    try:
        archive = zipfile.ZipFile(path)
    except _READ_ERRORS as error:
        raise _damage_error(path.name, kind, error) from error
    with archive:
        for entry in archive.infolist():
            plain = entry.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
            if entry.flag_bits & _ENCRYPTED or not plain:
                raise PackageError(
                    f"“{path.name}” is encrypted, or packed in a way that no model is; refused."
                )
        total = sum(entry.file_size for entry in archive.infolist())
        if limit is not None and total > limit:
            raise PackageError(
                f"“{path.name}” would unpack to {total / 1e6:,.0f} MB, more than the"
                f" {limit / 1e6:,.0f} MB that such a file may hold."
            )
        yield archive


def chunks_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: str) -> Iterator[bytes]:
    """Read the bytes of an entry in chunks; no more of them than it announces.

    Raises:
        PackageError: it is damaged; in mid reading, too.
    """
    name = Path(archive.filename or "").name
    try:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk
    except _READ_ERRORS as error:
        raise _damage_error(name, kind, error) from error


def bytes_of(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, kind: str) -> bytes:
    """Read all of an entry.

    Raises:
        PackageError: it is damaged.
    """
    return b"".join(chunks_of(archive, entry, kind))


def dated_entry(name: str, attributes: int = 0o644) -> zipfile.ZipInfo:
    """Create a deflated entry dated 1980, so that equal contents give equal archives.

    Args:
        attributes: Unix mode of the file, with or without its type.
    """
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = attributes << 16
    return entry


def _damage_error(name: str, kind: str, error: Exception) -> PackageError:
    return PackageError(f"“{name}” is damaged or not {kind}.", str(error))
