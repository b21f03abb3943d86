"""A common light and stain: what lamp, camera and dye did is taken back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.trainer.imaging.synthetic_smear import CYTOPLASM, GLASS, NUCLEUS, RED, SyntheticSmear
from trainer.imaging.segmentation.white_cell import Cell, segment_cell
from trainer.imaging.stain_normalization import (
    DEFAULT_NORMALIZATION,
    MAX_GAIN,
    NO_NORMALIZATION,
    StainNormalization,
    normalize_stain,
)

WARM = (1.0, 0.82, 0.62)  # a lamp's light in R, G, B


def photographed(light=(1.0, 1.0, 1.0), dye: float = 1.0) -> np.ndarray:
    """The drawing under another lamp, with another amount of dye on the glass."""
    lit = [
        tuple(
            round(glass * lamp * (level / glass) ** dye)
            for level, glass, lamp in zip(colour, GLASS, light, strict=True)
        )
        for colour in (GLASS, RED, CYTOPLASM, NUCLEUS)
    ]
    return SyntheticSmear(colours=tuple(lit)).rgb()


def shown(rgb: np.ndarray, toning: StainNormalization) -> np.ndarray:
    return normalize_stain(rgb, segment_cell(rgb), toning).astype(float)


def nucleus_of(cell: Cell, rgb: np.ndarray) -> np.ndarray:
    step = rgb.shape[0] // 128
    return np.median(rgb[::step, ::step][cell.nucleus], axis=0)


def test_colours_stay_as_they_were_photographed_unless_asked():
    rgb = photographed(WARM)
    assert normalize_stain(rgb, segment_cell(rgb), NO_NORMALIZATION) is rgb


def test_the_empty_slide_becomes_a_neutral_grey():
    corner = shown(photographed(WARM), StainNormalization(white=235))[:20, :20]
    assert np.allclose(np.median(corner, axis=(0, 1)), 235, atol=3)


@pytest.mark.parametrize(("light", "dye"), [(WARM, 1.0), ((1, 1, 1), 0.55), (WARM, 1.5)])
def test_another_lamp_and_another_dye_are_taken_back(light, dye):
    as_it_is, otherwise = photographed(), photographed(light, dye)
    before = np.abs(as_it_is.astype(float) - otherwise).mean()
    after = np.abs(
        shown(as_it_is, StainNormalization(235, 1.0))
        - shown(otherwise, StainNormalization(235, 1.0))
    ).mean()
    assert after < 0.45 * before


def test_the_nucleus_comes_to_the_common_density_as_far_as_asked():
    rgb = photographed(dye=0.6)
    cell = segment_cell(rgb)
    levels = [
        nucleus_of(cell, shown(rgb, StainNormalization(235, share))) for share in (0.0, 0.5, 1.0)
    ]
    assert (levels[0] > levels[1]).all()
    assert (levels[1] > levels[2]).all()


def test_noise_is_not_taken_for_dye():
    rgb = photographed()
    slide = tuple(float(level) for level in GLASS)
    pale = replace(segment_cell(rgb), background=slide, chromatin=slide)
    strong = normalize_stain(rgb, pale, StainNormalization(235, 1.0)).astype(float)
    density = -np.log((strong.min() / 235 + 0.04) / 1.04)
    assert density < MAX_GAIN * -np.log((rgb.min() / min(GLASS) + 0.03) / 1.03)


def test_without_a_nucleus_only_the_light_is_changed():
    rgb = photographed(WARM)
    bare = replace(segment_cell(rgb), chromatin=None)
    assert (
        normalize_stain(rgb, bare, DEFAULT_NORMALIZATION)
        == normalize_stain(rgb, bare, replace(DEFAULT_NORMALIZATION, stain=0.0))
    ).all()


def test_an_all_black_image_stays_in_range():
    rgb = np.zeros((64, 64, 3), np.uint8)
    assert (
        normalize_stain(rgb, segment_cell(rgb), DEFAULT_NORMALIZATION).max()
        <= DEFAULT_NORMALIZATION.white
    )
