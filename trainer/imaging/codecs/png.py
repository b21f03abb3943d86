"""PNG of any kind: grey, RGB, palette, alpha, 1-16 bits, interlaced (W3C PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.codecs.base import (
    DecodedImage,
    Header,
    damage_error,
    translate_decoder_errors,
    truncation_error,
)
from trainer.imaging.codecs.colour import (
    composite_on_white,
    depth_notes,
    grey_to_rgb,
    to_eight_bits,
    to_srgb,
    true_depth,
)
from trainer.imaging.codecs.downscale import downscale
from trainer.imaging.codecs.orientation import (
    apply_orientation,
    orientation_notes,
    oriented_size,
    read_exif_orientation,
)

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST_PROFILE = 16 * 2**20
_METADATA_CHUNKS = (b"iCCP", b"eXIf", b"acTL")


@dataclass(frozen=True, eq=False)
class PngDecoder:
    """A PNG whose chunks are all there and carry the right checksums."""

    data: bytes
    width: int
    height: int
    bits: int
    chunks: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def orientation(self) -> int:
        """EXIF orientation, 1-8."""
        return read_exif_orientation(self.chunks.get(b"eXIf", b""))

    @property
    def header(self) -> Header:
        """Size after orientation."""
        size = oriented_size(self.width, self.height, self.orientation)
        return Header("PNG", *size, bits=self.bits)

    def decode(self, reduction: int) -> DecodedImage:
        """Decode fully, make it opaque sRGB of 8 bits, then reduce.

        Raises:
            ImageError: damaged.
        """
        with translate_decoder_errors("PNG"):
            samples = np.asarray(imagecodecs.png_decode(self.data))
        if samples.shape[:2] != (self.height, self.width):
            raise damage_error("PNG")
        rgb, grey, notes = _to_opaque_rgb(samples)
        if not grey:
            rgb, more = to_srgb(rgb, _inflate_profile(self.chunks.get(b"iCCP", b"")))
            notes += more
        if b"acTL" in self.chunks:
            notes += ("animated, first picture read",)
        rgb = apply_orientation(downscale(rgb, reduction), self.orientation)
        return DecodedImage((rgb,), grey, orientation_notes(self.orientation) + notes)


def _to_opaque_rgb(samples: NDArray[Any]) -> tuple[NDArray[np.uint8], bool, tuple[str, ...]]:
    """Grey, grey + alpha, RGB or RGBA of 8 or 16 bits as opaque RGB of 8 bits."""
    if samples.ndim == 2:
        samples = samples[..., None]
    channels = samples.shape[2]
    colours, alpha = samples[..., : 3 if channels > 2 else 1], samples[..., channels - 1]
    notes: tuple[str, ...] = ()
    depth = 8
    if samples.dtype != np.uint8:
        depth = true_depth(int(colours.max()), 16)
        notes = depth_notes(depth)
    rgb = to_eight_bits(colours, depth)
    if channels <= 2:
        rgb = grey_to_rgb(np.ascontiguousarray(rgb[..., 0]))
    if channels in (2, 4):
        opacity = to_eight_bits(alpha, samples.dtype.itemsize * 8)
        if opacity.min() < 255:
            rgb = composite_on_white(rgb, opacity)
            notes += ("transparent, shown on white",)
    return np.ascontiguousarray(rgb), channels <= 2, notes


def _inflate_profile(chunk: bytes) -> bytes:
    """The ICC profile of an iCCP chunk; unusable bytes where it cannot be inflated."""
    name_end = chunk.find(b"\0")
    if name_end < 0:
        return chunk
    try:
        return zlib.decompressobj().decompress(chunk[name_end + 2 :], _LARGEST_PROFILE)
    except zlib.error:
        return chunk


def open_png(data: bytes) -> PngDecoder:
    """Walk all chunks and check the sums of those that matter.

    Raises:
        ImageError: cut off or damaged.
    """
    if len(data) < 33:
        raise truncation_error("PNG")
    if data[:8] != _SIGNATURE or data[12:16] != b"IHDR":
        raise damage_error("PNG")
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    chunks: dict[bytes, bytes] = {}
    position, pixels = 8, False
    while True:
        kind, body, position = _read_chunk(data, position)
        if kind == b"IEND":
            break
        pixels = pixels or kind == b"IDAT"
        if kind in _METADATA_CHUNKS:
            chunks[kind] = bytes(body)
    if not pixels:
        raise damage_error("PNG", "it holds no picture")
    return PngDecoder(data[:position], width, height, bits, chunks)


def _read_chunk(data: bytes, position: int) -> tuple[bytes, memoryview, int]:
    if position + 12 > len(data):
        raise truncation_error("PNG")
    (length,) = struct.unpack_from(">I", data, position)
    end = position + 12 + length
    if end > len(data):
        raise truncation_error("PNG")
    kind = data[position + 4 : position + 8]
    body = memoryview(data)[position + 8 : end - 4]
    (expected,) = struct.unpack_from(">I", data, end - 4)
    if zlib.crc32(body, zlib.crc32(kind)) != expected:
        raise damage_error("PNG", "a checksum is wrong")
    return kind, body, end
