"""EXIF orientation: found once in the file, applied once to the pixels.

The values 1-8 are those of tag 274 (Orientation) of TIFF 6.0 and EXIF 2.32."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

_TAG = 274
_SHORT = 3
_MAX_ENTRIES = 1000


def read_exif_orientation(block: bytes) -> int:
    """Read the orientation, 1-8, from an EXIF block (a small TIFF); 1 where it holds none.

    Pillow's `Exif` warns of damage and gives up at the first entry that points nowhere; here
    an orientation that is there is applied, whatever the other entries are like.
    """
    block = block.removeprefix(b"Exif\0\0")
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 14:
        return 1
    (first,) = struct.unpack_from(order + "I", block, 4)
    if first + 2 > len(block):
        return 1
    (count,) = struct.unpack_from(order + "H", block, first)
    entries = block[first + 2 :][: 12 * min(count, _MAX_ENTRIES)]
    whole = entries[: len(entries) // 12 * 12]
    for tag, kind, _, value in struct.iter_unpack(order + "HHIH2x", whole):
        if tag == _TAG and kind == _SHORT:
            return valid_orientation(value)
    return 1


def valid_orientation(value: object) -> int:
    """The orientation if it is one of 1-8, else 1."""
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def oriented_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Width and height after orientation."""
    return (height, width) if orientation >= 5 else (width, height)


def apply_orientation(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The pixels (H, W, 3) the right way up."""
    if orientation == 1:
        return pixels
    turns: dict[int, Callable[[NDArray[np.uint8]], Any]] = {
        2: lambda a: cv2.flip(a, 1),
        3: lambda a: cv2.rotate(a, cv2.ROTATE_180),
        4: lambda a: cv2.flip(a, 0),
        5: cv2.transpose,
        6: lambda a: cv2.rotate(a, cv2.ROTATE_90_CLOCKWISE),
        7: lambda a: cv2.rotate(cv2.transpose(a), cv2.ROTATE_180),
        8: lambda a: cv2.rotate(a, cv2.ROTATE_90_COUNTERCLOCKWISE),
    }
    return np.asarray(turns[orientation](pixels), np.uint8)


def orientation_notes(orientation: int) -> tuple[str, ...]:
    """A note where the picture was turned."""
    return () if orientation == 1 else (f"turned upright (orientation {orientation})",)
