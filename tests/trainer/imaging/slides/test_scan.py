"""The parts of a scan: the layer of cells, the order, candidates, and each cell once."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from trainer.data.synthetic.slide import SmearPart
from trainer.domain import Box, CellId, CellOrigin, KnownCells, LocatedCell
from trainer.imaging.slides.box_index import BoxIndex
from trainer.imaging.slides.candidates import find_candidates, join_overlapping
from trainer.imaging.slides.overview import assume_diameter, measure_overview
from trainer.imaging.slides.part_cells import find_part_cells
from trainer.imaging.slides.parts import SlidePart, cut_parts
from trainer.imaging.slides.scale import measure_slide
from trainer.imaging.slides.slide import open_slide


def middle(box: Box) -> tuple[float, float]:
    return box.x + box.width / 2, box.y + box.height / 2


def test_the_layer_is_found_between_the_edge_and_the_thick_part(slide):
    opened = open_slide(slide.path)
    overview = measure_overview(opened, assume_diameter(opened))
    assert overview.layer.iou(slide.layer) > 0.75
    # Four more layers of red cells were laid over the thick part.
    assert overview.layers[3, 7] > 4 * overview.layers[3, 4]
    assert overview.stained[0].max() < 0.1


def test_without_a_layer_all_is_scanned(tmp_path, slide):
    opened = open_slide(slide.path)
    glass = measure_overview(opened, 2000)  # squares so large that none is of one kind
    assert glass.layer.width <= opened.width
    assert glass.layer.height <= opened.height


def test_red_cells_are_measured_in_the_layer(slide):
    found = measure_slide(open_slide(slide.path))
    diameters = [diameter for each in found for diameter in each.red_cells]
    assert len(found) == 9
    assert len(diameters) > 100
    assert np.median(diameters) == pytest.approx(slide.red_cell_diameter, rel=0.05)


def test_parts_cover_the_region_once_and_follow_each_other():
    region = Box(100, 50, 5000, 3700)
    parts = cut_parts(region, 30)
    assert [part.number for part in parts] == list(range(len(parts)))
    rng = np.random.default_rng(0)
    for x, y in rng.uniform((100, 50), (5100, 3750), (200, 2)):
        assert sum(part.contains(x, y) for part in parts) == 1
    for one, next_ in itertools.pairwise(parts):
        away = np.abs(np.subtract(middle(one.box), middle(next_.box)))
        assert np.count_nonzero(away > 1) == 1  # down, across, up
        assert away.max() <= max(one.box.width, one.box.height) + 1


def test_every_nucleus_is_a_candidate_and_little_else_is(slide):
    opened = open_slide(slide.path)
    candidates = find_candidates(opened, slide.layer, 30)
    cells = [cell.box for cell in slide.cells if cell.part is SmearPart.LAYER]
    for cell in cells:
        x, y = middle(cell)
        assert any(b.x < x < b.x + b.width and b.y < y < b.y + b.height for b in candidates)
    area = sum(box.width * box.height for box in candidates)
    assert area < 0.2 * slide.layer.width * slide.layer.height


def test_boxes_are_joined_until_none_overlaps():
    boxes = [Box(0, 0, 10, 10), Box(20, 0, 10, 10), Box(8, 2, 14, 4), Box(50, 50, 5, 5)]
    assert sorted(box.x for box in join_overlapping(boxes)) == [0, 50]


def test_a_cell_on_the_border_of_two_parts_is_found_once(slide):
    opened = open_slide(slide.path)
    cell = next(each for each in slide.cells if each.part is SmearPart.LAYER)
    x, y = middle(cell.box)
    left = SlidePart(0, Box(x - 600, y - 300, 601.5, 600))
    right = SlidePart(1, Box(x + 1.5, y - 300, 600, 600))
    found = [
        each.box for part in (left, right) for each in find_part_cells(opened, part, 30, "bytes")
    ]
    index = BoxIndex()
    taken = [box for box in found if index.add(box)]
    assert sum(box.iou(cell.box) > 0.5 for box in found) == 2  # given by both
    assert sum(box.iou(cell.box) > 0.5 for box in taken) == 1
    assert not index.add(taken[0])


def test_what_a_person_removed_stays_away(slide):
    opened = open_slide(slide.path)
    cell = next(each for each in slide.cells if each.part is SmearPart.LAYER)
    x, y = middle(cell.box)
    part = SlidePart(0, Box(x - 100, y - 100, 200, 200))
    removed = LocatedCell(CellId("slide.tif", 1), cell.box, (), CellOrigin.FOUND)
    known = KnownCells("bytes", removed=(removed,))
    whole = list(find_part_cells(opened, part, 30, "bytes"))
    less = list(find_part_cells(opened, part, 30, "bytes", known))
    assert len(less) == len(whole) - 1
    assert len(list(find_part_cells(opened, part, 30, "other bytes", known))) == len(whole)
