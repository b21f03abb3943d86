"""From a file to an array: the one way in which every part of the program reads an image.

Training, batch and window call `read`, so that pixels are the same everywhere.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps

from trainer.errors import ImageError

DEFAULT_LIMIT_MEGAPIXELS = 400.0
_REDUCTIONS = (8, 4, 2)


@dataclass(frozen=True, eq=False)
class Image:
    """A decoded image: one focal plane or several.

    Attributes:
        planes: each uint8 (H, W, 3), RGB, 0-255, all of one size.
        sharpest: index of the sharpest plane.
        width: of the original image in pixels, after orientation.
        height: likewise.
        scale: decoded pixels per original pixel: 1, 0.5, 0.25 or 0.125.
        sha256: of the file's bytes.
        format: what the bytes hold: "JPEG", "PNG", "TIFF", "BMP", "WebP", "GIF".
        grey: it carries no colour, so that no decision may be made on it.
        notes: what was remarkable, in words.
    """

    planes: tuple[NDArray[np.uint8], ...]
    sharpest: int
    width: int
    height: int
    scale: float
    sha256: str
    format: str
    grey: bool
    notes: tuple[str, ...] = ()

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The sharpest plane, uint8 (H, W, 3)."""
        return self.planes[self.sharpest]


@dataclass(frozen=True)
class Header:
    """What a file says of itself before any pixel is decoded."""

    format: str
    width: int
    height: int
    planes: int
    bits: int


def read(
    path: Path,
    *,
    min_scale: float = 1.0,
    min_side: int = 0,
    limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS,
) -> Image:
    """Read and decode one image file; see `read_bytes`.

    Raises:
        ImageError: the file cannot be read, with the reason in words.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ImageError(f"The file cannot be read: {error.strerror}.") from error
    return read_bytes(
        data,
        path.name,
        min_scale=min_scale,
        min_side=min_side,
        limit_megapixels=limit_megapixels,
    )


def read_bytes(
    data: bytes,
    name: str,
    *,
    min_scale: float = 1.0,
    min_side: int = 0,
    limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS,
) -> Image:
    """Decode an image at the smallest of the scales 1, 1/2, 1/4, 1/8 that is allowed.

    Raises:
        ImageError: these bytes are no image that can be read, with the reason in words.
    """
    if not data:
        raise ImageError("The file is empty.")
    try:
        with Pillow.open(io.BytesIO(data)) as opened:
            kind = str(opened.format)
            upright = ImageOps.exif_transpose(opened)
            rgb = np.asarray(upright.convert("RGB"))
    except (OSError, ValueError) as error:
        raise ImageError("The image cannot be decoded.") from error
    height, width = rgb.shape[:2]
    reduction = 1
    for candidate in _REDUCTIONS:
        if 1 / candidate >= min_scale and min(width, height) / candidate >= min_side:
            reduction = candidate
            break
    if reduction > 1:
        size = (-(-width // reduction), -(-height // reduction))
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Image(
        (rgb,), 0, width, height, 1 / reduction, hashlib.sha256(data).hexdigest(), kind, False
    )


def probe(path: Path) -> Header:
    """What the file's header says, before anything is allocated.

    Raises:
        ImageError: the file cannot be read, or is no image.
    """
    image = read(path)
    return Header(image.format, image.width, image.height, len(image.planes), 8)
