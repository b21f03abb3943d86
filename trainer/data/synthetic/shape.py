"""Outlines: irregular discs and chains of lobes, as soft masks on a square canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic.texture import Array, noise

Point = tuple[float, float]
_SHIFT = 4  # cv2 draws with 1/16 px


@dataclass(frozen=True)
class DrawingCanvas:
    """A square to draw on; the origin of lengths is its centre.

    Attributes:
        side: in pixels.
        unit: pixels per red-cell diameter.
    """

    side: int
    unit: float

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points (N, 2) in red-cell diameters from the centre, as pixels x, y."""
        return np.asarray(points) * self.unit + (self.side - 1) / 2


def random_outline(
    radius: float,
    rng: np.random.Generator,
    *,
    centre: Point = (0.0, 0.0),
    roughness: float = 0.03,
    elongation: float = 1.0,
    turn: float | None = None,
    orders: int = 6,
    points: int = 96,
) -> NDArray[np.float64]:
    """A closed irregular outline (points, 2): a radius with a few Fourier terms.

    Args:
        roughness: relative amplitude of the second-order term; higher orders fall off.
        elongation: long over short axis.
        turn: direction of the long axis, radians; random where None.
    """
    angle = np.linspace(0, 2 * np.pi, points, endpoint=False)
    order = np.arange(2, 2 + orders)[:, None]
    waves = roughness * rng.normal(size=(orders, 1)) / (order - 1)
    r = radius * (
        1 + (waves * np.cos(order * angle + rng.uniform(0, 2 * np.pi, (orders, 1)))).sum(0)
    )
    stretch = np.sqrt(elongation)
    x, y = r * np.cos(angle) * stretch, r * np.sin(angle) / stretch
    turn = rng.uniform(0, 2 * np.pi) if turn is None else turn
    cos, sin = np.cos(turn), np.sin(turn)
    return np.stack([x * cos - y * sin + centre[0], x * sin + y * cos + centre[1]], axis=1)


def fill_outlines(canvas: DrawingCanvas, *outlines: NDArray[np.float64]) -> Array:
    """Soft mask (side, side) 0-1 of the union of outlines."""
    mask = np.zeros((canvas.side, canvas.side), np.uint8)
    for points in outlines:
        fixed = np.round(canvas.pixels(points) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _SHIFT)
    return np.asarray(mask / np.float32(255), np.float32)


def add_strand(
    canvas: DrawingCanvas,
    mask: Array,
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    width: float,
) -> Array:
    """The mask with a thin bridge between two points added."""
    line = np.zeros(mask.shape, np.uint8)
    ends = np.round(canvas.pixels(np.array([first, second])) * (1 << _SHIFT)).astype(int)
    thick = max(1, round(width * canvas.unit))
    cv2.line(line, tuple(ends[0]), tuple(ends[1]), 255, thick, cv2.LINE_AA, _SHIFT)
    return np.maximum(mask, line / np.float32(255))


def draw_tube(canvas: DrawingCanvas, path: NDArray[np.float64], radii: Sequence[float]) -> Array:
    """Soft mask of discs of the given radii strung along a path (N, 2)."""
    mask = np.zeros((canvas.side, canvas.side), np.uint8)
    fixed = np.round(canvas.pixels(path) * (1 << _SHIFT)).astype(int)
    for (x, y), radius in zip(fixed, radii, strict=True):
        size = max(1, round(radius * canvas.unit * (1 << _SHIFT)))
        cv2.circle(mask, (int(x), int(y)), size, 255, -1, cv2.LINE_AA, _SHIFT)
    return np.asarray(mask / np.float32(255), np.float32)


def warp(
    canvas: DrawingCanvas, mask: Array, rng: np.random.Generator, amplitude: float, grain: float
) -> Array:
    """The mask with its edges displaced by smooth noise (both in red-cell diameters)."""
    grid = np.arange(canvas.side, dtype=np.float32)
    move = amplitude * canvas.unit
    x = grid[None, :] + move * noise(canvas.side, grain * canvas.unit, rng)
    y = grid[:, None] + move * noise(canvas.side, grain * canvas.unit, rng)
    return np.asarray(cv2.remap(mask, x, y, cv2.INTER_LINEAR), np.float32)


def round_notches(canvas: DrawingCanvas, mask: Array, radius: float) -> Array:
    """The mask with narrow notches rounded (blurred and thresholded at one half, softly)."""
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.3, radius * canvas.unit))
    gain = max(2.0, 1.5 * radius * canvas.unit)
    return np.asarray(np.clip((soft - 0.5) * gain + 0.5, 0, 1), np.float32)


def edge_distance(canvas: DrawingCanvas, mask: Array) -> Array:
    """Distance of each pixel inside the mask from its edge, in red-cell diameters; 0 outside."""
    inside = (mask > 0.5).astype(np.uint8)
    return np.asarray(cv2.distanceTransform(inside, cv2.DIST_L2, 5) / canvas.unit, np.float32)
