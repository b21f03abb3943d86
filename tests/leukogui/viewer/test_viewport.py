from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukogui.viewer import viewport as geometry
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.scale_bar import bar_length, format_length, scale_of_file, scale_of_run
from leukogui.viewer.tiles import SIDE, level_for, tile_box, tiles_in_view
from leukogui.viewer.toolbar import format_zoom
from leukogui.viewer.viewport import CellFrame, Viewport

sizes = st.tuples(st.integers(1, 20_000), st.integers(1, 20_000))
ports = st.tuples(st.integers(100, 4000), st.integers(100, 4000))
zooms = st.floats(0.005, 40)


@given(sizes, ports, zooms, st.floats(-1, 2), st.floats(-1, 2))
def test_a_held_sight_leaves_no_side_empty(size, port, zoom, x, y) -> None:
    sight = geometry.clamped(Viewport(x * size[0], y * size[1], zoom), size, port)
    left, top = geometry.origin(sight, port)
    for start, length, seen in zip((left, top), size, port, strict=True):
        end = start + length * sight.zoom
        if length * sight.zoom >= seen:
            assert start <= 1
            assert end >= seen - 1
        else:  # in the middle
            assert start + end == pytest.approx(seen, abs=2)


@given(sizes, ports)
def test_a_fitted_image_is_seen_whole(size, port) -> None:
    sight = geometry.fit_viewport(size, port)
    assert not geometry.exceeds_widget(size, port, sight)
    sheet = geometry.scaled_size(size, sight.zoom)
    assert sheet[0] == pytest.approx(port[0], abs=1) or sheet[1] == pytest.approx(port[1], abs=1)


@given(st.floats(0.1, 30), st.floats(0, 1), st.floats(0, 1))
def test_what_is_under_the_mouse_stays_there(zoom, across, down) -> None:
    size, port = (10_000, 8_000), (900, 700)
    at = (across * port[0], down * port[1])
    before = Viewport(5000, 4000, 1.0)
    point = geometry.to_image(before, port, at)
    after = geometry.zoom_viewport(before, size, port, zoom, at)
    place = geometry.to_widget(after, port, point)
    if zoom > 0.3:  # nothing is held at an edge
        assert place == pytest.approx(at, abs=2.5 * max(zoom, 1))


@given(sizes, ports, zooms)
def test_image_and_port_are_each_others_inverse(size, port, zoom) -> None:
    sight = geometry.clamped(Viewport(size[0] / 3, size[1] / 4, zoom), size, port)
    point = (size[0] * 0.7, size[1] * 0.2)
    back = geometry.to_image(sight, port, geometry.to_widget(sight, port, point))
    assert back == pytest.approx(point, rel=1e-6, abs=1e-6)


def test_steps_meet_every_round_zoom_and_the_fitting_one() -> None:
    met, zoom = [], 0.37
    while (further := geometry.next_zoom(zoom, 1, fit=0.58)) != zoom:
        met.append(zoom := further)
    assert {0.5, 0.58, 1.0, 2.0, 32.0} <= set(met)
    assert geometry.next_zoom(1.0, -1, fit=0.58) == pytest.approx(2 / 3)


def test_the_same_of_two_cells_is_seen() -> None:
    own, other = CellFrame(100, 100, 50), CellFrame(400, 300, 100)
    sight = geometry.link_viewport(Viewport(125, 90, 4.0), own, other)
    assert sight == Viewport(450, 280, 2.0)
    assert geometry.link_viewport(sight, other, own) == Viewport(125, 90, 4.0)


@given(sizes, ports, zooms, st.floats(0, 1), st.floats(0, 1))
def test_tiles_cover_what_is_seen_and_no_more(size, port, zoom, across, down) -> None:
    sight = geometry.clamped(Viewport(across * size[0], down * size[1], zoom), size, port)
    sheet = geometry.scaled_size(size, sight.zoom)
    left, top = geometry.origin(sight, port)
    tiles = tiles_in_view(sheet, (left, top), port)
    assert len(tiles) == len(set(tiles)) <= (port[0] // SIDE + 2) * (port[1] // SIDE + 2)
    covered = 0
    for tile in tiles:
        x, y, width, height = tile_box(sheet, tile)
        assert width > 0 < height
        seen = (
            max(min(x + width + left, port[0]) - max(x + left, 0), 0),
            max(min(y + height + top, port[1]) - max(y + top, 0), 0),
        )
        assert seen[0] > 0 < seen[1]
        covered += seen[0] * seen[1]
    whole = (
        min(sheet[0] + left, port[0]) - max(left, 0),
        min(sheet[1] + top, port[1]) - max(top, 0),
    )
    assert covered == whole[0] * whole[1]


def test_the_middle_comes_first() -> None:
    tiles = tiles_in_view((5000, 5000), (-2000, -2000), (1000, 1000))
    assert tiles[0] == (4, 4)


@pytest.mark.parametrize(
    ("zoom", "level"), [(8, 0), (1, 0), (0.6, 0), (0.5, 1), (0.26, 1), (0.25, 2), (0.001, 5)]
)
def test_a_level_is_never_coarser_than_the_zoom(zoom: float, level: int) -> None:
    assert level_for(zoom, 6) == level


@given(st.floats(0.001, 10), st.floats(20, 400))
def test_the_scale_bar_is_round_and_fits(micrometres: float, longest: float) -> None:
    length = bar_length(micrometres, longest)
    if length is not None:
        assert length / micrometres <= longest * (1 + 1e-9)
        assert f"{length:g}".strip("0.")[0] in "125"
        if 0.1 < length < 1000:
            assert length / micrometres >= longest / 2.6


def test_lengths_in_words() -> None:
    assert bar_length(0.1, 160) == 10
    assert format_length(10, stated=True) == "10 µm"
    assert format_length(0.5, stated=False) == "≈ 0.5 µm"
    assert scale_of_file(0.1, "OME").stated
    assert [format_zoom(zoom) for zoom in (1, 0.5, 0.0625, 32)] == [
        "100 %",
        "50 %",
        "6.2 %",
        "3200 %",
    ]


def test_the_scale_of_a_run() -> None:
    measured = {"red_cell_diameter": 75.0, "origin": "measured"}
    other = {"red_cell_diameter": 150.0, "origin": "entered"}
    settings = {"profile": measured, "profiles_by_size": [[[256, 256], other]]}
    scale = scale_of_run(settings, 1024, 1024)
    assert scale is not None
    assert scale.micrometres == pytest.approx(0.1)
    assert not scale.stated
    assert "75 px" in scale.why
    entered = scale_of_run(settings, 256, 256)
    assert entered is not None
    assert entered.micrometres == pytest.approx(0.05)
    assert "entered" in entered.why
    guess = {"profile": {"red_cell_diameter": 60.0, "origin": "assumed"}}
    assert scale_of_run(guess, 256, 256) is None
    assert scale_of_run({}, 256, 256) is None


def test_light_is_a_table() -> None:
    neutral = DisplayAdjustment().lookup_table()
    assert neutral.tolist() == list(range(256))
    bright, hard = (
        DisplayAdjustment(brightness=50).lookup_table(),
        DisplayAdjustment(contrast=50).lookup_table(),
    )
    assert (bright >= neutral).all()
    assert 0 == hard[0] < hard[100] < 100
    assert hard[150] > 150
