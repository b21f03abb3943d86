"""Light and dye: the colour of the empty slide, optical density, and the two stains.

Optical density follows the Beer-Lambert law, `OD = -ln(I / I0)`: it adds up where dyes
lie on one another, and a change of the lamp leaves it alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

_LUMINANCE = (0.299, 0.587, 0.114)
# A photographed slide is never darker than this on its empty spots; it keeps a black or
# near-black image from being divided by nothing.
_MIN_BACKGROUND = 16.0
_DARKEST = 1.0
# A camera's black holds no information on the dye: without a floor under the light, the
# darkest nuclei would rule every mean and covariance.
FLOOR = np.float32(10.0 / 255.0)
_BLACK = 24  # no channel of a frame's black is brighter, whatever the JPEG quality

_COARSE = 32  # px a side of the grid on which the illumination is fitted
_STAINED_DENSITY = 0.04  # density above the glass at which a pixel is taken for stained
_AXIS = np.linspace(-1, 1, _COARSE)
_PLANE = np.stack([np.ones((_COARSE, _COARSE)), *np.meshgrid(_AXIS, _AXIS)], -1).reshape(-1, 3)
# Holds the plane level where next to no glass is seen.
_SLOPE_PENALTY = np.diag([1e-6, 1.0, 1.0])

# Unit absorption of the two dyes in R, G, B (azure B over eosin Y), the Giemsa pair of
# Ruifrok & Johnston, Anal Quant Cytol Histol 23 (2001) 291-299.
AZURE_EOSIN: NDArray[np.float32] = np.array(
    [[0.8348, 0.5136, 0.1959], [0.0928, 0.9541, 0.2831]], dtype=np.float32
)


Colour = tuple[float, float, float]


def colour_of(levels: NDArray[np.floating]) -> Colour:
    """Three levels as plain numbers."""
    red, green, blue = (float(level) for level in levels)
    return red, green, blue


def background_colour(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """RGB of the empty slide, estimated from the brightest flat part of an image.

    The median of the pixels whose luminance lies within -14 and +3 of its 97th
    percentile: the glass, and neither dust nor specular specks.

    Args:
        rgb: (H, W, 3).

    Returns:
        (3,), 16-255.
    """
    pixels = np.ascontiguousarray(rgb)
    luminance = cv2.transform(pixels, np.array([_LUMINANCE], np.float32))
    counts = _compute_histogram(luminance).cumsum()
    top = int(np.searchsorted(counts, 0.97 * counts[-1]))
    chosen = np.asarray(cv2.inRange(luminance, top - 14, top + 3), np.uint8)
    colour = [
        _histogram_median(_compute_histogram(pixels, channel, chosen)) for channel in range(3)
    ]
    return np.maximum(np.array(colour, np.float32), np.float32(_MIN_BACKGROUND))


def _compute_histogram(
    pixels: NDArray[np.uint8], channel: int = 0, mask: NDArray[np.uint8] | None = None
) -> NDArray[np.int64]:
    """How many of the pixels have each value, (256,)."""
    counts = cv2.calcHist([pixels], [channel], mask, [256], [0, 256])
    return np.asarray(counts.ravel(), dtype=np.int64)


def _histogram_median(counts: NDArray[np.int64]) -> float:
    """The median of whole numbers of which it is known how many there are of each."""
    up_to = counts.cumsum()
    middle = ((up_to[-1] - 1) // 2, up_to[-1] // 2)
    return float(np.searchsorted(up_to, middle, side="right").mean())


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
    density = cv2.LUT(np.ascontiguousarray(rgb), table[None])
    return np.asarray(density, dtype=np.float32)


def soft_density(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """Optical density that levels off in the dark; `light` as a share of white, 0 or more.

    Returns:
        As `light`, natural logarithm, 0 for white and 3.3 for black.
    """
    return np.asarray(-np.log((light + FLOOR) / (1 + FLOOR)), dtype=np.float32)


def soft_light(density: NDArray[np.float32]) -> NDArray[np.float32]:
    """The light that `soft_density` was made of; below 0 or above 1 where the density is."""
    return np.asarray(cv2.exp(-density) * (1 + FLOOR) - FLOOR, dtype=np.float32)


def correct_illumination(
    density: NDArray[np.float32], unexposed: NDArray[np.bool_] | None = None
) -> NDArray[np.float32]:
    """Take a slanted illumination out of an optical density.

    A plane is laid under each channel by asymmetric least squares: where the plane lies
    above the density it is bound to it, where it lies below it soon lets go, so that the
    glass decides and the cells do not.

    Args:
        density: (H, W, 3).
        unexposed: (H, W), True where nothing was photographed.

    Returns:
        (H, W, 3), about 0 on the glass wherever it shows.
    """
    coarse = cv2.resize(density, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA)
    values = np.asarray(coarse, dtype=np.float64).reshape(-1, 3)
    counted = np.ones(len(values)) if unexposed is None else _visible_shares(unexposed)
    mean = values @ np.full(3, 1 / 3)
    weights = counted * (mean <= np.median(mean))
    plane = np.zeros((3, 3))
    for _ in range(5):
        weighted = _PLANE.T * weights
        plane = np.linalg.solve(weighted @ _PLANE + _SLOPE_PENALTY, weighted @ values)
        above = mean - _PLANE @ plane.mean(axis=1)
        weights = counted * np.where(above < 0, 1.0, np.exp(-((above / _STAINED_DENSITY) ** 2)))
    height, width = density.shape[:2]
    level, across, down = plane.astype(np.float32)
    row = level + np.linspace(-1, 1, width, dtype=np.float32)[:, None] * across
    column = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * down
    # Row by row of numbers, not pixel by pixel of three.
    light = np.tile(column, width)
    light += row.reshape(-1)
    np.subtract(density.reshape(height, -1), light, out=light)
    return light.reshape(density.shape)


def _visible_shares(unexposed: NDArray[np.bool_]) -> NDArray[np.float64]:
    shares = cv2.resize(
        unexposed.astype(np.float32), (_COARSE, _COARSE), interpolation=cv2.INTER_AREA
    )
    return 1.0 - np.asarray(shares, dtype=np.float64).ravel()


def unexposed_mask(rgb: NDArray[np.uint8]) -> NDArray[np.bool_] | None:
    """Find where an image shows nothing: black bars and the rim of a round field of view.

    Args:
        rgb: (H, W, 3).

    Returns:
        (H, W), True on nearly black parts that reach the image's edge; None if there
        are none of at least a hundredth of the image.
    """
    brightest = np.maximum(np.maximum(rgb[..., 0], rgb[..., 1]), rgb[..., 2])
    dark = (brightest < _BLACK).astype(np.uint8)
    if not dark.any():
        return None
    _, labels = cv2.connectedComponents(dark)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    reaching = np.unique(rim[rim > 0])
    frame = np.isin(labels, reaching)
    return frame if frame.mean() > 0.01 else None


@dataclass(frozen=True, eq=False)
class CorrectedDensity:
    """Optical density of an image over its own empty slide, under even light.

    Attributes:
        values: (H, W, 3), natural logarithm, about 0 on the glass.
        unexposed: as of `unexposed_mask`.
        background: RGB of the empty slide, 16-255.
    """

    values: NDArray[np.float32]
    unexposed: NDArray[np.bool_] | None
    background: Colour


def measure_density(rgb: NDArray[np.uint8]) -> CorrectedDensity:
    """Measure the optical density of an image, less its slanted illumination.

    Args:
        rgb: (H, W, 3).
    """
    unexposed = unexposed_mask(rgb)
    background = background_colour(rgb)
    density = optical_density(rgb, background)
    if unexposed is not None:
        density[unexposed] = 0.0
    corrected = correct_illumination(density, unexposed)
    return CorrectedDensity(corrected, unexposed, colour_of(background))


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


def separate_stains(
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


def combine_stains(
    amounts: NDArray[np.floating],
    rest: NDArray[np.floating],
    stains: NDArray[np.floating] = AZURE_EOSIN,
) -> NDArray[np.float32]:
    """Optical density (H, W, 3) of these amounts of the stains: inverse of `separate_stains`."""
    mixed = np.asarray(amounts, np.float32) @ np.asarray(stains, np.float32)
    return np.asarray(mixed + rest, dtype=np.float32)
