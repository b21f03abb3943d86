"""The white cells of an image: the only one in its middle, or all those of a field.

What a person did to the cells of a field comes before what is found in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import (
    SAME_CELL_IOU,
    Box,
    CellId,
    CellOrigin,
    CellState,
    ImageContent,
    KnownCells,
    LocatedCell,
    Window,
)
from trainer.imaging.boxed_image import cut_out, square_around
from trainer.imaging.fields.cells import FieldCell, find_cells, is_field
from trainer.imaging.reader import Image
from trainer.imaging.segmentation.white_cell import (
    MASK_SIDE,
    Cell,
    assess_mask,
    boundary_polygon,
    segment_cell,
)

# Diameter of a second white cell over that of the one in the middle: an erythroblast beside a
# monocyte has 0.6, a platelet beside a lymphocyte 0.4.
_LEAST_RATIO = 0.5
_CROP_ASPECT = 1.2  # longer over shorter side of a crop; of cameras' frames it is more
_MIDDLE = 0.2  # of the shorter side: how far from the middle the cell of a crop stands
_CROP_SHARE = 0.2  # of the shorter side: the least diameter of the cell of a crop
_MIN_BOX_IOU = 0.3  # below it, what was outlined is not what a person drew a box around
_OUTLINE_ERROR = 0.75  # px of a mask by which an outline of fewer points may differ
_FILL_STEPS = 4


@dataclass(frozen=True, eq=False)
class ImageCell:
    """A cell with its place in its image.

    Attributes:
        cell: in pixels of the decoded image.
        box: in pixels of the original, as all that follows; None for the only cell of an
            image in which none was outlined.
        outline: a polygon of (x, y).
        number: as of `CellId`; 0 also for a cell of a field that is new.
        origin: how it came about.
        at_edge: whether the edge of a field cuts it.
    """

    cell: Cell
    box: Box | None
    outline: tuple[tuple[float, float], ...] = ()
    number: int = 0
    origin: CellOrigin = CellOrigin.ALONE
    at_edge: bool = False

    def located(self, image: str) -> LocatedCell:
        """Where the cell of a field lies in the image of that name."""
        assert self.box is not None
        cell_id = CellId(image, self.number)
        return LocatedCell(cell_id, self.box, self.outline, self.origin, self.at_edge)


@dataclass(frozen=True)
class ContentRule:
    """How it is decided whether an image is searched as a field.

    Attributes:
        content: what the images of the case hold.
        single_side: where that is found image by image, those whose shorter side is no
            longer hold one cell each, as a sample showed; in pixels of the original.
    """

    content: ImageContent = ImageContent.SINGLE
    single_side: int = 0

    def is_single(self, image: Image) -> bool:
        """Whether an image holds one cell without a search."""
        if self.content is ImageContent.AS_FOUND:
            return min(image.width, image.height) <= self.single_side
        return self.content is ImageContent.SINGLE


def find_image_cells(
    image: Image, red_cell_diameter: float, rule: ContentRule, known: KnownCells | None = None
) -> tuple[bool, tuple[ImageCell, ...]]:
    """Find the cell or the cells of an image.

    Args:
        image: decoded.
        red_cell_diameter: of the source, in pixels of the decoded image.
        rule: by which it is a field or not.
        known: of earlier searches; None, or of other bytes, where it means nothing.

    Returns:
        Whether it is a field; and its cells: one where it is none. Of a field those that are
        found, in reading order, without those that a person removed; then those that were
        kept though they were not found.

    Raises:
        ImageError: a cell that was kept lies outside of the image.
    """
    if known is not None and known.sha256 != image.sha256:
        known = None
    touched = rule.content is not ImageContent.SINGLE and known is not None
    if rule.is_single(image) and not touched:
        return False, (find_single_cell(image),)
    found = find_cells(image.pixels, red_cell_diameter)
    if rule.content is ImageContent.AS_FOUND and not touched:
        single = find_single_cell(image)
        if not _shows_field(image, red_cell_diameter, found, single):
            return False, (single,)
    cells = [locate_cell(each, image) for each in found]
    return True, tuple(cells) if known is None else heed_known(cells, known, image)


def _shows_field(
    image: Image, red_cell_diameter: float, found: tuple[FieldCell, ...], single: ImageCell
) -> bool:
    """Whether it is a field, also where the scale is not quite the source's.

    The lobes of one nucleus and large platelets are found as cells then. The cell in the middle
    is outlined without any scale: it stands for all that lies in it, and what is far smaller
    than it is no other.
    """
    if single.cell.state is not CellState.FOUND or single.box is None:
        return is_field(image.pixels, red_cell_diameter, found)
    box, least = single.box.scaled(image.scale), _LEAST_RATIO * single.cell.diameter
    others = [
        each
        for each in found
        if each.cell.diameter >= least and not _contains(box, *each.cell.centroid)
    ]
    if all(each.at_edge for each in others) and is_cut_around(single.cell, image):
        return False
    cells = (FieldCell(single.cell, at_edge=False), *others)
    return is_field(image.pixels, red_cell_diameter, cells)


def is_cut_around(cell: Cell, image: Image) -> bool:
    """Decide whether an image is square and its cell large and in the middle, as in a crop."""
    shorter, longer = sorted(image.pixels.shape[:2])
    rows, columns = image.pixels.shape[:2]
    away = np.hypot(cell.centroid[0] - columns / 2, cell.centroid[1] - rows / 2)
    square = longer <= _CROP_ASPECT * shorter
    return bool(square and away < _MIDDLE * shorter and cell.diameter > _CROP_SHARE * shorter)


def _contains(box: Box, x: float, y: float) -> bool:
    return box.x <= x <= box.x + box.width and box.y <= y <= box.y + box.height


def find_single_cell(image: Image) -> ImageCell:
    """Find the cell in the middle of an image; its state is NONE where there is none."""
    cell = segment_cell(image.pixels)
    if cell.state is CellState.NONE:
        return ImageCell(cell, None)
    return ImageCell(cell, _box_of_mask(cell, image), _outline_of_mask(cell, image))


def heed_known(found: list[ImageCell], known: KnownCells, image: Image) -> tuple[ImageCell, ...]:
    """Put what a person did before what was found.

    Args:
        found: in an image.
        known: of the same bytes, in pixels of the original.
        image: decoded.

    Returns:
        What was found without what a person removed, then all that is kept.

    Raises:
        ImageError: a cell that was kept lies outside of the image.
    """
    left = [each for each in found if _best_match(each, known.removed) is None]
    kept: list[ImageCell] = []
    for each in known.kept:
        same = max(left, key=lambda one: _iou(one, each.box), default=None)
        if same is not None and _iou(same, each.box) >= SAME_CELL_IOU:
            left.remove(same)
            if each.origin is CellOrigin.FOUND:
                kept.append(replace(same, number=each.id.number))
                continue
        kept.append(segment_known(image, each))
    return (*left, *kept)


def _best_match(one: ImageCell, others: tuple[LocatedCell, ...]) -> LocatedCell | None:
    best = max(others, key=lambda other: _iou(one, other.box), default=None)
    return best if best is not None and _iou(one, best.box) >= SAME_CELL_IOU else None


def _iou(one: ImageCell, box: Box) -> float:
    return one.box.iou(box) if one.box is not None else 0.0


def locate_cell(found: FieldCell, image: Image) -> ImageCell:
    """Return a cell that was found in a field with its place."""
    return ImageCell(
        found.cell,
        _box_of_mask(found.cell, image),
        _outline_of_mask(found.cell, image),
        origin=CellOrigin.FOUND,
        at_edge=found.at_edge,
    )


def segment_known(image: Image, known: LocatedCell) -> ImageCell:
    """Outline a cell in the box that it is known to lie in; an ellipse where that fails."""
    cell = _segment_box(image, known.box)
    drawn = np.asarray(known.outline, np.float32) * image.scale
    if len(drawn) >= 3 and known.origin is CellOrigin.DRAWN:
        cell = _with_mask(cell, _fill(drawn, cell.square))
    elif cell.state is CellState.NONE or _box_of_mask(cell, image).iou(known.box) < _MIN_BOX_IOU:
        cell = _with_mask(cell, _ellipse(known.box.scaled(image.scale), cell.square))
    outline = known.outline or _outline_of_mask(cell, image)
    at_edge = known.at_edge or known.box.is_cut(image.width, image.height)
    return ImageCell(cell, known.box, outline, known.id.number, known.origin, at_edge)


def _segment_box(image: Image, box: Box) -> Cell:
    """The cell in the middle of a box, in pixels of the decoded image."""
    square = square_around(box).scaled(image.scale)
    cell = segment_cell(cut_out(image, box).pixels)
    left, top = round(square.x), round(square.y)
    x, y = cell.centroid
    shifted = Window(left + cell.square.x, top + cell.square.y, cell.square.side)
    return replace(cell, square=shifted, centroid=(left + x, top + y))


def _with_mask(cell: Cell, mask: NDArray[np.bool_]) -> Cell:
    """The same cell with another mask over its square."""
    if not mask.any():
        return cell
    rows, columns = np.nonzero(mask)
    step = cell.square.side / MASK_SIDE
    x = cell.square.x + float(columns.mean() + 0.5) * step
    y = cell.square.y + float(rows.mean() + 0.5) * step
    diameter = 2.0 * float(np.sqrt(mask.sum() / np.pi)) * step
    return replace(cell, mask=mask, state=assess_mask(mask), centroid=(x, y), diameter=diameter)


def _fill(polygon: NDArray[np.float32], square: Window) -> NDArray[np.bool_]:
    """The pixels of a square's mask of which a polygon covers half or more."""
    # OpenCV fills the pixels on the border of a polygon as well: so few of many are wrong.
    side = _FILL_STEPS * MASK_SIDE
    points = (polygon - (square.x, square.y)) * (side / square.side)
    fine = np.zeros((side, side), np.float32)
    cv2.fillPoly(fine, [np.rint(points - 0.5).astype(np.int32)], 1.0)
    share = cv2.resize(fine, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA)
    return np.asarray(share >= 0.5)


def _ellipse(box: Box, square: Window) -> NDArray[np.bool_]:
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    x = box.x + box.width / 2 * (1 + np.cos(angle))
    y = box.y + box.height / 2 * (1 + np.sin(angle))
    return _fill(np.column_stack([x, y]).astype(np.float32), square)


def _box_of_mask(cell: Cell, image: Image) -> Box:
    """The smallest box around a mask, within the image, in pixels of the original."""
    step = cell.square.side / MASK_SIDE
    x, y, width, height = cv2.boundingRect(cell.mask.astype(np.uint8))
    left, top = cell.square.x + x * step, cell.square.y + y * step
    right, bottom = left + width * step, top + height * step
    left, right = (_limit(side / image.scale, image.width) for side in (left, right))
    top, bottom = (_limit(side / image.scale, image.height) for side in (top, bottom))
    return Box(left, top, right - left, bottom - top)


def _outline_of_mask(cell: Cell, image: Image) -> tuple[tuple[float, float], ...]:
    """The boundary of a mask, in few points, within the image."""
    error = _OUTLINE_ERROR * cell.square.side / MASK_SIDE / image.scale
    points = cv2.approxPolyDP(boundary_polygon(cell, image.scale), error, True)[:, 0]
    # In sixteenths of a pixel, which float32 holds exactly.
    points = np.round(np.clip(points, 0, (image.width, image.height)) * 16) / 16
    return tuple((float(x), float(y)) for x, y in points)


def _limit(value: float, most: int) -> float:
    return round(min(max(value, 0.0), float(most)) * 16) / 16
