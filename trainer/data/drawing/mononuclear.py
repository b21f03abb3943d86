"""Monocyte, lymphocyte, myeloblast, erythroblast; and the platelet, which has no nucleus."""

from __future__ import annotations

import numpy as np

from trainer.data.drawing.nucleus import chromatin, kidney_nucleus, round_nucleus
from trainer.data.drawing.shape import Canvas, Point, depth, fill, outline, warp
from trainer.data.drawing.texture import Array, granules
from trainer.data.drawing.white_cell import WhiteCell, body, cloud


def monocyte(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """A large cell with a folded, lacy nucleus, grey-blue cytoplasm and vacuoles."""
    diameter = float(np.clip(rng.normal(2.15, 0.14), 1.8, 2.45))
    cell = body(canvas, diameter, rng, roughness=0.07, elongation=1.18)
    bend = rng.uniform(1.5, 3.9)
    thick = rng.uniform(0.40, 0.46) * (1.0 if bend < 2.6 else 0.82)
    nucleus = kidney_nucleus(canvas, thick * diameter / 2.15, bend, 0.45 * diameter, rng) * cell
    plasm = cell * (1 - nucleus)
    bubbles = _vacuoles(canvas, plasm, rng)
    dust = granules(
        plasm * 0.6, 0.045 * canvas.unit, _px(canvas, 0.009, 0.017), rng, strength=(0.1, 0.6)
    )
    return WhiteCell(
        cell,
        nucleus,
        {
            "chromatin": chromatin(
                canvas,
                nucleus,
                rng,
                grain=0.075,
                contrast=0.5,
                sharpness=2.0,
                rim=0.2,
                density=0.92,
            ),
            "basic": plasm
            * (1 - 0.85 * bubbles)
            * cloud(canvas, rng.uniform(0.5, 0.8), 0.2, 0.1, rng),
            "acid": plasm
            * (1 - 0.8 * bubbles)
            * cloud(canvas, rng.uniform(0.04, 0.14), 0.3, 0.1, rng),
            "azurophil": plasm * dust * (1 - bubbles) * rng.uniform(0.15, 0.4),
        },
    )


def lymphocyte(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """A round, dense, smudged nucleus with a narrow rim of sky-blue cytoplasm."""
    diameter = float(np.clip(rng.normal(1.25, 0.1), 1.05, 1.6))
    cell = body(canvas, diameter, rng, roughness=0.045, elongation=1.15)
    share = rng.uniform(0.84, 0.92)
    centre = _aside((1 - share) * diameter / 2 * 0.9, rng)
    nucleus = (
        round_nucleus(canvas, share * diameter / 2, rng, centre=centre, roughness=0.035) * cell
    )
    plasm = cell * (1 - nucleus)
    return WhiteCell(
        cell,
        nucleus,
        {
            "chromatin": chromatin(
                canvas,
                nucleus,
                rng,
                grain=0.13,
                contrast=0.26,
                sharpness=1.6,
                rim=0.1,
                density=1.12,
            ),
            "basic": plasm * cloud(canvas, rng.uniform(0.8, 1.2), 0.25, 0.08, rng),
            "acid": plasm * 0.03,
        },
    )


def myeloblast(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """A large nucleus of fine chromatin with nucleoli, in a thin deep-blue rim."""
    diameter = float(np.clip(rng.normal(1.95, 0.15), 1.6, 2.3))
    cell = body(canvas, diameter, rng, roughness=0.05, elongation=1.25)
    share = rng.uniform(0.82, 0.91)
    centre = _aside((1 - share) * diameter / 2 * rng.uniform(0.6, 1.1), rng)
    nucleus = round_nucleus(canvas, share * diameter / 2, rng, centre=centre, roughness=0.05) * cell
    plasm = cell * (1 - nucleus)
    fine = chromatin(
        canvas, nucleus, rng, grain=0.05, contrast=0.26, sharpness=1.4, rim=0.06, density=0.86
    )
    spots, rings = _nucleoli(canvas, share * diameter / 2, centre, rng)
    halo = np.clip(depth(canvas, cell) / 0.16, 0, 1)
    blue = cloud(canvas, rng.uniform(0.7, 1.1), 0.16, 0.12, rng) * (1.15 - 0.4 * halo)
    return WhiteCell(
        cell,
        nucleus,
        {
            "chromatin": fine * (1 - 0.42 * spots) + 0.08 * nucleus * rings,
            "basic": plasm * blue + 0.18 * nucleus * spots,
            "acid": plasm * 0.03,
        },
    )


def erythroblast(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """A small cell: round, dense, clumped nucleus in pinkish to grey-blue cytoplasm."""
    diameter = float(np.clip(rng.normal(1.22, 0.1), 1.0, 1.5))
    cell = body(canvas, diameter, rng, roughness=0.05, elongation=1.15)
    share = rng.uniform(0.52, 0.74)
    centre = _aside((1 - share) * diameter / 2 * rng.uniform(0.1, 0.75), rng)
    nucleus = (
        round_nucleus(
            canvas, share * diameter / 2, rng, centre=centre, roughness=0.02, elongation=1.05
        )
        * cell
    )
    plasm = cell * (1 - nucleus)
    ripe = rng.uniform(0.0, 1.0)
    return WhiteCell(
        cell,
        nucleus,
        {
            "chromatin": chromatin(
                canvas,
                nucleus,
                rng,
                grain=0.10,
                contrast=0.34,
                sharpness=3.5,
                rim=0.1,
                density=1.22,
            ),
            "basic": plasm * cloud(canvas, 0.95 - 0.6 * ripe, 0.12, 0.1, rng),
            "haemoglobin": plasm * cloud(canvas, 0.35 + 0.55 * ripe, 0.06, 0.2, rng),
        },
    )


def platelet(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """A scrap of pale blue cytoplasm with a heap of violet granules; no nucleus."""
    diameter = float(np.clip(rng.normal(0.44, 0.1), 0.28, 0.7))
    cell = body(canvas, diameter, rng, roughness=0.10, elongation=1.4)
    inner = np.clip(depth(canvas, cell) / (0.2 * diameter), 0, 1)
    heap = granules(
        cell * inner, 0.042 * canvas.unit, _px(canvas, 0.016, 0.03), rng, strength=(0.4, 1)
    )
    return WhiteCell(
        cell,
        np.zeros_like(cell),
        {
            "basic": cell * cloud(canvas, 0.42, 0.3, 0.06, rng),
            "azurophil": cell * (0.10 + 0.65 * heap * inner),
        },
    )


def _nucleoli(
    canvas: Canvas, radius: float, centre: Point, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Soft masks of one to three nucleoli and of the chromatin that rings them."""
    spots, rings = [], []
    for _ in range(int(rng.integers(1, 4))):
        way, far = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.1, 0.62)
        middle = centre[0] + far * np.cos(way), centre[1] + far * np.sin(way)
        size = rng.uniform(0.075, 0.14)
        spots.append(outline(size, rng, centre=middle, roughness=0.06))
        rings.append(outline(size * 1.35, rng, centre=middle, roughness=0.06))
    disc, ring = fill(canvas, *spots), fill(canvas, *rings)
    return disc, np.clip(ring - disc, 0, 1)


def _vacuoles(canvas: Canvas, plasm: Array, rng: np.random.Generator) -> Array:
    """Soft mask of round clear bubbles in the cytoplasm; a few cells have many."""
    many = rng.choice([0.03, 0.08, 0.3])
    room = plasm * (depth(canvas, plasm) > 0.04) * many
    bubbles = granules(room, 0.085 * canvas.unit, _px(canvas, 0.022, 0.06), rng, strength=(0.6, 1))
    return warp(canvas, bubbles, rng, 0.008, 0.1) * plasm


def _aside(distance: float, rng: np.random.Generator) -> Point:
    way = rng.uniform(0, 2 * np.pi)
    return float(distance * np.cos(way)), float(distance * np.sin(way))


def _px(canvas: Canvas, low: float, high: float) -> tuple[float, float]:
    return low * canvas.unit, high * canvas.unit
