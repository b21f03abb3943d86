"""Thumbnails, from the cache on disk or from the image itself."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
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


def render_cells(
    path: Path, boxes: Sequence[Box], others: Sequence[Box], cache: DiskCache, side: int
) -> Iterator[tuple[Box, NDArray[np.uint8] | None, str]]:
    """Yield the thumbnails of cells of one field, which is decoded once at most.

    Args:
        boxes: of the cells, in pixels of the original.
        others: of cells whose thumbnails are wanted on the disk: they will be shown next.

    Yields:
        box, and thumbnail and reason as of `render_thumbnail`.
    """
    image: Image | None = None
    for box in boxes:
        try:
            key = cache.key(path, box)
            rgb = cache.get(key)
            if rgb is None:
                image = image or _read_field(path, [*boxes, *others])
                rgb = _cut(image, box)
                cache.put(key, rgb)
            yield box, _to_screen(rgb, side), ""
        except OSError as error:
            yield box, None, describe_os_error(error)
        except ImageError as error:
            yield box, None, str(error)
    if image is not None:
        _keep_others(path, image, others, cache)


def _keep_others(path: Path, image: Image, others: Sequence[Box], cache: DiskCache) -> None:
    with contextlib.suppress(OSError):
        for box in others:
            key = cache.key(path, box)
            if not cache.has(key):
                cache.put(key, _cut(image, box))


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
        pixels = read_image(path, min_scale=0.0, min_side=SIDE).pixels
    except ImageError as error:
        return None, str(error)
    small = _resize(pixels, SIDE) if max(pixels.shape[:2]) > SIDE else pixels
    cache.put(key, small)
    return small, ""


def _resize(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """With a longer side of `side`."""
    height, width = pixels.shape[:2]
    factor = side / max(height, width)
    if factor == 1:
        return pixels
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, size, interpolation=how), np.uint8)
