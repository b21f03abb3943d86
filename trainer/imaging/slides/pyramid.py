"""The levels of a slide that is stored as a TIFF: found by its tags, checked before any use.

Levels are tiled pages of one shape, whether they follow each other (Aperio SVS, libvips) or hang
from the first as sub-directories (OME-TIFF). What is beside them (label, overview) is left out.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.codecs.base import EXPORT_HINT, damage_error, truncation_error

_JPEG = 7
_COMPRESSIONS = {1, 5, _JPEG, 8, 32946, 33003, 33005, 34712, 34925, 50000}
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of JPEG frames."""
_RGB, _YCBCR = 2, 6
_LARGEST_TILE = 4096  # px a side
_MOST_LEVELS = 32
_ROUNDING, _ROUNDED_SHARE = 2.0, 0.01
_SMALLEST_SLIDE = 4096  # px of the longer side: what is smaller is read as an image
_SCANNER_FLAGS = ("is_svs", "is_ndpi", "is_scn", "is_bif", "is_qpi", "is_philips")
_ICC = 34675


@dataclass(frozen=True, eq=False)
class Level:
    """One size of a slide.

    Attributes:
        width, height: in pixels.
        tile_width, tile_height: in pixels; tiles at the right and lower edge reach beyond it.
        factor: pixels of the slide's full size for one of this level, 1.0 or more.
        offsets, lengths: uint64 (N,), where in the file each tile lies, row by row; a length of
            0 is a part that was not scanned.
        decode: from the bytes of a tile and its number to samples, as `TiffPage.decode`.
        tables: JPEG tables that all tiles share, or None.
        is_jpeg: whether tiles are JPEGs.
    """

    width: int
    height: int
    tile_width: int
    tile_height: int
    factor: float
    offsets: NDArray[np.uint64]
    lengths: NDArray[np.uint64]
    decode: Callable[..., Any]
    tables: bytes | None
    is_jpeg: bool

    @property
    def columns(self) -> int:
        """How many tiles lie beside each other."""
        return -(-self.width // self.tile_width)

    def decode_tile(self, data: bytes, number: int) -> NDArray[np.uint8]:
        """Decode the bytes of a tile: uint8 (tile_height, tile_width, 3) at most.

        Raises:
            ImageError: the bytes are not those of a tile of this size.
        """
        if self.is_jpeg:
            width, height = _read_jpeg_size(data)
            if width > self.tile_width or height > self.tile_height:
                raise damage_error("TIFF", "a tile has the wrong size")
        samples, _, _ = self.decode(data, number, jpegtables=self.tables)
        if samples is None or samples.ndim != 4 or samples.dtype != np.uint8:
            raise damage_error("TIFF", "a tile cannot be decoded")
        return np.asarray(samples[0, ..., :3], dtype=np.uint8)


@dataclass(frozen=True)
class Pyramid:
    """What the tags of a slide say.

    Attributes:
        levels: the largest first; two or more.
        icc_profile: of its colours; empty for none.
    """

    levels: tuple[Level, ...]
    icc_profile: bytes


def _read_jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height by the first frame header (ITU T.81, B.2.2), before pixels are allocated.

    `parse_jpeg` walks the entropy-coded data too, which takes as long as decoding it.

    Raises:
        ImageError: there is no frame header.
    """
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        if data[at + 1] in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    raise damage_error("TIFF", "a tile is no JPEG")


def find_pyramid(file: Any, size: int) -> Pyramid | None:
    """Find the levels of a slide; None for a TIFF that is an image or a stack.

    Args:
        file: of tifffile.
        size: of the file in bytes.

    Raises:
        ImageError: it is a slide, but damaged, cut off, or stored in a way that is not read.
    """
    pages = list(_tiled_pages(file))
    if len(pages) < 2:
        return None
    pages.sort(key=lambda page: -page.imagewidth * page.imagelength)
    first = pages[0]
    chosen = [first]
    for page in pages[1:]:
        if page.imagewidth < chosen[-1].imagewidth and _has_shape_of(first, page):
            chosen.append(page)
    scanned = any(getattr(file.pages.first, flag, False) for flag in _SCANNER_FLAGS)
    large = max(first.imagewidth, first.imagelength) >= _SMALLEST_SLIDE
    if len(chosen) < 2 or not (scanned or large):
        return None
    for page in chosen:
        _check_kind(page)
    profile = first.tags.valueof(_ICC, b"")
    levels = tuple(_build_level(page, first, size) for page in chosen)
    return Pyramid(levels, bytes(profile) if isinstance(profile, bytes) else b"")


def _tiled_pages(file: Any) -> Iterator[Any]:
    """The tiled pages of the chain, and those that hang from the first."""
    if len(file.pages) > 4 * _MOST_LEVELS:
        return  # a stack: its pages are all of one size
    for page in file.pages:
        whole = page.aspage()
        if whole.is_tiled:
            yield whole
    first = file.pages.first
    for page in (first.pages or ()) if first.subifds else ():
        whole = page.aspage()
        if whole.is_tiled:
            yield whole


def _has_shape_of(first: Any, page: Any) -> bool:
    """Whether a page shows the same in fewer pixels."""
    across = first.imagewidth / max(page.imagewidth, 1)
    down = first.imagelength / max(page.imagelength, 1)
    rounding = abs(first.imagelength / across - page.imagelength)
    return bool(rounding <= _ROUNDING or abs(across / down - 1) <= _ROUNDED_SHARE)


def _check_kind(page: Any) -> None:
    """Refuse colours, numbers and compressions that are not read.

    Raises:
        ImageError: with the kind in words.
    """
    if page.compression not in _COMPRESSIONS:
        name = getattr(page.compression, "name", str(page.compression))
        raise ImageError(f"The slide is compressed by {name}, which is not read.", EXPORT_HINT)
    coloured = page.photometric in (_RGB, _YCBCR) and page.samplesperpixel in (3, 4)
    if not coloured or page.bitspersample != 8 or page.planarconfig != 1:
        raise ImageError("The slide does not hold 8-bit colours, as slides of smears do.")
    if page.imagedepth != 1 or page.tiledepth > 1:
        raise ImageError("The slide is a volume, which is not read.", EXPORT_HINT)


def _build_level(page: Any, first: Any, size: int) -> Level:
    """One level, after the places of its tiles were checked."""
    width, height = page.imagewidth, page.imagelength
    across, down = page.tilewidth, page.tilelength
    if not (0 < across <= _LARGEST_TILE and 0 < down <= _LARGEST_TILE):
        raise damage_error("TIFF", "the size of its tiles makes no sense")
    offsets = np.asarray(page.dataoffsets, dtype=np.uint64)
    lengths = np.asarray(page.databytecounts, dtype=np.uint64)
    count = math.ceil(width / across) * math.ceil(height / down)
    if len(offsets) != count or len(lengths) != count:
        raise damage_error("TIFF", "parts of its picture are missing")
    limit = np.uint64(size)
    if ((lengths > limit) | (offsets > limit - np.minimum(lengths, limit))).any():
        raise truncation_error("TIFF")
    return Level(
        *(width, height, across, down),
        first.imagewidth / width,
        offsets,
        lengths,
        page.decode,
        page.jpegtables,
        page.compression == _JPEG,
    )
