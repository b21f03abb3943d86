"""One thumbnail, from the cache on disk or from the image itself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from leukogui.thumbnails.disk import SIDE, DiskCache
from trainer.errors import ImageError
from trainer.imaging import read


def make_thumbnail(path: Path, cache: DiskCache) -> tuple[NDArray[np.uint8] | None, str]:
    """The thumbnail, RGB (H, W, 3) with a longer side of at most `SIDE`; else None and why."""
    try:
        key = cache.key(path)
    except OSError as error:
        return None, error.strerror or str(error)
    kept = cache.get(key)
    if kept is not None:
        return np.ascontiguousarray(kept), ""
    try:
        pixels = read(path, min_scale=0.0, min_side=SIDE).pixels
    except ImageError as error:
        return None, str(error)
    small = _shrunk(pixels)
    cache.put(key, small)
    return small, ""


def _shrunk(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    factor = SIDE / max(height, width)
    if factor >= 1:
        return np.ascontiguousarray(pixels)
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
