"""Which reduced size an image is decoded at, and the area mean for decoders that have none."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

REDUCTIONS = (8, 4, 2)


def choose_reduction(width: int, height: int, min_scale: float, min_side: int) -> int:
    """Choose the largest reduction of 8, 4, 2, 1 that meets both demands.

    Args:
        width: of the original, in pixels.
        height: likewise.
        min_scale: decoded px per original px must be at least this.
        min_side: the shorter decoded side must be at least this, in pixels.
    """
    for reduction in REDUCTIONS:
        if 1 / reduction >= min_scale and min(width, height) / reduction >= min_side:
            return reduction
    return 1


def downscale(pixels: NDArray[np.uint8], reduction: int) -> NDArray[np.uint8]:
    """Average squares of `reduction` x `reduction` pixels; sides are rounded up.

    The last square is filled by repeating the last row or column, so that the scale is
    1/`reduction` exactly and the size is that of a JPEG decoder at this reduction.
    """
    if reduction == 1:
        return pixels
    height, width = pixels.shape[:2]
    down, right = -height % reduction, -width % reduction
    if down or right:
        pixels = np.asarray(
            cv2.copyMakeBorder(pixels, 0, down, 0, right, cv2.BORDER_REPLICATE), np.uint8
        )
    size = ((width + right) // reduction, (height + down) // reduction)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
