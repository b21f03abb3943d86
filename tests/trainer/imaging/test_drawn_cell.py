from __future__ import annotations

import numpy as np
import pytest

from trainer.data.synthetic import draw_field
from trainer.data.synthetic.smear import SyntheticField
from trainer.domain import Box, CellOrigin
from trainer.errors import ImageError
from trainer.imaging import Image
from trainer.imaging.drawn_cell import outline_marked_cell

KINDS = ("monocyte", "lymphocyte", "basophil", "eosinophil", "myeloblast")


@pytest.fixture(scope="module")
def drawn() -> SyntheticField:
    return draw_field(KINDS, np.random.default_rng(4), size=(900, 700), red_cell_diameter=56)


@pytest.fixture(scope="module")
def image(drawn: SyntheticField) -> Image:
    return Image.from_pixels(drawn.pixels)


def middle_of(box: Box) -> Box:
    return Box(box.x + box.width / 2, box.y + box.height / 2, 0, 0)


def test_a_point_of_a_cell_gives_its_outline(drawn: SyntheticField, image: Image) -> None:
    assert len(drawn.cells) == len(KINDS)
    for truth in drawn.cells:
        found = outline_marked_cell(image, middle_of(truth.box), drawn.red_cell_diameter)
        assert found.box.iou(truth.box) >= 0.6
        assert len(found.outline) > 8
        assert found.origin is CellOrigin.DRAWN


def test_a_box_keeps_its_extent_and_gets_an_outline(drawn: SyntheticField, image: Image) -> None:
    for truth in drawn.cells:
        found = outline_marked_cell(image, truth.box, drawn.red_cell_diameter)
        assert found.box == truth.box
        x, y = np.asarray(found.outline).T
        around = Box(x.min(), y.min(), np.ptp(x), np.ptp(y))
        assert around.iou(truth.box) >= 0.6


@pytest.mark.parametrize("colour", [(255, 255, 255), (120, 120, 120), (0, 0, 0)])
def test_where_nothing_is_seen_a_disc_of_a_white_cell_is_drawn(colour: tuple[int, ...]) -> None:
    blank = Image.from_pixels(np.full((400, 600, 3), colour, np.uint8))
    found = outline_marked_cell(blank, Box(300, 200, 0, 0), 40.0)
    assert found.box.x + found.box.width / 2 == pytest.approx(300, abs=12)
    assert found.box.y + found.box.height / 2 == pytest.approx(200, abs=12)
    assert 28 <= found.box.width <= 200
    assert not found.at_edge


@pytest.mark.parametrize("point", [(0, 0), (899, 699), (0, 350), (900, 700)])
def test_a_cell_at_the_edge_stays_in_the_image(
    drawn: SyntheticField, image: Image, point: tuple[float, float]
) -> None:
    found = outline_marked_cell(image, Box(*point, 0, 0), drawn.red_cell_diameter)
    assert found.box.x >= 0
    assert found.box.y >= 0
    assert found.box.x + found.box.width <= image.width
    assert found.box.y + found.box.height <= image.height
    assert found.box.width > 0
    assert found.box.height > 0


@pytest.mark.parametrize("box", [(-1, 5, 0, 0), (5, 701, 0, 0), (float("nan"), 5, 0, 0)])
def test_a_point_outside_is_refused(image: Image, box: tuple[float, ...]) -> None:
    with pytest.raises(ImageError, match="outside"):
        outline_marked_cell(image, Box(*box), 50.0)


@pytest.mark.parametrize("box", [(900, 5, 30, 30), (5, -40, 30, 30), (5, 5, float("inf"), 9)])
def test_a_box_outside_is_refused(image: Image, box: tuple[float, ...]) -> None:
    with pytest.raises(ImageError, match="outside"):
        outline_marked_cell(image, Box(*box), 50.0)
