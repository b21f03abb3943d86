"""The pages of a TIFF: their chain, and whether each can be read.

A reader that meets a directory behind the end of a truncated file stops there with fewer
planes; so the chain of directories is walked here first (TIFF 6.0, section 2; BigTIFF), and
a break in it is an error.
"""

from __future__ import annotations

import math
import struct
from typing import Any

from trainer.errors import ImageError
from trainer.imaging.codecs.base import EXPORT_HINT, MAX_PLANES, damage_error, truncation_error
from trainer.imaging.codecs.jpeg_structure import parse_jpeg

_TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_TYPE_SIZES |= {13: 4, 16: 8, 17: 8, 18: 8}
_FIRST_PRIVATE = 32768
_NEEDED_PRIVATE = (34675, 50838, 50839)
"""The colour profile and ImageJ's description of the stack: a truncated file must not lose them."""


def count_directories(data: bytes) -> int:
    """Count the directories in the main chain, up to one more than `MAX_PLANES`.

    Raises:
        ImageError: a directory lies behind the end of the file, or the chain is a circle.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = 43 in data[2:4]
    count_form, next_form, entry, start = ("Q", "Q", 20, 8) if big else ("H", "I", 12, 4)
    visited: set[int] = set()
    (offset,) = _unpack(order + next_form, data, start)
    while offset and len(visited) <= MAX_PLANES:
        if offset in visited:
            raise damage_error("TIFF", "its planes follow each other in a circle")
        visited.add(offset)
        (entries,) = _unpack(order + count_form, data, offset)
        start = offset + struct.calcsize(order + count_form)
        (offset,) = _unpack(order + next_form, data, start + entry * entries)
        for at in range(start, start + entry * entries, entry):
            _check_value(order, next_form, data, at)
    return len(visited)


def _check_value(order: str, form: str, data: bytes, entry: int) -> None:
    """The value of a standard tag must lie in the file; programs' own tags are their affair."""
    tag, kind, count, offset = _unpack(order + "HH" + form * 2, data, entry)
    size = count * _TYPE_SIZES.get(kind, 0)
    outside = size > struct.calcsize(order + form) and offset + size > len(data)
    if outside and (tag < _FIRST_PRIVATE or tag in _NEEDED_PRIVATE):
        raise truncation_error("TIFF")


def _unpack(form: str, data: bytes, offset: int) -> tuple[int, ...]:
    if offset + struct.calcsize(form) > len(data):
        raise truncation_error("TIFF")
    return struct.unpack_from(form, data, offset)


_JPEG = 7
_COMPRESSIONS = {1, 5, _JPEG, 8, 32773, 32946, 34925, 50000}
_PHOTOMETRICS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3}
"""Number of colour channels by photometric interpretation."""
_MAX_SAMPLES = 8
_LARGEST_SEGMENT = 64 * 10**6


def check_page(page: Any, data: bytes) -> None:
    """Refuse a page by its tags, before anything is allocated.

    Raises:
        ImageError: cut off, damaged, or of a kind that is not read.
    """
    check_kind(page)
    segments = _check_segments(page, len(data))
    if page.compression == _JPEG:
        _check_jpegs(page, data, segments)


def check_kind(page: Any) -> None:
    """Refuse a page of a kind that is not read: its compression, colours or numbers.

    Raises:
        ImageError: with the kind in words.
    """
    _check_storage(page)
    _check_samples(page)


def check_extent(page: Any, size: int) -> None:
    """Refuse a page whose pixels do not all lie in the file of `size` bytes.

    Raises:
        ImageError: the file is cut off.
    """
    segments = zip(page.dataoffsets, page.databytecounts, strict=False)
    if any(offset + length > size for offset, length in segments):
        raise truncation_error("TIFF")


def _check_storage(page: Any) -> None:
    if page.compression not in _COMPRESSIONS:
        name = getattr(page.compression, "name", str(page.compression))
        raise ImageError(f"The TIFF is compressed by {name}, which is not read.", EXPORT_HINT)
    if page.photometric not in _PHOTOMETRICS or (
        page.photometric in (5, 6) and (page.photometric == 6) != (page.compression == _JPEG)
    ):
        name = getattr(page.photometric, "name", str(page.photometric))
        raise ImageError(f"The TIFF stores its colours as {name}, which is not read.", EXPORT_HINT)
    if page.imagedepth != 1 or page.tiledepth > 1:
        raise ImageError("The TIFF is a volume, not a stack of planes.", EXPORT_HINT)


def _check_samples(page: Any) -> None:
    bits, samples = page.bitspersample, page.samplesperpixel
    if page.sampleformat == 3:
        raise ImageError(
            "The TIFF holds floating point numbers, which do not say what is white.",
            "Save it with 8 or 16 bits per channel.",
        )
    if page.sampleformat != 1 or not isinstance(bits, int) or not 1 <= bits <= 16:
        raise ImageError(
            "The TIFF holds signed numbers, numbers of over 16 bits, or channels of unequal depth.",
            "Save it with 8 or 16 bits per channel.",
        )
    if not _PHOTOMETRICS[page.photometric] <= samples <= _MAX_SAMPLES:
        raise ImageError(f"The TIFF has {samples} channels, which does not fit its colours.")
    if page.photometric == 5 and (bits != 8 or page.tags.valueof(332, 1) != 1):
        raise ImageError("The TIFF stores inks that are not 8-bit CMYK.", EXPORT_HINT)


def _check_segments(page: Any, size: int) -> list[tuple[int, int]]:
    """Offset and length of each strip or tile; all must lie in the file."""
    pixels = page.imagewidth * page.imagelength
    if page.is_tiled and page.tilewidth * page.tilelength > max(4 * pixels, _LARGEST_SEGMENT):
        raise damage_error("TIFF", "its tiles are larger than its picture")
    segments = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    expected = math.prod(page.chunked)
    if len(segments) < expected or any(not offset or not length for offset, length in segments):
        raise damage_error("TIFF", "parts of its picture are missing")
    check_extent(page, size)
    row = -(-page.imagewidth * page.bitspersample * page.samplesperpixel // 8)
    if page.compression == 1 and sum(length for _, length in segments) < row * page.imagelength:
        raise truncation_error("TIFF")
    return segments


def _check_jpegs(page: Any, data: bytes, segments: list[tuple[int, int]]) -> None:
    width, rows = (
        (page.tilewidth, page.tilelength)
        if page.is_tiled
        else (page.imagewidth, min(page.rowsperstrip, page.imagelength))
    )
    for offset, length in segments:
        jpeg = parse_jpeg(data[offset : offset + length])
        if jpeg.width * jpeg.height > width * rows or jpeg.bits != page.bitspersample:
            raise damage_error("TIFF", "a part of its picture has the wrong size")
