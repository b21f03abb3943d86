from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from tests.trainer.training.drawn_cells import drawn_cells
from trainer.imaging.stain import soft_light
from trainer.training.stain_style import (
    GAIN,
    StainStyle,
    anchored_transport,
    density,
    measure_style,
    measure_styles,
    radial_spectrum,
    spectrum_gain,
    transport,
)


def some_look(seed: int) -> StainStyle:
    rng = np.random.default_rng(seed)
    root = rng.normal(0, 0.3, (3, 3))
    spectrum = rng.normal(0, 1, 65).astype(np.float32)
    return StainStyle(
        rng.uniform(0.2, 1, 3), root @ root.T + 0.01 * np.eye(3), rng.uniform(0, 0.1, 3), spectrum
    )


def test_light_undoes_density() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)[..., None].repeat(3, axis=-1)
    assert np.allclose(soft_light(density(levels)) * 255, levels, atol=1e-3)
    assert (np.diff(density(levels)[..., 0].ravel()) < 0).all()


def test_transport_gives_the_goals_mean_and_covariance() -> None:
    start, goal = some_look(1), some_look(2)
    matrix, offset = transport(start, goal)
    assert np.allclose(matrix @ start.mean + offset, goal.mean)
    assert np.allclose(matrix @ start.covariance @ matrix.T, goal.covariance, atol=1e-8)
    assert np.allclose(matrix, matrix.T)
    assert (np.linalg.eigvalsh(matrix) > 0).all()


def test_the_anchored_transport_takes_the_empty_slide_to_the_empty_slide() -> None:
    start, goal = some_look(1), some_look(2)
    matrix, offset = anchored_transport(start, goal)
    assert np.allclose(matrix @ start.background + offset, goal.background)
    away = [look.mean - look.background for look in (start, goal)]
    moments = [
        look.covariance + np.outer(by, by) for look, by in zip((start, goal), away, strict=True)
    ]
    assert np.allclose(matrix @ moments[0] @ matrix.T, moments[1], atol=1e-8)


def test_transport_to_itself_changes_nothing() -> None:
    look = some_look(3)
    matrix, offset = transport(look, look)
    assert np.allclose(matrix, np.eye(3), atol=1e-6)
    assert np.allclose(offset, 0, atol=1e-6)


def test_a_blurred_image_has_less_power_where_it_is_fine() -> None:
    rng = np.random.default_rng(0)
    sharp = rng.integers(60, 200, (64, 64, 3)).astype(np.uint8)
    soft = np.asarray(cv2.GaussianBlur(sharp, (0, 0), 1.5), dtype=np.uint8)
    fine = radial_spectrum(soft)[20:] - radial_spectrum(sharp)[20:]
    assert (fine < -1).all()


def test_the_gain_is_clipped_and_spares_the_mean() -> None:
    start, goal = some_look(1), some_look(2)
    far = replace(goal, spectrum=start.spectrum + 100)
    gain = spectrum_gain(start, far, 1.0, 128)
    assert gain.shape == (128, 65)
    assert gain[0, 0] == 1.0
    assert np.isclose(gain.max(), GAIN[1])
    assert (spectrum_gain(start, start, 1.0, 128) == 1.0).all()
    assert (spectrum_gain(start, far, 0.0, 128) == 1.0).all()


def test_looks_are_those_of_the_sources() -> None:
    cells = drawn_cells()
    looks = measure_styles(cells, "round")
    blue, red = looks.of_source
    assert blue is not None
    assert red is not None
    assert blue.mean[0] > red.mean[0]  # the blue lab's dye takes more of the red light
    assert blue.mean[2] < red.mean[2]
    assert len(looks.of_cell) == 12


def test_a_source_without_the_class_has_no_look() -> None:
    looks = measure_styles(drawn_cells(), "dark")
    assert looks.of_source[0] is not None
    assert looks.of_source[1] is None
    assert len(measure_styles(drawn_cells(), "no such class").of_cell) == 30


def test_a_cell_of_few_pixels_has_no_look() -> None:
    rgb = np.zeros((32, 32, 3), np.uint8)
    assert measure_style(rgb, np.zeros((32, 32), dtype=bool)) is None
