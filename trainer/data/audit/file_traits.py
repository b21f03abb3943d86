"""Traits of a file apart from its picture: format, size, compression, metadata."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.codecs.jpeg import estimate_jpeg_quality
from trainer.imaging.codecs.jpeg_structure import parse_jpeg
from trainer.imaging.reader import Image

_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WebP")
TRAIT_NAMES = (
    "width",
    "height",
    "shape",
    "bits",
    "JPEG quality",
    "colour subsampling",
    "progressive",
    "Exif",
    "colour profile",
    *_FORMATS,
)


@dataclass(frozen=True)
class FileTraits:
    """The traits of one file.

    Attributes:
        format: "JPEG", "PNG", "TIFF", "BMP" or "WebP", by content.
        width: in pixels, after orientation.
        height: likewise.
        bits: of one sample of one channel.
        planes: number of focal planes.
        size: of the file in bytes.
        quality: of a JPEG, 1-100; 0 for other formats.
        subsampling: pixels that share one colour sample in a JPEG: 1, 2 or 4; 0 for others.
        progressive: a progressive JPEG.
        exif: whether a JPEG carries an Exif block.
        profile: whether a JPEG carries a colour profile.
    """

    format: str
    width: int
    height: int
    bits: int
    planes: int
    size: int
    quality: float = 0.0
    subsampling: int = 0
    progressive: bool = False
    exif: bool = False
    profile: bool = False

    def feature_vector(self) -> NDArray[np.float32]:
        """Return `TRAIT_NAMES` as numbers, (14,).

        The size in bytes is not among them: at one compression it grows with the detail of
        the cell itself, and no network is given it.
        """
        return np.array(
            [
                np.log2(self.width),
                np.log2(self.height),
                np.log2(self.width / self.height),
                self.bits > 8,
                self.quality,
                self.subsampling,
                self.progressive,
                self.exif,
                self.profile,
                *(self.format == name for name in _FORMATS),
            ],
            np.float32,
        )


def read_traits(image: Image, data: bytes) -> FileTraits:
    """Return the traits of a file that was read already, from its image and its bytes."""
    plain = FileTraits(
        image.format, image.width, image.height, image.bits, len(image.planes), len(data)
    )
    if image.format != "JPEG":
        return plain
    structure = parse_jpeg(data)
    areas = [across * down for across, down in structure.sampling]
    return replace(
        plain,
        quality=estimate_jpeg_quality(structure),
        subsampling=max(areas) // max(min(areas), 1),
        progressive=structure.frame in (2, 10),
        exif=bool(structure.exif),
        profile=bool(structure.icc),
    )
