"""Nucleus and cytoplasm within the outline of a cell, against what was drawn."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.data.synthetic.scene import SyntheticCell, draw_cell_with_truth
from trainer.domain import CellState, Window
from trainer.imaging.cell_parts import render_part_masks, segment_nucleus
from trainer.imaging.segmentation.white_cell import MASK_SIDE, Cell, segment_cell

KINDS = ("basophil", "erythroblast", "monocyte", "myeloblast", "lymphocyte", "seg_neutrophil")
SIZE = 384


def truth_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    shares = cv2.resize(
        mask.astype(np.float32), (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA
    )
    return np.asarray(shares > 0.5)


def dice(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return 2 * float((one & other).sum()) / float(one.sum() + other.sum())


def drawn(kind: str, seed: int) -> tuple[SyntheticCell, Cell]:
    cell = draw_cell_with_truth(kind, np.random.default_rng(seed), size=SIZE)
    return cell, segment_cell(cell.pixels)


@pytest.mark.parametrize("kind", KINDS)
def test_the_nucleus_is_the_drawn_one(kind: str) -> None:
    found = []
    for seed in range(3):
        image, cell = drawn(kind, seed)
        nucleus = segment_nucleus(image.pixels, cell)
        assert not (nucleus & ~cell.mask).any()
        found.append(dice(nucleus, truth_of(image.nucleus)))
    # Granules that lie on a nucleus are drawn over it, and hide its edge.
    assert np.median(found) > (0.85 if kind == "basophil" else 0.93)


def test_granules_and_dark_cytoplasm_are_no_nucleus() -> None:
    """What finds the cell takes granules for nucleus; within the outline they are told apart."""
    before, now = [], []
    for seed in range(3):
        image, cell = drawn("basophil", seed)
        truth = truth_of(image.nucleus)
        before.append(dice(cell.nucleus, truth))
        now.append(dice(segment_nucleus(image.pixels, cell), truth))
    assert np.mean(now) > np.mean(before)


def test_the_deep_blue_cytoplasm_of_a_blast_is_no_nucleus() -> None:
    image, cell = drawn("monocyte", 2)
    painted = image.pixels.copy()
    painted[image.cell] = (70, 72, 185)
    painted[image.nucleus] = (95, 30, 160)
    outlined = replace(cell, mask=truth_of(image.cell))
    assert dice(segment_nucleus(painted, outlined), truth_of(image.nucleus)) > 0.95


def test_an_even_cell_has_no_nucleus() -> None:
    image, cell = drawn("monocyte", 0)
    whole = cv2.dilate(cell.mask.astype(np.uint8), np.ones((9, 9), np.uint8))
    even = image.pixels.copy()
    even[cv2.resize(whole, (SIZE, SIZE)) > 0] = (150, 130, 190)
    assert not segment_nucleus(even, cell).any()
    masks = render_part_masks(even, cell, Window(0, 0, SIZE), 64, 0.025)
    assert masks is not None
    assert not masks.has_nucleus
    np.testing.assert_array_equal(masks.cytoplasm, masks.cell)


def test_without_an_outline_there_are_no_parts() -> None:
    image, cell = drawn("monocyte", 0)
    lost = replace(cell, state=CellState.NONE)
    assert not segment_nucleus(image.pixels, lost).any()
    assert render_part_masks(image.pixels, lost, Window(0, 0, SIZE), 64, 0.025) is None


def test_parts_lie_in_the_view_as_in_the_image() -> None:
    image, cell = drawn("myeloblast", 1)
    masks = render_part_masks(image.pixels, cell, Window(0, 0, SIZE), MASK_SIDE, 0.025)
    assert masks is not None
    assert dice(masks.nucleus > 0.5, truth_of(image.nucleus)) > 0.93
    assert dice(masks.cell > 0.5, truth_of(image.cell)) > 0.93
    assert (masks.cytoplasm >= 0).all()
    # Moved by a quarter of the image, they move by a quarter of the view.
    moved = render_part_masks(image.pixels, cell, Window(SIZE / 4, 0, SIZE), MASK_SIDE, 0.025)
    assert moved is not None
    quarter = MASK_SIDE // 4
    np.testing.assert_allclose(moved.nucleus[:, :-quarter], masks.nucleus[:, quarter:], atol=1e-3)
