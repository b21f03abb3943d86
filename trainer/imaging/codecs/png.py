"""PNG of any kind: grey, RGB, palette, alpha, 1-16 bits, interlaced (W3C PNG, third edition)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence, Set

import imagecodecs

from trainer.imaging.codecs.base import Header, damage_error, truncation_error
from trainer.imaging.codecs.depth import CONTAINER
from trainer.imaging.codecs.exif import read_exif_profile
from trainer.imaging.codecs.orientation import oriented_size, read_exif_orientation
from trainer.imaging.codecs.still import StillDecoder

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PIXEL_CHUNKS = frozenset((b"IHDR", b"IDAT", b"IEND"))
_COLOUR_AT, _COLOUR, _PALETTE = 25, 2, 3
_KEY_BYTES = {0: 2, 2: 6}
"""Bytes of a transparent grey or colour, by colour type."""
_LARGEST_PROFILE = 16 * 2**20
_METADATA_CHUNKS = (b"iCCP", b"eXIf", b"acTL", b"sBIT")


def open_png(data: bytes) -> StillDecoder:
    """Walk all chunks and check their sums; the pixels are left to libpng.

    Raises:
        ImageError: cut off or damaged.
    """
    if len(data) < 33:
        raise truncation_error("PNG")
    if data[:8] != _SIGNATURE or data[12:16] != b"IHDR":
        raise damage_error("PNG")
    chunks, spans = _read_chunks(data)
    if b"IDAT" not in chunks:
        raise damage_error("PNG", "it holds no picture")
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    used = _read_significant_bits(chunks.get(b"sBIT", b""), data[_COLOUR_AT], bits)
    orientation = read_exif_orientation(chunks.get(b"eXIf", b""))
    return StillDecoder(
        _keep_pixels(data, chunks.keys(), spans),
        Header("PNG", *oriented_size(width, height, orientation), bits=bits, significant=used),
        orientation,
        lambda: _read_profile(chunks),
        b"acTL" in chunks,
        imagecodecs.png_decode,
    )


def _read_chunks(data: bytes) -> tuple[dict[bytes, bytes], list[tuple[bytes, int, int]]]:
    """The kinds of chunks, with the bodies of those that are metadata; and where each lies.

    libpng only warns of a wrong sum in transparency, a profile or an orientation, and leaves
    them out: the pixels would be wrong.
    """
    chunks: dict[bytes, bytes] = {}
    spans: list[tuple[bytes, int, int]] = []
    end = len(_SIGNATURE)
    while b"IEND" not in chunks:
        start, kind = end, data[end + 4 : end + 8]
        end = start + 12 + int.from_bytes(data[start : start + 4])
        if end > len(data):
            raise truncation_error("PNG")
        checksum = int.from_bytes(data[end - 4 : end])
        if zlib.crc32(memoryview(data)[start + 4 : end - 4]) != checksum:
            raise damage_error("PNG", "a checksum is wrong")
        chunks[kind] = data[start + 8 : end - 4] if kind in _METADATA_CHUNKS else b""
        spans.append((kind, start, end))
    return chunks, spans


def _keep_pixels(data: bytes, chunks: Set[bytes], spans: Sequence[tuple[bytes, int, int]]) -> bytes:
    """The file as far as its pixels go: libpng writes to the terminal what it thinks of the rest.

    An animation is kept whole.
    """
    needed = _find_needed_chunks(data[_COLOUR_AT], spans)
    if b"acTL" in chunks or chunks <= needed:
        return data[: spans[-1][2]]
    kept = (data[start:end] for kind, start, end in spans if kind in needed)
    return _SIGNATURE + b"".join(kept)


def _find_needed_chunks(colour: int, spans: Sequence[tuple[bytes, int, int]]) -> Set[bytes]:
    """The kinds that decide on pixels: a palette for its colour type, transparency that fits."""
    sizes = {kind: end - start - 12 for kind, start, end in spans}
    palette = sizes.get(b"PLTE", 0) // 3 if colour == _PALETTE else 0
    transparency = sizes.get(b"tRNS", 0)
    fits = transparency == _KEY_BYTES.get(colour) or 0 < transparency <= palette
    return _PIXEL_CHUNKS | ({b"PLTE"} if palette else set()) | ({b"tRNS"} if fits else set())


def _read_significant_bits(chunk: bytes, colour: int, bits: int) -> int | None:
    """Bits of the colours that are used of 16, by an sBIT chunk; None for other depths."""
    colours = chunk[: 3 if colour & _COLOUR else 1]
    used = max(colours, default=0)
    return used if bits == CONTAINER and 0 < used < CONTAINER else None


def _read_profile(chunks: dict[bytes, bytes]) -> bytes:
    """The ICC profile; where the file has none, that of the colour space that EXIF names."""
    if b"iCCP" in chunks or b"sRGB" in chunks:
        return _inflate_profile(chunks.get(b"iCCP", b""))
    return read_exif_profile(chunks.get(b"eXIf", b""))


def _inflate_profile(chunk: bytes) -> bytes:
    """The ICC profile of an iCCP chunk; unusable bytes where it cannot be inflated."""
    name_end = chunk.find(b"\0")
    if name_end < 0:
        return chunk
    try:
        return zlib.decompressobj().decompress(chunk[name_end + 2 :], _LARGEST_PROFILE)
    except zlib.error:
        return chunk
