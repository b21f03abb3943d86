"""The first step of `classify`: which images it classifies, and which measure the scale."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError
from trainer.imaging.discovery import find_images
from trainer.imaging.slides.slide import is_slide
from trainer.jobs.common.unread_notes import no_image_error, warn_about_unread
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
    found = find_images([Path(path) for path in request.paths], root, any_suffix=any_suffix)
    for problem in found.problems:
        emit(JobWarning(problem))
    warn_about_unread(found.unread, emit)
    out = Path(request.out)
    folders = [path for path in (*request.paths, request.root) if path and Path(path).is_dir()]
    if any(out.is_relative_to(folder) for folder in folders):
        raise UserError(
            f"The results would lie among the images, in {out}.",
            "Choose a folder for the results outside of the folder of images.",
        )
    if not found.relative:
        raise no_image_error(found.root, found.unread)
    # A part of a case is classified as in a run over all of it, so that its figures agree.
    case_images = (
        found if root is None else find_images([root], any_suffix=any_suffix)
    ).relative or found.relative
    not_read = found.unread.counts() if _is_any_folder(request) else None
    names = found.relative[shard]
    slides = frozenset(name for name in names if is_slide(found.root / name))
    return SelectedImages(found.root, names, case_images, now, not_read, slides)


def _is_any_folder(request: ClassifyRequest) -> bool:
    return any(Path(path).is_dir() for path in request.paths)
