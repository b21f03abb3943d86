"""Red cells around the white cell: discs with a pale centre, some of them overlapping."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic.shape import DrawingCanvas, fill_outlines, random_outline
from trainer.data.synthetic.style import Style
from trainer.data.synthetic.texture import Array, noise


def draw_red_cells(
    side: int, unit: float, clear: float, style: Style, rng: np.random.Generator
) -> Array:
    """Amount of haemoglobin (side, side) of red cells scattered around the middle.

    Args:
        unit: pixels per red-cell diameter.
        clear: radius around the middle that red cells keep out of, in red-cell diameters.
    """
    centres = _scatter_centres(side / unit, clear, style.crowding, rng)
    return draw_red_cells_at(centres, side, unit, style, rng)


def draw_red_cells_at(
    centres: NDArray[np.float64], side: int, unit: float, style: Style, rng: np.random.Generator
) -> Array:
    """Amount of haemoglobin (side, side) of red cells at places.

    Args:
        centres: (N, 2), x and y in red-cell diameters from the top left corner.
        unit: pixels per red-cell diameter.
    """
    layer = np.zeros((side, side), np.float32)
    for place in centres:
        stamp = _draw_red_cell(unit, style, rng)
        _add_stamp(layer, stamp, place * unit)
    # Where two overlap, they appear less dense than their sum.
    return np.where(layer > 1, 1 + 0.55 * (layer - 1), layer)


def _scatter_centres(
    width: float, clear: float, crowding: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Middles of red cells in diameters from the top left corner; few overlap."""
    tries = rng.uniform(-0.5, width + 0.5, (int(14 + 260 * crowding), 2))
    keep: list[NDArray[np.float64]] = []
    limit = int((0.25 + 0.55 * crowding) * (width + 1) ** 2)
    away = np.hypot(*(tries - width / 2).T)
    for place, far in zip(tries, away, strict=True):
        if far < clear + rng.uniform(0.46, 0.62) or len(keep) >= limit:
            continue
        near = np.hypot(*(np.array(keep) - place).T) if keep else np.array([9.0])
        if near.min() > (0.62 if rng.random() < 0.10 + 0.15 * crowding else 1.0):
            keep.append(place)
    return np.array(keep).reshape(-1, 2)


def _draw_red_cell(unit: float, style: Style, rng: np.random.Generator) -> Array:
    """One red cell on a small canvas of its own."""
    canvas = DrawingCanvas(int(1.6 * unit) | 1, unit)
    radius = 0.5 * float(np.clip(rng.normal(1.0, 0.06), 0.8, 1.2))
    if rng.random() < style.crenated:
        edge = _crenated_outline(radius, rng)
    else:
        edge = random_outline(
            radius, rng, roughness=0.03, elongation=rng.uniform(1.0, 1.22), orders=4
        )
    body = fill_outlines(canvas, edge)
    inner = random_outline(radius, rng, roughness=0.04, elongation=rng.uniform(1.0, 1.3), orders=3)
    size = rng.uniform(0.30, 0.52)
    pale = cv2.GaussianBlur(
        fill_outlines(canvas, inner * size), (0, 0), rng.uniform(0.035, 0.09) * unit
    )
    dome = cv2.GaussianBlur(body, (0, 0), 0.05 * unit)
    amount = rng.uniform(0.85, 1.1) * (0.72 + 0.28 * dome)
    amount = amount * (1 - style.pallor * rng.uniform(0.4, 1.0) * pale)
    grain = 1 + 0.025 * noise(canvas.side, 0.08 * unit, rng)
    return np.asarray(body * amount * grain, np.float32)


def _crenated_outline(radius: float, rng: np.random.Generator) -> NDArray[np.float64]:
    points = random_outline(radius * 0.95, rng, roughness=0.03, orders=4, points=180)
    angle = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    spikes = int(rng.integers(9, 15))
    wave = np.abs(np.cos(spikes / 2 * angle + rng.uniform(0, 6) + 0.4 * np.sin(3 * angle)))
    return points * (1 + 0.10 * (1 - wave) ** 1.5 * rng.uniform(0.6, 1.2))[:, None]


def _add_stamp(layer: Array, stamp: Array, place: NDArray[np.float64]) -> None:
    """Add a stamp centred on a place (pixels), clipped at the layer's edges."""
    side, size = layer.shape[0], stamp.shape[0]
    left, top = (round(value) - size // 2 for value in place)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + size, side), min(top + size, side)
    if x0 < x1 and y0 < y1:
        layer[y0:y1, x0:x1] += stamp[y0 - top : y1 - top, x0 - left : x1 - left]
