"""PNG of any kind: grey, RGB, palette, alpha, 1-16 bits, interlaced (W3C PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.codecs.base import Decoded, Header, damaged, truncated, words_for_damage
from trainer.imaging.codecs.colour import (
    depth_notes,
    on_white,
    three_channels,
    to_eight_bits,
    to_srgb,
    true_depth,
)
from trainer.imaging.codecs.downscale import reduce
from trainer.imaging.codecs.orientation import (
    exif_orientation,
    orientation_notes,
    turned,
    turned_size,
)

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LARGEST_PROFILE = 16 * 2**20
_KEPT = (b"iCCP", b"eXIf", b"acTL")


@dataclass(frozen=True, eq=False)
class OpenedPng:
    """A PNG whose chunks are all there and carry the right checksums."""

    data: bytes
    width: int
    height: int
    bits: int
    chunks: dict[bytes, bytes] = field(default_factory=dict)

    @property
    def orientation(self) -> int:
        """EXIF orientation, 1-8."""
        return exif_orientation(self.chunks.get(b"eXIf", b""))

    @property
    def header(self) -> Header:
        """Size after orientation."""
        size = turned_size(self.width, self.height, self.orientation)
        return Header("PNG", *size, bits=self.bits)

    def decode(self, reduction: int) -> Decoded:
        """Decode fully, make it opaque sRGB of 8 bits, then reduce.

        Raises:
            ImageError: damaged.
        """
        with words_for_damage("PNG"):
            samples = np.asarray(imagecodecs.png_decode(self.data))
        if samples.shape[:2] != (self.height, self.width):
            raise damaged("PNG")
        rgb, grey, notes = _opaque_rgb(samples)
        if not grey:
            rgb, more = to_srgb(rgb, _profile(self.chunks.get(b"iCCP", b"")))
            notes += more
        if b"acTL" in self.chunks:
            notes += ("animated, first picture read",)
        rgb = turned(reduce(rgb, reduction), self.orientation)
        return Decoded((rgb,), grey, orientation_notes(self.orientation) + notes)


def _opaque_rgb(samples: NDArray[Any]) -> tuple[NDArray[np.uint8], bool, tuple[str, ...]]:
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
        rgb = three_channels(np.ascontiguousarray(rgb[..., 0]))
    if channels in (2, 4):
        opacity = to_eight_bits(alpha, samples.dtype.itemsize * 8)
        if opacity.min() < 255:
            rgb = on_white(rgb, opacity)
            notes += ("transparent, shown on white",)
    return np.ascontiguousarray(rgb), channels <= 2, notes


def _profile(chunk: bytes) -> bytes:
    """The ICC profile of an iCCP chunk; unusable bytes where it cannot be inflated."""
    name_end = chunk.find(b"\0")
    if name_end < 0:
        return chunk
    try:
        return zlib.decompressobj().decompress(chunk[name_end + 2 :], _LARGEST_PROFILE)
    except zlib.error:
        return chunk


def open_png(data: bytes) -> OpenedPng:
    """Walk all chunks and check the sums of those that matter.

    Raises:
        ImageError: cut off or damaged.
    """
    if len(data) < 33:
        raise truncated("PNG")
    if data[:8] != _SIGNATURE or data[12:16] != b"IHDR":
        raise damaged("PNG")
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    chunks: dict[bytes, bytes] = {}
    position, pixels = 8, False
    while True:
        kind, body, position = _chunk(data, position)
        if kind == b"IEND":
            break
        pixels = pixels or kind == b"IDAT"
        if kind in _KEPT:
            chunks[kind] = bytes(body)
    if not pixels:
        raise damaged("PNG", "it holds no picture")
    return OpenedPng(data[:position], width, height, bits, chunks)


def _chunk(data: bytes, position: int) -> tuple[bytes, memoryview, int]:
    if position + 12 > len(data):
        raise truncated("PNG")
    (length,) = struct.unpack_from(">I", data, position)
    end = position + 12 + length
    if end > len(data):
        raise truncated("PNG")
    kind = data[position + 4 : position + 8]
    body = memoryview(data)[position + 8 : end - 4]
    (expected,) = struct.unpack_from(">I", data, end - 4)
    if zlib.crc32(body, zlib.crc32(kind)) != expected:
        raise damaged("PNG", "a checksum is wrong")
    return kind, body, end
