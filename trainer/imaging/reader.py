"""From a file to an array: the one way in which every part of the program reads an image.

Nothing is allocated before the header was checked, nothing is filled up where a file is cut,
and whatever was remarkable is listed in the notes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.bit_depth import FOLDER_DEPTHS
from trainer.imaging.codecs.base import Header, check_size, name_notes
from trainer.imaging.codecs.colour import is_grey
from trainer.imaging.codecs.depth import DepthRule, estimate_depth
from trainer.imaging.codecs.downscale import choose_reduction
from trainer.imaging.codecs.formats import open_decoder
from trainer.imaging.files import read_file
from trainer.imaging.pages.focus import plane_notes, sharpest_of

DEFAULT_LIMIT_MEGAPIXELS = 400.0


@dataclass(frozen=True, eq=False)
class Image:
    """A decoded image: one focal plane or several.

    Attributes:
        planes: each uint8 (H, W, 3), sRGB, 0-255, all of one size.
        sharpest: index of the sharpest plane.
        width: of the original image in pixels, after orientation.
        height: likewise.
        scale: decoded pixels per original pixel: 1, 0.5, 0.25 or 0.125.
        sha256: of the file's bytes.
        format: what the bytes hold: "JPEG", "PNG", "TIFF", "BMP" or "WebP".
        grey: it carries no colour, so that no decision may be made on it.
        notes: what was remarkable, in words ("16-bit, scaled by 1/257").
        bits: of one sample of one channel, as stored.
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
    bits: int = 8

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The sharpest plane, uint8 (H, W, 3)."""
        return self.planes[self.sharpest]

    @classmethod
    def from_pixels(cls, rgb: NDArray[np.uint8]) -> Image:
        """An image that was drawn, uint8 (H, W, 3), not decoded from a file."""
        height, width = rgb.shape[:2]
        return cls((rgb,), 0, width, height, 1.0, sha256="", format="", grey=is_grey(rgb))


def read_image(
    path: Path,
    *,
    min_scale: float = 1.0,
    min_side: int = 0,
    limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS,
) -> Image:
    """Read and decode one image file; the arguments are those of `decode_image`.

    16-bit samples have the depth of the images in the same folder, where the file states none.

    Raises:
        ImageError: the file cannot be read or decoded, with the reason in words.
    """
    return decode_image(
        read_file(path, limit_megapixels),
        path.name,
        min_scale=min_scale,
        min_side=min_side,
        limit_megapixels=limit_megapixels,
        depth_rule=FOLDER_DEPTHS.rule(path),
    )


def decode_image(
    data: bytes,
    name: str,
    *,
    min_scale: float = 1.0,
    min_side: int = 0,
    limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS,
    depth_rule: DepthRule = estimate_depth,
) -> Image:
    """Decode an image at the smallest of the scales 1, 1/2, 1/4, 1/8 that is allowed.

    JPEG is reduced inside the decoder, every other format by the area mean afterwards;
    decoded sides are the original ones over the reduction, rounded up.

    Args:
        data: the whole file.
        name: of the file, for the note on a wrong extension.
        min_scale: decoded px per original px must be at least this; 1.0 reads in full.
        min_side: the shorter decoded side must be at least this, in pixels.
        limit_megapixels: refuse larger images by their header; all planes count.
        depth_rule: finds the depth of 16-bit samples of which the file states nothing.

    Raises:
        ImageError: these bytes are no image that can be read, with the reason in words.
    """
    opened = open_decoder(data)
    header = opened.header
    check_size(header, limit_megapixels)
    reduction = choose_reduction(header.width, header.height, min_scale, min_side)
    decoded = opened.decode(reduction, depth_rule)
    sharpest = sharpest_of(decoded.planes)
    return Image(
        planes=decoded.planes,
        sharpest=sharpest,
        width=header.width,
        height=header.height,
        scale=1 / reduction,
        sha256=hashlib.sha256(data).hexdigest(),
        format=header.format,
        grey=decoded.grey or all(is_grey(plane) for plane in decoded.planes),
        notes=(
            name_notes(name, header.format)
            + decoded.notes
            + plane_notes(len(decoded.planes), sharpest)
        ),
        bits=header.bits,
    )


def read_header(path: Path, *, limit_megapixels: float = DEFAULT_LIMIT_MEGAPIXELS) -> Header:
    """Read the header of an image file; no pixel is decoded, no limit on pixels is applied.

    Raises:
        ImageError: the file cannot be read, is cut off, or is no image.
    """
    return decode_header(read_file(path, limit_megapixels))


def decode_header(data: bytes) -> Header:
    """As `read_header`, for bytes that have been read.

    Raises:
        ImageError: cut off, or no image.
    """
    return open_decoder(data).header
