from __future__ import annotations

import numpy as np
import pytest

from tests.trainer.training.test_augmentation import STILL
from trainer.data.synthetic import draw_cell
from trainer.domain import CellState
from trainer.errors import UserError
from trainer.imaging.crop import DISTANCE_STEP, crop_cell, padded_size
from trainer.imaging.segmentation.white_cell import segment_cell
from trainer.imaging.view import View, composite_on_grey, render_view
from trainer.training.augmentation import jitter_mask
from trainer.training.dataset import build_dataset

SIZE = 96


@pytest.fixture(scope="module")
def drawing() -> np.ndarray:
    return draw_cell("monocyte", np.random.default_rng(2), size=360)


def test_the_middle_of_a_kept_cell_is_what_the_network_is_shown(drawing: np.ndarray) -> None:
    cell = segment_cell(drawing)
    assert cell.state is CellState.FOUND
    view = View()
    pixels, away = crop_cell(drawing, cell, view, SIZE, 60.0)
    edge = (padded_size(SIZE) - SIZE) // 2
    middle = np.s_[edge : edge + SIZE, edge : edge + SIZE]
    inside = jitter_mask(
        away[middle] * np.float32(DISTANCE_STEP), view.feather, STILL, np.random.default_rng(1)
    )
    ours = composite_on_grey(pixels[middle], inside, view.grey).astype(float)
    shown, _ = render_view(drawing, cell, view, SIZE, 60.0)
    # The soft edge is drawn with another width (it varies in training), the rest is equal.
    assert np.abs(ours - shown).mean() < 2.0


def test_the_whole_image_is_inside_where_no_cell_was_found() -> None:
    blank = np.full((120, 120, 3), 230, np.uint8)
    cell = segment_cell(blank)
    assert cell.state is CellState.NONE
    _, away = crop_cell(blank, cell, View(), SIZE, 30.0)
    edge = (padded_size(SIZE) - SIZE) // 2 + 1
    assert (away[edge:-edge, edge:-edge] > 0).all()


def test_outside_of_the_image_nothing_is_shown(drawing: np.ndarray) -> None:
    cell = segment_cell(drawing)
    _, away = crop_cell(drawing, cell, View(red_cells=12.0), SIZE, 60.0)
    assert (away[0] < 0).all()
    assert (away[-1] < 0).all()


def test_cells_are_put_together_with_their_names(drawing: np.ndarray) -> None:
    part = crop_cell(drawing, segment_cell(drawing), View(), SIZE, 60.0)
    cells = build_dataset([part] * 3, ["b", "a", "b"], ["x", "y", "x"], ("b", "a"), View(), SIZE)
    assert cells.label.tolist() == [0, 1, 0]
    assert cells.sources == ("x", "y")
    assert cells.source.tolist() == [0, 1, 0]
    some = cells.take(cells.label == 0)
    assert len(some) == 2
    assert some.pixels[1] is cells.pixels[2]


def test_a_class_without_images_is_refused_by_name(drawing: np.ndarray) -> None:
    part = crop_cell(drawing, segment_cell(drawing), View(), SIZE, 60.0)
    with pytest.raises(UserError, match="no training images of c"):
        build_dataset([part], ["a"], [""], ("a", "c"), View(), SIZE)
    with pytest.raises(UserError, match="no training images of any class"):
        build_dataset([], [], [], (), View(), SIZE)
