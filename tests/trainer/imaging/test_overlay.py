"""Heat maps lie where the network looked, in the image's own coordinates."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.domain import Window
from trainer.imaging.overlay import COLOUR_MAPS, fade_heat_map, overlay_heat_map, project_heat_map


@pytest.mark.parametrize("window", [Window(20, 10, 40), Window(-10, -5, 60), Window(50, 30, 90)])
def test_the_hottest_place_is_at_its_place(window: Window) -> None:
    heat = np.zeros((4, 4), np.float32)
    heat[2, 1] = 1
    full = project_heat_map(heat, window, 100, 120)
    assert full.shape == (100, 120)
    row, column = np.unravel_index(full.argmax(), full.shape)
    step = window.side / 4
    assert column + 0.5 == pytest.approx(window.x + 1.5 * step, abs=1)
    assert row + 0.5 == pytest.approx(window.y + 2.5 * step, abs=1)


def test_even_heat_fills_the_window_and_nothing_else() -> None:
    full = project_heat_map(np.ones((7, 7), np.float32), Window(10, 20, 30), 80, 60)
    assert np.allclose(full[20:50, 10:40], 1)
    assert full.sum() == pytest.approx(30 * 30)


def test_drawn_heat_fades_out_and_has_no_edge() -> None:
    drawn = fade_heat_map(np.ones((7, 7), np.float32), Window(10, 20, 70), 100, 90)
    assert np.allclose(drawn[25:85, 15:75], 1)  # from centre to centre of the outermost places
    assert not (
        drawn > project_heat_map(np.ones((7, 7), np.float32), Window(10, 20, 70), 100, 90)
    ).any()
    for across in (drawn[55, 9:20], drawn[55, 80:69:-1], drawn[19:30, 45], drawn[90:79:-1, 45]):
        assert (np.diff(across) >= 0).all()
        assert np.diff(across).max() < 0.4
        assert across[0] == 0
        assert across[1] < 0.1


def test_every_place_keeps_its_heat_at_its_centre() -> None:
    heat = np.random.default_rng(0).uniform(0, 1, (5, 5)).astype(np.float32)
    drawn = fade_heat_map(heat, Window(0, 0, 75), 75, 75)
    assert np.allclose(drawn[7::15, 7::15], heat, atol=0.01)


@pytest.mark.parametrize("colour_map", COLOUR_MAPS)
def test_without_heat_the_image_stays(colour_map: str) -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    heat = np.zeros((3, 3), np.float32)
    assert np.array_equal(
        overlay_heat_map(image, heat, Window(0, 0, 40), colour_map=colour_map), image
    )
    heat[1, 1] = 1
    drawn = overlay_heat_map(image, heat, Window(0, 0, 40), colour_map=colour_map)
    assert (drawn[20, 20] != image[20, 20]).any()
    assert np.array_equal(drawn[:, 41:], image[:, 41:])


def test_what_speaks_against_a_class_is_drawn_by_two_colours_alone() -> None:
    image = np.full((40, 40, 3), 128, np.uint8)
    heat, window = np.array([[1, -1], [1, -1]], np.float32), Window(0, 0, 40)
    for colour_map in COLOUR_MAPS:
        drawn = overlay_heat_map(image, heat, window, colour_map=colour_map).astype(int)
        assert (drawn[20, 10] != 128).any()
        assert (drawn[20, 30] != 128).any() == (colour_map == "orange_blue")
    assert drawn[20, 10, 0] > drawn[20, 10, 2]
    assert drawn[20, 30, 0] < drawn[20, 30, 2]


def test_a_window_moves_with_the_scale() -> None:
    assert Window(4, 6, 8).scaled(0.5) == Window(2, 3, 4)
