"""One thumbnail, from the cache on disk or from the image itself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from leukogui.thumbnails.disk_cache import SIDE, DiskCache
from trainer.errors import ImageError
from trainer.imaging import read_image
from trainer.imaging.files import describe_os_error


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
    shown = _resize(rgb, min(side, SIDE))
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_RGB2BGRA), np.uint8), ""


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
