"""The view: what the network is shown, and where that lies in the image."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.domain import CellState, Window
from trainer.imaging.segmentation.white_cell import Cell
from trainer.imaging.view import (
    View,
    composite_on_grey,
    crop_window,
    render_view,
    soft_mask,
    view_window,
)


def cell_at(x: float, y: float, radius: float, side: int, state=CellState.FOUND) -> Cell:
    columns, rows = np.meshgrid(np.arange(128) + 0.5, np.arange(128) + 0.5)
    step = side / 128
    mask = np.hypot(columns * step - x, rows * step - y) < radius
    return Cell(mask, Window(0, 0, side), state, (x, y), 2 * radius, mask)


def striped(height: int, width: int) -> np.ndarray:
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows % 256, columns % 256, (rows + columns) % 256], -1).astype(np.uint8)


def test_a_window_at_its_own_scale_is_cut_pixel_for_pixel():
    rgb = striped(90, 120)
    crop, inside = crop_window(rgb, Window(10, 20, 40), 40)
    assert (crop == rgb[20:60, 10:50]).all()
    assert (inside == 1).all()


def test_shrinking_averages_and_does_not_alias():
    checks = (np.indices((256, 256)).sum(0) % 2 * 255).astype(np.uint8)
    crop, _ = crop_window(np.stack([checks] * 3, -1), Window(0, 0, 256), 64)
    assert abs(crop.astype(int) - 127.5).max() <= 1


def test_turning_four_times_by_a_quarter_comes_back():
    rgb = striped(64, 64)
    crop = rgb
    for _ in range(4):
        crop, _ = crop_window(crop, Window(0, 0, 64), 64, angle=90)
    assert (crop == rgb).all()
    once, _ = crop_window(rgb, Window(0, 0, 64), 64, angle=90)
    assert (once == np.rot90(rgb)).all() or (once == np.rot90(rgb, -1)).all()
    mirrored, _ = crop_window(rgb, Window(0, 0, 64), 64, mirrored=True)
    assert (mirrored == rgb[:, ::-1]).all()


def test_mask_and_pixels_turn_together():
    cell = cell_at(40, 50, 15, 128)
    painted = np.where(cell.mask[..., None], 250, 5).astype(np.uint8).repeat(3, -1)
    window = Window(8, 18, 64)
    crop, _ = crop_window(painted, window, 96, angle=33, mirrored=True)
    soft = soft_mask(cell, window, 96, feather=0.0, angle=33, mirrored=True)
    assert ((crop[..., 0] > 127) != (soft > 0.5)).mean() < 0.01


def test_the_mask_grows_and_shrinks_by_pixels_of_the_result():
    cell = cell_at(64, 64, 20, 128)
    window = Window(24, 24, 80)
    radii = [
        np.sqrt((soft_mask(cell, window, 160, grow=g) > 0.5).sum() / np.pi) for g in (-4, 0, 4)
    ]
    assert radii == pytest.approx([36, 40, 44], abs=0.7)


def test_outside_of_the_cell_and_of_the_image_is_grey():
    rgb = np.full((128, 128, 3), 200, np.uint8)
    cell = cell_at(10, 64, 20, 128)
    shown, window = render_view(rgb, cell, View(red_cells=4.0), 128, red_cell_diameter=20)
    assert window == Window(-30, 24, 80)
    assert (shown[:, :40] == 128).all()
    assert (shown[64, 60:80] == 200).all()
    assert (shown[64, -30:] == 128).all()


@pytest.mark.parametrize(
    ("view", "state"), [(View("whole"), CellState.FOUND), (View(red_cells=4.0), CellState.NONE)]
)
def test_the_whole_is_shown_on_request_and_where_no_cell_was_found(view, state):
    rgb = striped(128, 128)
    shown, window = render_view(rgb, cell_at(30, 30, 10, 128, state), view, 128, 20)
    assert window == Window(0, 0, 128)
    assert (shown == rgb).all()


def test_half_the_pixels_show_the_same():
    rgb = np.kron(striped(64, 64), np.ones((4, 4, 1), np.uint8))
    half = rgb.reshape(128, 2, 128, 2, 3).mean((1, 3)).astype(np.uint8)
    full, window = render_view(rgb, cell_at(128, 120, 50, 256), View(red_cells=4.0), 64, 40.0)
    small, half_window = render_view(half, cell_at(64, 60, 25, 128), View(red_cells=4.0), 64, 20.0)
    assert half_window.scaled(2) == window
    assert abs(full.astype(int) - small).mean() < 2


def test_on_grey_keeps_pixels_and_paints_grey():
    rgb = striped(8, 8)
    assert (composite_on_grey(rgb, np.ones((8, 8), np.float32)) == rgb).all()
    assert (composite_on_grey(rgb, np.zeros((8, 8), np.float32), 99) == 99).all()


def test_the_window_is_four_red_cells_around_the_centroid():
    window = view_window(cell_at(60, 70, 10, 128), View(red_cells=4.0), 20.0)
    assert window == Window(20, 30, 80)
