"""Find the images in folders: recursive, in a stable natural order, each file once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from trainer.errors import UserError

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".png", ".tif", ".tiff", ".bmp", ".dib", ".webp"}
)


@dataclass(frozen=True)
class ImageList:
    """Images below one root.

    Attributes:
        root: absolute folder.
        relative: paths below `root`, with forward slashes, sorted, each once.
        problems: folders that could not be listed, in words.
    """

    root: Path
    relative: tuple[str, ...]
    problems: tuple[str, ...] = field(default=())


def find_images(paths: Sequence[Path]) -> ImageList:
    """Find all images in folders, and files given by name.

    Raises:
        UserError: a path is missing, or the paths have no folder in common.
    """
    if not paths:
        raise UserError("No image was given.", "Give an image or a folder of images.")
    root = Path(
        os.path.commonpath([p.absolute() if p.is_dir() else p.absolute().parent for p in paths])
    )
    found: set[str] = set()
    for path in paths:
        if not path.exists():
            raise UserError(f"There is no file or folder {path}.")
        if path.is_file():
            found.add(path.absolute().relative_to(root).as_posix())
        for file in path.absolute().rglob("*"):
            if file.suffix.lower() in IMAGE_SUFFIXES and not file.name.startswith("."):
                found.add(file.relative_to(root).as_posix())
    return ImageList(root, tuple(sorted(found)))
