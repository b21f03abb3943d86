"""Drawn fields: many cells with exact masks, touching, cut, among debris."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from trainer.data.synthetic import NUCLEATED, Debris, SyntheticField, draw_field
from trainer.domain import Box


def drawn(kinds=("seg_neutrophil", "lymphocyte", "monocyte", "erythroblast"), seed=0, **options):
    arguments = {"size": (320, 240), "red_cell_diameter": 28.0, **options}
    return draw_field(kinds, np.random.default_rng(seed), **arguments)


def whole_mask(field: SyntheticField, index: int) -> np.ndarray:
    cell = field.cells[index]
    mask = np.zeros(field.pixels.shape[:2], bool)
    x, y = int(cell.box.x), int(cell.box.y)
    mask[y : y + cell.mask.shape[0], x : x + cell.mask.shape[1]] = cell.mask
    return mask


def test_every_cell_has_its_mask_and_box():
    field = drawn()
    assert [cell.kind for cell in field.cells] == [
        "seg_neutrophil",
        "lymphocyte",
        "monocyte",
        "erythroblast",
    ]
    for cell in field.cells:
        assert cell.mask.shape == (cell.box.height, cell.box.width)
        assert all(side.any() for side in (cell.mask[0], cell.mask[-1], cell.mask[:, 0]))
        assert not cell.at_edge
    assert field.pixels.shape == (240, 320, 3)


def test_white_cells_are_darker_in_red_light_than_the_field():
    field = drawn()
    for index in range(len(field.cells)):
        inside = field.pixels[whole_mask(field, index)]
        assert inside[:, 0].mean() < np.median(field.pixels[..., 0]) - 15


def test_the_same_state_draws_the_same_field():
    assert (drawn(seed=3).pixels == drawn(seed=3).pixels).all()


def test_no_two_cells_share_a_pixel_and_touching_ones_are_near():
    field = drawn(["lymphocyte"] * 6, touching=1.0)
    masks = [whole_mask(field, index) for index in range(len(field.cells))]
    assert not any((one & other).any() for one, other in combinations(masks, 2))
    nearest = min(gap(one.box, other.box) for one, other in combinations(field.cells, 2))
    assert nearest <= 2


def gap(one: Box, other: Box) -> float:
    across = max(one.x, other.x) - min(one.x + one.width, other.x + other.width)
    down = max(one.y, other.y) - min(one.y + one.height, other.y + other.height)
    return max(across, down)


def test_cut_cells_reach_the_edge_and_say_so():
    cells = drawn(["basophil"] * 4, cut=1.0).cells
    assert cells
    for cell in cells:
        box = cell.box
        reaches = box.x == 0 or box.y == 0 or box.x + box.width == 320 or box.y + box.height == 240
        assert cell.at_edge == reaches
    assert any(cell.at_edge for cell in cells)


def test_debris_is_drawn_and_is_no_cell():
    clean = drawn([], debris=Debris(platelets=0))
    soiled = drawn([], debris=Debris(platelets=5, dirt=5, smudges=1))
    assert clean.cells == soiled.cells == ()
    assert soiled.pixels.min() < clean.pixels.min() - 30


def test_platelets_are_no_white_cells():
    assert "platelet" not in NUCLEATED
    with pytest.raises(ValueError, match="Invalid kind"):
        drawn(["platelet"])
