"""A whole field of a smear: many white cells among red ones, with the truth about each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic.debris import smudge, stain_dirt
from trainer.data.synthetic.field import DYES, Field
from trainer.data.synthetic.mononuclear import platelet
from trainer.data.synthetic.optics import expose, transmit_light
from trainer.data.synthetic.red_cells import draw_red_cells_at
from trainer.data.synthetic.scene import PAINTERS
from trainer.data.synthetic.shape import DrawingCanvas
from trainer.data.synthetic.style import Style, random_style
from trainer.data.synthetic.texture import Array
from trainer.data.synthetic.white_cell import WhiteCell
from trainer.domain import Box

NUCLEATED = tuple(kind for kind in PAINTERS if kind != "platelet")
"""The kinds of white cells that a field may hold."""

_FINEST = 44.0  # px of a red cell when drawing: enough for nuclei, lobes and outlines
_TRIES = 60  # places tried for a cell, until one is free
_GAP = 0.12  # red cells between cells that do not touch


@dataclass(frozen=True)
class Debris:
    """What lies in a field beside red and white cells, by number.

    Attributes:
        platelets: single platelets, 0.2 to 0.6 red cells wide.
        dirt: heaps of stain that was not dissolved.
        smudges: burst nuclei, which are no cells to be counted.
    """

    platelets: int = 6
    dirt: int = 0
    smudges: int = 0


@dataclass(frozen=True, eq=False)
class SyntheticFieldCell:
    """A white cell of a drawn field.

    Attributes:
        kind: one of `NUCLEATED`.
        box: the smallest rectangle around what the field shows of it, in whole pixels.
        mask: bool, the cell over its box.
        at_edge: whether the edge of the field cuts it.
    """

    kind: str
    box: Box
    mask: NDArray[np.bool_]
    at_edge: bool


@dataclass(frozen=True, eq=False)
class SyntheticField:
    """A drawn field and the truth about it.

    Attributes:
        pixels: uint8 (height, width, 3) RGB.
        cells: its white cells, in the order in which their kinds were given; those for which
            there was no room are missing.
        red_cell_diameter: of a middling red cell, in pixels.
        style: what it was drawn with.
    """

    pixels: NDArray[np.uint8]
    cells: tuple[SyntheticFieldCell, ...]
    red_cell_diameter: float
    style: Style


@dataclass(frozen=True, eq=False)
class _PlacedCell:
    kind: str
    middle: NDArray[np.float64]  # x, y in pixels of the drawing
    radius: float  # red cells
    mask: Array  # over the whole drawing, 0-1


def draw_field(
    kinds: Sequence[str],
    rng: np.random.Generator,
    *,
    size: tuple[int, int] = (640, 480),
    red_cell_diameter: float = 64.0,
    touching: float = 0.0,
    cut: float = 0.0,
    debris: Debris | None = None,
    style: Style | None = None,
) -> SyntheticField:
    """Draw a field of a smear, the same for the same state of `rng`.

    Args:
        kinds: of the white cells, each one of `NUCLEATED`; empty for red cells only.
        size: width and height in pixels.
        red_cell_diameter: of a middling red cell, in pixels.
        touching: share of the white cells that touch another one, 0-1.
        cut: share of the white cells that the edge cuts, 0-1.
        debris: platelets, dirt and smudges; a few platelets where None.
        style: stain, slide, focus and camera; a random one where None. Its `red_cell` is not used.
    """
    side = max(size)
    style = replace(style or random_style(rng), red_cell=red_cell_diameter / side)
    unit = min(_FINEST, red_cell_diameter)
    field = Field(round(side * unit / red_cell_diameter), unit)
    extent = np.asarray(size) * (unit / red_cell_diameter)
    placed = _place_white_cells(field, kinds, extent, (touching, cut), rng)
    field.amounts[DYES.index("haemoglobin")] += _draw_red_cells(field, placed, style, rng)
    _scatter_debris(field, placed, extent, debris or Debris(), rng)
    pixels = expose(transmit_light(field, style, rng), style, side, rng)
    pixels = np.ascontiguousarray(pixels[: size[1], : size[0]])
    cells = (_cut_out(cell, side, size) for cell in placed)
    found = tuple(cell for cell in cells if cell is not None)
    return SyntheticField(pixels, found, red_cell_diameter, style)


def _place_white_cells(
    field: Field,
    kinds: Sequence[str],
    extent: NDArray[np.float64],
    shares: tuple[float, float],
    rng: np.random.Generator,
) -> list[_PlacedCell]:
    """Paint the white cells of a field where they have room; the first ones are cut or touch."""
    placed: list[_PlacedCell] = []
    covered = np.zeros((field.side, field.side), np.float32)
    for kind in kinds:
        if kind not in NUCLEATED:
            raise ValueError(f"Invalid kind. Expected one of {NUCLEATED}. Received {kind!r}.")
        white = PAINTERS[kind](DrawingCanvas(int(3.2 * field.unit) | 1, field.unit), rng)
        radius = float(np.sqrt((white.cell > 0.5).sum() / np.pi) / field.unit)
        touching, cut = rng.random(2) < shares
        middle = _find_room(field.unit, radius, extent, placed, (bool(touching), bool(cut)), rng)
        if middle is None:
            continue
        mask = _add_cell(field, white, middle, covered)
        placed.append(_PlacedCell(kind, middle, radius, mask))
    return placed


def _find_room(
    unit: float,
    radius: float,
    extent: NDArray[np.float64],
    placed: Sequence[_PlacedCell],
    wishes: tuple[bool, bool],
    rng: np.random.Generator,
) -> NDArray[np.float64] | None:
    """A place (x, y in pixels) for a cell that overlaps none; None where there is no room."""
    touching, cut = wishes
    inside = 1.25 * radius * unit
    for _ in range(_TRIES):
        if touching and placed:
            other = placed[int(rng.integers(len(placed)))]
            way = rng.uniform(0, 2 * np.pi)
            far = 0.94 * (radius + other.radius) * unit
            middle = other.middle + far * np.array([np.cos(way), np.sin(way)])
        else:
            middle = rng.uniform(inside, np.maximum(extent - inside, inside + 1))
        if cut and not (touching and placed):
            axis = int(rng.integers(2))
            beyond = rng.uniform(-0.1, 0.6) * radius * unit
            middle[axis] = beyond if rng.random() < 0.5 else extent[axis] - beyond
        within = bool((middle >= inside).all() and (middle <= extent - inside).all())
        if _is_free(unit, radius, middle, placed, touching) and (within or cut):
            return np.asarray(middle)
    return None


def _is_free(
    unit: float,
    radius: float,
    middle: NDArray[np.float64],
    placed: Sequence[_PlacedCell],
    touching: bool,
) -> bool:
    share, gap = (0.9, 0.0) if touching else (1.15, _GAP)
    return all(
        np.hypot(*(middle - other.middle)) > (share * (radius + other.radius) + gap) * unit
        for other in placed
    )


def _add_cell(field: Field, white: WhiteCell, middle: NDArray[np.float64], covered: Array) -> Array:
    """Paint a cell on what no cell before it covers; its mask over the whole drawing."""
    half = white.cell.shape[0] / 2
    corner = round(float(middle[0]) - half), round(float(middle[1]) - half)
    free = 1 - field.cut_patch(covered, white.cell.shape[0], corner)
    amounts = {name: amount * free for name, amount in white.amounts.items()}
    field.add_cell(amounts, white.cell * free, corner)
    mask = field.embed_mask(white.cell * free, corner)
    np.maximum(covered, mask, out=covered)
    return mask


def _draw_red_cells(
    field: Field, placed: Sequence[_PlacedCell], style: Style, rng: np.random.Generator
) -> Array:
    """Red cells of the style's crowding over the whole drawing, few of them overlapping."""
    width = field.side / field.unit
    white = np.array([[*(cell.middle / field.unit), cell.radius] for cell in placed])
    white = white.reshape(-1, 3)
    wanted = int((0.15 + 0.6 * style.crowding) * width**2)
    kept, count = np.zeros((wanted, 2)), 0
    for place in rng.uniform(-0.5, width + 0.5, (5 * wanted, 2)):
        away = np.hypot(*(white[:, :2] - place).T) - white[:, 2]
        near = np.hypot(*(kept[:count] - place).T) if count else np.array([9.0])
        close = 0.62 if rng.random() < 0.10 + 0.15 * style.crowding else 1.0
        if near.min() > close and (away > rng.uniform(0.46, 0.62)).all() and count < wanted:
            kept[count] = place
            count += 1
    return draw_red_cells_at(kept[:count], field.side, field.unit, style, rng)


def _scatter_debris(
    field: Field,
    placed: Sequence[_PlacedCell],
    extent: NDArray[np.float64],
    debris: Debris,
    rng: np.random.Generator,
) -> None:
    """Add platelets, stain dirt and smudges away from the white cells."""
    taken = list(placed)
    canvas = DrawingCanvas(int(4.4 * field.unit) | 1, field.unit)
    small = DrawingCanvas(int(1.3 * field.unit) | 1, field.unit)
    covered = np.zeros((field.side, field.side), np.float32)
    things = [(smudge(canvas, rng), 1.5) for _ in range(debris.smudges)]
    things += [(stain_dirt(small, rng), 0.5) for _ in range(debris.dirt)]
    sizes = rng.uniform(0.25, 0.55, debris.platelets)
    things += [(platelet(small, rng, float(size)), 0.3) for size in sizes]
    for thing, radius in things:
        middle = _find_room(field.unit, radius, extent, taken, (False, False), rng)
        if middle is not None:
            _add_cell(field, thing, middle, covered)
            taken.append(_PlacedCell("", middle, radius, thing.cell))


def _cut_out(cell: _PlacedCell, side: int, size: tuple[int, int]) -> SyntheticFieldCell | None:
    """A cell's mask over its box in the field; None where the field shows nothing of it."""
    whole = cv2.resize(cell.mask, (side, side), interpolation=cv2.INTER_LINEAR) > 0.5
    mask = whole[: size[1], : size[0]]
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    if not width:
        return None
    at_edge = x == 0 or y == 0 or x + width == size[0] or y + height == size[1]
    part = np.ascontiguousarray(mask[y : y + height, x : x + width])
    return SyntheticFieldCell(cell.kind, Box(x, y, width, height), part, at_edge)
