"""Recall and precision of the finder on drawn fields, whose cells are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.paths import SHARED
from trainer.data.synthetic import COOL, NUCLEATED, Debris, SyntheticField, draw_field
from trainer.domain import Box
from trainer.imaging import read_image
from trainer.imaging.fields.cells import FieldCell, find_cells, is_field
from trainer.imaging.segmentation.white_cell import MASK_SIDE


def drawn(seed: int, count: int, **options) -> SyntheticField:
    rng = np.random.default_rng(seed)
    arguments = {"size": (400, 300), "red_cell_diameter": 30.0, **options}
    return draw_field(list(rng.choice(NUCLEATED, count)), rng, **arguments)


def box_of(found: FieldCell) -> Box:
    x, y, width, height = cv2.boundingRect(found.cell.mask.astype(np.uint8))
    step = found.cell.square.side / MASK_SIDE
    left, top = found.cell.square.x, found.cell.square.y
    return Box(left + x * step, top + y * step, width * step, height * step)


def measure(fields: Iterable[SyntheticField]) -> tuple[float, float]:
    """Recall and precision at an intersection over union of 0.5 of boxes."""
    found = matched = true = 0
    for field in fields:
        cells = find_cells(field.pixels, field.red_cell_diameter)
        free = [cell.box for cell in field.cells]
        found, true = found + len(cells), true + len(free)
        for cell in cells:
            best = max(free, key=box_of(cell).iou, default=None)
            if best is not None and box_of(cell).iou(best) >= 0.5:
                free.remove(best)
                matched += 1
    return matched / true, matched / found


def test_cells_that_stand_apart_are_all_found_and_nothing_else():
    recall, precision = measure(drawn(seed, 6, debris=Debris(8, 0)) for seed in range(3))
    assert recall == 1.0
    assert precision >= 0.95


def test_crowded_cells_are_found_one_by_one():
    recall, precision = measure(drawn(seed, 8, touching=0.7) for seed in (11, 12, 13))
    assert recall >= 0.9
    assert precision >= 0.9


def test_blasts_without_red_cells_are_found():
    bare = replace(COOL, crowding=0.0)
    blasts = draw_field(
        ["myeloblast"] * 8,
        np.random.default_rng(15),
        size=(400, 300),
        red_cell_diameter=26.0,
        touching=0.8,
        style=bare,
    )
    assert measure([blasts]) == (1.0, 1.0)


def test_cut_cells_are_marked():
    field = drawn(21, 6, cut=0.8)
    cells = find_cells(field.pixels, field.red_cell_diameter)
    for truth in field.cells:
        best = max(cells, key=lambda found: box_of(found).iou(truth.box))
        if box_of(best).iou(truth.box) >= 0.5:
            assert best.at_edge == truth.at_edge


@pytest.mark.parametrize("seed", [31, 32])
def test_red_cells_platelets_and_dirt_alone_hold_no_white_cell(seed):
    field = drawn(seed, 0, debris=Debris(platelets=12, dirt=3))
    assert len(find_cells(field.pixels, field.red_cell_diameter)) <= 1


@pytest.mark.parametrize("error", [0.8, 1.25])
def test_a_scale_that_is_somewhat_wrong_does_not_matter(error):
    field = drawn(41, 5)
    cells = find_cells(field.pixels, error * field.red_cell_diameter)
    assert len(cells) == len(field.cells)


def test_outlines_follow_the_drawn_cells():
    field = drawn(51, 6)
    cells = find_cells(field.pixels, field.red_cell_diameter)
    overlaps = [max(box_of(found).iou(truth.box) for found in cells) for truth in field.cells]
    assert np.mean(overlaps) > 0.88


BCCD = SHARED / "data" / "fields_bccd"


@pytest.mark.skipif(not BCCD.is_dir(), reason="the shared folder is not here")
def test_the_boxed_cells_of_a_lab_are_found():
    boxed = matched = 0
    for path in sorted(BCCD.glob("*.jpg"))[::12]:
        pixels = read_image(path).pixels
        cells = find_cells(pixels, 90.0)
        truth = read_boxes(path.with_suffix(".xml"))
        boxed += len(truth)
        matched += sum(any(box_of(found).iou(box) >= 0.5 for found in cells) for box in truth)
        assert is_field(pixels, 90.0, cells)
    assert matched >= 0.95 * boxed


def read_boxes(path: Path) -> list[Box]:
    sides = r"<xmin>(\d+)</xmin>\s*<ymin>(\d+)</ymin>\s*<xmax>(\d+)</xmax>\s*<ymax>(\d+)</ymax>"
    found = re.findall(r"<name>WBC</name>(?:(?!<name>).)*?" + sides, path.read_text("utf-8"), re.S)
    corners = [tuple(map(float, each)) for each in found]
    return [Box(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in corners]
