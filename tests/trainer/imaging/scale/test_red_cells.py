"""The common scale: red cells measured on drawn smears of known scale."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tests.trainer.imaging.synthetic_smear import GLASS, SyntheticSmear
from trainer.data.synthetic import draw_field
from trainer.imaging.scale.red_cell_size import (
    RedCellMeasurement,
    build_profile,
    build_profile_from_images,
    build_profiles,
    may_be_wide,
    measure_image,
    measure_wide_image,
    profile_for,
)
from trainer.imaging.scale.red_cells import measure_red_cells
from trainer.imaging.segmentation.white_cell import segment_cell


def red_cells_of(rgb: np.ndarray) -> list[float]:
    return measure_red_cells(rgb, segment_cell(rgb))


def crowded(side: int = 512) -> SyntheticSmear:
    """A cell walled in by red cells that overlap one another and the border."""
    ring = [(0.5 + 0.27 * np.cos(t), 0.5 + 0.27 * np.sin(t)) for t in np.arange(0, 6.3, 0.35)]
    return SyntheticSmear(side=side, red_cells=ring)


@pytest.mark.parametrize("side", [160, 256, 400, 1024])
def test_isolated_red_cells_are_measured_at_every_size(side):
    diameters = red_cells_of(SyntheticSmear(side=side).rgb())
    assert len(diameters) == 4
    assert np.median(diameters) == pytest.approx(0.18 * side, rel=0.05)


def test_paler_stain_and_slanted_light_measure_the_same():
    pale = SyntheticSmear(colours=(GLASS, (222, 200, 202), (215, 205, 226), (120, 90, 150))).rgb()
    slant = np.linspace(0.65, 1.0, 512)[:, None, None]
    diameters = red_cells_of((pale * slant).astype(np.uint8))
    assert len(diameters) == 4
    assert np.median(diameters) == pytest.approx(0.18 * 512, rel=0.07)


def test_cells_at_the_border_or_upon_each_other_do_not_count():
    places = [(0.03, 0.5), (0.97, 0.5), (0.15, 0.15), (0.27, 0.13), (0.85, 0.85)]
    assert len(red_cells_of(SyntheticSmear(red_cells=places).rgb())) == 1


def test_platelets_and_white_cells_are_no_red_cells():
    rgb = SyntheticSmear(red_cells=[]).rgb()
    cv2.circle(rgb, (90, 90), 24, (120, 80, 150), cv2.FILLED, cv2.LINE_AA)
    cv2.circle(rgb, (420, 420), 60, (95, 60, 135), cv2.FILLED, cv2.LINE_AA)
    assert red_cells_of(rgb) == []


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_empty_image_shows_none(level):
    assert red_cells_of(np.full((200, 300, 3), level, np.uint8)) == []


def test_a_source_is_measured_in_pixels_of_the_original():
    full = [SyntheticSmear(side=400, seed=s).rgb() for s in range(3)]
    half = [cv2.resize(f, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for f in full]
    profile = build_profile_from_images(half, [0.5] * 3)
    assert profile.origin == "measured"
    assert profile.measured_cells == 12
    assert profile.red_cell_diameter == pytest.approx(0.18 * 400, rel=0.06)
    assert profile.background == pytest.approx(GLASS, abs=3)
    assert profile.red_cell_diameter == pytest.approx(
        build_profile_from_images(full).red_cell_diameter, rel=0.04
    )


def test_a_few_wrong_measurements_do_not_move_the_median():
    one = measure_image(SyntheticSmear().rgb())
    wrong = RedCellMeasurement(one.size, (20.0, 22.0, 250.0), one.white_cell, one.background)
    profile = build_profile([one, one, wrong])
    assert profile.measured_cells == 8
    assert profile.red_cell_diameter == pytest.approx(92, rel=0.06)


def test_where_no_red_cell_stands_alone_the_white_cells_give_the_scale():
    profile = build_profile_from_images([crowded().rgb()])
    assert profile.origin == "assumed"
    assert profile.measured_cells == 0
    assert profile.red_cell_diameter == pytest.approx(0.36 * 512 / 1.85, rel=0.1)


def test_where_nothing_is_found_the_side_gives_the_scale():
    profile = build_profile_from_images([np.full((300, 500, 3), 230, np.uint8)])
    assert profile.origin == "assumed"
    assert profile.red_cell_diameter == pytest.approx(66)


def test_a_source_without_images_has_no_scale():
    assert build_profile_from_images([]).red_cell_diameter is None


def test_each_pixel_size_of_a_mixed_folder_has_its_own_scale():
    near = [
        measure_image(SyntheticSmear(side=400, red_radius=0.11, seed=s).rgb()) for s in range(3)
    ]
    far = [measure_image(SyntheticSmear(side=360, red_radius=0.08, seed=s).rgb()) for s in range(3)]
    few = [measure_image(SyntheticSmear(side=300, red_cells=[(0.15, 0.15)]).rgb())]
    profiles = build_profiles(near + far + few)
    assert set(profiles) == {(400, 400), (360, 360), None}
    assert profile_for(profiles, (400, 400)).red_cell_diameter == pytest.approx(88, rel=0.06)
    assert profile_for(profiles, (360, 360)).red_cell_diameter == pytest.approx(57.6, rel=0.06)
    rest = profile_for(profiles, (300, 300))
    assert rest == profile_for(profiles, (999, 9))
    assert rest.red_cell_diameter == pytest.approx(54, rel=0.08)


def test_no_images_still_give_a_profile_for_the_rest():
    assert build_profiles([])[None].red_cell_diameter is None


@pytest.mark.parametrize(("size", "diameter"), [((640, 480), 20.0), ((1000, 800), 34.0)])
def test_a_wide_field_is_measured_on_finer_reductions(size, diameter):
    drawn = draw_field([], np.random.default_rng(2), size=size, red_cell_diameter=diameter)
    coarse = measure_image(drawn.pixels)
    assert may_be_wide(coarse)
    found = measure_wide_image(drawn.pixels, coarse)
    assert np.median(found.red_cells) == pytest.approx(diameter, rel=0.06)
    assert len(found.red_cells) > 30


def test_specks_of_an_image_of_one_cell_are_no_red_cells():
    pixels = SyntheticSmear(side=512, red_cells=[(0.1, 0.1)], red_radius=0.02).rgb()
    coarse = measure_image(pixels)
    assert measure_wide_image(pixels, coarse) is coarse
