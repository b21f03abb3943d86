"""Neutrophil, eosinophil and basophil."""

from __future__ import annotations

import numpy as np

from trainer.data.synthetic.nucleus import Chromatin, segmented_nucleus
from trainer.data.synthetic.shape import DrawingCanvas, edge_distance, warp
from trainer.data.synthetic.texture import granules
from trainer.data.synthetic.white_cell import WhiteCell, draw_body, random_diameter, uneven_amount

_NEUTROPHIL = Chromatin(grain=0.075, contrast=0.5, open_share=0.28, density=1.1)
_EOSINOPHIL = Chromatin(grain=0.085, contrast=0.52, open_share=0.33, rim=0.15)
_BASOPHIL = Chromatin(grain=0.10, contrast=0.4, rim=0.0, density=0.85)


def seg_neutrophil(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """Three to five lobes on thin bridges, pale pink cytoplasm with fine granules."""
    diameter = random_diameter(1.95, 0.12, rng)
    cell = draw_body(canvas, diameter, rng)
    lobes = int(rng.choice([3, 3, 4, 4, 5]))
    length = rng.uniform(0.17, 0.20) * diameter * (3.8 / (lobes + 0.8)) ** 0.5
    nucleus = segmented_nucleus(canvas, lobes, length, 0.27 * diameter, rng) * cell
    plasm = cell * (1 - nucleus)
    size = 0.008 * canvas.unit, 0.017 * canvas.unit
    fine = granules(plasm * 0.8, 0.040 * canvas.unit, size, rng, strength=(0.1, 0.7))
    dyes = {
        "chromatin": _NEUTROPHIL.dye(canvas, nucleus, rng),
        "acid": plasm * uneven_amount(canvas, rng.uniform(0.15, 0.25), 0.16, 0.12, rng),
        "basic": plasm * uneven_amount(canvas, rng.uniform(0.12, 0.22), 0.2, 0.12, rng),
        "azurophil": plasm * fine * rng.uniform(0.2, 0.45),
    }
    return WhiteCell(cell, nucleus, dyes)


def eosinophil(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """Two lobes, cytoplasm packed with orange-red granules."""
    diameter = random_diameter(1.86, 0.12, rng)
    cell = draw_body(canvas, diameter, rng)
    lobes = int(rng.choice([2, 2, 2, 3]))
    length = rng.uniform(0.245, 0.28) * diameter * (0.85 if lobes == 3 else 1.0)
    nucleus = segmented_nucleus(canvas, lobes, length, 0.27 * diameter, rng) * cell
    plasm = cell * (1 - nucleus)
    size = 0.018 * canvas.unit, 0.032 * canvas.unit
    packed = granules(plasm, 0.047 * canvas.unit, size, rng, strength=(0.45, 1))
    gaps = granules(plasm * 0.12, 0.1 * canvas.unit, size, rng)
    packed = packed * (1 - 0.7 * gaps)
    dyes = {
        "chromatin": _EOSINOPHIL.dye(canvas, nucleus, rng),
        "acid": plasm * (0.35 + 0.65 * packed) * rng.uniform(0.8, 1.05),
        "basic": plasm * uneven_amount(canvas, 0.12, 0.3, 0.15, rng),
        "azurophil": plasm * uneven_amount(canvas, 0.03, 0.6, 0.15, rng),
    }
    return WhiteCell(cell, nucleus, dyes)


def basophil(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """A lobed nucleus veiled by coarse, dark, violet-black granules."""
    diameter = random_diameter(1.82, 0.12, rng)
    cell = draw_body(canvas, diameter, rng, roughness=0.05, elongation=1.2)
    lobes, length = int(rng.choice([2, 2, 3])), rng.uniform(0.28, 0.33) * diameter
    nucleus = segmented_nucleus(canvas, lobes, length, 0.22 * diameter, rng) * cell
    room = cell * np.clip(1.15 - 0.3 * edge_distance(canvas, cell), 0.5, 1) * rng.uniform(0.7, 0.95)
    size = 0.020 * canvas.unit, 0.044 * canvas.unit
    coarse = granules(room, 0.078 * canvas.unit, size, rng, strength=(0.5, 1))
    coarse = warp(canvas, coarse, rng, 0.013, 0.085)
    holes = warp(canvas, granules(cell * 0.2, 0.09 * canvas.unit, size, rng), rng, 0.012, 0.08)
    veiled = _BASOPHIL.dye(canvas, nucleus, rng) * (1 - 0.55 * holes)
    # Granules over the nucleus fill up to what appears black, and no further.
    dark = coarse * 0.75 * np.clip(1.3 - veiled, 0, 1)
    plasm = cell * (1 - nucleus)
    dyes = {
        "chromatin": veiled + dark,
        "acid": plasm * (1 - holes) * uneven_amount(canvas, 0.3, 0.3, 0.12, rng),
        "basic": plasm * (1 - holes) * uneven_amount(canvas, 0.12, 0.3, 0.12, rng),
        "azurophil": coarse * 0.4
        + plasm * (1 - holes) * uneven_amount(canvas, 0.08, 0.5, 0.06, rng),
    }
    return WhiteCell(cell, nucleus, dyes)
