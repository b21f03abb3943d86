"""Find the images in folders: recursive, in a stable natural order, each file once."""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainer.errors import UserError
from trainer.imaging.files import native_path

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".bmp", ".dib", ".webp"}
)
_NUMBER = re.compile(r"([0-9]+)")


@dataclass(frozen=True)
class ImageList:
    """Images below one root.

    Attributes:
        root: absolute folder: the one asked for, else the folder given, the parent of one
            file given, or the common folder of several paths.
        relative: paths below `root`, with forward slashes, in natural order, each once.
        problems: what could not be looked into and why, in words; never fatal.
    """

    root: Path
    relative: tuple[str, ...]
    problems: tuple[str, ...] = ()


@dataclass
class _Search:
    """The state of one search; paths are relative to `root`, "" is the root itself."""

    root: Path
    files: dict[str, str] = field(default_factory=dict)
    """Relative path by real path, so that a file with several names is found once."""
    folders: set[tuple[int, int]] = field(default_factory=set)
    """Device and inode of the folders visited: loops end here."""
    links: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def find_images(paths: Sequence[Path], root: Path | None = None) -> ImageList:
    """Find all images in folders, by extension, and the files given by name.

    Folders are searched to any depth. Links are followed, but each folder and each file
    is taken once, under its real name where that lies in the search too. Hidden files
    and folders (with a leading dot, so AppleDouble files too) are skipped unless they
    are given by name. A file given by name is taken whatever its extension.

    Args:
        paths: files and folders.
        root: folder that every path must lie in; None: the folder common to them.

    Raises:
        UserError: nothing was given, a path is missing or lies outside of `root`, or the
            paths have no folder in common.
    """
    if not paths:
        raise UserError("No image was given.", "Give an image or a folder of images.")
    given = [(_absolute(path), _is_folder(path)) for path in paths]
    folders = [path if folder else path.parent for path, folder in given]
    search = _Search(_check_root(root, folders) if root is not None else _common_root(folders))
    for path, folder in given:
        relative = _join(path.relative_to(search.root).as_posix())
        if folder:
            _walk(search, relative)
        else:
            _add_file(search, relative, os.path.realpath(path))
    _follow_links(search)
    found = sorted(search.files.values(), key=natural_key)
    return ImageList(search.root, tuple(found), tuple(search.problems))


def natural_key(relative: str) -> tuple[tuple[tuple[str | int, ...], ...], str]:
    """Sorts "cell2" before "cell10", folder by folder, upper and lower case together."""
    parts = tuple(
        tuple(int(piece) if index % 2 else piece for index, piece in enumerate(pieces))
        for pieces in map(_NUMBER.split, relative.casefold().split("/"))
    )
    return parts, relative


def _join(folder: str, name: str = "") -> str:
    folder = "" if folder == "." else folder
    return f"{folder}/{name}" if folder and name else folder or name


def _absolute(path: Path) -> Path:
    """Absolute without `..`; a clean path is kept as it is, with its trailing spaces."""
    if path.is_absolute() and ".." not in path.parts:
        return path
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(os.stat(native_path(path)).st_mode)  # noqa: PTH116 - extended names
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", "") or "this is not the name of a file"
        raise UserError(
            f"{path} cannot be found: {reason}.", "Check the spelling, and that the drive is there."
        ) from error


def _check_root(root: Path, folders: Sequence[Path]) -> Path:
    absolute = _absolute(root)
    if not _is_folder(absolute):
        raise UserError(f"{absolute} is not a folder.", "Give the folder of the case as the root.")
    for folder in folders:
        if not folder.is_relative_to(absolute):
            raise UserError(
                f"{folder} does not lie in {absolute}.",
                "Every image must lie in the folder of its case.",
            )
    return absolute


def _common_root(folders: Sequence[Path]) -> Path:
    if len(set(folders)) == 1:
        return folders[0]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError as error:
        raise UserError(
            "The paths lie on different drives and have no folder in common.",
            "Work on one drive at a time.",
        ) from error


def _add_file(search: _Search, relative: str, real: str) -> None:
    try:
        relative.encode()
    except UnicodeEncodeError:
        shown = relative.encode(errors="replace").decode()
        search.problems.append(f"The name of {shown} is not valid text; rename the file.")
    else:
        search.files.setdefault(os.path.normcase(real), relative)


def _walk(search: _Search, start: str) -> None:
    """Search a folder and what lies below it; links wait until the real names are known."""
    waiting = deque([start])
    while waiting:
        folder = waiting.popleft()
        real = _visit_folder(search, folder)
        if real is None:
            continue
        for entry, is_folder in _list_entries(search, folder):
            relative = _join(folder, entry.name)
            if entry.is_symlink():
                search.links.append(relative)
            elif is_folder:
                waiting.append(relative)
            elif _is_image(entry.name):
                _add_file(search, relative, os.path.join(real, entry.name))  # noqa: PTH118 - speed


def _is_image(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122 - speed


def _visit_folder(search: _Search, folder: str) -> str | None:
    """The real path of a folder that was not visited yet."""
    path = native_path(search.root / folder)
    try:
        status = os.stat(path)  # noqa: PTH116 - extended names
    except OSError as error:
        _add_problem(search, folder, error)
        return None
    identity = (status.st_dev, status.st_ino)
    if identity in search.folders:
        return None
    search.folders.add(identity)
    return os.path.realpath(path)


def _list_entries(search: _Search, folder: str) -> Iterator[tuple[os.DirEntry[str], bool]]:
    """What a folder holds that is not hidden, and whether each is a folder (not a link)."""
    try:
        with os.scandir(native_path(search.root / folder)) as entries:
            for entry in entries:
                if not entry.name.startswith("."):
                    yield entry, entry.is_dir(follow_symlinks=False)
    except OSError as error:
        _add_problem(search, folder, error)


def _follow_links(search: _Search) -> None:
    """Follow links, in natural order, to what was not found under its real name."""
    while search.links:
        links, search.links = sorted(search.links, key=natural_key), []
        for link in links:
            path = native_path(search.root / link)
            try:
                mode = os.stat(path).st_mode  # noqa: PTH116 - extended names
            except OSError as error:
                if _is_image(link):
                    _add_problem(search, link, error)
                continue
            if stat.S_ISDIR(mode):
                _walk(search, link)
            elif _is_image(link):
                _add_file(search, link, os.path.realpath(path))


def _add_problem(search: _Search, relative: str, error: OSError) -> None:
    shown = str(search.root / relative).encode(errors="replace").decode()
    search.problems.append(f"{shown} could not be opened: {error.strerror or error}.")
