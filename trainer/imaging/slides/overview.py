"""Where on a slide red cells lie in one layer: the part of a smear that cells are counted in.

At the feathered edge cells lie far apart and are distorted; in the thick part they lie over each
other (CLSI H20-A2: count where half of the red cells touch and few overlap). The slide is reduced
to 2 px a red cell and cut into squares of 16 red cells. By Beer and Lambert's law the mean density
of a square, over that of a red cell that lies alone, is the mean number of layers in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import RED_CELL_MICROMETRES, Box
from trainer.imaging.slides.slide import NOT_SCANNED, Slide
from trainer.imaging.stain import background_colour, optical_density

_RED_CELL_SIDE = 2.0  # px of a red cell in the overview
_SQUARE = 16.0  # red cells a side
_STRIPE = 64  # squares of a stripe, at most, that is read at once
_STAINED = 0.06  # density in green from which on a reduced pixel is no glass
_SPARSE = (0.05, 0.5)  # share of stained pixels where red cells lie alone
_USUAL_DENSITY = 0.2  # of a reduced red cell, where none lie alone
_LAYERS = (0.25, 1.1)  # mean number of layers where cells lie in one
_MOST_STAINED = 0.97  # share of pixels: without a gap nothing lies in one layer
_PENALTY = 1.5  # squares of one layer that make up for one of another kind
_USUAL_DIAMETER = 30.0  # px, of a scan at 0.25 µm a pixel


@dataclass(frozen=True, eq=False)
class Overview:
    """The squares of a slide, row by row.

    Attributes:
        side: of a square, in pixels of the full size.
        stained: float32 (rows, columns), share of pixels that show cells, 0-1.
        layers: float32 (rows, columns), mean number of layers of red cells.
        layer: the rectangle in which cells lie in one layer; the whole slide where there is none.
    """

    side: float
    stained: NDArray[np.float32]
    layers: NDArray[np.float32]
    layer: Box


def assume_diameter(slide: Slide) -> float:
    """Red-cell diameter in pixels by the size of a pixel, else that of a usual scan."""
    if slide.pixel_size is None:
        return _USUAL_DIAMETER
    return RED_CELL_MICROMETRES / slide.pixel_size.micrometres


@lru_cache(maxsize=4)  # of the scale first, then of the scan
def measure_overview(slide: Slide, red_cell_diameter: float) -> Overview:
    """Measure how many layers of cells lie where.

    Args:
        slide: the slide.
        red_cell_diameter: in pixels of the full size, to a third or so.

    Raises:
        ImageError: the file is gone or damaged.
    """
    side = _SQUARE * red_cell_diameter
    glass = _glass_colour(slide)
    rows = [
        _measure_stripe(stripe, glass, columns)
        for stripe, columns in _read_stripes(slide, red_cell_diameter, side)
    ]
    stained, density = (np.concatenate([row[at] for row in rows]) for at in (0, 1))
    alone = (stained > _SPARSE[0]) & (stained < _SPARSE[1])
    # The density of what is stained, where little is: of red cells that lie alone.
    single = float(np.median((density / np.maximum(stained, 1e-3))[alone])) if alone.any() else 0.0
    layers = density / max(single, _USUAL_DENSITY / 4) if single else density / _USUAL_DENSITY
    good = (layers >= _LAYERS[0]) & (layers <= _LAYERS[1]) & (stained <= _MOST_STAINED)
    return Overview(side, stained, layers.astype(np.float32), _find_rectangle(good, side, slide))


def _glass_colour(slide: Slide) -> NDArray[np.float32]:
    """RGB of the empty slide, from the whole of it in some 1,000 px."""
    factor = max(slide.width, slide.height) / 1000
    small = slide.read_scaled(Box(0, 0, slide.width, slide.height), max(factor, 1.0))
    scanned = small[(small < NOT_SCANNED).any(axis=2)]
    return background_colour(scanned[None] if len(scanned) else small)


def _read_stripes(
    slide: Slide, diameter: float, side: float
) -> Iterator[tuple[NDArray[np.uint8], int]]:
    """Rows of squares of the reduced slide, one after the other, and how many columns they have."""
    factor = max(diameter / _RED_CELL_SIDE, 1.0)
    columns, rows = (max(int(np.ceil(length / side)), 1) for length in (slide.width, slide.height))
    for row in range(rows):
        parts = [
            slide.read_scaled(
                Box(first * side, row * side, min(_STRIPE, columns - first) * side, side), factor
            )
            for first in range(0, columns, _STRIPE)
        ]
        height = min(part.shape[0] for part in parts)
        yield np.concatenate([part[:height] for part in parts], axis=1), columns


def _measure_stripe(
    stripe: NDArray[np.uint8], glass: NDArray[np.float32], columns: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Share of stained pixels and mean density in green, by square of a row: (1, columns)."""
    green = np.maximum(optical_density(stripe, glass)[..., 1], 0)
    pixels = np.stack([(green > _STAINED).astype(np.float32), green], axis=2)
    reduced = cv2.resize(pixels, (columns, 1), interpolation=cv2.INTER_AREA).reshape(1, columns, 2)
    return reduced[..., 0], reduced[..., 1]


def _find_rectangle(good: NDArray[np.bool_], side: float, slide: Slide) -> Box:
    """The rectangle with the most good squares, less those that are not; all where none is good."""
    whole = Box(0, 0, slide.width, slide.height)
    if not good.any():
        return whole
    weights = np.where(good, 1.0, -_PENALTY)
    sums = np.vstack([np.zeros(good.shape[1]), weights.cumsum(axis=0)])
    best = (0.0, 0, 0, 0, 0)
    for top in range(good.shape[0]):
        for bottom in range(top + 1, good.shape[0] + 1):
            score, left, right = _best_span(sums[bottom] - sums[top])
            best = max(best, (score, left, top, right, bottom))
    _, left, top, right, bottom = best
    width = min(right * side, slide.width) - left * side
    height = min(bottom * side, slide.height) - top * side
    return Box(left * side, top * side, width, height)


def _best_span(values: NDArray[np.float64]) -> tuple[float, int, int]:
    """The span with the largest sum (Kadane; Bentley, CACM 27, 1984): sum, start, end."""
    sums = np.concatenate([[0.0], values.cumsum()])
    lowest = np.minimum.accumulate(sums)
    gains = sums - lowest
    end = int(gains.argmax())
    start = int(np.flatnonzero(sums[: end + 1] == lowest[end])[-1])
    return float(gains[end]), start, end
