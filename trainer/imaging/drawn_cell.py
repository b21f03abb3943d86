"""A cell that a person marks in a field: its outline, traced around a point or in a box."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from trainer.domain import Box, CellId, CellOrigin, LocatedCell
from trainer.errors import ImageError
from trainer.imaging.fields.cells import find_cells
from trainer.imaging.image_cells import ImageCell, locate_cell, segment_known
from trainer.imaging.reader import Image

_REACH = 5.0  # red cells around a point in which its cell is searched
_EXTENT = 1.8  # red cells: a middling white cell, where none is found
_LEAST, _MOST = 0.7, 5.0  # red cells across; what is traced beyond is no cell
_NEAR = 0.35  # red cells that a point may lie beside its cell


def outline_marked_cell(image: Image, box: Box, red_cell_diameter: float) -> LocatedCell:
    """Outline the cell that a person marked in an image.

    Args:
        image: decoded.
        box: drawn around the cell, in pixels of the original as all that follows; without
            width and height a point of it.
        red_cell_diameter: of the source.

    Returns:
        A drawn cell without a name. Of a point: what is found there as in any field, else
        outlined there as in an image of one cell, else a disc. Of a box: the outline in it.

    Raises:
        ImageError: the box or the point lies outside of the image.
    """
    if box.width > 0 and box.height > 0:
        cell = _outline_box(image, box)
    else:
        _check_point(image, box)
        found = _find_around(image, box, red_cell_diameter)
        cell = found or _outline_around(image, box, red_cell_diameter)
    assert cell.box is not None
    at_edge = cell.at_edge or cell.box.is_cut(image.width, image.height)
    return LocatedCell(CellId(""), cell.box, cell.outline, CellOrigin.DRAWN, at_edge)


def _outline_box(image: Image, box: Box) -> ImageCell:
    return segment_known(image, LocatedCell(CellId(""), box, (), CellOrigin.DRAWN))


def _check_point(image: Image, point: Box) -> None:
    if not (0 <= point.x <= image.width and 0 <= point.y <= image.height):
        raise ImageError(
            f"The point lies outside of the image, which is {image.width} × {image.height} pixels."
        )


def _find_around(image: Image, point: Box, red_cell_diameter: float) -> ImageCell | None:
    """The cell of a field at a point, searched in its surroundings alone."""
    part, left, top = _crop(image, point, _REACH * red_cell_diameter)
    found = find_cells(part.pixels, red_cell_diameter * image.scale)
    here = (point.x - left, point.y - top)
    cells = [locate_cell(each, part) for each in found]
    cells = [cell for cell in cells if _contains(cell, here, red_cell_diameter)]
    nearest = min(cells, key=lambda cell: _distance(cell, here), default=None)
    return _shift(nearest, left, top) if nearest is not None else None


def _outline_around(image: Image, point: Box, red_cell_diameter: float) -> ImageCell:
    """What is outlined around a point, as in an image of one cell; else a disc."""
    side = _EXTENT * red_cell_diameter
    box = Box(point.x - side / 2, point.y - side / 2, side, side)
    traced = _outline_box(image, box)
    around = _bounds(traced.outline) or box
    size = max(around.width, around.height) / red_cell_diameter
    is_cell = _LEAST <= size <= _MOST and _contains(traced, (point.x, point.y), red_cell_diameter)
    if is_cell:
        return replace(traced, box=around)
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    x = np.clip(point.x + side / 2 * np.cos(angle), 0, image.width)
    y = np.clip(point.y + side / 2 * np.sin(angle), 0, image.height)
    disc = tuple(zip(x.tolist(), y.tolist(), strict=True))
    return replace(traced, box=_bounds(disc), outline=disc)


def _crop(image: Image, point: Box, reach: float) -> tuple[Image, float, float]:
    """The part of an image around a point; and where it begins, in pixels of the original."""
    scale, (height, width) = image.scale, image.pixels.shape[:2]
    left, top = (max(int((at - reach) * scale), 0) for at in (point.x, point.y))
    right = min(int((point.x + reach) * scale) + 1, width)
    bottom = min(int((point.y + reach) * scale) + 1, height)
    pixels = np.ascontiguousarray(image.pixels[top:bottom, left:right])
    size = {"width": round((right - left) / scale), "height": round((bottom - top) / scale)}
    return replace(image, planes=(pixels,), sharpest=0, **size), left / scale, top / scale


def _shift(cell: ImageCell, left: float, top: float) -> ImageCell:
    assert cell.box is not None
    box = replace(cell.box, x=cell.box.x + left, y=cell.box.y + top)
    # The edge of the part is none of the image.
    outline = tuple((x + left, y + top) for x, y in cell.outline)
    return replace(cell, box=box, outline=outline, at_edge=False)


def _contains(cell: ImageCell, point: tuple[float, float], red_cell_diameter: float) -> bool:
    return bool(cell.outline) and _distance(cell, point) <= _NEAR * red_cell_diameter


def _distance(cell: ImageCell, point: tuple[float, float]) -> float:
    """Of a point from a cell's outline, in pixels of the original; below 0 within it."""
    polygon = np.asarray(cell.outline, np.float32)
    return -float(cv2.pointPolygonTest(polygon, point, True)) if len(polygon) else np.inf


def _bounds(outline: tuple[tuple[float, float], ...]) -> Box | None:
    if not outline:
        return None
    points = np.asarray(outline, np.float64)
    (left, top), (right, bottom) = points.min(0).tolist(), points.max(0).tolist()
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None
