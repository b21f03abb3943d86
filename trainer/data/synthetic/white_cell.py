"""What a drawn white cell is made of, and the cytoplasm that several kinds share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from trainer.data.synthetic.shape import DrawingCanvas, fill_outlines, random_outline, warp
from trainer.data.synthetic.texture import Array, noise


@dataclass(frozen=True, eq=False)
class WhiteCell:
    """A cell on its canvas.

    Attributes:
        cell: soft mask of the whole cell, 0-1.
        nucleus: soft mask of the nucleus, 0-1; all zero for a platelet.
        amounts: dye amounts by the name of the dye in `Style`, each (side, side).
    """

    cell: Array
    nucleus: Array
    amounts: dict[str, Array] = field(default_factory=dict)


Painter = Callable[[DrawingCanvas, np.random.Generator], WhiteCell]


def draw_body(
    canvas: DrawingCanvas,
    diameter: float,
    rng: np.random.Generator,
    *,
    roughness: float = 0.035,
    elongation: float = 1.12,
) -> Array:
    """Soft mask of a cell's whole body."""
    points = random_outline(
        diameter / 2, rng, roughness=roughness, elongation=rng.uniform(1.0, elongation)
    )
    return warp(
        canvas, fill_outlines(canvas, points), rng, 0.25 * roughness * diameter, 0.3 * diameter
    )


def uneven_amount(
    canvas: DrawingCanvas, level: float, spread: float, grain: float, rng: np.random.Generator
) -> Array:
    """An uneven amount of dye about a level; `spread` is relative."""
    texture = 0.7 * noise(canvas.side, grain * canvas.unit, rng)
    texture += 0.5 * noise(canvas.side, 0.35 * grain * canvas.unit, rng)
    return np.asarray(np.clip(level * (1 + spread * texture), 0, None), np.float32)


def random_diameter(mean: float, std: float, rng: np.random.Generator) -> float:
    """Draw a cell's diameter: normal, clipped to two standard deviations."""
    return float(mean + std * np.clip(rng.standard_normal(), -2, 2))
