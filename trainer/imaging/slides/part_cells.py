"""The white cells of a part of a slide: seen at low power, found and outlined at full power."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from trainer.domain import SAME_CELL_IOU, Box, KnownCells, LocatedCell
from trainer.imaging.codecs.colour import is_grey
from trainer.imaging.fields.cells import find_cells
from trainer.imaging.image_cells import ImageCell, heed_known, locate_cell
from trainer.imaging.reader import Image
from trainer.imaging.slides.candidates import find_candidates, grow, join_overlapping
from trainer.imaging.slides.parts import BORDER, SlidePart
from trainer.imaging.slides.slide import Slide

_REACH = 3.2  # red cells around a nucleus that are read at full power
_NEAR = 0.75  # red cells around a known cell in which it is looked for


@dataclass(frozen=True, eq=False)
class WindowCell:
    """A cell in the window of a slide that was read for it.

    Attributes:
        image: the window.
        cell: in pixels of the window.
        left, top: of the window, in pixels of the slide.
    """

    image: Image
    cell: ImageCell
    left: int
    top: int

    @property
    def box(self) -> Box:
        """Of the cell, in pixels of the slide."""
        assert self.cell.box is not None
        return _shift(self.cell.box, self.left, self.top)


def find_part_cells(
    slide: Slide,
    part: SlidePart,
    red_cell_diameter: float,
    sha256: str,
    known: KnownCells | None = None,
) -> Iterator[WindowCell]:
    """Find the white cells of a part of a slide, each once: those whose middles lie in it.

    A cell on the border of two parts is outlined in a window of each, and its middle may fall on
    either side: both give it, and who scans takes it once.

    Args:
        slide: the slide.
        part: of it.
        red_cell_diameter: in pixels of the full size.
        sha256: of the slide's file.
        known: cells that a person touched; of other bytes they mean nothing.

    Raises:
        ImageError: the file is gone or damaged.
    """
    if known is not None and known.sha256 != sha256:
        known = None
    owned = grow(part.box, BORDER * red_cell_diameter)
    candidates = find_candidates(slide, part.box, red_cell_diameter)
    if known is not None:
        near = _NEAR * red_cell_diameter
        # What is a candidate already is found in the same window as without being known.
        kept = [
            grow(each.box, near)
            for each in known.kept
            if _owns(owned, each.box) and not any(_owns(one, each.box) for one in candidates)
        ]
        candidates = join_overlapping([*candidates, *kept])
    given: list[Box] = []
    for candidate in candidates:
        reach = grow(candidate, _REACH * red_cell_diameter)
        for each in _find_in_window(slide, candidate, reach, red_cell_diameter, sha256, known):
            box = each.box
            if _owns(owned, box) and all(box.iou(other) < SAME_CELL_IOU for other in given):
                given.append(box)
                yield each


def _find_in_window(
    slide: Slide,
    candidate: Box,
    window: Box,
    red_cell_diameter: float,
    sha256: str,
    known: KnownCells | None,
) -> Iterator[WindowCell]:
    """The cells of a candidate, found in the window around it."""
    image, left, top = _read_within(slide, window, sha256)
    cells = [locate_cell(each, image) for each in find_cells(image.pixels, red_cell_diameter)]
    if known is not None:
        here = _move_known(known, candidate, left, top)
        cells = list(heed_known(cells, here, image))
    for cell in cells:
        if cell.box is not None:
            box = _shift(cell.box, left, top)
            if _owns(candidate, box):
                at_edge = box.is_cut(slide.width, slide.height)
                yield WindowCell(image, replace(cell, at_edge=at_edge), left, top)


def _read_within(slide: Slide, window: Box, sha256: str) -> tuple[Image, int, int]:
    """A window in full size, without what lies beyond the edges of the slide."""
    left, top = max(round(window.x), 0), max(round(window.y), 0)
    right = min(round(window.x + window.width), slide.width)
    bottom = min(round(window.y + window.height), slide.height)
    width, height = max(right - left, 1), max(bottom - top, 1)
    return read_window(slide, Box(left, top, width, height), sha256), left, top


def read_window(slide: Slide, box: Box, sha256: str = "") -> Image:
    """Read a rectangle of a slide in full size as an image of its own.

    Args:
        box: in whole pixels of the full size; beyond the edges lies white.
        sha256: of the slide's file.

    Raises:
        ImageError: the file is gone or damaged.
    """
    x, y, width, height = (round(side) for side in (box.x, box.y, box.width, box.height))
    rgb = slide.read_region(0, x, y, width, height)
    return Image((rgb,), 0, width, height, 1.0, sha256, "TIFF", grey=is_grey(rgb))


def _shift(box: Box, left: float, top: float) -> Box:
    return replace(box, x=box.x + left, y=box.y + top)


def _owns(owner: Box, box: Box) -> bool:
    """Whether the middle of a box lies in another."""
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return owner.x <= x < owner.x + owner.width and owner.y <= y < owner.y + owner.height


def _move_known(known: KnownCells, candidate: Box, left: int, top: int) -> KnownCells:
    """The known cells of a candidate, in pixels of a window."""

    def move(cells: tuple[LocatedCell, ...]) -> tuple[LocatedCell, ...]:
        return tuple(
            replace(
                cell,
                box=_shift(cell.box, -left, -top),
                outline=tuple((x - left, y - top) for x, y in cell.outline),
            )
            for cell in cells
            if _owns(candidate, cell.box)
        )

    return KnownCells(known.sha256, move(known.kept), move(known.removed))
