"""The white cells of a field: nuclei first, then the cell around each of them.

The field is reduced to 26 px a red cell, the scale of a single-cell image on its mask. So a
square of 128 px around a nucleus is what `segment_cell` sees, and the same boundary is traced.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Window
from trainer.imaging.fields.density import (
    RED_CELL_SIDE,
    FieldDensity,
    glass_colour,
    measure_field_density,
)
from trainer.imaging.fields.nuclei import Nucleus, disc, find_nuclei, join_nuclei
from trainer.imaging.fields.tiles import Tile, cut_tiles
from trainer.imaging.segmentation.boundary import trace_boundary
from trainer.imaging.segmentation.white_cell import MASK_SIDE, Cell, assess_mask
from trainer.imaging.stain import colour_of

_Scalar = TypeVar("_Scalar", bound=np.generic)

_HALF = MASK_SIDE // 2
_COVERED = 0.22  # share of the smaller of two cells that are one if they share more
_TOUCHING = 0.1  # red cells between outlines that touch
_MAX_LENGTH = 3.0  # red cells, of one cell that was traced in two parts
_MAX_ASPECT = 1.3  # length over width of such a cell
_MIN_DIAMETER = 0.8  # red cells: what is smaller is a platelet, or dirt
_ROW = 2.0  # red cells: cells whose middles differ less in height stand in one row
_CROP_LENGTH = 9.0  # red cells: no crop around one cell is longer
_SMALL_CROP = 6.5  # red cells: a crop so small was cut around a cell, wherever that stands
_CROP_ASPECT = 1.2  # longer over shorter side: crops are square, cameras' frames are not
_MIDDLE = 0.2  # of the shorter side: how far from the middle the cell of a crop stands


@dataclass(frozen=True, eq=False)
class FieldCell:
    """A white cell of a field.

    Attributes:
        cell: as `segment_cell` gives one; its square lies around this cell and may reach
            outside of the field.
        at_edge: whether the edge of the field cuts it.
    """

    cell: Cell
    at_edge: bool


def find_cells(rgb: NDArray[np.uint8], red_cell_diameter: float) -> tuple[FieldCell, ...]:
    """Find the white cells of a field.

    Args:
        rgb: (H, W, 3), RGB, of any size.
        red_cell_diameter: of the source, in pixels of `rgb`.

    Returns:
        Each nucleated cell once, in reading order; empty for none. Never raises for a valid
        array.
    """
    cells: list[FieldCell] = []
    for tile in cut_tiles(rgb.shape, red_cell_diameter):
        found = _find_in_part(tile.part_of(rgb), red_cell_diameter)
        cells.extend(_shift(each, tile) for each in found if tile.owns(*each.cell.centroid))
    return _sort_by_reading(cells, red_cell_diameter)


def _find_in_part(rgb: NDArray[np.uint8], red_cell_diameter: float) -> list[FieldCell]:
    field = measure_field_density(rgb, red_cell_diameter)
    outlines = _trace_all(field, find_nuclei(field.values))
    cells = (_build_cell(field, outline) for outline in outlines)
    least = _MIN_DIAMETER * red_cell_diameter
    return [each for each in cells if each.at_edge or each.cell.diameter >= least]


def _shift(found: FieldCell, tile: Tile) -> FieldCell:
    """Move a cell from pixels of a tile to pixels of the field."""
    cell = found.cell
    square = Window(cell.square.x + tile.left, cell.square.y + tile.top, cell.square.side)
    centroid = cell.centroid[0] + tile.left, cell.centroid[1] + tile.top
    return replace(found, cell=replace(cell, square=square, centroid=centroid))


@dataclass(frozen=True, eq=False)
class _Outline:
    """A cell in its square of the reduced field; all arrays (128, 128)."""

    nucleus: Nucleus
    corner: tuple[int, int]  # x and y of the square's top left corner
    mask: NDArray[np.bool_]
    own: NDArray[np.bool_]  # the nucleus
    outside: NDArray[np.bool_]  # not photographed


def _trace_all(field: FieldDensity, nuclei: list[Nucleus]) -> list[_Outline]:
    """Trace the cell around each nucleus; nuclei whose cells cover one another are one."""
    numbers = _number_nuclei(nuclei, field.values.shape[:2])
    outlines = [
        _trace(field, nucleus, numbers, number) for number, nucleus in enumerate(nuclei, start=1)
    ]
    groups = _group_covering(outlines)
    if len(groups) == len(outlines):
        return outlines
    return _trace_all(field, [join_nuclei([each.nucleus for each in group]) for group in groups])


def _number_nuclei(nuclei: list[Nucleus], shape: tuple[int, ...]) -> NDArray[np.int32]:
    """(H, W): the number of the nucleus at each pixel, from 1; 0 beside them."""
    numbers = np.zeros(shape, np.int32)
    for number, nucleus in enumerate(nuclei, start=1):
        x, y = nucleus.corner
        height, width = nucleus.mask.shape
        numbers[y : y + height, x : x + width][nucleus.mask] = number
    return numbers


def _trace(
    field: FieldDensity, nucleus: Nucleus, numbers: NDArray[np.int32], number: int
) -> _Outline:
    """Trace the cell around a nucleus in its square, as in an image of one cell."""
    height, width = nucleus.mask.shape
    left = nucleus.corner[0] + width // 2 - _HALF
    top = nucleus.corner[1] + height // 2 - _HALF
    density = np.asarray(cv2.GaussianBlur(_cut(field.values, left, top), (0, 0), 1.0), np.float32)
    outside = ~_cut(field.shown, left, top)
    near = _cut(numbers, left, top)
    own = near == number
    others = np.where((near > 0) & ~own, np.float32(2.0), np.float32(0.0))
    mask = trace_boundary(density, others, 1.0, own, outside if outside.any() else None)
    return _Outline(nucleus, (left, top), mask, own, outside)


def _group_covering(outlines: list[_Outline]) -> list[list[_Outline]]:
    """Group the cells of which one covers a good part of the other."""
    groups: list[list[_Outline]] = []
    for outline in outlines:
        joined = [group for group in groups if any(_covers(outline, each) for each in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([outline, *(each for group in joined for each in group)])
    return groups


def _covers(one: _Outline, other: _Outline) -> bool:
    """Whether two outlines share much of one cell, or touch and are round together."""
    dx, dy = other.corner[0] - one.corner[0], other.corner[1] - one.corner[1]
    if max(abs(dx), abs(dy)) >= MASK_SIDE:
        return False
    mask = _cut(one.mask, dx, dy)
    near = cv2.dilate(mask.astype(np.uint8), disc(_TOUCHING * RED_CELL_SIDE)) > 0
    if not (near & other.mask).any():
        return False
    points = np.argwhere(mask | other.mask).astype(np.float32)
    _, sides, _ = cv2.minAreaRect(points)
    length, width = max(sides), max(min(sides), 1.0)
    if length > _MAX_LENGTH * RED_CELL_SIDE:
        return False
    shared = np.count_nonzero(mask & other.mask)
    smaller = min(np.count_nonzero(one.mask), np.count_nonzero(other.mask))
    return bool(shared > _COVERED * smaller or length < _MAX_ASPECT * width)


def _build_cell(field: FieldDensity, outline: _Outline) -> FieldCell:
    """Give a traced cell in pixels of the field."""
    left, top = outline.corner
    mask, own = outline.mask, outline.own
    step = 1.0 / field.factor
    rows, columns = np.nonzero(mask)
    square = Window(left * step, top * step, MASK_SIDE * step)
    x = square.x + float(columns.mean() + 0.5) * step
    y = square.y + float(rows.mean() + 0.5) * step
    cell = Cell(
        mask,
        square,
        assess_mask(mask),
        centroid=(x, y),
        diameter=2.0 * float(np.sqrt(len(rows) / np.pi)) * step,
        nucleus=own,
        background=glass_colour(_cut(field.glass, left, top)[own]),
        chromatin=colour_of(np.median(_cut(field.pixels, left, top)[own], axis=0)),
    )
    rim = cv2.dilate(outline.outside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    return FieldCell(cell, at_edge=bool((mask & rim).any()))


def _cut(array: NDArray[_Scalar], left: int, top: int) -> NDArray[_Scalar]:
    """A square of a field, zero where it reaches outside."""
    height, width = array.shape[:2]
    square = np.zeros((MASK_SIDE, MASK_SIDE, *array.shape[2:]), array.dtype)
    x0, x1 = max(left, 0), min(left + MASK_SIDE, width)
    y0, y1 = max(top, 0), min(top + MASK_SIDE, height)
    square[y0 - top : y1 - top, x0 - left : x1 - left] = array[y0:y1, x0:x1]
    return square


def _sort_by_reading(cells: Iterable[FieldCell], diameter: float) -> tuple[FieldCell, ...]:
    """Row by row, from left to right; a row is two red cells high."""
    rows: list[list[FieldCell]] = []
    for each in sorted(cells, key=lambda one: one.cell.centroid[1]):
        height = each.cell.centroid[1]
        if rows and height - rows[-1][0].cell.centroid[1] < _ROW * diameter:
            rows[-1].append(each)
        else:
            rows.append([each])
    across = (sorted(row, key=lambda one: one.cell.centroid[0]) for row in rows)
    return tuple(each for row in across for each in row)


def _is_wide(rgb: NDArray[np.uint8], red_cell_diameter: float) -> bool:
    """Decide whether an image (H, W, 3) is too many red cells long to be a crop around a cell."""
    return bool(max(rgb.shape[:2]) > _CROP_LENGTH * max(red_cell_diameter, 1.0))


def _is_frame(rgb: NDArray[np.uint8]) -> bool:
    """Decide whether an image (H, W, 3) has the shape of a camera's frame, not of a crop."""
    return bool(max(rgb.shape[:2]) > _CROP_ASPECT * min(rgb.shape[:2]))


def is_field(
    rgb: NDArray[np.uint8],
    red_cell_diameter: float,
    cells: Sequence[FieldCell] | None = None,
) -> bool:
    """Decide whether an image is a field, not an image of one cell in its middle.

    Args:
        rgb: (H, W, 3).
        red_cell_diameter: of the source, in pixels of `rgb`.
        cells: as `find_cells` found them in `rgb`; they are searched where None.

    Returns:
        True for what is many red cells across. Of smaller images, False for a crop around a
        cell: a very small one, or one with a cell in its middle that is square and holds at
        most one more; True for any other with several whole white cells.
    """
    if _is_wide(rgb, red_cell_diameter):
        return True
    longer = max(rgb.shape[:2]) / max(red_cell_diameter, 1.0)
    cells = find_cells(rgb, red_cell_diameter) if cells is None else cells
    whole = [each.cell for each in cells if not each.at_edge]
    centred = any(_stands_in_the_middle(cell, rgb.shape) for cell in whole)
    if longer <= _SMALL_CROP:
        return len(whole) > 1 and not centred
    return not centred or len(whole) > 2 or _is_frame(rgb)


def _stands_in_the_middle(cell: Cell, shape: tuple[int, ...]) -> bool:
    middle = shape[1] / 2, shape[0] / 2
    away = np.hypot(*np.subtract(cell.centroid, middle))
    return bool(away < _MIDDLE * min(shape[:2]))
