"""Nuclei: their shapes, and chromatin as an amount of dye."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic.shape import (
    DrawingCanvas,
    Point,
    add_strand,
    draw_tube,
    edge_distance,
    fill_outlines,
    random_outline,
    round_notches,
    warp,
)
from trainer.data.synthetic.texture import Array, clumps, noise, strands


def round_nucleus(
    canvas: DrawingCanvas,
    radius: float,
    rng: np.random.Generator,
    *,
    centre: Point = (0.0, 0.0),
    roughness: float = 0.03,
    elongation: float = 1.08,
) -> Array:
    """Soft mask of a round or oval nucleus."""
    points = random_outline(radius, rng, centre=centre, roughness=roughness, elongation=elongation)
    return warp(canvas, fill_outlines(canvas, points), rng, 0.4 * roughness * radius, 0.4 * radius)


def segmented_nucleus(
    canvas: DrawingCanvas, lobes: int, size: float, ring: float, rng: np.random.Generator
) -> Array:
    """Soft mask of lobes on thin bridges, set along part of a ring.

    Args:
        size: half the length of a lobe; its half breadth is about 0.75 of that.
        ring: radius of the ring that the lobes' middles lie on.
    """
    step = 2 * np.arcsin(min(0.95, size * rng.uniform(0.98, 1.22) / ring))
    step = min(step, 2 * np.pi / (lobes + 0.3))
    turns = rng.uniform(0, 2 * np.pi) + step * (np.arange(lobes) - (lobes - 1) / 2)
    turns = turns + rng.normal(0, 0.10, lobes)
    far = ring * rng.uniform(0.82, 1.12, lobes)
    # An arc leaves its hollow side empty: move it back towards the middle of the cell.
    middles = np.stack([far * np.cos(turns), far * np.sin(turns)], 1)
    middles = middles - rng.uniform(0.45, 0.8) * middles.mean(axis=0)
    mask = fill_outlines(canvas, *(_lobe(size, middles[i], turns[i], rng) for i in range(lobes)))
    for first, second in pairwise(middles):
        mask = add_strand(canvas, mask, first, second, rng.uniform(0.04, 0.10))
    return warp(canvas, round_notches(canvas, mask, 0.012), rng, 0.018, 0.18)


def _lobe(
    size: float, middle: NDArray[np.float64], turn: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Outline of one lobe, lying along the ring more or less."""
    slim = rng.uniform(1.1, 1.75)
    return random_outline(
        size * rng.uniform(0.85, 1.1) / np.sqrt(slim),
        rng,
        centre=(float(middle[0]), float(middle[1])),
        roughness=0.05,
        elongation=slim,
        turn=turn + np.pi / 2 + rng.normal(0, 0.35),
    )


def kidney_nucleus(
    canvas: DrawingCanvas, radius: float, bend: float, reach: float, rng: np.random.Generator
) -> Array:
    """Soft mask of a bean or horseshoe.

    Args:
        radius: half the thickness of the bean.
        bend: angle that it runs through, radians (1.5 a bean, 4.5 a horseshoe).
    """
    angle = np.linspace(-bend / 2, bend / 2, 40)
    curve = radius * rng.uniform(0.95, 1.25)
    path = curve * np.stack([np.cos(angle), np.sin(angle)], 1)
    swell = 1 + 0.16 * np.cos(2 * np.pi * np.linspace(0, 1, 40) + rng.uniform(0, 2 * np.pi))
    radii = radius * swell * rng.uniform(0.92, 1.05)
    turn = rng.uniform(0, 2 * np.pi)
    cos, sin = np.cos(turn), np.sin(turn)
    path, radii = _centre_path(path @ np.array([[cos, sin], [-sin, cos]]), radii, reach)
    mask = round_notches(canvas, draw_tube(canvas, path, list(radii)), 0.035)
    return warp(canvas, mask, rng, 0.05, 0.42)


@dataclass(frozen=True)
class Chromatin:
    """How the dye lies in a nucleus.

    Attributes:
        grain: size of a clump, in red-cell diameters.
        contrast: share of the dye that is missing between the clumps, 0-1.
        sharpness: of the clumps' edges, as of `clumps`.
        open_share: how much of the nucleus is pale, 0-1.
        lacy: share of the texture that is strands instead of clumps, 0-1.
        rim: extra dye along the nuclear membrane.
        density: amount of dye in a clump.
    """

    grain: float
    contrast: float
    sharpness: float = 2.5
    open_share: float = 0.35
    lacy: float = 0.0
    rim: float = 0.1
    density: float = 1.0

    def dye(self, canvas: DrawingCanvas, nucleus: Array, rng: np.random.Generator) -> Array:
        """Amount of chromatin dye (side, side) in a nucleus given as a soft mask."""
        size = self.grain * canvas.unit
        texture = clumps(canvas.side, size, self.sharpness, self.open_share, rng)
        if self.lacy > 0:
            net = strands(canvas.side, 1.2 * size, rng)
            texture = (1 - self.lacy) * texture + self.lacy * net
        cloud = 1 + 0.05 * noise(canvas.side, 0.03 * canvas.unit, rng)
        cloud += 0.05 * noise(canvas.side, 0.35 * canvas.unit, rng)
        edge = self.rim * np.exp(-((edge_distance(canvas, nucleus) / 0.03) ** 2))
        amount = (1 - self.contrast + self.contrast * texture) * cloud + edge
        return np.asarray(self.density * nucleus * np.clip(amount, 0, 1.6), np.float32)


def _centre_path(
    path: NDArray[np.float64], radii: NDArray[np.float64], reach: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The path about its own middle, shrunk with its radii where it would leave the reach."""
    low, high = (path - radii[:, None]).min(0), (path + radii[:, None]).max(0)
    path = path - (low + high) / 2
    shrink = min(1.0, reach / float((np.hypot(*path.T) + radii).max()))
    return path * shrink, radii * shrink
