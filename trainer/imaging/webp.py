"""WebP, lossy or lossless, still or the first picture of an animation (RFC 9649)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import imagecodecs
import numpy as np

from trainer.errors import ImageError
from trainer.imaging.colour import on_white, to_srgb
from trainer.imaging.faults import EXPORT_HINT, damaged, truncated, words_for_damage
from trainer.imaging.header import Decoded, Header
from trainer.imaging.orientation import (
    exif_orientation,
    orientation_notes,
    turned,
    turned_size,
)
from trainer.imaging.reduction import reduce

_KEPT_WHOLE = (b"EXIF", b"ICCP")
_HEADER_BYTES = 10


@dataclass(frozen=True, eq=False)
class OpenedWebp:
    """A WebP whose chunks are all there."""

    data: bytes
    width: int
    height: int
    chunks: dict[bytes, bytes]

    @property
    def orientation(self) -> int:
        """EXIF orientation, 1-8."""
        return exif_orientation(self.chunks.get(b"EXIF", b""))

    @property
    def header(self) -> Header:
        """Size after orientation."""
        return Header("WebP", *turned_size(self.width, self.height, self.orientation))

    def decode(self, reduction: int) -> Decoded:
        """Decode fully, make it opaque sRGB, then reduce.

        Raises:
            ImageError: damaged, or an animation whose first picture does not fill it.
        """
        animated = b"ANMF" in self.chunks
        with words_for_damage("WebP"):
            samples = np.asarray(imagecodecs.webp_decode(self.data))
        if samples.shape[:2] != (self.height, self.width):
            if animated:
                raise ImageError("The WebP is an animation made of patches.", EXPORT_HINT)
            raise damaged("WebP")
        rgb, notes = np.ascontiguousarray(samples[..., :3]), orientation_notes(self.orientation)
        if samples.shape[2] == 4 and samples[..., 3].min() < 255:
            rgb = on_white(rgb, samples[..., 3])
            notes += ("transparent, shown on white",)
        rgb, more = to_srgb(rgb, self.chunks.get(b"ICCP", b""))
        notes += more + (("animated, first picture read",) if animated else ())
        return Decoded((turned(reduce(rgb, reduction), self.orientation),), notes=notes)


def open_webp(data: bytes) -> OpenedWebp:
    """Walk the chunks.

    Raises:
        ImageError: cut off or damaged.
    """
    (declared,) = struct.unpack_from("<I", data.ljust(8, b"\0"), 4)
    end = declared + 8
    if end > len(data) or len(data) < 30:
        raise truncated("WebP")
    chunks = _chunks(data, end)
    width, height = _webp_size(chunks)
    return OpenedWebp(data[:end], width, height, chunks)


def _chunks(data: bytes, end: int) -> dict[bytes, bytes]:
    """The first chunk of each kind, pixels shortened to their header."""
    chunks: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= end:
        kind = data[position : position + 4]
        (length,) = struct.unpack_from("<I", data, position + 4)
        if position + 8 + length > end:
            raise truncated("WebP")
        size = length if kind in _KEPT_WHOLE else min(length, _HEADER_BYTES)
        chunks.setdefault(kind, data[position + 8 : position + 8 + size])
        position += 8 + length + (length & 1)
    return chunks


def _webp_size(chunks: dict[bytes, bytes]) -> tuple[int, int]:
    if len(extended := chunks.get(b"VP8X", b"")) >= _HEADER_BYTES:
        width, height = extended[4:7], extended[7:10]
        return 1 + int.from_bytes(width, "little"), 1 + int.from_bytes(height, "little")
    if len(lossy := chunks.get(b"VP8 ", b"")) >= _HEADER_BYTES:
        width_code, height_code = struct.unpack_from("<HH", lossy, 6)
        return width_code & 0x3FFF, height_code & 0x3FFF
    if len(lossless := chunks.get(b"VP8L", b"")) >= 5:
        packed = int.from_bytes(lossless[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    raise damaged("WebP", "it holds no picture")
