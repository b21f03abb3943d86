from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from leukogui.viewer.badge_placement import Rectangle, place_badges

VIEWPORT = (800.0, 600.0)
BADGE = (30.0, 16.0)


def overlap(one: Rectangle, other: Rectangle) -> bool:
    across = one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
    return across and one[1] < other[1] + other[3] and other[1] < one[1] + one[3]


def test_a_badge_stands_above_its_cell() -> None:
    assert place_badges([(100, 100, 60, 60)], [BADGE], VIEWPORT) == [(100, 83, 30, 16)]


@pytest.mark.parametrize(
    "cell", [(0, 0, 800, 600), (-20, -20, 60, 60), (780, 590, 60, 60), (300, 0, 5, 5)]
)
def test_a_badge_stays_in_view(cell: Rectangle) -> None:
    ((left, top, width, height),) = place_badges([cell], [BADGE], VIEWPORT)
    assert 0 <= left <= VIEWPORT[0] - width
    assert 0 <= top <= VIEWPORT[1] - height


@pytest.mark.parametrize("cell", [(-70, 100, 60, 60), (100, 610, 60, 60), (800, 100, 60, 60)])
def test_a_cell_out_of_view_has_none(cell: Rectangle) -> None:
    assert place_badges([cell], [BADGE], VIEWPORT) == [None]


def test_a_viewport_smaller_than_a_badge_has_none() -> None:
    assert place_badges([(0, 0, 10, 10)], [BADGE], (20.0, 20.0)) == [None]


@pytest.mark.parametrize("count", [20, 120, 600])
def test_badges_of_a_crowded_field_never_overlap(count: int) -> None:
    rng = np.random.default_rng(count)
    cells = [(*rng.uniform(-40, 780, 2).tolist(), 50.0, 45.0) for _ in range(count)]
    bar = (650.0, 550.0, 140.0, 40.0)
    places = place_badges(cells, [BADGE] * count, VIEWPORT, [bar])
    shown = [place for place in places if place is not None]
    assert not any(overlap(*pair) for pair in combinations([*shown, bar], 2))
    assert all(x >= 0 and y >= 0 and x + w <= 800 and y + h <= 600 for x, y, w, h in shown)
    assert places[0] is not None or cells[0][1] > 600
    if count == 20:  # there is room for all that are in view
        assert len(shown) == sum(top < 600 for _, top, _, _ in cells)
