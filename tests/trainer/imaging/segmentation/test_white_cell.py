"""The white cell's outline, on drawn cells whose outline is known."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from tests.trainer.imaging.synthetic_smear import SyntheticSmear, intersection_over_union
from trainer.domain import CellState
from trainer.imaging.segmentation.white_cell import (
    MASK_SIDE,
    Cell,
    boundary_polygon,
    central_square,
    segment_cell,
)


def truth(drawing: SyntheticSmear) -> np.ndarray:
    mask = drawing.cell().astype(np.float32)
    return cv2.resize(mask, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA) > 0.5


def halved(rgb: np.ndarray) -> np.ndarray:
    return cv2.resize(rgb, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def assert_found(cell: Cell, drawing: SyntheticSmear, least: float = 0.88) -> None:
    assert cell.state is CellState.FOUND
    assert intersection_over_union(cell.mask, truth(drawing)) > least


@pytest.mark.parametrize("side", [66, 128, 257, 512, 1024])
def test_the_cell_is_outlined_at_every_image_size(side):
    drawing = SyntheticSmear(side=side)
    cell = segment_cell(drawing.rgb())
    assert_found(cell, drawing)
    assert cell.centroid == pytest.approx((side / 2, side / 2), abs=0.02 * side)
    assert cell.diameter == pytest.approx(0.36 * side, rel=0.08)
    assert cell.nucleus.any()
    assert not (cell.nucleus & ~cell.mask).any()


@pytest.mark.parametrize("radius", [0.09, 0.13, 0.25, 0.34])
def test_small_and_large_cells_are_outlined(radius):
    drawing = SyntheticSmear(radius=radius, red_cells=[(0.06, 0.08), (0.93, 0.07)], red_radius=0.05)
    assert_found(segment_cell(drawing.rgb()), drawing, least=0.8)


@pytest.mark.parametrize(
    "colours",
    [
        ((150, 118, 122), (128, 95, 98), (120, 100, 118), (92, 66, 104)),  # dim and pink
        ((96, 122, 140), (84, 98, 108), (76, 92, 126), (44, 48, 104)),  # blue light
        ((255, 232, 205), (205, 165, 150), (225, 190, 195), (80, 50, 110)),  # cream glass
    ],
)
def test_the_colours_of_other_labs_do_not_matter(colours):
    drawing = SyntheticSmear(colours=colours)
    assert_found(segment_cell(drawing.rgb()), drawing, least=0.8)


def test_a_touching_red_cell_is_left_out():
    drawing = SyntheticSmear(red_cells=[(0.5 + 0.18 + 0.085, 0.5), (0.15, 0.15), (0.2, 0.85)])
    assert_found(segment_cell(drawing.rgb()), drawing, least=0.82)


def test_slanted_light_does_not_matter():
    drawing = SyntheticSmear()
    slant = np.linspace(0.6, 1.0, drawing.side)[None, :, None]
    assert_found(segment_cell((drawing.rgb() * slant).astype(np.uint8)), drawing)


def test_the_middle_one_of_two_white_cells_is_taken():
    both = SyntheticSmear(red_cells=[]).rgb()
    other = SyntheticSmear(centre=(0.9, 0.12), red_cells=[]).rgb()
    both[:, 360:][:160] = other[:, 360:][:160]
    assert_found(segment_cell(both), SyntheticSmear(), least=0.85)


def test_black_bars_are_no_cell():
    drawing = SyntheticSmear()
    rgb = drawing.rgb()
    rgb[:40], rgb[-60:], rgb[:, :30] = 0, 3, 1
    assert_found(segment_cell(rgb), drawing)


def test_the_central_square_of_an_oblong_image_counts():
    drawing = SyntheticSmear(side=300)
    rgb = np.pad(drawing.rgb(), ((0, 0), (80, 100), (0, 0)), mode="edge")
    cell = segment_cell(rgb)
    assert cell.square == central_square(rgb)
    assert cell.square.x == 90
    assert cell.centroid == pytest.approx((80 + 150, 150), abs=6)


def test_half_the_pixels_give_the_same_mask():
    rgb = SyntheticSmear(side=512).rgb()
    full, half = segment_cell(rgb), segment_cell(halved(rgb))
    assert intersection_over_union(full.mask, half.mask) >= 0.95
    assert half.diameter == pytest.approx(full.diameter / 2, rel=0.03)


def test_the_same_image_gives_the_same_mask_in_any_order_and_thread():
    images = [SyntheticSmear(seed=s, radius=0.12 + 0.02 * s).rgb() for s in range(4)]
    first = [segment_cell(image).mask for image in images]
    with ThreadPoolExecutor(4) as pool:
        again = list(pool.map(lambda image: segment_cell(image).mask, images[::-1]))[::-1]
    assert all((a == b).all() for a, b in zip(first, again, strict=True))


@pytest.mark.parametrize("level", [0, 7, 128, 255])
def test_an_empty_image_holds_no_cell(level):
    cell = segment_cell(np.full((200, 200, 3), level, np.uint8))
    assert cell.state is CellState.NONE
    assert boundary_polygon(cell).shape == (0, 2)
    assert cell.mask.any()
    assert not cell.nucleus.any()


def test_noise_holds_no_cell():
    noise = np.random.default_rng(1).normal(220, 4, (256, 256, 3))
    assert segment_cell(noise.astype(np.uint8)).state is CellState.NONE


def test_grey_images_are_outlined_too():
    drawing = SyntheticSmear()
    grey = drawing.rgb().mean(axis=2, keepdims=True).repeat(3, axis=2)
    assert_found(segment_cell(grey.astype(np.uint8)), drawing, least=0.8)


def test_a_cell_cut_off_by_the_edge_is_doubtful():
    rgb = SyntheticSmear(centre=(0.5, 0.06), radius=0.24, red_cells=[]).rgb()
    assert segment_cell(rgb).state is CellState.DOUBTFUL


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (17, 16)])
def test_tiny_images_do_not_break(shape):
    segment_cell(np.full((*shape, 3), 200, np.uint8))


def test_the_outline_is_given_in_pixels_of_the_original_image():
    drawing = SyntheticSmear(side=512)
    points = boundary_polygon(segment_cell(halved(drawing.rgb())), scale=0.5)
    away = np.hypot(points[:, 0] - 256, points[:, 1] - 256)
    assert np.median(away) == pytest.approx(0.18 * 512, rel=0.08)
