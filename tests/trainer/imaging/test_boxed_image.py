"""One cell of a field as an image of its own."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.domain import Box, CellState, SourceProfile
from trainer.errors import ImageError
from trainer.imaging.boxed_image import cut_out, digest_of_box
from trainer.imaging.model_input import ImageTask
from trainer.imaging.preprocess import ViewParameters, preprocess, read_cell
from trainer.imaging.reader import Image
from trainer.imaging.view import View

PLASMA, BLUE, PINK = (235, 228, 232), (80, 40, 130), (190, 160, 200)


def field() -> np.ndarray:
    """Two cells of unlike nuclei at (100, 100) and (300, 60)."""
    rgb = np.full((200, 400, 3), PLASMA, np.uint8)
    for x, y, radius in ((100, 100, 14), (300, 60, 20)):
        cv2.circle(rgb, (x, y), 30, PINK, cv2.FILLED, cv2.LINE_AA)
        cv2.circle(rgb, (x, y), radius, BLUE, cv2.FILLED, cv2.LINE_AA)
    return rgb


def box_at(x: float, y: float, half: float = 30) -> Box:
    return Box(x - half, y - half, 2 * half, 2 * half)


def test_the_cell_stands_in_the_middle() -> None:
    cut = cut_out(Image.from_pixels(field()), box_at(300, 60))
    assert cut.pixels.shape == (180, 180, 3)
    assert (cut.width, cut.height) == (180, 180)
    assert tuple(cut.pixels[90, 90]) == BLUE
    # Above the edge of the field lies empty slide.
    assert np.abs(cut.pixels[:25].astype(int) - PLASMA).max() <= 1


@pytest.mark.parametrize("box", [box_at(0, 0), box_at(400, 200), box_at(200, 100, 150)])
def test_a_box_at_the_edge(box: Box) -> None:
    cut = cut_out(Image.from_pixels(field()), box)
    assert cut.pixels.shape[0] == cut.pixels.shape[1] == round(3 * box.width)


@pytest.mark.parametrize(
    "box", [box_at(500, 60), box_at(-100, 60), Box(1, 1, 0, 5), Box(float("nan"), 1, 5, 5)]
)
def test_a_box_outside_is_refused(box: Box) -> None:
    with pytest.raises(ImageError, match="outside of the image, which is 400 × 200"):
        cut_out(Image.from_pixels(field()), box)


def test_cells_of_one_file_have_their_own_views_and_digests(tmp_path: Path) -> None:
    path = tmp_path / "field.png"
    cv2.imwrite(str(path), field()[:, :, ::-1])
    parameters = ViewParameters(View(), 96, SourceProfile(red_cell_diameter=30.0))
    boxes = (box_at(100, 100), box_at(300, 60))
    first, second = (preprocess(ImageTask("f", path, box), parameters) for box in boxes)
    assert first.cell_state is second.cell_state is CellState.FOUND
    assert first.view is not None and second.view is not None
    dark = [(each.view[:, :, 0] < 110).sum() for each in (first, second)]
    assert dark[1] / dark[0] == pytest.approx((20 / 14) ** 2, rel=0.15)
    whole = read_cell(path).image.sha256
    assert first.sha256 == digest_of_box(whole, boxes[0]) != second.sha256
    assert digest_of_box(whole, None) == whole


def test_a_box_beyond_the_image_is_a_failed_input(tmp_path: Path) -> None:
    path = tmp_path / "field.png"
    cv2.imwrite(str(path), field())
    parameters = ViewParameters(View(), 96, SourceProfile(red_cell_diameter=30.0))
    failed = preprocess(ImageTask("f", path, box_at(900, 900)), parameters)
    assert failed.view is None
    assert "outside of the image" in failed.error
