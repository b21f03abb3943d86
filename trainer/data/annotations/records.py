"""Cells with labels, as files of other programs hold them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.data.annotations.polygons import Polygon, bounding_box
from trainer.domain import Box, CellId, CellOrigin, LocatedCell
from trainer.errors import UserError


@dataclass(frozen=True)
class LabelledCell:
    """A cell of an image, and what it is.

    Attributes:
        cell: where it lies, in pixels of the image.
        label: its class; empty where it has none.
        probability: of the label, 0-1; None where a person gave it.
        reviewed: whether a person gave the label.
    """

    cell: LocatedCell
    label: str = ""
    probability: float | None = None
    reviewed: bool = False


@dataclass(frozen=True)
class AnnotatedImage:
    """An image as a file of annotations names it.

    Attributes:
        name: its path, with forward slashes, as in the file; may be a name alone.
        width: in pixels; 0 where the file does not state it.
        height: likewise.
        cells: numbered 1, 2, ... in the order of the file.
        place: where in the file it stands, for messages.
        relative: positions are shares of its sides until `clip_cells`.
    """

    name: str
    width: int = 0
    height: int = 0
    cells: tuple[LabelledCell, ...] = ()
    place: str = ""
    relative: bool = False


@dataclass(frozen=True)
class Annotations:
    """What a file of annotations holds.

    Attributes:
        images: in the order of the file; ones without cells too.
        notes: what was left out, in words.
    """

    images: tuple[AnnotatedImage, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """A cell as a file has it, before it is checked against its image.

    Attributes:
        box: its rectangle.
        outline: its polygon; empty where there is none.
        label: its class; empty where it has none.
        at_edge: whether the file has it cut by the edge of the image.
        probability: of the label, 0-1.
        place: where in the file it stands, for messages.
    """

    box: Box
    outline: Polygon = ()
    label: str = ""
    at_edge: bool = False
    probability: float | None = None
    place: str = ""


def locate_cells(
    shapes: Sequence[Shape], image: str, width: int, height: int
) -> tuple[LabelledCell, ...]:
    """Number the cells of an image, and clip them to it; returns them in their order.

    Args:
        shapes: as the file has them.
        image: its name.
        width: in pixels; 0 where not known: nothing is clipped then.
        height: likewise.

    Raises:
        UserError: a box without extent, or one of which less than half lies in the image.
    """
    return tuple(
        _locate_cell(shape, CellId(image, number), width, height)
        for number, shape in enumerate(shapes, 1)
    )


def clip_cells(image: AnnotatedImage, width: int, height: int) -> AnnotatedImage:
    """Clip the cells of an image to its true size, where the file states none; returns it.

    Raises:
        UserError: as `locate_cells`; or the file states another size.
    """
    if image.width and (image.width, image.height) != (width, height):
        raise UserError(
            f"{image.place}: the image “{image.name}” is stated to be {image.width} × "
            f"{image.height} pixels, but it is {width} × {height}.",
            "The annotations belong to another version of the image.",
        )
    across, down = (width, height) if image.relative else (1, 1)
    shapes = [
        Shape(
            _scale_box(each.cell.box, across, down),
            tuple((x * across, y * down) for x, y in each.cell.outline),
            each.label,
            each.cell.at_edge,
            each.probability,
            f"{image.place}, cell {each.cell.id.letters}",
        )
        for each in image.cells
    ]
    cells = locate_cells(shapes, image.name, width, height)
    return AnnotatedImage(image.name, width, height, cells, image.place)


def _scale_box(box: Box, across: float, down: float) -> Box:
    return Box(box.x * across, box.y * down, box.width * across, box.height * down)


def refuse_apart(box: Box, outline: Polygon, place: str) -> None:
    """Refuse a cell whose outline lies elsewhere than its box.

    Raises:
        UserError: they share no pixel.
    """
    if outline and box.iou(bounding_box(outline)) == 0:
        raise UserError(
            f"{place}: the outline of the cell lies beside its box.",
            "Export the annotations again; both must be in pixels of the image.",
        )


def _locate_cell(shape: Shape, cell: CellId, width: int, height: int) -> LabelledCell:
    box, outline = shape.box, shape.outline
    if box.width <= 0 or box.height <= 0:
        raise UserError(
            f"{shape.place}: the box of the cell is {box.width:g} × {box.height:g} pixels.",
            "Draw the cell again, or take it out.",
        )
    at_edge = shape.at_edge
    if width and height:
        box = _clip_box(shape, width, height)
        outline = _clip_outline(outline, width, height)
        in_shares = width == height == 1  # of the sides
        at_edge = at_edge or (not in_shares and box.is_cut(width, height))
    located = LocatedCell(cell, box, outline, CellOrigin.DRAWN, at_edge)
    return LabelledCell(located, shape.label, shape.probability, shape.probability is None)


def _clip_box(shape: Shape, width: int, height: int) -> Box:
    box = shape.box
    left, top = max(box.x, 0.0), max(box.y, 0.0)
    right, bottom = min(box.x + box.width, width), min(box.y + box.height, height)
    inside = max(right - left, 0.0) * max(bottom - top, 0.0)
    if inside < 0.5 * box.width * box.height:
        raise UserError(
            f"{shape.place}: the box ({box.x:g}, {box.y:g}, {box.width:g} × {box.height:g}) lies "
            f"outside of the image, which is {_size_text(width, height)}.",
            "The annotations belong to another image, or to another size of it.",
        )
    return Box(left, top, right - left, bottom - top)


def _size_text(width: int, height: int) -> str:
    return "1 × 1 in shares of its sides" if width == height == 1 else f"{width} × {height} pixels"


def _clip_outline(outline: Polygon, width: int, height: int) -> Polygon:
    """Points beyond the edge are moved onto it, which a cut cell's outline follows anyway."""
    return tuple((min(max(x, 0.0), width), min(max(y, 0.0), height)) for x, y in outline)


def outline_or_rectangle(cell: LocatedCell) -> Polygon:
    """The outline of a cell; the corners of its box where none was traced."""
    if len(cell.outline) > 2 and bounding_box(cell.outline).width > 0:
        return cell.outline
    x, y, right = cell.box.x, cell.box.y, cell.box.x + cell.box.width
    bottom = y + cell.box.height
    return ((x, y), (right, y), (right, bottom), (x, bottom))
