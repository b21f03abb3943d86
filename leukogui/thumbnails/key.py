"""What a thumbnail shows: an image, or the surroundings of one cell of a field."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.domain import Box

_MARGIN = 0.25


@dataclass(frozen=True)
class ThumbnailKey:
    """A thumbnail among all others.

    Attributes:
        path: of the image.
        box: of the cell, in pixels of the original; None for the whole image.
    """

    path: Path
    box: Box | None = None


def surroundings(box: Box) -> Box:
    """The square that shows a cell with a margin; it may reach over the edge of the image."""
    side = max(box.width, box.height) * (1 + 2 * _MARGIN)
    return Box(box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side, side)
