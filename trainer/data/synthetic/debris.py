"""What lies on a smear beside cells: smudges of burst cells, and stain dirt."""

from __future__ import annotations

import cv2
import numpy as np

from trainer.data.synthetic.shape import DrawingCanvas, fill_outlines, random_outline, warp
from trainer.data.synthetic.texture import granules, noise, strands
from trainer.data.synthetic.white_cell import WhiteCell, random_diameter


def smudge(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """A burst nucleus: a pale, streaky smear of chromatin without cytoplasm or an outline."""
    diameter = random_diameter(2.1, 0.25, rng)
    points = random_outline(diameter / 2, rng, roughness=0.18, elongation=1.9)
    body = warp(canvas, fill_outlines(canvas, points), rng, 0.12 * diameter, 0.25 * diameter)
    body = np.asarray(cv2.GaussianBlur(body, (0, 0), 0.06 * canvas.unit), np.float32)
    streaks = 0.45 + 0.55 * strands(canvas.side, 0.12 * canvas.unit, rng)
    streaks += 0.15 * noise(canvas.side, 0.3 * canvas.unit, rng)
    amount = np.clip(body * streaks, 0, 1) * rng.uniform(0.28, 0.42)
    return WhiteCell(body, np.zeros_like(body), {"chromatin": amount})


def stain_dirt(canvas: DrawingCanvas, rng: np.random.Generator) -> WhiteCell:
    """A heap of dye that was not dissolved: dark specks and a few flakes, no cytoplasm."""
    radius = random_diameter(0.22, 0.07, rng)
    heap = fill_outlines(canvas, random_outline(radius, rng, roughness=0.25, elongation=1.8))
    size = 0.02 * canvas.unit, 0.07 * canvas.unit
    specks = granules(heap * 0.7, 0.1 * canvas.unit, size, rng, strength=(0.6, 1.0))
    amount = specks * rng.uniform(0.9, 1.5)
    return WhiteCell(specks, np.zeros_like(heap), {"azurophil": amount, "basic": 0.4 * specks})
