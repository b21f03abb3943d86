"""One image or cell with its class, and the names of splits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trainer.domain import Box, CellId
from trainer.imaging.boxed_image import digest_of_box

SPLITS = ("train", "val", "test")
SPLIT_ALIASES = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}


@dataclass(frozen=True)
class Item:
    """One image with its class, or one cell of an image.

    Attributes:
        path: the file, absolute or relative to the current folder.
        label: its class, never empty.
        split: "train", "val", "test", or "" where not known.
        patient: who the cell is from; empty where not known.
        source: lab, scanner or stain; empty where not known.
        sample: the smear or cell of that patient; images of one sample (such as focal planes
            in files of their own) stay together. Empty where not known.
        box: of the cell, in pixels of the image; None for an image of one cell.
        number: of the cell in its image, as of `CellId`.
    """

    path: Path
    label: str
    split: str = ""
    patient: str = ""
    source: str = ""
    sample: str = ""
    box: Box | None = None
    number: int = 0

    @property
    def key(self) -> str:
        """What tells the item from all others: its path, and which cell of it."""
        return str(self.path) + self._suffix

    @property
    def short_name(self) -> str:
        """The name of its file, and which cell of it, for messages."""
        return self.path.name + self._suffix

    def name(self, root: Path) -> str:
        """As `relative_name`, with the letters of the cell: "f.jpg", or "f.jpg#A"."""
        return relative_name(self.path, root) + self._suffix

    def digest(self, sha256: str) -> str:
        """Identify the item by its pixels: the hash of its file, and its box."""
        return digest_of_box(sha256, self.box)

    @property
    def _suffix(self) -> str:
        letters = CellId("", self.number).letters
        return f"#{letters}" if letters else ""


def relative_name(path: Path, root: Path) -> str:
    """Return the path below `root` with forward slashes; the absolute path if it lies elsewhere."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        pass
    resolved = path.resolve()
    try:
        return resolved.relative_to(root.resolve()).as_posix()
    except ValueError:
        return resolved.as_posix()


def format_names(names: Sequence[str], max_names: int = 5) -> str:
    """Format the first few names, quoted, and how many more there are."""
    listed = ", ".join(f"“{name}”" for name in names[:max_names])
    return listed + (f" and {len(names) - max_names} more" if len(names) > max_names else "")
