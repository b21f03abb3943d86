"""The images of a folder, told in batches while they are found, so that a page can fill.

Finds what `trainer` finds: by extension, to any depth, hidden ones skipped, links
followed after everything else and each folder visited once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from leukogui.case.natural_order import is_natural_sorted, name_ranks, natural_sorted
from trainer.errors import UserError

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".bmp", ".dib", ".webp"}
)
BATCH = 500


@dataclass
class Listing:
    """What was found so far, relative to the root, with forward slashes.

    Attributes:
        times: when each of the folders had last changed before it was read, in ns.
        name_ranks: the place of each file by its own name, whatever folder it is in (int32);
            empty where that is the order of `files`.
    """

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    name_ranks: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))


def list_images(
    root: Path,
    on_batch: Callable[[list[str]], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Listing:
    """List the images below a folder.

    Args:
        root: the folder.
        on_batch: gets names as they are found, sorted within each folder.
        should_stop: asked for each folder and each batch.

    Returns:
        all of it, files in natural order; what was found so far where it was stopped.

    Raises:
        UserError: the folder is gone or may not be read.
    """
    walk = _Walk(root, Listing(), set(), set(), [])
    batch: list[str] = []
    for name in walk.names():
        batch.append(name)
        if len(batch) >= BATCH:
            on_batch(batch)
            batch = []
        if should_stop():
            break
    if batch:
        on_batch(batch)
    if not is_natural_sorted(walk.listing.files):  # links lead anywhere
        walk.listing.files = natural_sorted(walk.listing.files, str)
    if len(walk.listing.folders) > 1:
        walk.listing.name_ranks = name_ranks(walk.listing.files)
    return walk.listing


def is_image(name: str) -> bool:
    """Whether a file is taken for an image by its name."""
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES  # noqa: PTH122 - speed


@dataclass
class _Walk:
    root: Path
    listing: Listing
    visited: set[tuple[int, int]]
    real_paths: set[str]
    links: list[str]

    def names(self) -> Iterator[str]:
        yield from self._walk("")
        while self.links:
            links, self.links = natural_sorted(self.links, str), []
            for link in links:
                yield from self._follow(link)

    def _walk(self, start: str) -> Iterator[str]:
        """Depth first in natural order, so that what is told is in its final order already."""
        open_folders = [self._open(start)]
        while open_folders:
            folder, real, entries = open_folders[-1]
            entry = next(entries, None)
            if entry is None:
                open_folders.pop()
                continue
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_symlink():
                self.links.append(name)
            elif entry.is_dir(follow_symlinks=False):
                open_folders.append(self._open(name))
            elif is_image(name):
                yield from self._add_file(name, os.path.join(real, entry.name))  # noqa: PTH118 - speed

    def _open(self, folder: str) -> tuple[str, str, Iterator[os.DirEntry[str]]]:
        """A folder, where it really is, and what is in it."""
        # Asked once for all of its files: each answer looks at every folder above.
        return folder, os.path.realpath(self.root / folder), iter(self._entries(folder))

    def _entries(self, folder: str) -> list[os.DirEntry[str]]:
        path = self.root / folder
        try:
            status = path.stat()
            if (status.st_dev, status.st_ino) in self.visited:
                return []
            self.visited.add((status.st_dev, status.st_ino))
            with os.scandir(path) as entries:
                found = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            if not folder:
                raise _unreadable_folder_error(path, error) from error
            self.listing.problems.append(f"{path}: {error.strerror or error}")
            return []
        self.listing.folders.append(folder)
        self.listing.times.append(status.st_mtime_ns)
        return natural_sorted(found, attrgetter("name"))

    def _follow(self, link: str) -> Iterator[str]:
        path = self.root / link
        if path.is_dir():
            yield from self._walk(link)
        elif is_image(link) and path.exists():
            yield from self._add_file(link, os.path.realpath(path))

    def _add_file(self, name: str, real: str) -> Iterator[str]:
        try:
            name.encode()
        except UnicodeEncodeError:
            shown = name.encode(errors="replace").decode()
            problem = _tr("The name of {name} is not valid text.").format(name=shown)
            self.listing.problems.append(problem)
            return
        if real not in self.real_paths:
            self.real_paths.add(real)
            self.listing.files.append(name)
            yield name


def _unreadable_folder_error(path: Path, error: OSError) -> UserError:
    return UserError(
        _tr("The folder {folder} cannot be opened: {why}.").format(
            folder=path, why=error.strerror or error
        ),
        _tr("Check that the drive is there and that you may read it."),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Listing", text)
