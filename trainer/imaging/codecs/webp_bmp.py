"""WebP, lossy or lossless, still or the first picture of an animation (RFC 9649).

BMP, decoded by Pillow after its header was read here.

The plugin is called by name, so that no other format can be taken for it, and Pillow's
own size warnings, which know nothing of our limit, never come up.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin
from PIL import Image as Pillow

from trainer.errors import ImageError
from trainer.imaging.codecs.base import (
    EXPORT_HINT,
    DecodedImage,
    Header,
    damage_error,
    translate_decoder_errors,
    truncation_error,
)
from trainer.imaging.codecs.colour import composite_on_white, to_srgb
from trainer.imaging.codecs.downscale import downscale
from trainer.imaging.codecs.orientation import (
    apply_orientation,
    orientation_notes,
    oriented_size,
    read_exif_orientation,
)

_UNCOMPRESSED, _BIT_FIELDS = 0, 3


@dataclass(frozen=True, eq=False)
class BmpDecoder:
    """A bitmap whose header was found plausible."""

    data: bytes
    header: Header

    def decode(self, reduction: int) -> DecodedImage:
        """Decode fully, then reduce.

        Raises:
            ImageError: damaged.
        """
        _check_length(self.data, self.header)
        with (
            translate_decoder_errors("BMP"),
            BmpImagePlugin.BmpImageFile(BytesIO(self.data)) as file,
        ):
            if file.size != (self.header.width, self.header.height):
                raise damage_error("BMP")
            file.load()
            rgb, notes = _to_opaque_rgb(file)
            return DecodedImage((downscale(rgb, reduction),), file.mode in ("1", "L"), notes)


def _to_opaque_rgb(picture: Pillow.Image) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB")), ()
    rgba = np.asarray(picture.convert("RGBA"))
    if rgba[..., 3].min() == 255:
        return np.ascontiguousarray(rgba[..., :3]), ()
    return composite_on_white(rgba[..., :3], rgba[..., 3]), ("transparent, shown on white",)


def open_bmp(data: bytes) -> BmpDecoder:
    """Read the header of a Windows or OS/2 bitmap.

    Raises:
        ImageError: cut off or damaged.
    """
    if len(data) < 30:
        raise truncation_error("BMP")
    if data[14] == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
    return BmpDecoder(data, Header("BMP", width, abs(height), bits=bits))


def _check_length(data: bytes, header: Header) -> None:
    """Plainly stored pixels take rows of whole 32-bit words."""
    (pixels_at,) = struct.unpack_from("<I", data, 10)
    compression = int.from_bytes(data[30:34], "little") if data[14] >= 40 else _UNCOMPRESSED
    plain = compression in (_UNCOMPRESSED, _BIT_FIELDS)
    least = (header.width * header.bits + 31) // 32 * 4 * header.height if plain else 1
    if pixels_at + least > len(data):
        raise truncation_error("BMP")


_METADATA_CHUNKS = (b"EXIF", b"ICCP")
_HEADER_BYTES = 10


@dataclass(frozen=True, eq=False)
class WebpDecoder:
    """A WebP whose chunks are all there."""

    data: bytes
    width: int
    height: int
    chunks: dict[bytes, bytes]

    @property
    def orientation(self) -> int:
        """EXIF orientation, 1-8."""
        return read_exif_orientation(self.chunks.get(b"EXIF", b""))

    @property
    def header(self) -> Header:
        """Size after orientation."""
        return Header("WebP", *oriented_size(self.width, self.height, self.orientation))

    def decode(self, reduction: int) -> DecodedImage:
        """Decode fully, make it opaque sRGB, then reduce.

        Raises:
            ImageError: damaged, or an animation whose first picture does not fill it.
        """
        animated = b"ANMF" in self.chunks
        with translate_decoder_errors("WebP"):
            samples = np.asarray(imagecodecs.webp_decode(self.data))
        if samples.shape[:2] != (self.height, self.width):
            if animated:
                raise ImageError("The WebP is an animation made of patches.", EXPORT_HINT)
            raise damage_error("WebP")
        rgb, notes = np.ascontiguousarray(samples[..., :3]), orientation_notes(self.orientation)
        if samples.shape[2] == 4 and samples[..., 3].min() < 255:
            rgb = composite_on_white(rgb, samples[..., 3])
            notes += ("transparent, shown on white",)
        rgb, more = to_srgb(rgb, self.chunks.get(b"ICCP", b""))
        notes += more + (("animated, first picture read",) if animated else ())
        return DecodedImage(
            (apply_orientation(downscale(rgb, reduction), self.orientation),), notes=notes
        )


def open_webp(data: bytes) -> WebpDecoder:
    """Walk the chunks.

    Raises:
        ImageError: cut off or damaged.
    """
    (declared,) = struct.unpack_from("<I", data.ljust(8, b"\0"), 4)
    end = declared + 8
    if end > len(data) or len(data) < 30:
        raise truncation_error("WebP")
    chunks = _read_chunks(data, end)
    width, height = _read_webp_size(chunks)
    return WebpDecoder(data[:end], width, height, chunks)


def _read_chunks(data: bytes, end: int) -> dict[bytes, bytes]:
    """The first chunk of each kind, pixels shortened to their header."""
    chunks: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= end:
        kind = data[position : position + 4]
        (length,) = struct.unpack_from("<I", data, position + 4)
        if position + 8 + length > end:
            raise truncation_error("WebP")
        size = length if kind in _METADATA_CHUNKS else min(length, _HEADER_BYTES)
        chunks.setdefault(kind, data[position + 8 : position + 8 + size])
        position += 8 + length + (length & 1)
    return chunks


def _read_webp_size(chunks: dict[bytes, bytes]) -> tuple[int, int]:
    if len(extended := chunks.get(b"VP8X", b"")) >= _HEADER_BYTES:
        width, height = extended[4:7], extended[7:10]
        return 1 + int.from_bytes(width, "little"), 1 + int.from_bytes(height, "little")
    if len(lossy := chunks.get(b"VP8 ", b"")) >= _HEADER_BYTES:
        width_code, height_code = struct.unpack_from("<HH", lossy, 6)
        return width_code & 0x3FFF, height_code & 0x3FFF
    if len(lossless := chunks.get(b"VP8L", b"")) >= 5:
        packed = int.from_bytes(lossless[1:5], "little")
        return 1 + (packed & 0x3FFF), 1 + (packed >> 14 & 0x3FFF)
    raise damage_error("WebP", "it holds no picture")
