"""A whole slide: opened by its tags, read region by region at any of its sizes.

A slide of 100,000 x 80,000 pixels has 24 GB of them; no more is in memory than is asked for. The
file is opened anew for each region, so that nothing keeps it from being moved or ejected.
"""

from __future__ import annotations

import os
import stat
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.atomic_files import sha256_of
from trainer.domain import Box
from trainer.errors import ImageError
from trainer.imaging.codecs.base import (
    EXPORT_HINT,
    damage_error,
    known_format,
    translate_decoder_errors,
    truncation_error,
)
from trainer.imaging.codecs.colour import to_srgb
from trainer.imaging.file_names import SUFFIXES_BY_FORMAT
from trainer.imaging.files import describe_os_error, native_path
from trainer.imaging.scale.pixel_size import PixelSize, stated_pixel_size
from trainer.imaging.slides.pyramid import Level, Pyramid, find_pyramid
from trainer.imaging.slides.recent_tiles import RecentTiles

NOT_SCANNED = 255  # grey level of what the scanner left out
_LARGEST_REGION = 100 * 10**6  # pixels that are read at once
_LARGEST_BAND = 16 * 10**6  # pixels that are read at once to be reduced
_SMALLEST_FILE = 200_000  # bytes: no slide is smaller
_TILE_BYTES = 48 * 2**20  # of decoded tiles that are held, by slide
_OPENED = 4  # slides whose tags are held


@dataclass(frozen=True, eq=False)
class Slide:
    """A slide whose tags were read and found plausible.

    Attributes:
        path: of the file.
        levels: the largest first; two or more.
        pixel_size: of the largest; None where it is not stated.
        icc_profile: of its colours; empty for none.
    """

    path: Path
    levels: tuple[Level, ...]
    pixel_size: PixelSize | None
    icc_profile: bytes = b""
    _tiles: RecentTiles = field(default_factory=lambda: RecentTiles(_TILE_BYTES))

    @property
    def width(self) -> int:
        """In pixels of the largest level."""
        return self.levels[0].width

    @property
    def height(self) -> int:
        """In pixels of the largest level."""
        return self.levels[0].height

    @cached_property
    def sha256(self) -> str:
        """Of the file's bytes, which are read for it once.

        Raises:
            ImageError: the file cannot be read.
        """
        try:
            return sha256_of(native_path(self.path))
        except OSError as error:
            raise ImageError(describe_os_error(error)) from error

    def level_for(self, factor: float) -> int:
        """The smallest level of which a pixel stands for at most `factor` of the full size."""
        fits = [at for at, each in enumerate(self.levels) if each.factor <= factor * 1.01]
        return max(fits, default=0)

    def read_region(self, level: int, x: int, y: int, width: int, height: int) -> Any:
        """Read a rectangle of one level: uint8 (height, width, 3), sRGB.

        Args:
            level: its number, 0 for the largest.
            x, y: of the top left corner, in pixels of that level; may lie outside.
            width, height: in pixels of that level.

        Returns:
            The pixels; white beyond the edges and where nothing was scanned.

        Raises:
            ImageError: the file is gone or damaged.
            ValueError: the rectangle is empty, or larger than is ever read at once.
        """
        if min(width, height) < 1 or width * height > _LARGEST_REGION:
            raise ValueError(f"Invalid region. Received {width} × {height} pixels.")
        region = np.full((height, width, 3), NOT_SCANNED, np.uint8)
        source = self.levels[level]
        lacking: list[tuple[int, int, int]] = []
        for number, left, top in _tiles_in(source, x, y, width, height):
            tile = self._tiles.get((level, number))
            if tile is None:
                lacking.append((number, left, top))
            else:
                _lay(region, tile, left - x, top - y, source)
        encoded = _read_tiles(self.path, source, [each[0] for each in lacking])
        for (number, left, top), data in zip(lacking, encoded, strict=True):
            if data:
                with translate_decoder_errors("TIFF"):
                    tile = source.decode_tile(data, number)
                    self._tiles.put((level, number), tile)
                    _lay(region, tile, left - x, top - y, source)
        # Beyond the picture a tile holds whatever the scanner filled it with.
        region[max(source.height - y, 0) :] = NOT_SCANNED
        region[:, max(source.width - x, 0) :] = NOT_SCANNED
        return to_srgb(region, self.icc_profile)[0]

    def read_scaled(self, box: Box, factor: float) -> NDArray[np.uint8]:
        """Read a rectangle of the full size, reduced.

        Args:
            box: in pixels of the largest level.
            factor: pixels of the full size for one of the result, 1.0 or more.

        Returns:
            (height / factor, width / factor, 3), rounded up to a pixel.

        Raises:
            ImageError: as `read_region`.
        """
        level = self.level_for(factor)
        step = self.levels[level].factor
        left, top = round(box.x / step), round(box.y / step)
        width, height = (max(round(side / step), 1) for side in (box.width, box.height))
        size = (max(round(box.width / factor), 1), max(round(box.height / factor), 1))
        if width * height > _LARGEST_BAND and max(size) > 1:
            # Few levels: so much is read in parts, each reduced before the next.
            axis = int(size[1] >= size[0])
            halves = _halve(box, size[axis], factor, axis)
            return np.concatenate([self.read_scaled(each, factor) for each in halves], 1 - axis)
        region = self.read_region(level, left, top, width, height)
        if size == (width, height):
            return np.asarray(region)
        return np.asarray(cv2.resize(region, size, interpolation=cv2.INTER_AREA), np.uint8)


def _halve(box: Box, length: int, factor: float, axis: int) -> tuple[Box, Box]:
    """Cut a rectangle across or (`axis` 1) down, where a pixel of the reduced one ends."""
    cut = length // 2 * factor
    if axis:
        return (
            Box(box.x, box.y, box.width, cut),
            Box(box.x, box.y + cut, box.width, (length - length // 2) * factor),
        )
    return (
        Box(box.x, box.y, cut, box.height),
        Box(box.x + cut, box.y, (length - length // 2) * factor, box.height),
    )


def _tiles_in(
    level: Level, x: int, y: int, width: int, height: int
) -> Iterator[tuple[int, int, int]]:
    """Number, left and top of the tiles that a rectangle touches."""
    across, down = level.tile_width, level.tile_height
    rows = range(max(y, 0) // down, -(-min(y + height, level.height) // down))
    columns = range(max(x, 0) // across, -(-min(x + width, level.width) // across))
    for row in rows:
        for column in columns:
            yield row * level.columns + column, column * across, row * down


def _read_tiles(path: Path, level: Level, numbers: list[int]) -> Iterator[bytes]:
    """The bytes of tiles, in order; empty for those that were not scanned."""
    if not numbers:
        return
    try:
        with open(native_path(path), "rb") as file:  # noqa: PTH123 - extended names
            for number in numbers:
                length = int(level.lengths[number])
                if length:
                    file.seek(int(level.offsets[number]))
                data = file.read(length) if length else b""
                if len(data) < length:
                    raise truncation_error("TIFF")
                yield data
    except OSError as error:
        raise ImageError(describe_os_error(error)) from error


def _lay(region: NDArray[np.uint8], tile: NDArray[np.uint8], x: int, y: int, level: Level) -> None:
    """Copy what a region shows of a tile whose corner lies at (x, y) of it."""
    height = min(tile.shape[0], level.tile_height)
    width = min(tile.shape[1], level.tile_width)
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + height, region.shape[0]), min(x + width, region.shape[1])
    if bottom > top and right > left:
        region[top:bottom, left:right] = tile[top - y : bottom - y, left - x : right - x]


_SLIDES: OrderedDict[tuple[str, int, int], Slide | None] = OrderedDict()
_LOCK = Lock()


def find_slide(path: Path) -> Slide | None:
    """Open a slide; None for any other file, also for one that cannot be read.

    The tags of the slides used last are held, for regions that are read one after the other.

    Raises:
        ImageError: it is a slide, but damaged, cut off, or of a kind that is not read.
    """
    if path.suffix.lower() not in SUFFIXES_BY_FORMAT["TIFF"]:
        return None
    try:
        status = os.stat(native_path(path))  # noqa: PTH116 - extended names
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size < _SMALLEST_FILE:
        return None
    key = (str(path), status.st_mtime_ns, status.st_size)
    with _LOCK:
        if key in _SLIDES:
            _SLIDES.move_to_end(key)
            return _SLIDES[key]
    slide = _open(path, status.st_size)
    with _LOCK:
        _SLIDES[key] = slide
        while len(_SLIDES) > _OPENED:
            _SLIDES.popitem(last=False)
    return slide


def is_slide(path: Path) -> bool:
    """Whether a file is a slide that can be read."""
    try:
        return find_slide(path) is not None
    except ImageError:
        return False


def open_slide(path: Path) -> Slide:
    """Open a slide.

    Raises:
        ImageError: the file cannot be read, or is no slide.
    """
    slide = find_slide(path)
    if slide is None:
        raise ImageError("The file is not a slide that can be read.", EXPORT_HINT)
    return slide


def _open(path: Path, size: int) -> Slide | None:
    import tifffile  # a third of a second, and most folders hold no TIFF

    try:
        with open(native_path(path), "rb") as stream:  # noqa: PTH123 - extended names
            if known_format(stream.read(16)) != "TIFF":
                return None
            stream.seek(0)
            found, pixel_size = _read_tags(tifffile, stream, size)
    except OSError:
        return None
    if found is None:
        return None
    return Slide(path, found.levels, pixel_size, found.icc_profile)


def _read_tags(tifffile: Any, stream: Any, size: int) -> tuple[Pyramid | None, PixelSize | None]:
    """The pyramid and the pixel size; None of a TIFF that is no slide or not parsed.

    What is wrong with an image or a stack is for their own reader to say.
    """
    try:
        file = tifffile.TiffFile(stream, name="slide", _multifile=False, _useframes=False)
        is_tiled = bool(file.pages.first.is_tiled)
    except Exception:  # noqa: BLE001 - parsers of hostile bytes raise anything
        return None, None
    if not is_tiled:
        return None, None
    try:
        return find_pyramid(file, size), stated_pixel_size(file)
    except ImageError:
        raise
    except Exception as error:
        raise damage_error("TIFF") from error
