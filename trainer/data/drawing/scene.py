"""One white cell among red cells: put together, lit and photographed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.drawing import granulocytes, mononuclear
from trainer.data.drawing.optics import expose, transmit
from trainer.data.drawing.red_cells import red_cells
from trainer.data.drawing.shape import Canvas
from trainer.data.drawing.style import Style, random_style
from trainer.data.drawing.texture import Array
from trainer.data.drawing.white_cell import Painter, WhiteCell

_PAINTERS: dict[str, Painter] = {
    "basophil": granulocytes.basophil,
    "erythroblast": mononuclear.erythroblast,
    "monocyte": mononuclear.monocyte,
    "myeloblast": mononuclear.myeloblast,
    "seg_neutrophil": granulocytes.seg_neutrophil,
    "eosinophil": granulocytes.eosinophil,
    "lymphocyte": mononuclear.lymphocyte,
    "platelet": mononuclear.platelet,
}
KINDS = tuple(_PAINTERS)
"""What can be drawn: the five classes, then the others."""

# A dry x100 objective resolves about a quarter of a micrometre, 1/28 of a red cell: drawing
# with 120 pixels to a red cell and enlarging loses nothing.
_LARGEST_CANVAS = 640
_SMALLEST_CANVAS = 256


@dataclass(frozen=True, eq=False)
class Drawn:
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
        style: its look; a random one where None.

    Returns:
        uint8 (size, size, 3) RGB.
    """
    return draw_cell_with_truth(kind, rng, size=size, style=style).pixels


def draw_cell_with_truth(
    kind: str, rng: np.random.Generator, *, size: int = 1024, style: Style | None = None
) -> Drawn:
    """As `draw_cell`, with the masks of what was drawn."""
    style = style or random_style(rng)
    light, cell, nucleus = _scene(kind, rng, size, style)
    pixels = expose(light, style, size, rng)
    return Drawn(
        pixels, _enlarge(cell, size), _enlarge(nucleus, size), style.red_cell * size, style
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
    light, _, _ = _scene(kind, rng, size, style)
    shots = [
        expose(light, style, size, rng, defocus=0.035 * abs(plane - focus))
        for plane in range(planes)
    ]
    return np.stack(shots)


def _scene(
    kind: str, rng: np.random.Generator, size: int, style: Style
) -> tuple[Array, Array, Array]:
    """Transmitted light, cell mask and nucleus mask on the drawing's own canvas."""
    if kind not in _PAINTERS:
        raise ValueError(f"Invalid kind. Expected one of {KINDS}. Received {kind!r}.")
    side = int(np.clip(size, _SMALLEST_CANVAS, _LARGEST_CANVAS))
    unit = style.red_cell * side
    patch = Canvas(min(side, int(3.0 * unit)), unit)
    white = _PAINTERS[kind](patch, rng)
    clear = float(np.sqrt((white.cell > 0.5).sum() / np.pi) / unit)
    amounts = {"haemoglobin": red_cells(side, unit, clear, style, rng)}
    corner = _place(amounts, white, side, style, rng)
    cell, nucleus = (_whole(part, side, corner) for part in (white.cell, white.nucleus))
    return transmit(amounts, style), cell, nucleus


def _place(
    amounts: dict[str, Array], white: WhiteCell, side: int, style: Style, rng: np.random.Generator
) -> tuple[int, int]:
    """Add the white cell's dyes near the middle; what of red cells it covers is pushed away."""
    shift = 0.06 * style.red_cell * side
    room = side - white.cell.shape[0]
    x, y = (int(np.clip(round(room / 2 + rng.normal(0, shift)), 0, room)) for _ in range(2))
    amounts["haemoglobin"] *= 1 - 0.85 * _whole(white.cell, side, (x, y))
    for name, amount in white.amounts.items():
        full = _whole(amount, side, (x, y))
        amounts[name] = amounts[name] + full if name in amounts else full
    return x, y


def _whole(part: Array, side: int, corner: tuple[int, int]) -> Array:
    full = np.zeros((side, side), np.float32)
    x, y = corner
    full[y : y + part.shape[0], x : x + part.shape[1]] = part
    return full


def _enlarge(mask: Array, size: int) -> NDArray[np.bool_]:
    return np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_LINEAR) > 0.5)
