"""The images of a folder, in batches while they are found, so that a page can fill."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication

from trainer.errors import UserError
from trainer.natural_order import name_ranks

if TYPE_CHECKING:
    from trainer.imaging.folders.search import SearchProblem
    from trainer.imaging.folders.unread_files import UnreadFiles


@dataclass
class Listing:
    """What was found so far, relative to the root, with forward slashes.

    Attributes:
        files: the images, in natural order.
        folders: the folders that were read; "" is the root itself.
        times: when each of the folders had last changed before it was read, in ns.
        problems: what was left out, in words.
        name_ranks: the place of each file by its own name, whatever folder it is in (int32);
            empty where that is the order of `files`.
        unread: the files that are not read; None while nothing was searched.
    """

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    name_ranks: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    unread: UnreadFiles | None = None


def list_images(
    root: Path,
    on_batch: Callable[[list[str]], None] = lambda _: None,
    should_stop: Callable[[], bool] = lambda: False,
    *,
    any_suffix: bool = False,
    folders: Sequence[str] = (),
) -> Listing:
    """List the images below a folder, as `trainer.imaging.folders.search.search_images` finds them.

    Args:
        root: the folder.
        on_batch: gets names as they are found, sorted within each folder.
        should_stop: called after each file.
        any_suffix: as for `search_images`.
        folders: further folders of the case, relative to the root.

    Returns:
        all of it; what was found so far where it was stopped.

    Raises:
        UserError: the folder is gone or may not be read.
    """
    from trainer.imaging.folders.search import search_images  # brings the decoders

    found = search_images(
        root,
        [(folder, True) for folder in ("", *folders)],
        on_batch,
        should_stop,
        any_suffix=any_suffix,
    )
    for problem in found.problems:
        if problem.error is not None and not problem.relative:
            raise _unreadable_folder_error(root, problem.error) from problem.error
    # A link that leads nowhere is passed over: there is no image that could be shown.
    problems = [
        _describe_problem(root, each, folders) for each in found.problems if not each.is_link
    ]
    listing = Listing(found.files, found.folders, found.times, problems, unread=found.unread)
    if len(listing.folders) > 1:
        listing.name_ranks = name_ranks(listing.files)
    return listing


def _describe_problem(root: Path, problem: SearchProblem, folders: Sequence[str]) -> str:
    if problem.error is None:
        name = problem.relative.encode(errors="replace").decode()
        return _tr("The name of {name} is not valid text.").format(name=name)
    path = os.path.normpath(root / problem.relative)  # of a further folder it holds `..`
    if problem.relative in folders and isinstance(problem.error, FileNotFoundError):
        text = _tr(
            "The folder {folder} of the case is not there. If it was moved, choose its place in "
            "Case › Details of the case…"
        )
        return text.format(folder=path)
    return f"{path}: {problem.error.strerror or problem.error}"


def _unreadable_folder_error(path: Path, error: OSError) -> UserError:
    return UserError(
        _tr("The folder {folder} cannot be opened: {why}.").format(
            folder=path, why=error.strerror or error
        ),
        _tr("Check that the drive is there and that you may read it."),
    )


def _tr(text: str) -> str:
    return QCoreApplication.translate("Listing", text)
