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


@dataclass(frozen=True, eq=False)
class FieldDensity:
    """A field at the common scale; arrays (H, W) of the reduced field.

    Attributes:
        factor: pixels of the reduced field over pixels of the array given.
        pixels: (H, W, 3), RGB.
        values: (H, W, 3), optical density, natural logarithm, about 0 on the glass.
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
    shown = np.ones(density.shape[:2], np.bool_) if unexposed is None else ~unexposed
    return FieldDensity(factor, pixels, density, glass, shown)


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
