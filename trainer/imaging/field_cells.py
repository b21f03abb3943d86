"""The white cells of a field: nuclei first, then the cell around each of them.

The field is reduced to 26 px a red cell, the scale of a single-cell image on its mask. So a
square of 128 px around a nucleus is what `segment_cell` sees, and the same boundary is traced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Window
from trainer.imaging.cell_boundary import trace_boundary
from trainer.imaging.field_density import FieldDensity, glass_colour, measure_field_density
from trainer.imaging.field_nuclei import find_nuclei
from trainer.imaging.nucleus import nuclear_density
from trainer.imaging.segmentation import MASK_SIDE, Cell, assess_mask
from trainer.imaging.stain import colour_of

_HALF = MASK_SIDE // 2
_ROW = 2.0  # red cells: cells whose middles differ less in height stand in one row
_CROP_REACH = 3.0  # red cells a side: smaller images hold no two cells
_FIELD_REACH = 9.0  # red cells a side from which on an image is a field whatever it holds


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


@dataclass(frozen=True, eq=False)
class _Scene:
    """What tracing needs, padded by half a square on all sides."""

    density: NDArray[np.float32]
    score: NDArray[np.float32]
    outside: NDArray[np.bool_]


def find_cells(rgb: NDArray[np.uint8], red_cell_diameter: float) -> tuple[FieldCell, ...]:
    """Find the white cells of a field.

    Args:
        rgb: (H, W, 3), RGB, of any size.
        red_cell_diameter: of the source, in pixels of `rgb`.

    Returns:
        Each nucleated cell once, in reading order; empty for none. Never raises for a valid
        array.
    """
    field = measure_field_density(rgb, red_cell_diameter)
    score, smooth = nuclear_density(field.values)
    scene = _pad(field, score, smooth)
    cells = [
        _outline(field, scene, nucleus, threshold) for nucleus, threshold in find_nuclei(score)
    ]
    return _sort_by_reading(cells, red_cell_diameter)


def _pad(field: FieldDensity, score: NDArray[np.float32], smooth: NDArray[np.float32]) -> _Scene:
    sides = (_HALF, _HALF, _HALF, _HALF)
    unexposed = field.unexposed
    shown = np.zeros(score.shape, np.uint8) if unexposed is None else unexposed.astype(np.uint8)
    density = cv2.copyMakeBorder(smooth, *sides, cv2.BORDER_CONSTANT)
    nuclear = cv2.copyMakeBorder(score, *sides, cv2.BORDER_CONSTANT)
    outside = cv2.copyMakeBorder(shown, *sides, cv2.BORDER_CONSTANT, value=(1,))
    return _Scene(
        np.asarray(density, np.float32), np.asarray(nuclear, np.float32), outside.astype(np.bool_)
    )


def _outline(
    field: FieldDensity, scene: _Scene, nucleus: NDArray[np.bool_], threshold: float
) -> FieldCell:
    x, y, width, height = cv2.boundingRect(nucleus.astype(np.uint8))
    left, top = x + width // 2 - _HALF, y + height // 2 - _HALF
    square = np.s_[top + _HALF : top + _HALF + MASK_SIDE, left + _HALF : left + _HALF + MASK_SIDE]
    own = np.pad(nucleus, _HALF)[square]
    outside = scene.outside[square]
    mask = trace_boundary(
        np.ascontiguousarray(scene.density[square]),
        np.ascontiguousarray(scene.score[square]),
        threshold,
        own,
        outside if outside.any() else None,
    )
    rim = cv2.dilate(outside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    chromatin = colour_of(np.median(field.pixels[nucleus], axis=0))
    cell = _build_cell(mask, own, (left, top), field.factor)
    cell = replace(cell, background=glass_colour(field.glass[nucleus]), chromatin=chromatin)
    return FieldCell(cell, bool((mask & rim).any()))


def _build_cell(
    mask: NDArray[np.bool_],
    nucleus: NDArray[np.bool_],
    corner: tuple[int, int],
    factor: tuple[float, float],
) -> Cell:
    """A cell in pixels of the field from one in pixels of the reduced field."""
    rows, columns = np.nonzero(mask)
    step = 1.0 / float(np.sqrt(factor[0] * factor[1]))
    square = Window(corner[0] / factor[0], corner[1] / factor[1], MASK_SIDE * step)
    x = square.x + float(columns.mean() + 0.5) * step
    y = square.y + float(rows.mean() + 0.5) * step
    diameter = 2.0 * float(np.sqrt(mask.sum() / np.pi)) * step
    return Cell(mask, square, assess_mask(mask), (x, y), diameter, nucleus)


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


def is_field(
    rgb: NDArray[np.uint8],
    red_cell_diameter: float,
    cells: tuple[FieldCell, ...] | None = None,
) -> bool:
    """Decide whether an image is a field, not an image of one cell in its middle.

    Args:
        rgb: (H, W, 3).
        red_cell_diameter: of the source, in pixels of `rgb`.
        cells: as `find_cells` found them in `rgb`; they are searched where None.

    Returns:
        True for several whole white cells; also for an image many red cells across, unless
        its only white cell stands in the middle.
    """
    height, width = rgb.shape[:2]
    reach = min(height, width) / max(red_cell_diameter, 1.0)
    if reach > _FIELD_REACH:
        return True
    cells = find_cells(rgb, red_cell_diameter) if cells is None else cells
    whole = [each.cell for each in cells if not each.at_edge]
    return len(whole) > 1 and reach > _CROP_REACH
