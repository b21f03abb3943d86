"""White cells of drawn fields: each found once, in reading order, cut ones marked."""

from __future__ import annotations

import numpy as np
import pytest

from tests.trainer.imaging.synthetic_smear import GLASS, SyntheticSmear
from trainer.domain import CellState
from trainer.imaging.field_cells import find_cells, is_field
from trainer.imaging.segmentation import MASK_SIDE

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


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (17, 16), (40, 2000)])
@pytest.mark.parametrize("diameter", [0.5, 8.0, 900.0])
def test_odd_sizes_and_scales_do_not_break(shape, diameter):
    assert find_cells(np.full((*shape, 3), 200, np.uint8), diameter) == ()


def test_an_image_of_one_cell_is_no_field():
    assert not is_field(SyntheticSmear(side=256).rgb(), RED)


@pytest.mark.parametrize("places", [[], [(1, 1)], [(0, 0), (1, 2)]])
def test_what_is_many_red_cells_across_is_a_field(places):
    assert is_field(tiled(places), RED)


def test_several_whole_cells_make_a_field():
    assert is_field(tiled([(0, 0), (0, 1)], rows=1, columns=2), RED)
