"""Textures: band-limited noise and scattered granules."""

from __future__ import annotations

import math
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]
_SHIFT = 4


def noise(side: int, grain: float, rng: np.random.Generator) -> Array:
    """Smooth noise (side, side) of about unit variance; `grain` is its coarseness in pixels."""
    cells = math.ceil(side / max(grain, 1.0)) + 3
    coarse = rng.standard_normal((cells, cells), dtype=np.float32)
    fine = cv2.resize(
        coarse, None, fx=max(grain, 1.0), fy=max(grain, 1.0), interpolation=cv2.INTER_CUBIC
    )
    left, top = (int(rng.integers(0, fine.shape[0] - side + 1)) for _ in range(2))
    window = fine[top : top + side, left : left + side]
    return np.asarray(1.35 * window, np.float32)


def clumps(
    side: int, grain: float, sharpness: float, open_share: float, rng: np.random.Generator
) -> Array:
    """Noise pushed towards 0 and 1: islands of about `grain` pixels.

    Args:
        sharpness: 1 for soft clouds, 4 for islands with clear edges.
        open_share: how much is 0, about.
    """
    field = noise(side, grain, rng) + 0.6 * noise(side, grain * 0.45, rng)
    bias = 2.3 * (0.5 - open_share)
    return np.asarray(1 / (1 + cv2.exp(-sharpness * (field + bias))), np.float32)


def strands(side: int, grain: float, rng: np.random.Generator) -> Array:
    """A net of threads (0-1) with meshes of about `grain` pixels: the zeros of two noises."""
    net = np.minimum(np.abs(noise(side, grain, rng)), np.abs(noise(side, 0.7 * grain, rng)))
    return np.asarray(np.clip(1.15 - 1.5 * net, 0, 1), np.float32)


def granules(
    where: Array,
    spacing: float,
    radius: tuple[float, float],
    rng: np.random.Generator,
    *,
    strength: tuple[float, float] = (0.5, 1.0),
) -> Array:
    """Discs scattered on a jittered grid over a mask, amounts 0-1; pixels throughout.

    Args:
        where: (side, side) 0-1, the share of places that get a granule.
        spacing: mean distance between neighbours.
        radius: smallest and largest radius.
        strength: weakest and strongest amount.
    """
    side = where.shape[0]
    axis = np.arange(0, side, spacing)
    places = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    places = places + rng.uniform(0, 1.3 * spacing, places.shape)
    index = np.clip(places.astype(int), 0, side - 1)
    places = places[rng.random(len(places)) < where[index[:, 1], index[:, 0]]]
    sizes = rng.uniform(*radius, len(places))
    amounts = rng.uniform(*strength, len(places))
    return _draw_discs(side, places, sizes, amounts)


def _draw_discs(
    side: int,
    places: NDArray[np.float64],
    radii: NDArray[np.float64],
    amounts: NDArray[np.float64],
) -> Array:
    """Discs drawn weakest first, so that strong ones stay whole."""
    layer = np.zeros((side, side), np.uint8)
    scale = 1 << _SHIFT
    for index in np.argsort(amounts):
        x, y = (round(value * scale) for value in places[index])
        size = max(1, round(radii[index] * scale))
        cv2.circle(layer, (x, y), size, int(255 * amounts[index]), -1, cv2.LINE_AA, _SHIFT)
    return np.asarray(layer / np.float32(255), np.float32)
