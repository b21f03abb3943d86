"""Light and dye: the colour of the empty slide, optical density, and the two stains.

Optical density follows the Beer-Lambert law, `OD = -ln(I / I0)`: it adds up where dyes
lie on one another, and a change of the lamp leaves it alone.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

_LUMINANCE = (0.299, 0.587, 0.114)
# A photographed slide is never darker than this on its empty spots; it keeps a black or
# near-black image from being divided by nothing.
_LEAST_BACKGROUND = 16.0
_DARKEST = 1.0

# Unit absorption of the two dyes in R, G, B (azure B over eosin Y), the Giemsa pair of
# Ruifrok & Johnston, Anal Quant Cytol Histol 23 (2001) 291-299.
AZURE_EOSIN: NDArray[np.float32] = np.array(
    [[0.8348, 0.5136, 0.1959], [0.0928, 0.9541, 0.2831]], dtype=np.float32
)


def background_colour(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RGB of the empty slide, estimated from the brightest flat part of an image.

    The median of the pixels whose luminance lies within -14 and +3 of its 97th
    percentile: the glass, and neither dust nor specular specks.

    Args:
        rgb: (H, W, 3).

    Returns:
        (3,), 16-255.
    """
    pixels = np.ascontiguousarray(rgb).reshape(-1, 3)
    luminance = cv2.transform(pixels[None], np.array([_LUMINANCE], np.float32))[0].ravel()
    counts = np.bincount(luminance, minlength=256).cumsum()
    top = int(np.searchsorted(counts, 0.97 * counts[-1]))
    chosen = pixels[(luminance >= top - 14) & (luminance <= top + 3)]
    colour = np.median(chosen, axis=0).astype(np.float32)
    return np.asarray(np.maximum(colour, _LEAST_BACKGROUND), dtype=np.float32)


def optical_density(
    rgb: NDArray[np.uint8], background: NDArray[np.floating]
) -> NDArray[np.float32]:
    """Optical density of every channel; 0 for the empty slide, negative where brighter.

    Args:
        rgb: (H, W, 3).
        background: (3,), RGB of the empty slide, above zero.

    Returns:
        (H, W, 3), natural logarithm, at most about 5.5.
    """
    levels = np.maximum(np.arange(256, dtype=np.float32), np.float32(_DARKEST))
    white = np.asarray(background, dtype=np.float32)
    table = np.log(white[None, :] / levels[:, None]).astype(np.float32)
    return np.stack([table[:, c][rgb[..., c]] for c in range(3)], axis=-1)


def from_density(
    density: NDArray[np.floating], background: NDArray[np.floating]
) -> NDArray[np.uint8]:
    """The image with this optical density: the inverse of `optical_density`.

    Args:
        density: (H, W, 3), natural logarithm.
        background: (3,), RGB of the empty slide.

    Returns:
        (H, W, 3), RGB.
    """
    white = np.asarray(background, dtype=np.float32)
    light = cv2.exp(-np.asarray(density, dtype=np.float32)) * white
    return np.asarray(np.clip(light + 0.5, 0, 255), dtype=np.uint8)


def separate(
    density: NDArray[np.floating], stains: NDArray[np.floating] = AZURE_EOSIN
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much of each stain lies at each pixel, and what the two do not explain.

    Colour deconvolution (Ruifrok & Johnston 2001) by least squares, so that the
    stains' sum and the rest give the density back exactly.

    Args:
        density: (H, W, 3).
        stains: (2, 3), unit absorption of azure (H) and eosin (E).

    Returns:
        amounts (H, W, 2) and rest (H, W, 3).
    """
    od = np.asarray(density, dtype=np.float32)
    inverse = np.linalg.pinv(stains).astype(np.float32)
    amounts = od @ inverse
    return amounts, od - amounts @ np.asarray(stains, dtype=np.float32)


def combine(
    amounts: NDArray[np.floating],
    rest: NDArray[np.floating],
    stains: NDArray[np.floating] = AZURE_EOSIN,
) -> NDArray[np.float32]:
    """Optical density (H, W, 3) of these amounts of the stains: inverse of `separate`."""
    mixed = np.asarray(amounts, np.float32) @ np.asarray(stains, np.float32)
    return np.asarray(mixed + rest, dtype=np.float32)
