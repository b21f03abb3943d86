"""Thumbnails, from the cache on disk or from the image itself."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from leukogui.thumbnails.disk_cache import SIDE, DiskCache
from leukogui.thumbnails.key import surroundings
from trainer.domain import Box
from trainer.errors import ImageError
from trainer.imaging import read_image
from trainer.imaging.files import describe_os_error
from trainer.imaging.reader import Image
from trainer.imaging.slides.slide import Slide, find_slide


def render_thumbnail(
    path: Path, cache: DiskCache, side: int
) -> tuple[NDArray[np.uint8] | None, str]:
    """A thumbnail as a screen takes it; else None and why.

    All of it is OpenCV's work, which lets the window's thread go on; Qt's does not.

    Returns:
        BGRA (H, W, 4), opaque, its longer side `side` pixels, at most `SIDE`.
    """
    rgb, error = _read_or_render(path, cache)
    if rgb is None:
        return None, error
    return _to_screen(rgb, side), ""


class FieldThumbnails:
    """The thumbnails of the cells of one field, which is decoded once at most.

    Args:
        path: of the field.
        boxes: of all of its cells, in pixels of the original.
    """

    def __init__(self, path: Path, boxes: Sequence[Box], cache: DiskCache) -> None:
        self.path, self._cache = path, cache
        self._boxes = list(boxes)
        self._image: Image | None = None
        self._file = ""  # the key of the file that was decoded

    @property
    def is_decoded(self) -> bool:
        """Whether the field was read, so that more thumbnails cost little."""
        return self._image is not None

    def render(self, box: Box, side: int) -> tuple[NDArray[np.uint8] | None, str]:
        """Render the thumbnail of a cell, as `render_thumbnail`."""
        try:
            return _to_screen(self._read_or_cut(box), side), ""
        except OSError as error:
            return None, describe_os_error(error)
        except ImageError as error:
            return None, str(error)

    def keep_next(self) -> bool:
        """Put the thumbnail of another cell on the disk; returns whether there may be more.

        Only of a field that is decoded: they will be shown next, and cost little now.
        """
        if self._image is None or not self._boxes:
            return False
        box = self._boxes.pop()
        with contextlib.suppress(OSError, ImageError):
            if not self._cache.has(self._cache.key(self.path, box)):
                self._read_or_cut(box)
        return True

    def _read_or_cut(self, box: Box) -> NDArray[np.uint8]:
        key, file = self._cache.key(self.path, box), self._cache.key(self.path)
        rgb = self._cache.get(key)
        if rgb is None:
            slide = find_slide(self.path)
            if slide is not None:
                rgb = _read_slide_cell(slide, box)
            else:
                if self._image is None or file != self._file:
                    self._image, self._file = _read_field(self.path, [box, *self._boxes]), file
                rgb = _cut(self._image, box)
            self._cache.put(key, rgb)
        return rgb


def _read_slide_cell(slide: Slide, box: Box) -> NDArray[np.uint8]:
    """A cell of a slide with its surroundings, as `_cut` gives those of a field."""
    around = surroundings(box)
    (left, right), (top, bottom) = (
        _clamp(around.x, around.width, slide.width),
        _clamp(around.y, around.height, slide.height),
    )
    part = Box(left, top, right - left, bottom - top)
    return slide.read_scaled(part, max(max(part.width, part.height) / SIDE, 1.0))


def _read_field(path: Path, boxes: Sequence[Box]) -> Image:
    """The field at the smallest scale at which no thumbnail of a cell loses anything."""
    shortest = min(surroundings(box).width for box in boxes)
    return read_image(path, min_scale=min(SIDE / max(shortest, 1.0), 1.0))


def _cut(image: Image, box: Box) -> NDArray[np.uint8]:
    """A cell with its surroundings, moved into the image; a longer side of at most `SIDE`."""
    pixels, around = image.pixels, surroundings(box).scaled(image.scale)
    height, width = pixels.shape[:2]
    left, right = _clamp(around.x, around.width, width)
    top, bottom = _clamp(around.y, around.height, height)
    part = pixels[top:bottom, left:right]
    return _resize(part, SIDE) if max(part.shape[:2]) > SIDE else part


def _clamp(start: float, length: float, available: int) -> tuple[int, int]:
    """First and last index of a part, moved so that as much as possible of it is there."""
    count = min(max(round(length), 1), available)
    first = min(max(round(start), 0), available - count)
    return first, first + count


def _to_screen(rgb: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    shown = _resize(np.ascontiguousarray(rgb), min(side, SIDE))
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2BGRA), np.uint8)


def _read_or_render(path: Path, cache: DiskCache) -> tuple[NDArray[np.uint8] | None, str]:
    """RGB (H, W, 3) with a longer side of at most `SIDE`; else None and why."""
    try:
        key = cache.key(path)
    except OSError as error:
        return None, describe_os_error(error)
    kept = cache.get(key)
    if kept is not None:
        return kept, ""
    try:
        pixels = _read_whole(path)
    except ImageError as error:
        return None, str(error)
    small = _resize(pixels, SIDE) if max(pixels.shape[:2]) > SIDE else pixels
    cache.put(key, small)
    return small, ""


def _read_whole(path: Path) -> NDArray[np.uint8]:
    """An image, reduced as far as a thumbnail loses nothing."""
    slide = find_slide(path)
    if slide is not None:
        factor = max(max(slide.width, slide.height) / SIDE, 1.0)
        return slide.read_scaled(Box(0, 0, slide.width, slide.height), factor)
    return read_image(path, min_scale=0.0, min_side=SIDE).pixels


def _resize(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """With a longer side of `side`."""
    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    if factor == 1:
        return pixels
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
