"""JPEG: the common case and the fast path of every batch; and its quality, by its tables.

Pillow decodes it and not OpenCV, whose libjpeg writes what it thinks of a damaged stream to the
terminal; imagecodecs decodes what is large, into memory that is ours. All of them give the same
pixels, at every reduction.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import JpegImagePlugin

from trainer.imaging.codecs.base import DecodedImage, Header, damage_error, translate_decoder_errors
from trainer.imaging.codecs.colour import cmyk_to_srgb, grey_to_rgb, to_srgb
from trainer.imaging.codecs.depth import DepthRule, estimate_depth
from trainer.imaging.codecs.downscale import downscale
from trainer.imaging.codecs.exif import read_exif_profile
from trainer.imaging.codecs.jpeg_structure import JpegStructure, check_supported, parse_jpeg
from trainer.imaging.codecs.orientation import (
    apply_orientation,
    orientation_notes,
    oriented_size,
    read_exif_orientation,
)

# Sum of the luminance table of ITU-T T.81, table K.1, which encoders scale by the quality.
_STANDARD_TABLE_SUM = 3688


def estimate_jpeg_quality(structure: JpegStructure) -> float:
    """Estimate the quality setting of the IJG library with steps as coarse as these, 1-100.

    libjpeg multiplies the standard's table by 50/q below quality 50 and by 2 - q/50 above.
    The sum of the steps is compared, so that tables of other makers get a number too. Where
    steps of 1 prevail (quality 97 and more), it is within two units.

    Returns:
        0 where the file has no luminance table.
    """
    steps = structure.quantisation.get(0)
    if not steps:
        return 0.0
    scale = sum(steps) / _STANDARD_TABLE_SUM
    quality = 100 - 50 * scale if scale <= 1 else 50 / scale
    return float(min(max(quality, 1.0), 100.0))


_SEQUENTIAL = (0, 1)
_PAD = bytes(8)
_BAND = 1024
_LARGE = 4e6
"""Pixels from which on Pillow's memory counts, of which the system gets back little."""
_SMALLEST = 8


@dataclass(frozen=True, eq=False)
class JpegDecoder:
    """A JPEG whose markers were walked from beginning to end."""

    data: bytes
    structure: JpegStructure
    orientation: int

    @property
    def header(self) -> Header:
        """Size after orientation."""
        size = oriented_size(self.structure.width, self.structure.height, self.orientation)
        return Header("JPEG", *size, bits=self.structure.bits)

    def decode(self, reduction: int, rule: DepthRule = estimate_depth) -> DecodedImage:  # noqa: ARG002 - 8 bits
        """Decode, at reduced size inside the decoder where it can.

        Raises:
            ImageError: damaged, or a kind that is not read.
        """
        check_supported(self.structure)
        channels = len(self.structure.sampling)
        notes = orientation_notes(self.orientation)
        if channels == 4:
            rgb, more = self._cmyk()
            rgb = downscale(rgb, reduction)
        else:
            rgb = self._rgb(reduction)
            profile = self.structure.icc or read_exif_profile(self.structure.exif)
            rgb, more = to_srgb(rgb, profile) if channels == 3 else (rgb, ())
        return DecodedImage(
            (apply_orientation(rgb, self.orientation),), channels == 1, (*notes, *more)
        )

    def _rgb(self, reduction: int) -> NDArray[np.uint8]:
        structure = self.structure
        if reduction == 1 and structure.width * structure.height > _LARGE:
            self._draft(_SMALLEST)  # fails where pixels are missing, which imagecodecs fills up
            with translate_decoder_errors("JPEG"):
                pixels = imagecodecs.jpeg8_decode(self.data)
            return pixels if pixels.ndim == 3 else grey_to_rgb(pixels)
        own = reduction if min(structure.width, structure.height) >= reduction else 1
        pixels = self._draft(own)
        return pixels if own == reduction else downscale(pixels, reduction)

    def _draft(self, own: int) -> NDArray[np.uint8]:
        """Decode at one of libjpeg's own reductions."""
        structure = self.structure
        with (
            translate_decoder_errors("JPEG"),
            JpegImagePlugin.JpegImageFile(BytesIO(self._stream())) as file,
        ):
            if own > 1:
                file.draft(None, (structure.width // own, structure.height // own))
            file.load()
            if file.size != (-(-structure.width // own), -(-structure.height // own)):
                raise damage_error("JPEG", "its pixels break off or make no sense")
            return _copy_pixels(file)

    def _stream(self) -> bytes:
        """The stream without EOI where it has a single sequential scan.

        A decoder that meets EOI too early, because the pixels before it are damaged, fills
        up with grey; without EOI it runs out of data and fails, as it should. It reads up
        to eight bytes ahead, so a whole stream needs as many to end well.
        """
        structure = self.structure
        if structure.frame in _SEQUENTIAL and structure.scans == 1:
            return self._bare(structure.scan_end) + _PAD
        return self._bare(len(self.data))

    def _bare(self, end: int) -> bytes:
        """The data up to `end` without metadata, of which Pillow refuses what it cannot read."""
        gaps = [(0, 0), *(gap for gap in self.structure.metadata if gap[1] <= end), (end, end)]
        return b"".join(self.data[a:b] for (_, a), (b, _) in pairwise(gaps))

    def _cmyk(self) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
        with (
            translate_decoder_errors("JPEG"),
            JpegImagePlugin.JpegImageFile(BytesIO(self._bare(len(self.data)))) as file,
        ):
            file.load()  # Adobe's inverted inks are turned by Pillow
            return cmyk_to_srgb(file, self.structure.icc)


def _copy_pixels(picture: Pillow.Image) -> NDArray[np.uint8]:
    """The pixels as RGB, (H, W, 3), band by band: Pillow needs twice their memory for a copy."""
    width, height = picture.size
    rgb = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, _BAND):
        band = picture.crop((0, top, width, min(top + _BAND, height)))
        pixels = np.asarray(band)
        rgb[top : top + _BAND] = pixels if pixels.ndim == 3 else pixels[..., None]
    return rgb


def open_jpeg(data: bytes) -> JpegDecoder:
    """Walk the markers.

    Raises:
        ImageError: cut off or damaged.
    """
    structure = parse_jpeg(data)
    return JpegDecoder(data, structure, read_exif_orientation(structure.exif))
