"""PNG of any kind: grey, RGB, palette, alpha, 1-16 bits, interlaced (W3C PNG, third edition)."""

from __future__ import annotations

import struct
import zlib

import imagecodecs

from trainer.imaging.codecs.base import Header, damage_error, truncation_error
from trainer.imaging.codecs.depth import CONTAINER
from trainer.imaging.codecs.exif import read_exif_profile
from trainer.imaging.codecs.orientation import oriented_size, read_exif_orientation
from trainer.imaging.codecs.still import StillDecoder

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOUR = 2
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
    chunks, end = _read_chunks(data)
    if b"IDAT" not in chunks:
        raise damage_error("PNG", "it holds no picture")
    width, height, bits = struct.unpack_from(">IIB", data, 16)
    used = _read_significant_bits(chunks.get(b"sBIT", b""), data[25], bits)
    orientation = read_exif_orientation(chunks.get(b"eXIf", b""))
    return StillDecoder(
        data[:end],
        Header("PNG", *oriented_size(width, height, orientation), bits=bits, significant=used),
        orientation,
        lambda: _read_profile(chunks),
        b"acTL" in chunks,
        imagecodecs.png_decode,
    )


def _read_chunks(data: bytes) -> tuple[dict[bytes, bytes], int]:
    """The kinds of chunks, with the bodies of those that are metadata, and where the file ends.

    libpng only warns of a wrong sum in transparency, a profile or an orientation, and leaves
    them out: the pixels would be wrong.
    """
    chunks: dict[bytes, bytes] = {}
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
    return chunks, end


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
