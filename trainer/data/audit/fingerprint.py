"""The fingerprint of an image: a small array that is alike only for images of one scene.

All single-cell images are alike at a glance: something dark in the middle. So each pixel is
compared with its neighbourhood and measured in units of the contrast there: what remains is
where exactly the fine structure lies, which no two scenes share, and which a new encoding, a
change of size, brightness or stain strength hardly moves.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

REDUCED_SIDE = 48  # px a side of the reduced image
_MARGIN = 5  # px left off at each side: frames, scale bars and dark corners are alike in all images
PRINT_SIDE = REDUCED_SIDE - 2 * _MARGIN
PRINT_LENGTH = PRINT_SIDE * PRINT_SIDE
_SIGMA = 3.0
_FLOOR = 2.0  # grey levels; keeps noise on flat glass from being blown up to structure
_MIN_DETAIL = 1.0  # grey levels; below, an image holds nothing that could be compared
_STEP = 31.0  # int8 levels per standard deviation


def compute_fingerprint(rgb: NDArray[np.uint8]) -> NDArray[np.int8] | None:
    """Compute the fine structure of an image, in units of its own contrast.

    Args:
        rgb: (H, W, 3), of any size; not square images are squeezed to squares, so that turned
            copies are turned fingerprints.

    Returns:
        (38, 38), mean about 0 and standard deviation about 31; None for an image without
        structure.
    """
    small = cv2.resize(rgb, (REDUCED_SIDE, REDUCED_SIDE), interpolation=cv2.INTER_AREA)
    grey = small.astype(np.float32).mean(axis=2)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), _SIGMA)
    contrast = np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), _SIGMA))
    inner = slice(_MARGIN, REDUCED_SIDE - _MARGIN)
    if float(fine[inner, inner].std()) < _MIN_DETAIL:
        return None
    even = (fine / (contrast + _FLOOR))[inner, inner]
    scaled = (even - even.mean()) / max(float(even.std()), 1e-6) * _STEP
    return np.asarray(np.clip(np.rint(scaled), -127, 127), np.int8)


TURNS = (
    "as it is",
    "turned by 90°",
    "turned by 180°",
    "turned by 270°",
    "mirrored",
    "mirrored and turned by 90°",
    "mirrored and turned by 180°",
    "mirrored and turned by 270°",
)


def turn_prints(prints: NDArray[np.int8], turn: int) -> NDArray[np.int8]:
    """Turn fingerprints (N, 38, 38) as if their images were turned (index into `TURNS`)."""
    flipped = prints[:, :, ::-1] if turn >= 4 else prints
    return np.asarray(np.rot90(flipped, turn % 4, axes=(1, 2)), np.int8)


def normalize_prints(prints: NDArray[np.int8]) -> NDArray[np.float32]:
    """Return fingerprints (N, 1444) of mean 0 and length 1, so that products are correlations."""
    flat = prints.reshape(len(prints), -1).astype(np.float32)
    flat -= flat.mean(axis=1, keepdims=True)
    length = np.linalg.norm(flat, axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(length, 1e-6), np.float32)
