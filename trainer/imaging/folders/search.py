"""Find the images in folders: recursive, in a stable natural order, each file once."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainer.errors import UserError
from trainer.imaging.file_names import is_image_name, is_system_folder
from trainer.imaging.files import native_path
from trainer.imaging.folders.unread_files import UnreadFiles
from trainer.natural_order import is_natural_sorted, natural_sorted

BATCH = 500
_Entry = tuple[os.DirEntry[str], bool]
"""What a folder holds, and whether it is a folder itself (not a link to one)."""


@dataclass(frozen=True)
class ImageList:
    """Images below one root.

    Attributes:
        root: absolute folder: the one required, else the folder given, the parent of one
            file given, or the common folder of several paths.
        relative: paths below `root`, with forward slashes, in natural order, each once.
        problems: what could not be read and why, in words; never fatal.
        unread: the other files of the folders.
    """

    root: Path
    relative: tuple[str, ...]
    problems: tuple[str, ...] = ()
    unread: UnreadFiles = field(default_factory=UnreadFiles)


@dataclass(frozen=True)
class SearchProblem:
    """A folder or a file that a search left out.

    Attributes:
        relative: its path below the root; "" is the root itself.
        error: why it could not be opened; None where its name is not valid text.
        is_link: it is a link that leads to no file.
    """

    relative: str
    error: OSError | None = None
    is_link: bool = False


@dataclass
class SearchResult:
    """What was found so far, as paths below the root with forward slashes.

    Attributes:
        files: the images, each once.
        folders: the folders that were read; "" is the root itself.
        times: when each of the folders had last changed before it was read, in ns.
        problems: what was left out.
        unread: the files that are no images by their names.
    """

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    problems: list[SearchProblem] = field(default_factory=list)
    unread: UnreadFiles = field(default_factory=UnreadFiles)


def find_images(
    paths: Sequence[Path],
    root: Path | None = None,
    *,
    any_suffix: bool = False,
    folders: Sequence[str] = (),
) -> ImageList:
    """Find all images in folders, by extension, and the files given by name.

    Folders are searched as by `search_images`. A file given by name is taken whatever its
    extension, and where it is hidden. A folder of a system is left out among other paths, with a
    problem: a shell's `*` names it, too.

    Args:
        paths: files and folders.
        root: folder that every path must lie in; None: the folder common to them.
        any_suffix: as for `search_images`.
        folders: further folders that they may lie in, relative to `root`.

    Raises:
        UserError: nothing was given, a path is missing or lies outside of `root`, or the
            paths have no folder in common.
    """
    if not paths:
        raise UserError("No image was given.", "Give an image or a folder of images.")
    given = [(_absolute(path), _is_folder(path)) for path in paths]
    if root is not None:
        absolute = _check_root(root)
    else:
        absolute = _common_root([path if folder else path.parent for path, folder in given])
    below = [(_name_below(absolute, path, folders), folder) for path, folder in given]
    searched = [each for each in below if not _is_system(each)] or below
    found = search_images(absolute, searched, any_suffix=any_suffix)
    problems = [_describe_problem(absolute, problem) for problem in found.problems]
    problems += [
        f"{_printable(str(absolute / each[0]))} belongs to a system and was not searched."
        for each in below
        if each not in searched
    ]
    return ImageList(absolute, tuple(found.files), tuple(problems), found.unread)


def search_images(
    root: Path,
    given: Sequence[tuple[str, bool]] = (("", True),),
    on_batch: Callable[[list[str]], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    any_suffix: bool = False,
) -> SearchResult:
    """Search folders to any depth for images, and return all of them in natural order.

    Links are followed, but each folder and each file is taken once, under its real name
    where that lies in the search too. Hidden files and folders (with a leading dot, so
    AppleDouble files too) are skipped, and so are folders of a system: recycle bins, the
    thumbnails and snapshots of a file server. One that is given itself is searched.

    Args:
        root: absolute folder.
        given: paths below it, with forward slashes, and whether each is a folder.
        on_batch: gets names as they are found: folder by folder in natural order, what
            only links lead to last.
        should_stop: called after each file.
        any_suffix: files that are images by their content are taken whatever their names, but
            for backups (see `UnreadFiles.examine`); each is opened for that.

    Returns:
        what was found so far where it was stopped.
    """
    search = _Search(root, should_stop, any_suffix)
    batch: list[str] = []
    for name in search.names(given):
        batch.append(name)
        if len(batch) >= BATCH:
            on_batch(batch)
            batch = []
        if should_stop():
            break
    if batch:
        on_batch(batch)
    if not is_natural_sorted(search.result.files):  # links lead anywhere
        search.result.files = natural_sorted(search.result.files, str)
    return search.result


class _Search:
    """One search; paths are relative to `root`, "" is the root itself."""

    def __init__(self, root: Path, should_stop: Callable[[], bool], any_suffix: bool) -> None:
        self.root, self.should_stop, self.any_suffix = root, should_stop, any_suffix
        self.result = SearchResult()
        self._real_paths: set[str] = set()  # so that a file with several names is found once
        self._visited: set[tuple[int, int]] = set()  # device and inode: loops end here
        self._unread_paths: set[str] = set()
        self._links: list[str] = []

    def names(self, given: Sequence[tuple[str, bool]]) -> Iterator[str]:
        """Find images one by one; links wait until the real names are known."""
        for relative, is_folder in given:
            if is_folder:
                yield from self._walk(relative)
            else:
                yield from self._add_file(relative, os.path.realpath(self.root / relative))
        while self._links and not self.should_stop():
            links, self._links = natural_sorted(self._links, str), []
            for link in links:
                yield from self._follow(link)

    def _walk(self, start: str) -> Iterator[str]:
        """Depth first in natural order, so that what comes early is in its final order already."""
        open_folders = [self._open(start)]
        while open_folders:
            folder, real, entries = open_folders[-1]
            entry, is_folder = next(entries, (None, False))
            if entry is None:
                open_folders.pop()
                continue
            relative = _join(folder, entry.name)
            if entry.is_symlink():
                self._links.append(relative)
            elif is_folder and is_system_folder(entry.name):
                continue
            elif is_folder:
                open_folders.append(self._open(relative))
            elif is_image_name(entry.name):
                yield from self._add_file(relative, os.path.join(real, entry.name))  # noqa: PTH118 - speed
            else:
                yield from self._examine(relative, os.path.join(real, entry.name))  # noqa: PTH118 - speed
                if self.should_stop():
                    return

    def _open(self, folder: str) -> tuple[str, str, Iterator[_Entry]]:
        """A folder, its real path, and what is in it, in natural order."""
        path = native_path(self.root / folder)
        entries = natural_sorted(self._read_entries(folder, path), lambda each: each[0].name)
        # Once for all of its files, since each call examines every folder above.
        return folder, os.path.realpath(path), iter(entries)

    def _read_entries(self, folder: str, path: str) -> Iterator[_Entry]:
        """What a folder holds that is not hidden; nothing where it was visited before."""
        try:
            status = os.stat(path)  # noqa: PTH116 - extended names
            identity = (status.st_dev, status.st_ino)
            if identity in self._visited:
                return
            self._visited.add(identity)
            with os.scandir(path) as entries:
                for entry in entries:
                    if not entry.name.startswith("."):
                        yield entry, entry.is_dir(follow_symlinks=False)
                    else:
                        self.result.unread.add_placeholder(entry.name)
        except OSError as error:
            self.result.problems.append(SearchProblem(folder, error))
        else:
            self.result.folders.append(folder)
            self.result.times.append(status.st_mtime_ns)

    def _follow(self, link: str) -> Iterator[str]:
        """What a link leads to, if it was not found under its real name."""
        path = native_path(self.root / link)
        try:
            mode = os.stat(path).st_mode  # noqa: PTH116 - extended names
        except OSError as error:
            if is_image_name(link):
                self.result.problems.append(SearchProblem(link, error, is_link=True))
            return
        if stat.S_ISDIR(mode):
            if not is_system_folder(link.rpartition("/")[2]):
                yield from self._walk(link)
        elif is_image_name(link):
            yield from self._add_file(link, os.path.realpath(path))
        else:
            yield from self._examine(link, os.path.realpath(path))

    def _examine(self, relative: str, real: str) -> Iterator[str]:
        """A file that is no image by its name: counted, or an image by its content."""
        key = os.path.normcase(real)
        if key not in self._unread_paths:
            self._unread_paths.add(key)
            name = relative.rpartition("/")[2]
            if self.result.unread.examine(name, real, any_suffix=self.any_suffix):
                yield from self._add_file(relative, real)

    def _add_file(self, relative: str, real: str) -> Iterator[str]:
        try:
            relative.encode()
        except UnicodeEncodeError:
            self.result.problems.append(SearchProblem(relative))
            return
        real = os.path.normcase(real)
        if real not in self._real_paths:
            self._real_paths.add(real)
            self.result.files.append(relative)
            yield relative


def _is_system(given: tuple[str, bool]) -> bool:
    """Whether a folder of a system is given; a hidden one was meant."""
    name = given[0].rpartition("/")[2]
    return given[1] and not name.startswith(".") and is_system_folder(name)


def _join(folder: str, name: str = "") -> str:
    folder = "" if folder == "." else folder
    return f"{folder}/{name}" if folder and name else folder or name


def _absolute(path: Path) -> Path:
    """Absolute without `..`; a clean path stays as it is, with its trailing spaces."""
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


def _check_root(root: Path) -> Path:
    absolute = _absolute(root)
    if not _is_folder(absolute):
        raise UserError(f"{absolute} is not a folder.", "Give the folder of the case as the root.")
    return absolute


def _name_below(root: Path, path: Path, folders: Sequence[str]) -> str:
    """The path relative to the root, by way of a further folder where it lies in one."""
    if path.is_relative_to(root):
        return _join(path.relative_to(root).as_posix())
    for folder in folders:
        outer = _absolute(root / folder)
        if path.is_relative_to(outer):
            return _join(folder, _join(path.relative_to(outer).as_posix()))
    raise UserError(
        f"{path} does not lie in {root}.",
        "Every image must lie in the folder of its case, or in one that was added to the case.",
    )


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


def _describe_problem(root: Path, problem: SearchProblem) -> str:
    if problem.error is None:
        return f"The name of {_printable(problem.relative)} is not valid text; rename the file."
    path = _printable(str(root / problem.relative))
    return f"{path} could not be opened: {problem.error.strerror or problem.error}."


def _printable(text: str) -> str:
    return text.encode(errors="replace").decode()
