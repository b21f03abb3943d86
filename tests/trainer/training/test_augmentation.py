from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.trainer.training.drawn_cells import SIZE, drawn_cells
from trainer.training.augmentation import (
    Augmentation,
    augment,
    choose_target_style,
    jitter_mask,
    transform_geometry,
)
from trainer.training.stain_style import measure_styles

STILL = Augmentation(
    scale=1.0,
    shift=0.0,
    grow=(0.0, 0.0),
    mask_fault=0.0,
    unmasked=0.0,
    style=0.0,
    dye=0.0,
    mixing=0.0,
    hue=0.0,
    saturation=1.0,
    contrast=1.0,
    gamma=1.0,
    brightness=0.0,
    faint=0.0,
    monochrome=0.0,
    uneven=0.0,
    blur=0.0,
    coarse=0.0,
    sharpen=0.0,
    fringe=0.0,
    noise=0.0,
    jpeg=0.0,
)


def one(how: Augmentation, seed: int, row: int = 0) -> np.ndarray:
    cells = drawn_cells()
    looks = measure_styles(cells, "round")
    return augment(cells, row, looks, how, np.random.default_rng(seed))


def test_the_same_numbers_give_the_same_image() -> None:
    assert (one(Augmentation(), 4) == one(Augmentation(), 4)).all()
    assert (one(Augmentation(), 4) != one(Augmentation(), 5)).any()


def test_every_image_is_of_the_networks_size_and_grey_around() -> None:
    how = replace(Augmentation(), unmasked=0.0, mask_fault=0.0, scale=1.0, shift=0.0)
    for seed in range(20):
        image = one(how, seed, row=seed)
        assert image.shape == (SIZE, SIZE, 3)
        assert image.dtype == np.uint8
        assert (image[0] == 128).all()
        assert (image[SIZE // 2, SIZE // 2] != 128).any()


def test_nothing_switched_on_only_turns_the_cell() -> None:
    cells = drawn_cells()
    edge = (len(cells.pixels[0]) - SIZE) // 2
    middle = cells.pixels[0][edge:-edge, edge:-edge].astype(float)
    inside = cells.mask_distance[0][edge:-edge, edge:-edge] > 4
    turned = one(STILL, 1).astype(float)
    _, away = transform_geometry(
        cells.pixels[0], cells.mask_distance[0], SIZE, STILL, np.random.default_rng(1)
    )
    assert np.allclose(turned[away > 2].mean(axis=0), middle[inside].mean(axis=0), atol=4)


def test_each_thing_switched_on_changes_the_image() -> None:
    still = one(STILL, 3)
    always = dict.fromkeys(
        ("style", "texture", "faint", "monochrome", "uneven", "blur", "coarse", "sharpen"), 1.0
    ) | dict.fromkeys(("fringe", "noise", "jpeg", "unmasked", "mask_fault"), 1.0)
    widths = {"dye": 0.3, "mixing": 0.1, "hue": 20.0, "saturation": 2.0, "contrast": 2.0}
    for name, value in (always | widths | {"gamma": 2.0, "brightness": 0.2}).items():
        assert (one(replace(STILL, **{name: value}), 3) != still).any(), name


def test_monochrome_has_no_colour() -> None:
    image = one(replace(STILL, monochrome=1.0), 3).astype(int)
    assert np.ptp(image, axis=-1).max() <= 1


def test_the_mask_grows_and_shrinks_by_pixels() -> None:
    away = drawn_cells().mask_distance[0].astype(np.float32) * 0.5
    rng = np.random.default_rng
    areas = [
        (jitter_mask(away, 0.0, replace(STILL, grow=(by, by)), rng(0)) > 0.5).sum()
        for by in (-2.0, 0.0, 2.0)
    ]
    radii = np.sqrt(np.array(areas) / np.pi)
    assert np.allclose(np.diff(radii), 2.0, atol=0.4)


def test_unmasked_shows_everything() -> None:
    away = drawn_cells().mask_distance[0].astype(np.float32)
    shown = jitter_mask(away, 0.025, replace(STILL, unmasked=1.0), np.random.default_rng(0))
    assert (shown == 1).all()


def test_goals_come_from_every_source() -> None:
    cells = drawn_cells()
    looks = measure_styles(cells, "round")
    how = replace(Augmentation(), style_wander=0.0)
    goals = [choose_target_style(looks, how, np.random.default_rng(seed)) for seed in range(30)]
    blue, red = looks.of_source
    assert blue is not None
    assert red is not None
    nearer_red = [
        np.linalg.norm(g.mean - red.mean) < np.linalg.norm(g.mean - blue.mean) for g in goals
    ]
    assert 5 < sum(nearer_red) < 25
