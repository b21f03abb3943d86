from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leukogui.case.arrangement import Section
from leukogui.gallery.layout import GalleryLayout, LayoutMetrics

MEASURES = LayoutMetrics(cell_width=100, cell_height=124, gap=8, heading=40)
counts = st.lists(st.integers(1, 30), min_size=1, max_size=6)


def grid_of(sizes: list[int], width: int) -> GalleryLayout:
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    sections = [
        Section(at, start, size) for at, (start, size) in enumerate(zip(starts, sizes, strict=True))
    ]
    return GalleryLayout(sections, width, MEASURES)


@given(counts, st.integers(50, 2000))
def test_a_cell_is_found_where_it_lies(sizes: list[int], width: int) -> None:
    grid = grid_of(sizes, width)
    for position in range(sum(sizes)):
        left, top, across, down = grid.box(position)
        assert grid.position_at(left, top) == position
        assert grid.position_at(left + across - 1, top + down - 1) == position
        assert grid.position_at(left - 1, top) != position
        assert top + down <= grid.height


@given(counts, st.integers(50, 2000), st.integers(0, 5000), st.integers(1, 1000))
def test_a_band_touches_exactly_the_cells_in_it(
    sizes: list[int], width: int, top: int, height: int
) -> None:
    grid = grid_of(sizes, width)
    found = {at for positions in grid.positions(top, top + height) for at in positions}
    for position in range(sum(sizes)):
        _, above, _, down = grid.box(position)
        if above <= top + height and above + down > top:
            assert position in found


@given(counts, st.integers(50, 2000))
def test_lines_are_walked_down_and_up_again(sizes: list[int], width: int) -> None:
    grid = grid_of(sizes, width)
    position, lines = 0, 0
    while (below := grid.move_lines(position, 1)) != position:
        assert grid.box(below)[1] > grid.box(position)[1]
        position, lines = below, lines + 1
    assert grid.move_lines(position, -lines - 5) == 0
