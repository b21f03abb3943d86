"""Drawn training cells: small discs whose kind can be told from their form, in two looks."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.crop import padded_size
from trainer.imaging.view import View
from trainer.training.dataset import CellDataset

SIZE = 32
OUTPUTS = ("lobed", "round", "dark")
SOURCES = ("blue lab", "red lab")
DYES = {"blue lab": (120, 90, 190), "red lab": (200, 90, 120)}


def draw(kind: str, source: str, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One cell of 1.25 times the view, in the middle, (P, P, 3)."""
    side = padded_size(SIZE)
    slide = np.full((side, side, 3), 235, np.uint8)
    middle = side // 2
    cv2.circle(slide, (middle, middle), side // 4, (225, 190, 215), cv2.FILLED)
    dye = (40, 30, 60) if kind == "dark" else DYES[source]
    places = [(-4, 0), (4, 0)] if kind == "lobed" else [(0, 0)]
    radius = 3 if kind == "lobed" else 6
    for x, y in places:
        cv2.circle(slide, (middle + x, middle + y), radius, dye, cv2.FILLED)
    noisy = slide + rng.normal(0, 3, slide.shape)
    return np.asarray(np.clip(noisy, 0, 255), dtype=np.uint8)


def disc_distance() -> NDArray[np.int8]:
    """Half pixels to the border of the drawn cell."""
    side = padded_size(SIZE)
    rows, columns = np.mgrid[:side, :side] - side // 2
    away = side // 4 - np.hypot(rows, columns)
    return np.asarray(np.clip(np.rint(2 * away), -127, 127), dtype=np.int8)


def drawn_cells(each: int = 6) -> CellDataset:
    """`each` cells of every kind from every source, except "dark" from the blue lab only."""
    rng = np.random.default_rng(1)
    plan = [
        (kind, source)
        for kind in OUTPUTS
        for source in SOURCES
        if kind != "dark" or source == "blue lab"
        for _ in range(each)
    ]
    return CellDataset(
        pixels=[draw(kind, source, rng) for kind, source in plan],
        mask_distance=[disc_distance()] * len(plan),
        label=np.array([OUTPUTS.index(kind) for kind, _ in plan], dtype=np.intp),
        source=np.array([SOURCES.index(source) for _, source in plan], dtype=np.intp),
        outputs=OUTPUTS,
        sources=SOURCES,
        view=View(),
        size=SIZE,
    )
