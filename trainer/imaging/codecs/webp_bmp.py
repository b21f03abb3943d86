"""WebP, lossy or lossless, still or the first picture of an animation (RFC 9649), and BMP.

The size is read here and not by the decoders, which allocate when they are opened. Pillow's
plugin for BMP is called by name, so that no other format can be taken for it, and Pillow's own
size warnings, which know nothing of our limit, never come up.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

import imagecodecs
import numpy as np
from PIL import BmpImagePlugin

from trainer.imaging.codecs.base import (
    DecodedImage,
    Header,
    damage_error,
    translate_decoder_errors,
    truncation_error,
)
from trainer.imaging.codecs.colour import to_opaque_rgb
from trainer.imaging.codecs.depth import DepthRule, estimate_depth
from trainer.imaging.codecs.downscale import downscale
from trainer.imaging.codecs.exif import read_exif_profile
from trainer.imaging.codecs.orientation import oriented_size, read_exif_orientation
from trainer.imaging.codecs.still import StillDecoder

_UNCOMPRESSED, _BIT_FIELDS = 0, 3
_CHANNEL_BITS = {16: 5, 24: 8, 32: 8}
"""Bits of one channel by those of a pixel; with a palette or in grey they are the same."""
_METADATA_CHUNKS = (b"EXIF", b"ICCP")
_HEADER_BYTES = 10


@dataclass(frozen=True, eq=False)
class BmpDecoder:
    """A bitmap whose header was found plausible.

    Attributes:
        pixel_bits: of all channels of a pixel together.
    """

    data: bytes
    header: Header
    pixel_bits: int

    def decode(self, reduction: int, rule: DepthRule = estimate_depth) -> DecodedImage:  # noqa: ARG002 - 8 bits
        """Decode fully, then reduce.

        Raises:
            ImageError: damaged.
        """
        _check_length(self.data, self.header, self.pixel_bits)
        with (
            translate_decoder_errors("BMP"),
            BmpImagePlugin.BmpImageFile(BytesIO(self.data)) as file,
        ):
            if file.size != (self.header.width, self.header.height):
                raise damage_error("BMP")
            file.load()
            pixels = file.convert("RGBA" if file.has_transparency_data else "RGB")
            rgb, _, notes = to_opaque_rgb(np.asarray(pixels))
            return DecodedImage((downscale(rgb, reduction),), file.mode in ("1", "L"), notes)


def open_bmp(data: bytes) -> BmpDecoder:
    """Read the header of a Windows or OS/2 bitmap.

    Raises:
        ImageError: cut off.
    """
    if len(data) < 30:
        raise truncation_error("BMP")
    sizes = "<HHHH" if data[14] == 12 else "<iiHH"
    width, height, _, pixel_bits = struct.unpack_from(sizes, data, 18)
    bits = _CHANNEL_BITS.get(pixel_bits, pixel_bits)
    return BmpDecoder(data, Header("BMP", width, abs(height), bits=bits), pixel_bits)


def _check_length(data: bytes, header: Header, pixel_bits: int) -> None:
    """Plainly stored pixels take rows of whole 32-bit words."""
    (pixels_at,) = struct.unpack_from("<I", data, 10)
    compression = int.from_bytes(data[30:34], "little") if data[14] >= 40 else _UNCOMPRESSED
    plain = compression in (_UNCOMPRESSED, _BIT_FIELDS)
    least = (header.width * pixel_bits + 31) // 32 * 4 * header.height if plain else 1
    if pixels_at + least > len(data):
        raise truncation_error("BMP")


def open_webp(data: bytes) -> StillDecoder:
    """Walk the chunks to the size, the orientation and the profile.

    Raises:
        ImageError: cut off or damaged.
    """
    end = int.from_bytes(data[4:8], "little") + 8
    if end > len(data) or len(data) < 30:
        raise truncation_error("WebP")
    chunks = _read_chunks(data, end)
    orientation = read_exif_orientation(chunks.get(b"EXIF", b""))
    return StillDecoder(
        data[:end],
        Header("WebP", *oriented_size(*_read_webp_size(chunks), orientation)),
        orientation,
        lambda: chunks.get(b"ICCP", b"") or read_exif_profile(chunks.get(b"EXIF", b"")),
        b"ANMF" in chunks,
        imagecodecs.webp_decode,
    )


def _read_chunks(data: bytes, end: int) -> dict[bytes, bytes]:
    """The first chunk of each kind, pixels shortened to their header."""
    chunks: dict[bytes, bytes] = {}
    position = 12
    while position + 8 <= end:
        kind, length = struct.unpack_from("<4sI", data, position)
        position += 8
        if position + length > end:
            raise truncation_error("WebP")
        size = length if kind in _METADATA_CHUNKS else min(length, _HEADER_BYTES)
        chunks.setdefault(kind, data[position : position + size])
        position += length + (length & 1)
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
