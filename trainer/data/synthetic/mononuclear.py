"""Monocyte, lymphocyte, myeloblast, erythroblast; and the platelet, which has no nucleus."""

from __future__ import annotations

import cv2
import numpy as np

from trainer.data.synthetic.nucleus import Chromatin, kidney_nucleus, round_nucleus
from trainer.data.synthetic.shape import (
    DrawingCanvas,
    Point,
    edge_distance,
    fill_outlines,
    random_outline,
    warp,
)
from trainer.data.synthetic.texture import Array, granules, noise
from trainer.data.synthetic.white_cell import WhiteCell, draw_body, random_diameter, uneven_amount

_MONOCYTE = Chromatin(
    grain=0.075, contrast=0.62, sharpness=2.0, open_share=0.45, lacy=0.6, rim=0.25, density=0.95
)
_LYMPHOCYTE = Chromatin(grain=0.11, contrast=0.42, sharpness=1.8, open_share=0.28, density=1.08)
_MYELOBLAST = Chromatin(
    grain=0.042, contrast=0.26, sharpness=1.4, open_share=0.4, lacy=0.3, rim=0.05, density=0.78
)
_ERYTHROBLAST = Chromatin(grain=0.09, contrast=0.45, sharpness=3.5, open_share=0.16, density=1.32)


def monocyte(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """A large cell with a folded, lacy nucleus, grey-blue cytoplasm and vacuoles."""
    diameter = random_diameter(2.25, 0.16, rng)
    cell = draw_body(canvas, diameter, rng, roughness=0.07, elongation=1.18)
    bend = rng.uniform(1.5, 4.3)
    thick = rng.uniform(0.40, 0.47) * (1.0 if bend < 2.6 else 0.84)
    nucleus = kidney_nucleus(canvas, thick * diameter / 1.95, bend, 0.45 * diameter, rng) * cell
    plasm = cell * (1 - nucleus)
    filled = plasm * (1 - 0.9 * _vacuoles(canvas, plasm, rng))
    size = 0.009 * canvas.unit, 0.017 * canvas.unit
    dust = granules(plasm * 0.6, 0.045 * canvas.unit, size, rng, strength=(0.1, 0.6))
    dyes = {
        "chromatin": _MONOCYTE.dye(canvas, nucleus, rng),
        "basic": filled * uneven_amount(canvas, rng.uniform(0.5, 0.85), 0.25, 0.09, rng),
        "acid": filled * uneven_amount(canvas, rng.uniform(0.05, 0.15), 0.3, 0.1, rng),
        "azurophil": filled * dust * rng.uniform(0.15, 0.4),
    }
    return WhiteCell(cell, nucleus, dyes)


def lymphocyte(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """A round, dense, smudged nucleus with a narrow rim of sky-blue cytoplasm."""
    diameter = random_diameter(1.42, 0.1, rng)
    cell = draw_body(canvas, diameter, rng, roughness=0.045, elongation=1.15)
    share = rng.uniform(0.85, 0.93)
    centre = _random_offset((1 - share) * diameter / 2 * 0.8, rng)
    nucleus = round_nucleus(canvas, share * diameter / 2, rng, centre=centre) * cell
    plasm = cell * (1 - nucleus)
    dyes = {
        "chromatin": _LYMPHOCYTE.dye(canvas, nucleus, rng),
        "basic": plasm * uneven_amount(canvas, rng.uniform(0.8, 1.25), 0.3, 0.07, rng),
        "acid": plasm * 0.06,
    }
    return WhiteCell(cell, nucleus, dyes)


def myeloblast(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """A large nucleus of fine chromatin with nucleoli, in a thin deep-blue rim."""
    diameter = random_diameter(2.05, 0.15, rng)
    cell = draw_body(canvas, diameter, rng, roughness=0.045, elongation=1.25)
    share = rng.uniform(0.85, 0.94)
    centre = _random_offset((1 - share) * diameter / 2 * rng.uniform(0.6, 1.1), rng)
    radius = share * diameter / 2
    nucleus = round_nucleus(canvas, radius, rng, centre=centre, roughness=0.035) * cell
    plasm = cell * (1 - nucleus)
    spots = _nucleoli(canvas, radius, centre, rng)
    ring = np.clip(cv2.GaussianBlur(spots, (0, 0), 0.05 * canvas.unit) - 0.5 * spots, 0, 1)
    fine = _MYELOBLAST.dye(canvas, nucleus, rng)
    # The rim is bluest at its edge and paler beside the nucleus (the Golgi zone).
    blue = 1.15 - 0.4 * np.clip(edge_distance(canvas, cell) / 0.16, 0, 1)
    dyes = {
        "chromatin": fine * (1 - rng.uniform(0.35, 0.5) * spots + 0.3 * ring),
        "basic": plasm * blue * uneven_amount(canvas, rng.uniform(0.7, 1.1), 0.16, 0.12, rng)
        + 0.25 * nucleus * spots,
        "acid": plasm * 0.07,
    }
    return WhiteCell(cell, nucleus, dyes)


def erythroblast(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """A small cell: round, dense, clumped nucleus in pinkish to grey-blue cytoplasm."""
    diameter = random_diameter(1.28, 0.12, rng)
    cell = draw_body(canvas, diameter, rng, roughness=0.05, elongation=1.15)
    share = rng.uniform(0.58, 0.84)
    centre = _random_offset((1 - share) * diameter / 2 * rng.uniform(0.1, 0.75), rng)
    radius = share * diameter / 2
    nucleus = round_nucleus(canvas, radius, rng, centre=centre, roughness=0.02, elongation=1.05)
    nucleus = nucleus * cell
    plasm = cell * (1 - nucleus)
    ripe = rng.uniform(0.1, 1.0)
    dyes = {
        "chromatin": _ERYTHROBLAST.dye(canvas, nucleus, rng),
        "basic": plasm * uneven_amount(canvas, 0.95 - 0.65 * ripe, 0.10, 0.12, rng),
        "haemoglobin": plasm * uneven_amount(canvas, 0.35 + 0.6 * ripe, 0.06, 0.2, rng),
    }
    return WhiteCell(cell, nucleus, dyes)


def platelet(
    canvas: DrawingCanvas, rng: np.random.Generator, mean_diameter: float = 0.72
) -> WhiteCell:
    """A scrap of pale blue cytoplasm with a heap of violet granules; no nucleus.

    Args:
        mean_diameter: mean diameter; those that get a picture of their own are large ones.
    """
    diameter = random_diameter(mean_diameter, 0.17 * mean_diameter, rng)
    cell = draw_body(canvas, diameter, rng, roughness=0.10, elongation=1.4)
    inner = np.clip(edge_distance(canvas, cell) / (0.2 * diameter), 0, 1)
    size = 0.016 * canvas.unit, 0.03 * canvas.unit
    heap = granules(cell * inner, 0.042 * canvas.unit, size, rng, strength=(0.4, 1))
    dyes = {
        "basic": cell * uneven_amount(canvas, 0.42, 0.3, 0.06, rng),
        "azurophil": cell * (0.16 + 0.75 * heap * inner),
    }
    return WhiteCell(cell, np.zeros_like(cell), dyes)


def _nucleoli(
    canvas: DrawingCanvas, radius: float, centre: Point, rng: np.random.Generator
) -> Array:
    """Soft mask of one to three nucleoli with blurred edges."""
    spots = []
    for turn in rng.uniform(0, 2 * np.pi) + np.arange(rng.integers(1, 4)) * rng.uniform(1.4, 2.6):
        far = radius * rng.uniform(0.15, 0.6)
        middle = centre[0] + far * np.cos(turn), centre[1] + far * np.sin(turn)
        size = rng.uniform(0.09, 0.16)
        spots.append(random_outline(size, rng, centre=middle, roughness=0.1, elongation=1.3))
    disc = warp(canvas, fill_outlines(canvas, *spots), rng, 0.012, 0.1)
    return np.asarray(cv2.GaussianBlur(disc, (0, 0), 0.014 * canvas.unit), np.float32)


def _vacuoles(canvas: DrawingCanvas, plasm: Array, rng: np.random.Generator) -> Array:
    """Soft mask of round clear bubbles in patches of the cytoplasm; a few cells have many."""
    many = rng.choice([0.04, 0.1, 0.4])
    patches = np.clip(0.5 + 0.8 * noise(canvas.side, 0.5 * canvas.unit, rng), 0, 1)
    room = plasm * (edge_distance(canvas, plasm) > 0.05) * many * patches
    small = granules(room, 0.075 * canvas.unit, (0.014 * canvas.unit, 0.035 * canvas.unit), rng)
    large = granules(room * 0.5, 0.13 * canvas.unit, (0.04 * canvas.unit, 0.07 * canvas.unit), rng)
    return warp(canvas, np.maximum(small, large), rng, 0.008, 0.1) * plasm


def _random_offset(distance: float, rng: np.random.Generator) -> Point:
    way = rng.uniform(0, 2 * np.pi)
    return float(distance * np.cos(way)), float(distance * np.sin(way))
