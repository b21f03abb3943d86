"""Where the cells of a gallery lie: rows of squares under the headings of their sections.

Pure arithmetic on sections, so that 100,000 cells cost no more than their sections."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leukogui.case.arrangement import Section

Box = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the whole content."""


@dataclass(frozen=True)
class LayoutMetrics:
    """Sizes in device-independent pixels; `gap` lies around each cell."""

    cell_width: int
    cell_height: int
    gap: int
    heading: int


class GalleryLayout:
    """The places of all cells for one width."""

    def __init__(self, sections: Sequence[Section], width: int, measures: LayoutMetrics) -> None:
        self._sections = tuple(sections)
        self._measures = measures
        step = measures.cell_width + measures.gap
        self.columns = max((width - measures.gap) // step, 1)
        self._tops: list[int] = []
        top = 0
        for section in self._sections:
            self._tops.append(top)
            lines = -(-section.count // self.columns)
            top += measures.heading + lines * self._line + measures.gap
        self.height = top
        self._starts = [section.start for section in self._sections]

    @property
    def cell_width(self) -> int:
        """Of each cell, which is the side of its thumbnail."""
        return self._measures.cell_width

    @property
    def _line(self) -> int:
        return self._measures.cell_height + self._measures.gap

    def box(self, position: int) -> Box:
        """Where a cell lies."""
        at = bisect_right(self._starts, position) - 1
        line, column = divmod(position - self._starts[at], self.columns)
        measures = self._measures
        left = measures.gap + column * (measures.cell_width + measures.gap)
        top = self._tops[at] + measures.heading + line * self._line
        return left, top, measures.cell_width, measures.cell_height

    def position_at(self, x: int, y: int) -> int | None:
        """The cell at a point, or None between cells."""
        at = bisect_right(self._tops, y) - 1
        if at < 0:
            return None
        measures, section = self._measures, self._sections[at]
        line, below = divmod(y - self._tops[at] - measures.heading, self._line)
        column, right = divmod(x - measures.gap, measures.cell_width + measures.gap)
        inside = below < measures.cell_height and right < measures.cell_width
        if line < 0 or not 0 <= column < self.columns or not inside:
            return None
        offset = line * self.columns + column
        return section.start + offset if offset < section.count else None

    def positions(self, top: int, bottom: int) -> Iterator[range]:
        """The cells that a band from `top` to `bottom` touches, a range for each section."""
        first = max(bisect_right(self._tops, top) - 1, 0)
        for at in range(first, len(self._sections)):
            start = self._tops[at] + self._measures.heading
            if self._tops[at] > bottom:
                return
            section = self._sections[at]
            lines = -(-section.count // self.columns)
            from_line = min(max((top - start) // self._line, 0), lines)
            to_line = min(max((bottom - start) // self._line + 1, 0), lines)
            begin = min(from_line * self.columns, section.count)
            end = min(to_line * self.columns, section.count)
            if end > begin:
                yield range(section.start + begin, section.start + end)

    def headings(self, top: int, bottom: int) -> Iterator[tuple[Section, int]]:
        """Sections whose heading lies in the band, each with the top of its heading."""
        for section, at in zip(self._sections, self._tops, strict=True):
            if at + self._measures.heading >= top and at <= bottom:
                yield section, at

    def move_lines(self, position: int, lines: int) -> int:
        """The cell `lines` lines below (above if negative), across sections, same column."""
        at = bisect_right(self._starts, position) - 1
        column = (position - self._starts[at]) % self.columns
        step = 1 if lines > 0 else -1
        for _ in range(abs(lines)):
            moved = self._next_line(position, column, step)
            if moved is None:
                break
            position = moved
        return position

    def section_at(self, y: int) -> Section | None:
        """The section in whose band a height lies, its heading included."""
        at = bisect_right(self._tops, y) - 1
        return self._sections[at] if at >= 0 and y < self.height else None

    def heading_at(self, y: int) -> Section | None:
        """The section whose heading lies at a height."""
        at = bisect_right(self._tops, y) - 1
        inside = at >= 0 and y < self._tops[at] + self._measures.heading
        return self._sections[at] if inside else None

    def band(self, group: int) -> tuple[int, int] | None:
        """Top and height of a group's section, its heading included."""
        for at, section in enumerate(self._sections):
            if section.group == group:
                ends = [*self._tops[1:], self.height]
                return self._tops[at], ends[at] - self._tops[at] - self._measures.gap
        return None

    def _next_line(self, position: int, column: int, step: int) -> int | None:
        at = bisect_right(self._starts, position) - 1
        line = (position - self._starts[at]) // self.columns + step
        lines = -(-self._sections[at].count // self.columns)
        if line < 0 or line >= lines:
            at += step
            while 0 <= at < len(self._sections) and not self._sections[at].count:
                at += step  # folded
            if not 0 <= at < len(self._sections):
                return None
            line = 0 if step > 0 else -(-self._sections[at].count // self.columns) - 1
        section = self._sections[at]
        return section.start + min(line * self.columns + column, section.count - 1)
