"""Neutrophil, eosinophil and basophil."""

from __future__ import annotations

import numpy as np

from trainer.data.drawing.nucleus import chromatin, segmented_nucleus
from trainer.data.drawing.shape import Canvas, depth
from trainer.data.drawing.texture import Array, granules
from trainer.data.drawing.white_cell import WhiteCell, body, cloud


def seg_neutrophil(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """Three to five lobes on thin bridges, pale pink cytoplasm with fine granules."""
    diameter = float(np.clip(rng.normal(1.72, 0.1), 1.45, 2.0))
    cell = body(canvas, diameter, rng)
    lobes = int(rng.choice([3, 3, 4, 4, 5]))
    radius = rng.uniform(0.30, 0.35) * (3.2 / (lobes + 0.6)) ** 0.5
    nucleus = segmented_nucleus(canvas, lobes, radius, 0.46 * diameter, rng) * cell
    plasm = cell * (1 - nucleus)
    fine = granules(plasm, 0.042 * canvas.unit, _px(canvas, 0.011, 0.021), rng, strength=(0.1, 0.6))
    return WhiteCell(
        cell,
        nucleus,
        {
            "chromatin": chromatin(canvas, nucleus, rng, grain=0.085, contrast=0.34, rim=0.16),
            "acid": plasm * cloud(canvas, rng.uniform(0.10, 0.2), 0.16, 0.12, rng),
            "basic": plasm * cloud(canvas, rng.uniform(0.08, 0.18), 0.2, 0.12, rng),
            "azurophil": plasm * fine * rng.uniform(0.25, 0.5),
        },
    )


def eosinophil(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """Two lobes, cytoplasm packed with orange-red granules."""
    diameter = float(np.clip(rng.normal(1.78, 0.1), 1.5, 2.05))
    cell = body(canvas, diameter, rng)
    lobes = int(rng.choice([2, 2, 2, 3]))
    radius = rng.uniform(0.38, 0.43) * (0.85 if lobes == 3 else 1.0)
    nucleus = segmented_nucleus(canvas, lobes, radius, 0.47 * diameter, rng) * cell
    plasm = cell * (1 - nucleus)
    packed = granules(
        plasm, 0.062 * canvas.unit, _px(canvas, 0.034, 0.046), rng, strength=(0.55, 1)
    )
    lights = granules(plasm * 0.35, 0.07 * canvas.unit, _px(canvas, 0.01, 0.02), rng)
    return WhiteCell(
        cell,
        nucleus,
        {
            "chromatin": chromatin(
                canvas, nucleus, rng, grain=0.10, contrast=0.42, rim=0.2, density=0.95
            ),
            "acid": plasm
            * np.clip(0.15 + 0.85 * packed - 0.3 * lights, 0, 1)
            * rng.uniform(0.8, 1.05),
            "basic": plasm * cloud(canvas, 0.2, 0.2, 0.15, rng),
            "azurophil": plasm * cloud(canvas, 0.04, 0.6, 0.15, rng),
        },
    )


def basophil(canvas: Canvas, rng: np.random.Generator) -> WhiteCell:
    """A lobed nucleus veiled by coarse, dark, violet-black granules."""
    diameter = float(np.clip(rng.normal(1.62, 0.1), 1.35, 1.85))
    cell = body(canvas, diameter, rng, roughness=0.05, elongation=1.2)
    lobes = int(rng.choice([2, 2, 3]))
    nucleus = segmented_nucleus(canvas, lobes, rng.uniform(0.40, 0.47), 0.45 * diameter, rng) * cell
    rind = np.clip(1.15 - 0.25 * depth(canvas, cell), 0.5, 1)
    coarse = granules(
        cell * rind * rng.uniform(0.75, 0.95),
        0.088 * canvas.unit,
        _px(canvas, 0.026, 0.048),
        rng,
        strength=(0.65, 1),
    )
    holes = granules(cell * 0.25, 0.09 * canvas.unit, _px(canvas, 0.02, 0.04), rng)
    veiled = chromatin(canvas, nucleus, rng, grain=0.11, contrast=0.4, rim=0.0, density=0.72)
    return WhiteCell(
        cell,
        nucleus,
        {
            "chromatin": veiled * (1 - 0.5 * holes) + _over(coarse, veiled, 0.62),
            "acid": cell * (1 - nucleus) * cloud(canvas, 0.25, 0.3, 0.12, rng),
            "basic": cell * (1 - nucleus) * cloud(canvas, 0.12, 0.3, 0.12, rng),
            "azurophil": coarse * 0.5,
        },
    )


def _over(granule: Array, below: Array, strength: float) -> Array:
    """Dye of granules over a nucleus: it fills up to what the eye sees as black, no further."""
    return np.asarray(granule * strength * np.clip(1.25 - below, 0, 1), np.float32)


def _px(canvas: Canvas, low: float, high: float) -> tuple[float, float]:
    return low * canvas.unit, high * canvas.unit
