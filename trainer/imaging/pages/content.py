"""What a page of a file shows, from a reduced copy: a photograph, a drawing or nothing.

Pages are compared by their samples as stored: which pages are planes must be known before
any is converted, because a mask must not decide how bright the planes are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 32
_FINE, _COARSE = 0.75, 2.5
"""Standard deviations, in pixels of the reduced copy, between which the structure of a scene lies.

Finer structure is lost out of focus. Coarser is the light, and the dark cell in the middle,
which images of different cells have in common.
"""
_DARKEST = 0.08
_EMPTY_STRUCTURE = 0.03
_MAX_ROWS, _MAX_COLUMNS = 64, 512
_FEW_COLOURS = 32
_EVEN_SHARE, _EXTREME_SHARE = 0.6, 0.5
_ALL_EXTREME_SHARE, _PURE_SHARE, _COLOURED_SHARE = 0.97, 0.4, 0.01
_MARGIN = 20
_LEVELS, _DISTINCT_SHARE = 256, 0.03
_GRID_SIDE = 64

Samples = NDArray[Any]
Array = NDArray[np.float32]


class PageContent(Enum):
    """What a page shows."""

    PHOTOGRAPH = "photograph"
    FLAT = "few colours, as a drawn cell, a label image or a colour map"
    DRAWING = "even and extreme or pure colours, as a mask, a scale bar or a heat map"
    EMPTY = "empty"


@dataclass(frozen=True, eq=False)
class PageSketch:
    """What is kept of a page to compare it with others.

    Attributes:
        content: what it shows.
        structure: float32 (32, 32, C), logarithm of the light without its finest and its
            coarsest parts.
        light: float32 (32, 32, C), over the mean of each channel.
        points: (64, 64, C), samples at places that are the same in all pages of one size.
        steps: int32 (64, 64, C), from there to the neighbours on the right.
        pure: share of pixels of a pure colour but purple, which no stain has, 0-1.
        coloured: whether its channels differ.
        digest: of all samples; equal in pages that are equal.
    """

    content: PageContent
    structure: Array
    light: Array
    points: Samples
    steps: NDArray[np.int32]
    pure: float
    coloured: bool
    digest: bytes


def sketch_page(samples: Samples, most: int) -> PageSketch:
    """Sketch a page.

    Args:
        samples: uint8 or uint16 (H, W, C), its colours; 0 is black.
        most: the largest value that its bits can hold.
    """
    samples = np.ascontiguousarray(samples)
    small = _reduce(samples)
    level = np.log(small / max(float(small.max()), 1e-6) + _DARKEST)
    structure = blur(level, _FINE) - blur(level, _COARSE)
    empty = float(np.abs(structure).max()) < _EMPTY_STRUCTURE
    mean = small.mean(axis=(0, 1), keepdims=True)
    points, steps = _sample_points(samples)
    rows, below = _sample_rows(samples)
    pure = _measure_pure(rows, most)
    return PageSketch(
        PageContent.EMPTY if empty else _find_content(rows, below, most, pure),
        structure,
        small / np.maximum(mean, 1e-6),
        points,
        steps,
        pure,
        float((np.ptp(rows, axis=0) > most // 32).mean()) > _COLOURED_SHARE,
        hashlib.blake2b(samples.data, digest_size=16).digest(),
    )


def _reduce(samples: Samples) -> Array:
    """Area means (32, 32, C), C up to 4."""
    small = cv2.resize(samples, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32).reshape(SIDE, SIDE, -1)


def blur(small: Array, sigma: float) -> Array:
    """Blur a reduced copy (32, 32, C) by a Gaussian."""
    return np.asarray(cv2.GaussianBlur(small, (0, 0), sigma), np.float32).reshape(small.shape)


def _sample_rows(samples: Samples) -> tuple[Samples, Samples]:
    """Evenly spaced rows, and the row below each, (C, R, W)."""
    height = samples.shape[0]
    places = np.arange(0, max(height - 1, 1), max(height // _MAX_ROWS, 1))
    here, below = samples[places], samples[np.minimum(places + 1, height - 1)]
    channels_first = (np.ascontiguousarray(np.moveaxis(rows, -1, 0)) for rows in (here, below))
    return next(channels_first), next(channels_first)


def _sample_points(samples: Samples) -> tuple[Samples, NDArray[np.int32]]:
    height, width = samples.shape[:2]
    down = np.linspace(0, height - 1, _GRID_SIDE).astype(int)[:, None]
    across = np.linspace(0, max(width - 2, 0), _GRID_SIDE).astype(int)[None, :]
    points = samples[down, across]
    neighbours = samples[down, np.minimum(across + 1, width - 1)]
    return points, neighbours.astype(np.int32) - points.astype(np.int32)


def _measure_pure(rows: Samples, most: int) -> float:
    """Share of pixels of a pure colour, 0-1; dark nuclei may be of a pure purple, which is not."""
    if len(rows) != 3:
        return 0.0
    darkest = rows.min(axis=0)
    pure = (rows.max(axis=0) > 0.8 * most) & (darkest < 0.15 * most)
    red, green, blue = (channel > darkest + most // _MARGIN for channel in rows)
    return float((pure & ~(red & blue & ~green)).mean())


def _find_content(rows: Samples, below: Samples, most: int, pure: float) -> PageContent:
    """What rows show.

    Extreme colours are near black, near white or near pure ones. A heat map has colours one
    part of which is 0, or few of them, as it is made from 256 levels.
    """
    margin = most // _MARGIN
    extreme = float(((rows <= margin) | (rows >= most - margin)).all(axis=0).mean())
    mapped = (rows.min(axis=0) <= margin // 2) & (rows.max(axis=0) > 0.3 * most)
    coloured = len(rows) == 3
    if extreme > _ALL_EXTREME_SHARE or (coloured and max(pure, mapped.mean()) > _PURE_SHARE):
        return PageContent.DRAWING
    some = rows[..., :: max(rows.shape[2] // _MAX_COLUMNS, 1)]
    colours = _count_colours(some)
    if coloured and colours <= min(_LEVELS, _DISTINCT_SHARE * some[0].size):
        return PageContent.FLAT
    even = _measure_even(rows, below)
    if even < _EVEN_SHARE or not (colours <= _FEW_COLOURS or _has_steps(rows)):
        return PageContent.PHOTOGRAPH
    return PageContent.DRAWING if extreme > _EXTREME_SHARE else PageContent.FLAT


def _measure_even(rows: Samples, below: Samples) -> float:
    """Share of pixels that equal their neighbours on the right and below, 0-1."""
    equal = (rows == below).all(axis=0)
    if rows.shape[2] > 1:
        equal = equal[:, :-1] & (rows[..., 1:] == rows[..., :-1]).all(axis=0)
    return float(equal.mean())


def _count_colours(rows: Samples) -> int:
    code = np.zeros(rows.shape[1:], np.uint64)
    for channel in rows[:4]:
        code = code * np.uint64(65536) + channel
    return len(np.unique(code))


def _has_steps(rows: Samples) -> bool:
    """Whether neighbours that differ do so by much, as the labels of a label image."""
    apart = np.abs(np.diff(rows.astype(np.int32), axis=2)).max(axis=0)
    apart = apart[apart > 0]
    extent = int(rows.max()) - int(rows.min())
    return apart.size > 0 and float(np.median(apart)) > 0.1 * extent
