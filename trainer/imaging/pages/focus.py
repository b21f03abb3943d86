"""How sharp a plane is, for finding the focal plane in which the cell lies."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_SIGMA = 1.5
_NOISE_GAIN = 0.011455
"""Gradient energy below that white noise of variance 1 leaves: squared weights of both kernels."""
_MAD_TO_SIGMA = 1 / 0.6745


def sharpness(rgb: NDArray[np.uint8]) -> float:
    """Tenengrad of the green channel without the share of its noise; higher is sharper.

    The gradient energy (Tenenbaum 1970; Krotkov 1988) of the slightly blurred green
    channel, in which stained nuclei have most contrast, over the squared mean
    brightness. What white noise adds is subtracted; the noise is estimated from the
    median of the finest diagonal Haar coefficients (Donoho and Johnstone 1994), where
    optics leave hardly any picture.

    Args:
        rgb: uint8 (H, W, 3).

    Returns:
        Without unit, about 0 for an empty field; comparable between planes of one sample.
    """
    green = cv2.extractChannel(rgb, 1).astype(np.float32)
    smooth = cv2.GaussianBlur(green, (0, 0), _SIGMA)
    across = cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=0.125)
    down = cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=0.125)
    energy = float(np.vdot(across, across) + np.vdot(down, down)) / float(green.size)
    brightness = max(float(green.mean()), 1.0)
    return float((energy - _NOISE_GAIN * _noise_variance(green)) / brightness**2)


def _noise_variance(grey: NDArray[np.float32]) -> float:
    even = grey[: grey.shape[0] // 2 * 2, : grey.shape[1] // 2 * 2]
    diagonal = (even[::2, ::2] - even[1::2, ::2] - even[::2, 1::2] + even[1::2, 1::2]) / 2
    if not diagonal.size:
        return 0.0
    return (float(np.median(np.abs(diagonal))) * _MAD_TO_SIGMA) ** 2


def sharpest_of(planes: Sequence[NDArray[np.uint8]]) -> int:
    """Index of the sharpest plane, the first of equals."""
    if len(planes) == 1:
        return 0
    return int(np.argmax([sharpness(plane) for plane in planes]))


def plane_notes(planes: int, sharpest: int) -> tuple[str, ...]:
    """Note how many planes were seen and which was judged, counted from 1; nothing for one."""
    return (f"{planes:,} focal planes, plane {sharpest + 1:,} judged",) if planes > 1 else ()
