"""The cells of an image: one, or those of a field, with what a person did to them."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.data.synthetic import SyntheticField, draw_cell, draw_field
from trainer.domain import Box, CellId, CellOrigin, CellState, ImageContent, KnownCells, LocatedCell
from trainer.errors import ImageError
from trainer.imaging.image_cells import ContentRule, ImageCell, find_image_cells
from trainer.imaging.reader import Image

FIELDS = ContentRule(ImageContent.FIELDS)
AS_FOUND = ContentRule(ImageContent.AS_FOUND)
KINDS = ("monocyte", "seg_neutrophil", "lymphocyte")


@pytest.fixture(scope="module")
def field() -> SyntheticField:
    return draw_field(KINDS, np.random.default_rng(3), size=(480, 360), red_cell_diameter=36.0)


@pytest.fixture(scope="module")
def image(field: SyntheticField) -> Image:
    return Image.from_pixels(field.pixels)


def cells_of(image: Image, known: KnownCells | None = None) -> tuple[ImageCell, ...]:
    is_field, cells = find_image_cells(image, 36.0, FIELDS, known)
    assert is_field
    return cells


def located(number: int, box: Box, origin: CellOrigin = CellOrigin.DRAWN, **more) -> LocatedCell:
    return LocatedCell(CellId("f.png", number), box, origin=origin, **more)


def test_each_cell_has_its_box_and_outline(field: SyntheticField, image: Image) -> None:
    cells = cells_of(image)
    assert len(cells) == len(KINDS)
    for cell in cells:
        assert cell.box is not None
        assert max(cell.box.iou(one.box) for one in field.cells) > 0.6
        points = np.asarray(cell.outline)
        assert len(points) < 60
        low, high = points.min(axis=0), points.max(axis=0)
        traced = Box(low[0], low[1], *(high - low))
        assert traced.iou(cell.box) > 0.85
        assert (cell.number, cell.origin) == (0, CellOrigin.FOUND)


@pytest.mark.parametrize("diameter", [20.0, 28.0, 40.0, 60.0])
@pytest.mark.parametrize("kind", ["seg_neutrophil", "monocyte", "erythroblast"])
def test_an_image_of_one_cell_is_no_field_at_a_wrong_scale(kind: str, diameter: float) -> None:
    image = Image.from_pixels(draw_cell(kind, np.random.default_rng(5), size=176))
    is_field, cells = find_image_cells(image, diameter, AS_FOUND)
    assert (is_field, len(cells), cells[0].origin) == (False, 1, CellOrigin.ALONE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_camera_frame_with_one_cell_is_a_field(seed: int) -> None:
    drawn = draw_field(
        ["seg_neutrophil"], np.random.default_rng(seed), size=(290, 218), red_cell_diameter=40.0
    )
    is_field, cells = find_image_cells(Image.from_pixels(drawn.pixels), 40.0, AS_FOUND)
    assert (is_field, len(cells)) == (True, 1)


def test_what_a_case_holds_is_decided_by_its_setting(image: Image) -> None:
    for rule, expected in (
        (AS_FOUND, True),
        (ContentRule(ImageContent.SINGLE), False),
        (ContentRule(ImageContent.AS_FOUND, single_side=360), False),
        (ContentRule(ImageContent.AS_FOUND, single_side=359), True),
    ):
        assert find_image_cells(image, 36.0, rule)[0] is expected


def test_a_removed_cell_is_not_found_again(image: Image) -> None:
    first, *others = cells_of(image)
    assert first.box is not None
    known = KnownCells("", removed=(located(1, first.box, CellOrigin.FOUND),))
    assert [cell.box for cell in cells_of(image, known)] == [cell.box for cell in others]
    assert len(cells_of(image, KnownCells("of other bytes", removed=known.removed))) == 3


def test_a_drawn_cell_is_segmented_in_its_box_and_stays_as_drawn(
    field: SyntheticField, image: Image
) -> None:
    truth = field.cells[0].box
    drawn = Box(truth.x - 2, truth.y - 2, truth.width + 4, truth.height + 4)
    *others, cell = cells_of(image, KnownCells("", kept=(located(7, drawn),)))
    assert len(others) == 2  # what was found there is the drawn one
    assert (cell.number, cell.box, cell.origin) == (7, drawn, CellOrigin.DRAWN)
    assert cell.cell.state is CellState.FOUND
    x, y = cell.cell.centroid
    assert abs(x - truth.x - truth.width / 2) < 4 and abs(y - truth.y - truth.height / 2) < 4
    area = np.pi * cell.cell.diameter**2 / 4
    assert area == pytest.approx(field.cells[0].mask.sum(), rel=0.3)


def test_a_drawn_outline_is_the_cell(image: Image) -> None:
    corners = ((100.0, 100.0), (140.0, 100.0), (140.0, 130.0), (100.0, 130.0))
    drawn = located(4, Box(100, 100, 40, 30), outline=corners)
    cell = cells_of(image, KnownCells("", kept=(drawn,)))[-1]
    assert cell.outline == corners
    assert cell.cell.centroid == pytest.approx((120, 115), abs=1)
    assert np.pi * cell.cell.diameter**2 / 4 == pytest.approx(1200, rel=0.05)


def test_a_box_with_nothing_in_it_is_taken_as_an_ellipse() -> None:
    glass = Image.from_pixels(np.full((360, 480, 3), 235, np.uint8))
    (cell,) = cells_of(glass, KnownCells("", kept=(located(1, Box(0, 100, 60, 40)),)))
    assert cell.cell.centroid == pytest.approx((30, 120), abs=1.5)
    assert cell.cell.state is not CellState.NONE
    assert cell.at_edge


def test_a_reviewed_cell_is_kept_though_it_is_not_found(image: Image) -> None:
    first = cells_of(image)[0]
    assert first.box is not None
    reviewed = located(1, first.box, CellOrigin.FOUND)
    lost = located(2, Box(5, 300, 40, 40), CellOrigin.FOUND)
    cells = cells_of(image, KnownCells("", kept=(reviewed, lost)))
    assert [cell.number for cell in cells] == [0, 0, 1, 2]
    assert cells[2].box == first.box and cells[2].outline == first.outline
    assert cells[3].box == lost.box


def test_a_drawn_cell_makes_a_field_where_that_is_found_out() -> None:
    image = Image.from_pixels(draw_cell("monocyte", np.random.default_rng(5), size=176))
    known = KnownCells("", kept=(located(1, Box(10, 10, 30, 30)),))
    assert find_image_cells(image, 40.0, AS_FOUND, known)[0]
    assert not find_image_cells(image, 40.0, ContentRule(ImageContent.SINGLE), known)[0]


def test_a_box_beside_the_image_is_an_error(image: Image) -> None:
    known = KnownCells("", kept=(located(1, Box(900, 10, 30, 30)),))
    with pytest.raises(ImageError, match="outside"):
        cells_of(image, known)


def test_the_only_cell_has_a_box_where_one_was_outlined() -> None:
    image = Image.from_pixels(draw_cell("monocyte", np.random.default_rng(5), size=176))
    _, (cell,) = find_image_cells(image, 40.0, ContentRule())
    assert cell.box is not None and cell.box.width > 40 and len(cell.outline) > 8
    glass = Image.from_pixels(np.full((100, 100, 3), 235, np.uint8))
    _, (none,) = find_image_cells(glass, 20.0, ContentRule())
    assert (none.box, none.outline, none.cell.state) == (None, (), CellState.NONE)


def test_a_crop_stays_one_cell_at_a_third_of_the_scale() -> None:
    image = Image.from_pixels(draw_cell("monocyte", np.random.default_rng(5), size=176))
    assert find_image_cells(image, 13.0, AS_FOUND)[0] is False


def test_a_frame_of_a_camera_with_its_only_cell_in_the_middle_is_a_field() -> None:
    pixels = np.full((360, 480, 3), 235, np.uint8)
    pixels[92:268, 152:328] = draw_cell("monocyte", np.random.default_rng(5), size=176)
    assert find_image_cells(Image.from_pixels(pixels), 40.0, AS_FOUND)[0] is True
