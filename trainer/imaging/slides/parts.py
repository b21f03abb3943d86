"""The parts of a slide, in the order in which they are scanned.

As a person moves along a smear (CLSI H20-A2, the battlement track): down, across, up, across. A
count that stops at a number of cells so takes neighbouring fields, from edge to edge of the film.
"""

from __future__ import annotations

from dataclasses import dataclass

from trainer.domain import Box

BORDER = 0.25  # red cells: so far the middle of a cell may move from one search to another
_SIDE = 40.0  # red cells a side


@dataclass(frozen=True)
class SlidePart:
    """A part of a slide.

    Attributes:
        number: from 0, in the order of the scan.
        box: in pixels of the full size; parts neither overlap nor leave a gap.
    """

    number: int
    box: Box

    @classmethod
    def around(cls, box: Box) -> SlidePart:
        """A part so small that it gives the cell of a box alone; of no scan."""
        return cls(-1, Box(box.x + box.width / 2 - 1, box.y + box.height / 2 - 1, 2, 2))

    def contains(self, x: float, y: float, reach: float = 0.0) -> bool:
        """Whether a point of the slide lies in it, or so near to it, in pixels."""
        box = self.box
        across = -reach <= x - box.x < box.width + reach
        return across and -reach <= y - box.y < box.height + reach


def cut_parts(region: Box, red_cell_diameter: float) -> tuple[SlidePart, ...]:
    """Cut the part of a slide that is scanned into squares of some 40 red cells.

    Args:
        region: in pixels of the full size.
        red_cell_diameter: likewise.
    """
    side = _SIDE * max(red_cell_diameter, 1.0)
    columns, rows = (max(round(length / side), 1) for length in (region.width, region.height))
    width, height = region.width / columns, region.height / rows
    parts: list[SlidePart] = []
    for column in range(columns):
        down = range(rows) if column % 2 == 0 else reversed(range(rows))
        for row in down:
            box = Box(region.x + column * width, region.y + row * height, width, height)
            parts.append(SlidePart(len(parts), box))
    return tuple(parts)
