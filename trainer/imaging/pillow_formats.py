"""BMP and WebP, decoded by Pillow after their headers were read here.

The plugins are called by name, so that no other format can be taken for these two, and
Pillow's own size warnings, which know nothing of our limit, never come up.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, ImageFile, WebPImagePlugin
from PIL import Image as Pillow

from trainer.imaging.colour import on_white, to_srgb
from trainer.imaging.faults import damaged, truncated, words_for_damage
from trainer.imaging.header import Decoded, Header
from trainer.imaging.orientation import (
    exif_orientation,
    orientation_notes,
    turned,
    turned_size,
)
from trainer.imaging.reduction import reduce

_GREY_MODES = ("1", "L", "LA")


@dataclass(frozen=True, eq=False)
class OpenedWithPillow:
    """A file whose header was found plausible."""

    data: bytes
    format: str
    width: int
    height: int
    bits: int
    plugin: Callable[[BytesIO], ImageFile.ImageFile]
    exif: bytes = b""

    @property
    def header(self) -> Header:
        """Size after orientation."""
        size = turned_size(self.width, self.height, exif_orientation(self.exif))
        return Header(self.format, *size, bits=self.bits)

    def decode(self, reduction: int) -> Decoded:
        """Decode fully, make it opaque sRGB, then reduce.

        Raises:
            ImageError: damaged.
        """
        with words_for_damage(self.format), self.plugin(BytesIO(self.data)) as file:
            if file.size != (self.width, self.height):
                raise damaged(self.format)
            file.load()
            rgb, notes = _opaque_rgb(file)
            profile = file.info.get("icc_profile") or b""
            grey = file.mode in _GREY_MODES
            if getattr(file, "n_frames", 1) > 1:
                notes += ("animated, first picture read",)
        if not grey:
            rgb, more = to_srgb(rgb, profile)
            notes += more
        orientation = exif_orientation(self.exif)
        rgb = turned(reduce(rgb, reduction), orientation)
        return Decoded((rgb,), grey, orientation_notes(orientation) + notes)


def _opaque_rgb(picture: Pillow.Image) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB")), ()
    rgba = np.asarray(picture.convert("RGBA"))
    if rgba[..., 3].min() == 255:
        return np.ascontiguousarray(rgba[..., :3]), ()
    return on_white(rgba[..., :3], rgba[..., 3]), ("transparent, shown on white",)


def open_bmp(data: bytes) -> OpenedWithPillow:
    """Read the header of a Windows or OS/2 bitmap.

    Raises:
        ImageError: cut off or damaged.
    """
    if len(data) < 30:
        raise truncated("BMP")
    if data[14] == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
    (pixels_at,) = struct.unpack_from("<I", data, 10)
    if pixels_at > len(data):
        raise truncated("BMP")
    return OpenedWithPillow(data, "BMP", width, abs(height), bits, BmpImagePlugin.BmpImageFile)


def open_webp(data: bytes) -> OpenedWithPillow:
    """Walk the chunks of a WebP (RFC 9649).

    Raises:
        ImageError: cut off or damaged.
    """
    (declared,) = struct.unpack_from("<I", data.ljust(8, b"\0"), 4)
    end = declared + 8
    if end > len(data) or len(data) < 30:
        raise truncated("WebP")
    chunks = _chunks(data, end)
    width, height = _webp_size(chunks)
    exif = chunks.get(b"EXIF", b"")
    return OpenedWithPillow(
        data[:end], "WebP", width, height, 8, WebPImagePlugin.WebPImageFile, exif
    )


def _chunks(data: bytes, end: int) -> dict[bytes, bytes]:
    """The first chunk of each kind, pixels shortened to their header."""
    chunks: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= end:
        kind = data[position : position + 4]
        (length,) = struct.unpack_from("<I", data, position + 4)
        if position + 8 + length > end:
            raise truncated("WebP")
        size = length if kind == b"EXIF" else min(length, 10)
        chunks.setdefault(kind, data[position + 8 : position + 8 + size])
        position += 8 + length + (length & 1)
    return chunks


def _webp_size(chunks: dict[bytes, bytes]) -> tuple[int, int]:
    if len(extended := chunks.get(b"VP8X", b"")) >= 10:
        width, height = extended[4:7], extended[7:10]
        return 1 + int.from_bytes(width, "little"), 1 + int.from_bytes(height, "little")
    if len(lossy := chunks.get(b"VP8 ", b"")) >= 10:
        width_code, height_code = struct.unpack_from("<HH", lossy, 6)
        return width_code & 0x3FFF, height_code & 0x3FFF
    if len(lossless := chunks.get(b"VP8L", b"")) >= 5:
        packed = int.from_bytes(lossless[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    raise damaged("WebP", "it holds no picture")
