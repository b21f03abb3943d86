"""How sharp a plane is, for finding the focal plane in which the cell lies."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_SIGMA = 1.5
_SAMPLES = 65536


def sharpness(rgb: NDArray[np.uint8]) -> float:
    """Tenengrad of the green channel above its own noise floor; higher is sharper.

    The gradient energy (Tenenbaum 1970; Krotkov 1988) of the slightly blurred green
    channel, where stained nuclei have most contrast, over the squared mean brightness.
    The floor is the energy of noise alone, from the median (that of empty background):
    the energy of Gaussian noise is exponentially distributed, its mean is median / ln 2.

    Args:
        rgb: uint8 (H, W, 3).

    Returns:
        0 or more, without unit; comparable between planes of one sample only.
    """
    green = cv2.extractChannel(rgb, 1).astype(np.float32)
    smooth = cv2.GaussianBlur(green, (0, 0), _SIGMA)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=0.125)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=0.125)
    energy = across * across + down * down
    step = max(1, energy.size // _SAMPLES)
    floor = float(np.median(energy.ravel()[::step])) / math.log(2)
    brightness = max(float(smooth.mean()), 1.0)
    return max(float(energy.mean()) - floor, 0.0) / brightness**2


def sharpest_of(planes: Sequence[NDArray[np.uint8]]) -> int:
    """Index of the sharpest plane, the first of equals."""
    if len(planes) == 1:
        return 0
    return int(np.argmax([sharpness(plane) for plane in planes]))
