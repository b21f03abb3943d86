"""Nuclei: their shapes, and chromatin as an amount of dye."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.data.drawing.shape import Canvas, Point, depth, fill, merge, outline, tube, warp
from trainer.data.drawing.texture import Array, clumps, noise


def round_nucleus(
    canvas: Canvas,
    radius: float,
    rng: np.random.Generator,
    *,
    centre: Point = (0.0, 0.0),
    roughness: float = 0.03,
    elongation: float = 1.08,
) -> Array:
    """Soft mask of a round or oval nucleus."""
    points = outline(radius, rng, centre=centre, roughness=roughness, elongation=elongation)
    return warp(canvas, fill(canvas, points), rng, 0.4 * roughness * radius, 0.4 * radius)


def segmented_nucleus(
    canvas: Canvas, lobes: int, lobe_radius: float, reach: float, rng: np.random.Generator
) -> Array:
    """Soft mask of lobes linked by thin bridges along a curved path.

    Args:
        lobe_radius: of a middling lobe.
        reach: farthest that the nucleus may come from the centre.
    """
    sizes = lobe_radius * rng.uniform(0.82, 1.15, lobes)
    lengths = 2 * sizes * rng.uniform(0.95, 1.35, lobes)
    path, place = _walk(lengths, rng)
    bridge = rng.uniform(0.035, 0.09, lobes + 1)
    lobe = np.minimum(place.astype(int), lobes - 1)
    along = place - lobe
    thin = np.where(along < 0.5, bridge[lobe], bridge[lobe + 1])
    bulge = np.sqrt(np.clip(1 - (2 * along - 1) ** 2, 0, 1)) ** 0.9
    radii = np.maximum(sizes[lobe] * bulge, thin)
    radii[(place < 0.5) | (place > lobes - 0.5)] *= 1.0
    path = _centred(path, radii, reach)
    mask = merge(canvas, tube(canvas, path, list(radii)), 0.02)
    return warp(canvas, mask, rng, 0.022, 0.22)


def kidney_nucleus(
    canvas: Canvas, radius: float, bend: float, reach: float, rng: np.random.Generator
) -> Array:
    """Soft mask of a bean or horseshoe.

    Args:
        radius: half the thickness of the bean.
        bend: angle that it runs through, radians (1.5 a bean, 4.5 a horseshoe).
    """
    angle = np.linspace(-bend / 2, bend / 2, 40)
    curve = radius * rng.uniform(0.85, 1.1)
    path = curve * np.stack([np.cos(angle), np.sin(angle)], 1)
    swell = 1 + 0.16 * np.cos(2 * np.pi * np.linspace(0, 1, 40) + rng.uniform(0, 2 * np.pi))
    radii = radius * swell * rng.uniform(0.92, 1.05)
    turn = rng.uniform(0, 2 * np.pi)
    cos, sin = np.cos(turn), np.sin(turn)
    path = _centred(path @ np.array([[cos, sin], [-sin, cos]]), radii, reach)
    mask = merge(canvas, tube(canvas, path, list(radii)), 0.035)
    return warp(canvas, mask, rng, 0.05, 0.42)


def chromatin(
    canvas: Canvas,
    nucleus: Array,
    rng: np.random.Generator,
    *,
    grain: float,
    contrast: float,
    sharpness: float = 2.5,
    rim: float = 0.15,
    density: float = 1.0,
) -> Array:
    """Amount of chromatin dye in a nucleus.

    Args:
        grain: size of a clump.
        contrast: share of the dye that sits in clumps, 0-1.
        sharpness: of the clumps' edges, as of `clumps`.
        rim: extra dye along the nuclear membrane.
    """
    texture = clumps(canvas.side, grain * canvas.unit, sharpness, rng)
    cloud = 1 + 0.06 * noise(canvas.side, 0.35 * canvas.unit, rng)
    edge = rim * np.exp(-((depth(canvas, nucleus) / 0.035) ** 2))
    amount = (1 - contrast + contrast * texture) * cloud + edge
    return np.asarray(density * nucleus * np.clip(amount, 0, 1.6), np.float32)


def _walk(
    lengths: NDArray[np.float64], rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A curved path as long as all lobes, and how far along which lobe each point is."""
    count, steps = len(lengths), 36
    place = (np.arange(count * steps) + 0.5) / steps
    step = lengths[place.astype(int)] / steps
    curvature = rng.uniform(1.6, 3.0) * rng.choice([-1.0, 1.0]) * np.ones(count * steps)
    if count > 2 and rng.random() < 0.4:
        curvature[place > rng.uniform(1.2, count - 1.2)] *= -0.8
    kink = np.zeros(count * steps)
    kink[steps::steps] = rng.normal(0, 0.55, count - 1)
    heading = rng.uniform(0, 2 * np.pi) + np.cumsum(curvature * step + kink)
    move = np.stack([np.cos(heading), np.sin(heading)], 1) * step[:, None]
    return np.cumsum(move, axis=0), place


def _centred(
    path: NDArray[np.float64], radii: NDArray[np.float64], reach: float
) -> NDArray[np.float64]:
    """The path about its own middle, drawn together so that no lobe leaves the reach."""
    path = path - (path.max(0) + path.min(0)) / 2
    far = np.hypot(*path.T) + radii
    room = np.clip((reach - radii) / np.maximum(far - radii, 1e-6), 0.3, 1.0)
    return np.asarray(path * room.min())
