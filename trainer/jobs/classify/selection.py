"""The first step of `classify`: which images it classifies, and which measure the scale."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import UserError
from trainer.imaging.discovery import find_images
from trainer.protocol.events import Emit, JobWarning
from trainer.protocol.requests import ClassifyRequest

IMAGE_FORMATS_HINT = "Images are JPEG, PNG, TIFF, BMP and WebP files."


@dataclass(frozen=True)
class SelectedImages:
    """The images of one call.

    Attributes:
        root: the case's folder.
        names: images to classify, below `root`, in order.
        scale_images: images that the scale is measured on, below `root`, in order.
        time: when they were selected, in seconds of the epoch.
    """

    root: Path
    names: tuple[str, ...]
    scale_images: tuple[str, ...]
    time: float


def select_images(request: ClassifyRequest, emit: Emit) -> SelectedImages:
    """Find the images that a request names, and take the part of them that it asks for.

    Raises:
        UserError: there are none, one lies outside of the case's folder, or the results
            would lie among them.
    """
    now, shard = time.time(), request.shard_slice()
    root = Path(request.root) if request.root is not None else None
    found = find_images([Path(path) for path in request.paths], root)
    for problem in found.problems:
        emit(JobWarning(problem))
    out = Path(request.out)
    folders = [path for path in (*request.paths, request.root) if path and Path(path).is_dir()]
    if any(out.is_relative_to(folder) for folder in folders):
        raise UserError(
            f"The results would lie among the images, in {out}.",
            "Choose a folder for the results outside of the folder of images.",
        )
    if not found.relative:
        raise UserError(f"No image was found in {found.root}.", IMAGE_FORMATS_HINT)
    # A part of a case is classified as in a run over all of it, so that its figures agree.
    case_images = found.relative if root is None else find_images([root]).relative
    return SelectedImages(found.root, found.relative[shard], case_images or found.relative, now)
