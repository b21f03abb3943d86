"""Large fields are searched tile by tile: each cell once, as if there were no tiles."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.data.synthetic import COOL, draw_field
from trainer.imaging.fields.cells import find_cells
from trainer.imaging.fields.tiles import cut_tiles


@pytest.mark.parametrize("shape", [(480, 640), (1, 1), (900, 5000), (3000, 3001)])
@pytest.mark.parametrize("diameter", [0.1, 7.0, 20.0, 900.0])
def test_every_point_has_one_owner_that_shows_its_surroundings(shape, diameter):
    tiles = list(cut_tiles(shape, diameter))
    for x, y in np.random.default_rng(0).uniform(0, (shape[1], shape[0]), (40, 2)):
        (owner,) = (tile for tile in tiles if tile.owns(x - tile.left, y - tile.top))
        reach = 3 * diameter
        assert owner.left <= max(x - reach, 0)
        assert owner.right >= min(x + reach, shape[1])
        assert owner.top <= max(y - reach, 0)
        assert owner.bottom >= min(y + reach, shape[0])


def test_a_camera_frame_is_one_tile():
    (tile,) = cut_tiles((1536, 2048, 3), 40.0)
    rgb = np.zeros((1536, 2048, 3), np.uint8)
    assert tile.part_of(rgb).shape == rgb.shape


def test_the_cells_of_a_field_of_many_tiles_are_found_once():
    kinds = ["lymphocyte", "erythroblast", "monocyte"] * 3
    parts = [
        draw_field(kinds, rng, size=(320, 120), red_cell_diameter=12.0, style=COOL)
        for rng in map(np.random.default_rng, range(4))
    ]
    pixels = np.hstack([part.pixels for part in parts])
    middles = [
        (320 * index + cell.box.x + cell.box.width / 2, cell.box.y + cell.box.height / 2)
        for index, part in enumerate(parts)
        for cell in part.cells
    ]
    assert len(list(cut_tiles(pixels.shape, 12.0))) == 2
    cells = find_cells(pixels, 12.0)
    assert len(cells) == len(middles)
    assert not any(cell.at_edge for cell in cells)
    for middle in middles:
        assert min(np.hypot(*np.subtract(found.cell.centroid, middle)) for found in cells) < 6
