"""One white cell among red cells: put together, lit and photographed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic import granulocytes, mononuclear
from trainer.data.synthetic.field import DYES, Field
from trainer.data.synthetic.optics import expose, transmit_light
from trainer.data.synthetic.red_cells import draw_red_cells
from trainer.data.synthetic.shape import DrawingCanvas
from trainer.data.synthetic.style import Style, random_style
from trainer.data.synthetic.texture import Array
from trainer.data.synthetic.white_cell import Painter, WhiteCell

PAINTERS: dict[str, Painter] = {
    "basophil": granulocytes.basophil,
    "erythroblast": mononuclear.erythroblast,
    "monocyte": mononuclear.monocyte,
    "myeloblast": mononuclear.myeloblast,
    "seg_neutrophil": granulocytes.seg_neutrophil,
    "eosinophil": granulocytes.eosinophil,
    "lymphocyte": mononuclear.lymphocyte,
    "platelet": mononuclear.platelet,
}
KINDS = tuple(PAINTERS)
"""What can be drawn: the five classes, then the others."""

# A dry x100 objective resolves about a quarter of a micrometre, 1/28 of a red cell: drawing
# with 120 pixels to a red cell and enlarging loses nothing.
_LARGEST_CANVAS = 640
_SMALLEST_CANVAS = 256


@dataclass(frozen=True, eq=False)
class SyntheticCell:
    """A drawing and the truth about it.

    Attributes:
        pixels: uint8 (size, size, 3) RGB.
        cell: bool (size, size), the whole white cell (or platelet).
        nucleus: bool (size, size), its nucleus.
        red_cell_diameter: of a middling red cell, in pixels.
        style: what it was drawn with.
    """

    pixels: NDArray[np.uint8]
    cell: NDArray[np.bool_]
    nucleus: NDArray[np.bool_]
    red_cell_diameter: float
    style: Style


def draw_cell(
    kind: str, rng: np.random.Generator, *, size: int = 1024, style: Style | None = None
) -> NDArray[np.uint8]:
    """Draw one cell among red cells, the same for the same state of `rng`.

    Args:
        kind: one of `KINDS`.
        size: side in pixels, 16 or more.
        style: stain, slide, focus and camera; a random one where None.

    Returns:
        uint8 (size, size, 3) RGB.
    """
    return draw_cell_with_truth(kind, rng, size=size, style=style).pixels


def draw_cell_with_truth(
    kind: str, rng: np.random.Generator, *, size: int = 1024, style: Style | None = None
) -> SyntheticCell:
    """Draw a cell as `draw_cell` does, with the masks of what was drawn."""
    style = style or random_style(rng)
    light, cell, nucleus = _draw_scene(kind, rng, size, style)
    pixels = expose(light, style, size, rng)
    return SyntheticCell(
        pixels,
        _enlarge_mask(cell, size),
        _enlarge_mask(nucleus, size),
        style.red_cell * size,
        style,
    )


def draw_stack(
    kind: str,
    rng: np.random.Generator,
    *,
    planes: int = 5,
    sharpest: int | None = None,
    size: int = 1024,
    style: Style | None = None,
) -> NDArray[np.uint8]:
    """Draw focal planes of one cell.

    Args:
        sharpest: index of the plane in focus; the middle one where None.

    Returns:
        uint8 (planes, size, size, 3) RGB.
    """
    style = style or random_style(rng)
    focus = planes // 2 if sharpest is None else sharpest
    light, _, _ = _draw_scene(kind, rng, size, style)
    stack = [
        expose(light, style, size, rng, defocus=0.035 * abs(plane - focus))
        for plane in range(planes)
    ]
    return np.stack(stack)


def _draw_scene(
    kind: str, rng: np.random.Generator, size: int, style: Style
) -> tuple[Array, Array, Array]:
    """Light through the field, cell mask and nucleus mask on the drawing's own canvas."""
    if kind not in PAINTERS:
        raise ValueError(f"Invalid kind. Expected one of {KINDS}. Received {kind!r}.")
    side = int(np.clip(size, _SMALLEST_CANVAS, _LARGEST_CANVAS))
    field = Field(side, style.red_cell * side)
    patch = DrawingCanvas(min(side, int(3.0 * field.unit)), field.unit)
    white = PAINTERS[kind](patch, rng)
    clear = float(np.sqrt((white.cell > 0.5).sum() / np.pi) / field.unit)
    field.amounts[DYES.index("haemoglobin")] = draw_red_cells(side, field.unit, clear, style, rng)
    middle = side / 2 + rng.normal(0, 0.06 * field.unit, 2)
    corner = _add_cell(field, white, middle)
    for _ in range(int(rng.choice([0, 0, 1, 2, 3]))):
        stray = mononuclear.platelet(DrawingCanvas(int(1.3 * field.unit), field.unit), rng, 0.45)
        _add_cell(field, stray, _random_centre(side, (clear + 0.7) * field.unit, rng))
    cell, nucleus = (field.embed_mask(mask, corner) for mask in (white.cell, white.nucleus))
    return transmit_light(field, style, rng), cell, nucleus


def _add_cell(field: Field, white: WhiteCell, middle: NDArray[np.float64]) -> tuple[int, int]:
    """Lay a cell with its canvas' centre at a place (x, y in pixels); its corner."""
    half = white.cell.shape[0] / 2
    corner = round(float(middle[0]) - half), round(float(middle[1]) - half)
    field.add_cell(white.amounts, white.cell, corner)
    return corner


def _random_centre(side: int, away: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """A place (x, y in pixels) at least so far from the middle."""
    way, far = rng.uniform(0, 2 * np.pi), max(away, rng.uniform(0.3, 0.65) * side)
    return side / 2 + far * np.array([np.cos(way), np.sin(way)])


def _enlarge_mask(mask: Array, size: int) -> NDArray[np.bool_]:
    return np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_LINEAR) > 0.5)
