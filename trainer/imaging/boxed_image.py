"""One cell of a field as an image of its own: the square around its box.

So a cell that an annotation gives goes through the same steps as an image of one cell.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Box, Window
from trainer.errors import ImageError
from trainer.imaging.reader import Image

_REACH = 3.0  # sides of the box: a white cell then fills as much as in an image of its own
_LEAST_SIDE = 16.0  # px: what is smaller shows no cell
_GLASS = 90  # percentile of each channel that the empty slide has


def digest_of_box(sha256: str, box: Box | None) -> str:
    """Identify one cell of a file, as `sha256` identifies the file; returns 64 hex digits.

    Args:
        sha256: of the file's bytes.
        box: of the cell; None where the file is of one cell: `sha256` itself is returned.
    """
    if box is None:
        return sha256
    sides = ",".join(f"{side:.3f}" for side in (box.x, box.y, box.width, box.height))
    return hashlib.sha256(f"{sha256},{sides}".encode()).hexdigest()


def cut_out(image: Image, box: Box) -> Image:
    """Cut the square around a box out of all planes; what lies beyond the edge is empty slide.

    Args:
        image: the field.
        box: of the cell, in pixels of the original.

    Returns:
        An image of the cell alone, with the cell in its middle, and a digest of its own.

    Raises:
        ImageError: the box has no extent, or lies outside of the image.
    """
    _check_box(box, image)
    square = square_around(box)
    planes = tuple(_cut_plane(plane, square.scaled(image.scale)) for plane in image.planes)
    whole = round(square.side)
    digest = digest_of_box(image.sha256, box)
    return replace(image, planes=planes, width=whole, height=whole, sha256=digest)


def square_around(box: Box) -> Window:
    """Return the square around a box that shows a cell as an image of its own does."""
    side = max(_REACH * max(box.width, box.height), _LEAST_SIDE)
    return Window(box.x + (box.width - side) / 2, box.y + (box.height - side) / 2, side)


def _check_box(box: Box, image: Image) -> None:
    sides = (box.x, box.y, box.width, box.height)
    inside = all(map(math.isfinite, sides)) and box.width > 0 and box.height > 0
    right, bottom = box.x + box.width, box.y + box.height
    if not inside or min(right, bottom) <= 0 or box.x >= image.width or box.y >= image.height:
        raise ImageError(
            f"The box of the cell lies outside of the image, which is {image.width} × "
            f"{image.height} pixels.",
            "The annotations belong to another image, or to another size of it.",
        )


def _cut_plane(plane: NDArray[np.uint8], square: Window) -> NDArray[np.uint8]:
    height, width = plane.shape[:2]
    x, y, size = round(square.x), round(square.y), max(round(square.side), 1)
    part = plane[max(y, 0) : max(y + size, 1), max(x, 0) : max(x + size, 1)]
    if part.shape[:2] == (size, size):
        return np.ascontiguousarray(part)
    glass = np.percentile(part, _GLASS, axis=(0, 1))
    above, before = max(-y, 0), max(-x, 0)
    below, after = max(y + size - height, 0), max(x + size - width, 0)
    padded = cv2.copyMakeBorder(
        part, above, below, before, after, cv2.BORDER_CONSTANT, value=glass.tolist()
    )
    return np.asarray(padded, np.uint8)
