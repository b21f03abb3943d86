"""The first step of `classify`: which images it classifies, and which measure the scale."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError
from trainer.imaging.folders.search import find_images
from trainer.imaging.slides.slide import is_slide
from trainer.jobs.common.unread_notes import no_image_error, warn_about_unread
from trainer.locations import store_file
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import ClassifyRequest


@dataclass(frozen=True)
class SelectedImages:
    """The images of one call.

    Attributes:
        root: the case's folder.
        names: images to classify, below `root`, in order.
        scale_images: images that the scale is measured on, below `root`, in order.
        slides: those of `names` that are whole slides.
        time: when they were selected, in seconds of the epoch.
        not_read: how many files of the folders were not read, by kind; None where no folder
            was given.
    """

    root: Path
    names: tuple[str, ...]
    scale_images: tuple[str, ...]
    time: float
    not_read: Mapping[str, int] | None
    slides: frozenset[str] = frozenset()


def select_images(request: ClassifyRequest, emit: Emit) -> SelectedImages:
    """Find the images that a request names, and take the part of them that it asks for.

    Raises:
        UserError: there are none, one lies outside of the case's folder, or the results
            would lie among them.
    """
    now, shard = time.time(), request.shard_slice()
    root = Path(request.root) if request.root is not None else None
    any_suffix = request.any_suffix
    case = _Case.of(request)
    for folder in case.missing_folders:
        hint = "Bring it back to its place beside the folder of the case."
        emit(JobWarning(f"{folder} is not there; its images are left out.", hint))
    paths = [Path(path) for path in request.paths]
    if case.folders and case.root is not None and [*map(_real, paths)] == [_real(case.root)]:
        paths, root = case.all_folders, case.root
    found = find_images(paths, root, any_suffix=any_suffix, folders=case.folders)
    for problem in found.problems:
        emit(JobWarning(problem))
    warn_about_unread(found.unread, emit)
    out = Path(request.out)
    folders = [Path(path) for path in (*request.paths, request.root) if path]
    folders = [each for each in (*folders, *case.all_folders) if each.is_dir()]
    if any(_real(out).is_relative_to(_real(folder)) for folder in folders):
        raise UserError(
            f"The results would lie among the images, in {out}.",
            "Choose a folder for the results outside of the folder of images.",
        )
    if not found.relative:
        raise no_image_error(found.root, found.unread)
    # A part of a case is classified as in a run over all of it, so that its figures agree.
    case_images = (
        found
        if request.root is None
        else find_images(case.all_folders, root, any_suffix=any_suffix, folders=case.folders)
    ).relative or found.relative
    not_read = found.unread.counts() if _is_any_folder(request) else None
    names = found.relative[shard]
    slides = frozenset(name for name in names if is_slide(found.root / name))
    return SelectedImages(found.root, names, case_images, now, not_read, slides)


@dataclass(frozen=True)
class _Case:
    """The case of a request that names its folder; further folders were added to it."""

    root: Path | None
    folders: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: ClassifyRequest) -> _Case:
        root = Path(request.root or request.paths[0]).absolute()
        if not root.is_dir() or (request.root is None and len(request.paths) > 1):
            return cls(None)
        from trainer.cases.case_folders import read_folders  # for one image alone: of no use

        return cls(root, read_folders(store_file(request.data_dir), root))

    @property
    def all_folders(self) -> list[Path]:
        """Its own folder and those that are there of the others."""
        if self.root is None:
            return []
        return [self.root, *(each for each in self._further if each.is_dir())]

    @property
    def missing_folders(self) -> list[Path]:
        """Those that were added and are gone."""
        return [Path(os.path.normpath(each)) for each in self._further if not each.is_dir()]

    @property
    def _further(self) -> list[Path]:
        return [self.root / each for each in self.folders] if self.root is not None else []


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _is_any_folder(request: ClassifyRequest) -> bool:
    return any(Path(path).is_dir() for path in request.paths)
