"""Optical density of a field at the scale that white cells are searched at.

A field is so large that its light is uneven: the glass is estimated everywhere from the
brightest that shows nearby, by a morphological closing that dark things smaller than a
giant cell do not survive.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.stain import Colour, background_colour, colour_of, unexposed_mask

RED_CELL_SIDE = 26  # px of a red cell at which fields are searched: as in a single-cell mask
_MAX_ENLARGEMENT = 8.0
_GLASS_SIDE = 8  # px of a red cell at which the glass is estimated
_GLASS_REACH = 5.0  # red cells; what is darker and narrower than that is no glass
_GLASS_BLUR = 0.75  # red cells
_DARKEST_GLASS = 16.0
_PALEST_STAIN = 0.08  # density in green of the red cells of the palest lab
_USUAL_STAIN = 0.15  # the same of usual ones
_GREY = 0.003  # mean difference of the densities; below it an image carries no colour
_DARKEST = 2.0  # density beyond which cameras record noise
_MAX_GAIN = 6.0
_WHITE_CELLS = 0.12  # share of a field: what stands out and takes less of it is white cells


@dataclass(frozen=True, eq=False)
class FieldDensity:
    """A field at the common scale; arrays (H, W) of the reduced field.

    Attributes:
        factor: pixels of the reduced field over pixels of the array given.
        pixels: (H, W, 3), RGB.
        values: (H, W, 3), optical density, natural logarithm, about 0 on the glass; that of a
            pale field is enlarged to a usual one's.
        glass: (H, W, 3), RGB of the empty slide at each place, 16-255.
        shown: True where something was photographed.
    """

    factor: float
    pixels: NDArray[np.uint8]
    values: NDArray[np.float32]
    glass: NDArray[np.float32]
    shown: NDArray[np.bool_]


def measure_field_density(rgb: NDArray[np.uint8], red_cell_diameter: float) -> FieldDensity:
    """Reduce a field to the common scale and measure its optical density.

    Args:
        rgb: (H, W, 3).
        red_cell_diameter: of the source, in pixels of `rgb`.
    """
    pixels = _resize_field(rgb, red_cell_diameter)
    factor = float(np.sqrt(pixels[..., 0].size / rgb[..., 0].size))
    unexposed = unexposed_mask(pixels)
    glass = _estimate_glass(pixels, unexposed)
    light = np.maximum(pixels, 1).astype(np.float32)
    density = np.asarray(cv2.log(glass / light), dtype=np.float32)
    if unexposed is not None:
        density[unexposed] = 0.0
    density *= np.float32(measure_gain(density))
    shown = np.ones(density.shape[:2], np.bool_) if unexposed is None else ~unexposed
    return FieldDensity(factor, pixels, density, glass, shown)


def measure_gain(density: NDArray[np.float32]) -> float:
    """Measure by how much a field is paler than a usual one: everything in it alike.

    Stray light, a pale print and lifted shadows do that. What is stained is told from the
    glass by Otsu's threshold (IEEE Trans SMC 9, 1979); where that finds next to nothing, it
    told white cells from all else, and is taken once more of the rest. A stain as pale as
    some labs have it stays as it is, since their thresholds hold there; in a grey field none do.

    Args:
        density: (H, W, 3).

    Returns:
        By what the density is to be multiplied, 1 to 6.
    """
    green = cv2.GaussianBlur(density[..., 1], (0, 0), 1.5)[::2, ::2].ravel()
    stained = green > _find_threshold(green)
    if np.count_nonzero(stained) < _WHITE_CELLS * green.size:
        green = green[~stained]
        stained = green > _find_threshold(green)
    stain = float(np.median(green[stained])) if stained.any() else 0.0
    stain = max(stain, 1e-3)
    gain = _USUAL_STAIN / stain if is_grey(density) else (_PALEST_STAIN / stain) ** 2
    return float(np.clip(gain, 1.0, _MAX_GAIN))


def is_grey(density: NDArray[np.float32]) -> bool:
    """Decide whether a field (H, W, 3) carries no colour."""
    green, blue = (np.minimum(density[..., at], np.float32(_DARKEST)) for at in (1, 2))
    return float(np.abs(green - blue).mean()) < _GREY


def _find_threshold(values: NDArray[np.float32]) -> float:
    """Otsu's threshold of some densities (N,)."""
    step = max(float(values.max()), 1e-3) / 255
    levels = np.clip(values / step, 0, 255).astype(np.uint8)
    return step * float(cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)[0])


def glass_colour(glass: NDArray[np.float32]) -> Colour:
    """RGB of the empty slide of a part of a field, its mean."""
    return colour_of(glass.reshape(-1, 3).mean(axis=0))


def _resize_field(rgb: NDArray[np.uint8], red_cell_diameter: float) -> NDArray[np.uint8]:
    height, width = rgb.shape[:2]
    factor = min(RED_CELL_SIDE / max(red_cell_diameter, 1.0), _MAX_ENLARGEMENT)
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, size, interpolation=how), dtype=np.uint8)


def _estimate_glass(
    pixels: NDArray[np.uint8], unexposed: NDArray[np.bool_] | None
) -> NDArray[np.float32]:
    """(H, W, 3): the brightest nearby, channel by channel, smoothed."""
    height, width = pixels.shape[:2]
    factor = _GLASS_SIDE / RED_CELL_SIDE
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    filled = pixels
    if unexposed is not None:
        filled = pixels.copy()
        filled[unexposed] = background_colour(pixels).astype(np.uint8)
    coarse = cv2.resize(filled, size, interpolation=cv2.INTER_AREA)
    coarse = cv2.GaussianBlur(coarse, (0, 0), 0.8)
    reach = round(_GLASS_REACH * _GLASS_SIDE) | 1
    element = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    padded = cv2.copyMakeBorder(coarse, reach, reach, reach, reach, cv2.BORDER_REPLICATE)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, element)[reach:-reach, reach:-reach]
    smooth = cv2.GaussianBlur(closed, (0, 0), _GLASS_BLUR * _GLASS_SIDE)
    glass = cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.maximum(glass, _DARKEST_GLASS), dtype=np.float32)
