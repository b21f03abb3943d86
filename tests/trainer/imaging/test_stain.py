"""Optical density, the empty slide, the two stains, slanted light, black frames."""

from __future__ import annotations

import numpy as np
import pytest

from tests.trainer.imaging.synthetic_smear import GLASS, SyntheticSmear
from trainer.imaging.stain import (
    AZURE_EOSIN,
    background_colour,
    combine_stains,
    correct_illumination,
    from_density,
    optical_density,
    separate_stains,
    unexposed_mask,
)


def colours(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(2, 250, (40, 50, 3), dtype=np.uint8)


def test_the_background_is_the_glass_and_not_the_dust():
    rgb = SyntheticSmear().rgb()
    rgb[:4, :4] = 255
    assert background_colour(rgb) == pytest.approx(GLASS, abs=3)


def test_the_background_is_a_median_of_pixels_to_the_last_bit():
    rng = np.random.default_rng(0)
    for size in ((7, 9), (40, 33), (128, 128)):
        rgb = rng.integers(200, 203, (*size, 3)).astype(np.uint8)  # all within the range
        assert (background_colour(rgb) == np.median(rgb.reshape(-1, 3), axis=0)).all()


def test_the_background_of_a_black_image_can_be_divided_by():
    assert (background_colour(np.zeros((9, 9, 3), np.uint8)) >= 16).all()


def test_density_follows_beer_and_lambert():
    rgb = np.array([[[200, 100, 50], [0, 200, 25]]], np.uint8)
    density = optical_density(rgb, np.array([200.0, 200.0, 100.0]))
    assert density[0, 0] == pytest.approx([0, np.log(2), np.log(2)], abs=1e-6)
    assert density[0, 1] == pytest.approx([np.log(200), 0, np.log(4)], abs=1e-6)


def test_density_there_and_back_again():
    rgb, white = colours(), np.array([240.0, 230.0, 220.0])
    assert (from_density(optical_density(rgb, white), white) == rgb).all()


def test_stains_and_rest_sum_to_the_density():
    density = optical_density(colours(), np.array([240.0, 230.0, 220.0]))
    amounts, rest = separate_stains(density)
    assert combine_stains(amounts, rest) == pytest.approx(density, abs=1e-5)


def test_a_pure_stain_is_told_from_the_other():
    density = np.array([[[0.7], [0.4]]]) * AZURE_EOSIN[[0, 1]]
    amounts, rest = separate_stains(density[0][None])
    assert amounts[0, 0] == pytest.approx([0.7, 0], abs=1e-5)
    assert amounts[0, 1] == pytest.approx([0, 0.4], abs=1e-5)
    assert abs(rest).max() < 1e-5
    assert np.linalg.norm(AZURE_EOSIN, axis=1) == pytest.approx([1, 1], abs=1e-3)


def test_slanted_light_is_evened_out_and_cells_stay():
    drawing = SyntheticSmear(side=128)
    rgb = drawing.rgb()
    straight = optical_density(rgb, np.array(GLASS, float))
    slant = np.linspace(0, 0.4, 128, dtype=np.float32)[None, :, None]
    evened = correct_illumination(straight + slant)
    assert abs(evened - correct_illumination(straight)).mean() < 0.01
    assert evened[drawing.cell()].mean() > 0.8 * straight[drawing.cell()].mean()


def test_only_black_that_reaches_the_border_is_a_frame():
    rgb = np.full((100, 100, 3), 200, np.uint8)
    rgb[40:60, 40:60] = 3
    assert unexposed_mask(rgb) is None
    rgb[:, :10] = 5
    frame = unexposed_mask(rgb)
    assert frame is not None
    assert frame[:, :10].all()
    assert frame.sum() == 1000
