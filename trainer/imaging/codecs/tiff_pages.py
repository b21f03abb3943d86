"""The pages of a TIFF: their chain, which are focal planes, and whether each can be read.

A reader that meets a directory behind the end of a truncated file stops there with fewer
planes; so the chain of directories is walked here first (TIFF 6.0, section 2; BigTIFF), and
a break in it is an error.
"""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np

from trainer.errors import ImageError
from trainer.imaging.codecs.base import EXPORT_HINT, MAX_PLANES, damage_error, truncation_error
from trainer.imaging.codecs.jpeg_structure import parse_jpeg
from trainer.imaging.codecs.tiff_channels import find_colour_channels, group_named_pages

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


PlanePages = tuple[Any, ...]
"""The pages (of tifffile) that together are one plane: one, or red, green and blue."""

_REDUCED_OR_MASK = 1 | 4
_OLD_REDUCED = 2
_JPEG = 7
_COMPRESSIONS = {1, 5, _JPEG, 8, 32773, 32946, 34925, 50000}
_PHOTOMETRICS = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3}
"""Number of colour channels by photometric interpretation."""
_MAX_SAMPLES = 8
_LARGEST_SEGMENT = 64 * 10**6
_WHOLE_SLIDE_FLAGS = (
    "is_svs",
    "is_ndpi",
    "is_scn",
    "is_bif",
    "is_qpi",
    "is_philips",
    "is_vista",
    "is_lsm",
)


def find_planes(file: Any) -> tuple[list[PlanePages], tuple[str, ...]]:
    """Find the pages of each plane, in order, with notes on what was left out.

    Raises:
        ImageError: a whole slide, or a stack whose axes are not those of focal planes.
    """
    if any(getattr(file.pages.first, flag, False) for flag in _WHOLE_SLIDE_FLAGS):
        raise ImageError(
            "The file is a scan of a whole slide, not an image of cells.",
            "Export fields or single cells from it as TIFF or JPEG.",
        )
    if file.is_ome or file.is_imagej or file.is_shaped:
        return _find_planes_by_axes(file)
    pages = list(file.pages)
    planes = [page for page in pages if not is_preview(page)] or pages[:1]
    notes = _format_left_out(len(pages) - len(planes), "preview")
    if colours := group_named_pages(planes):
        return colours, (*notes, "pages named red, green and blue, read as one picture")
    return [(page,) for page in planes], notes


def is_preview(page: Any) -> bool:
    """Whether the page is a reduced copy or a mask (tags 254 and 255)."""
    kind, old = page.tags.valueof(254, 0), page.tags.valueof(255, 0)
    return bool(isinstance(kind, int) and kind & _REDUCED_OR_MASK) or old == _OLD_REDUCED


def _format_left_out(count: int, what: str) -> tuple[str, ...]:
    return () if not count else (f"{count} {what}{'s' if count > 1 else ''} left out",)


def _find_planes_by_axes(file: Any) -> tuple[list[PlanePages], tuple[str, ...]]:
    """Planes of a stack whose axes are named (OME, ImageJ, tifffile)."""
    series = file.series[0]
    sizes = dict(zip(series.axes, series.shape, strict=True))
    pages = list(series.pages) if file.is_ome else list(file.pages)
    leading = [axis for axis in series.axes if axis not in "YXS"]
    count = math.prod(sizes[axis] for axis in leading)
    if len(pages) < count or any(page is None for page in pages[:count]):
        raise ImageError("Some planes of the stack lie in other files or are missing.", EXPORT_HINT)
    if sizes.get("T", 1) > 1 and sizes.get("Z", 1) > 1:
        raise ImageError("The file is a time series of stacks, not one sample.", EXPORT_HINT)
    notes = _format_left_out(len(file.series) - 1, "further image")
    order = np.arange(count).reshape([sizes[axis] for axis in leading])
    channels = sizes.get("C", 1)
    if channels == 1 or "S" in sizes:
        return [(pages[index].aspage(),) for index in order.ravel()], notes
    planes = np.moveaxis(order, leading.index("C"), -1).reshape(-1, channels)
    first = [pages[index].aspage() for index in planes[0]]
    colours, more = find_colour_channels(file, first, channels)
    triples = planes[:, colours]
    return [tuple(pages[index].aspage() for index in triple) for triple in triples], notes + more


def check_page(page: Any, data: bytes) -> None:
    """Refuse a page by its tags, before anything is allocated.

    Raises:
        ImageError: cut off, damaged, or of a kind that is not read.
    """
    _check_kind(page)
    _check_samples(page)
    segments = _check_segments(page, len(data))
    if page.compression == _JPEG:
        _check_jpegs(page, data, segments)


def _check_kind(page: Any) -> None:
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
    if any(offset + length > size for offset, length in segments):
        raise truncation_error("TIFF")
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
