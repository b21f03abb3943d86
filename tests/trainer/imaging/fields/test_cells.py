"""White cells of drawn fields: each found once, in reading order, cut ones marked."""

from __future__ import annotations

import numpy as np
import pytest

from tests.trainer.imaging.synthetic_smear import GLASS, SyntheticSmear
from trainer.domain import CellState
from trainer.imaging.fields.cells import find_cells, is_field
from trainer.imaging.segmentation.white_cell import MASK_SIDE

RED = 2 * 0.09 * 256  # px: the diameter of `SyntheticSmear`'s red cells at 256 px a side


def tiled(places: list[tuple[int, int]], rows: int = 2, columns: int = 3) -> np.ndarray:
    """A field of smears side by side, of which those at `places` hold a white cell."""
    smear = SyntheticSmear(side=256)
    red_only = smear.rgb()
    red_only[70:186, 70:186] = GLASS
    field = np.tile(red_only, (rows, columns, 1))
    for row, column in places:
        field[256 * row :, 256 * column :][:256, :256] = smear.rgb()
    return field


def test_each_cell_is_found_once_in_reading_order():
    places = [(0, 0), (0, 2), (1, 1)]
    cells = find_cells(tiled(places), RED)
    middles = [found.cell.centroid for found in cells]
    assert middles == [
        pytest.approx((256 * column + 128, 256 * row + 128), abs=6) for row, column in places
    ]
    assert not any(found.at_edge for found in cells)


def test_a_cell_is_what_the_view_needs():
    (found,) = find_cells(tiled([(1, 1)]), RED)
    cell = found.cell
    assert cell.state is CellState.FOUND
    assert cell.mask.shape == cell.nucleus.shape == (MASK_SIDE, MASK_SIDE)
    assert cell.diameter == pytest.approx(0.36 * 256, rel=0.1)
    assert cell.square.side == pytest.approx(MASK_SIDE / 26 * RED, rel=0.01)
    assert cell.background == pytest.approx(GLASS, abs=4)
    assert cell.chromatin == pytest.approx((95, 60, 135), abs=12)


def test_a_cut_cell_is_marked():
    field = tiled([(0, 0), (1, 2)])[100:, :]
    assert [found.at_edge for found in find_cells(field, RED)] == [True, False]


def test_red_cells_alone_are_no_white_cells():
    assert find_cells(tiled([]), RED) == ()


def faded(rgb: np.ndarray, share: float) -> np.ndarray:
    """With as much of its contrast, as by stray light."""
    return (245 + share * (rgb - 245.0)).astype(np.uint8)


def grey(rgb: np.ndarray) -> np.ndarray:
    return np.repeat(rgb.mean(axis=2, keepdims=True), 3, axis=2).astype(np.uint8)


@pytest.mark.parametrize(
    "look", [lambda rgb: faded(rgb, 0.15), grey, lambda rgb: faded(grey(rgb), 0.4)]
)
def test_cells_of_pale_and_of_grey_fields_are_found(look):
    places = [(0, 0), (0, 2), (1, 1)]
    found = find_cells(look(tiled(places)), RED)
    assert [each.cell.centroid for each in found] == [
        pytest.approx((256 * column + 128, 256 * row + 128), abs=8) for row, column in places
    ]


@pytest.mark.parametrize("look", [lambda rgb: faded(rgb, 0.15), grey])
def test_pale_and_grey_red_cells_alone_are_no_white_cells(look):
    assert find_cells(look(tiled([])), RED) == ()


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (17, 16), (40, 2000)])
@pytest.mark.parametrize("diameter", [0.5, 8.0, 900.0])
def test_odd_sizes_and_scales_do_not_break(shape, diameter):
    assert find_cells(np.full((*shape, 3), 200, np.uint8), diameter) == ()


@pytest.mark.parametrize("level", [0, 7, 255])
def test_an_empty_field_holds_no_cell(level):
    assert find_cells(np.full((300, 400, 3), level, np.uint8), 40.0) == ()


def test_noise_holds_no_cell():
    noise = np.random.default_rng(1).normal(220, 6, (300, 400, 3))
    assert find_cells(noise.astype(np.uint8), 40.0) == ()


def test_the_cells_of_a_large_field_are_those_of_the_small_one():
    small = tiled([(0, 0), (1, 1)])
    large = np.repeat(np.repeat(small, 5, axis=0), 5, axis=1)
    found, again = find_cells(small, RED), find_cells(large, 5 * RED)
    assert len(found) == len(again) == 2
    for one, other in zip(found, again, strict=True):
        assert other.cell.diameter == pytest.approx(5 * one.cell.diameter, rel=0.03)


def test_black_bars_are_no_cells_and_no_edge_of_the_slide():
    field = tiled([(0, 1), (1, 2)])
    field[:, :20] = 0
    field[-30:] = 2
    assert [found.at_edge for found in find_cells(field, RED)] == [False, False]


def test_cells_are_found_in_grey_images_too():
    grey = tiled([(0, 0), (1, 1)]).mean(axis=2, keepdims=True).repeat(3, axis=2)
    assert len(find_cells(grey.astype(np.uint8), RED)) == 2


@pytest.mark.parametrize("light", [(0.55, 0.8, 0.95), (1.0, 0.85, 0.6)])
def test_the_colour_of_the_light_does_not_matter(light):
    field = (tiled([(0, 0), (1, 2)]) * np.array(light)).astype(np.uint8)
    assert len(find_cells(field, RED)) == 2


def test_uneven_light_does_not_matter():
    field = tiled([(0, 0), (1, 2)])
    slope = np.linspace(0.5, 1.0, field.shape[1])[None, :, None]
    assert len(find_cells((field * slope).astype(np.uint8), RED)) == 2


def test_an_image_of_one_cell_is_no_field():
    assert not is_field(SyntheticSmear(side=256).rgb(), RED)


def test_a_second_cell_at_the_edge_makes_no_field():
    both = SyntheticSmear(side=256, red_cells=[]).rgb()
    other = SyntheticSmear(side=256, centre=(1.0, 0.1), red_cells=[]).rgb()
    both[:80, 200:] = other[:80, 200:]
    assert len(find_cells(both, RED)) == 2
    assert not is_field(both, RED)


@pytest.mark.parametrize("places", [[], [(1, 1)], [(0, 0), (1, 2)]])
def test_what_is_many_red_cells_across_is_a_field(places):
    assert is_field(tiled(places), RED)


def test_several_whole_cells_make_a_field():
    assert is_field(tiled([(0, 0), (0, 1)], rows=1, columns=2), RED)


@pytest.mark.parametrize("centre", [(0.5, 0.5), (0.2, 0.25)])
def test_a_camera_frame_is_a_field_and_a_square_crop_is_none(centre):
    square = SyntheticSmear(side=330, centre=centre, radius=0.14, red_radius=0.07)
    rgb, diameter = square.rgb(), 2 * 0.07 * 330
    frame = np.tile(rgb, (1, 2, 1))[:, :440]
    assert is_field(frame, diameter)
    assert is_field(rgb, diameter) == (centre != (0.5, 0.5))


def test_cells_are_found_in_washed_out_colours():
    field = tiled([(0, 0), (1, 1)]).astype(float)
    grey = field.mean(axis=2, keepdims=True)
    assert len(find_cells((grey + 0.45 * (field - grey)).astype(np.uint8), RED)) == 2
