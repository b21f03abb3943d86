"""Model packages as zip archives, also from untrusted sources."""

from __future__ import annotations

import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath

from trainer.atomic_files import write_with
from trainer.errors import PackageError
from trainer.models.package.layout import CARD, FILES, OPTIONAL_FILES, Package
from trainer.models.safe_files.zip import chunks_of, dated_entry, open_zip

MAX_BYTES = 4 << 30
MAX_RATIO = 1000
MAX_ENTRIES = 100
_CHUNK = 1 << 20
_KIND = "a zip archive"
_SYSTEM_FILES = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
_ALLOWED = frozenset({CARD, *FILES, *OPTIONAL_FILES})


def pack(package: Package, target: Path) -> None:
    """Write a package to a zip archive, in a folder named after its id.

    Equal packages give equal archives, byte for byte.

    Raises:
        UserError: the disk is full, or the folder cannot be written to.
    """

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name in sorted(_ALLOWED & {CARD, *package.card.files}):
                entry = dated_entry(f"{package.card.id}/{name}", stat.S_IFREG | 0o644)
                with (package.path / name).open("rb") as source, archive.open(entry, "w") as sink:
                    shutil.copyfileobj(source, sink, _CHUNK)

    write_with(target, write)


def unpack(source: Path, folder: Path) -> None:
    """Copy a package out of a zip archive or a folder into `folder`, which must not exist.

    Only files that belong to a package are copied, and their contents are not checked.

    Raises:
        PackageError: not an archive, or one that would write elsewhere, holds links, or
            would unpack to far more than it should.
    """
    if source.is_dir():
        _copy_folder(source, folder)
        return
    if not source.is_file():
        raise PackageError(f"There is no file or folder “{source}”.")
    with open_zip(source, _KIND) as archive:
        chosen = _select_entries(source, archive)
        folder.mkdir(parents=True)
        for name, entry in chosen.items():
            _extract(source, archive, entry, folder / name)


def unpacked_size(source: Path) -> int:
    """Bytes of the model in a folder or an archive, as far as they are announced."""
    if source.is_dir():
        return sum(path.stat().st_size for path in source.iterdir() if path.name in _ALLOWED)
    try:
        with open_zip(source, _KIND) as archive:
            return min(MAX_BYTES, sum(entry.file_size for entry in archive.infolist()))
    except PackageError:
        return 0  # Unpacking it raises the error.


def _copy_folder(source: Path, folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in _ALLOWED:
        path = source / name
        if path.is_symlink():
            raise PackageError(f"“{name}” in “{source.name}” is a link to another place; refused.")
        if path.is_file():
            shutil.copyfile(path, folder / name)


def _select_entries(source: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries of a package, by file name; all of the archive is checked."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise PackageError(f"“{source.name}” holds {len(entries)} files; a model has {len(FILES)}.")
    if sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise PackageError(f"“{source.name}” would unpack to more than any model needs; refused.")
    chosen: dict[str, zipfile.ZipInfo] = {}
    parents = set()
    for entry in entries:
        parts = _safe_parts(source, entry)
        if entry.is_dir() or parts[0] in _SYSTEM_FILES or parts[-1] in _SYSTEM_FILES:
            continue
        _check_entry(source, entry, parts)
        if parts[-1] in chosen:
            raise PackageError(f"“{source.name}” holds {parts[-1]} twice; refused.")
        chosen[parts[-1]] = entry
        parents.add(parts[:-1])
    if CARD not in chosen or len(parents) != 1:
        raise PackageError(f"“{source.name}” is not a model: it does not hold one {CARD}.")
    return chosen


def _safe_parts(source: Path, entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """Parts of an entry's name, which must stay below the folder it is unpacked to."""
    # The name as it is in the archive: Python itself already turns "\\" into "/".
    name = entry.orig_filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    outside = name.startswith("/") or ".." in parts or ":" in name or "\0" in name
    if not parts or outside:
        raise PackageError(
            f"“{source.name}” wants to write outside of its folder (“{entry.orig_filename}”);"
            " refused.",
            "Such an archive was not made by this program.",
        )
    return parts


def _check_entry(source: Path, entry: zipfile.ZipInfo, parts: tuple[str, ...]) -> None:
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise PackageError(f"“{parts[-1]}” in “{source.name}” is a link to another place; refused.")
    if len(parts) > 2 or parts[-1] not in _ALLOWED:
        raise PackageError(f"“{source.name}” holds “{'/'.join(parts)}”, which no model has.")
    if entry.file_size > MAX_RATIO * max(entry.compress_size, 1024):
        raise PackageError(
            f"“{parts[-1]}” in “{source.name}” would unpack from"
            f" {entry.compress_size / 1e6:,.1f} to {entry.file_size / 1e6:,.0f} MB; refused."
        )


def _extract(source: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Copy one entry, and no more of it than it announced."""
    left = entry.file_size
    with path.open("xb") as sink:
        for chunk in chunks_of(archive, entry, _KIND):
            left -= len(chunk)
            if left < 0:
                raise PackageError(f"“{source.name}” holds more than it says; refused.")
            sink.write(chunk)
