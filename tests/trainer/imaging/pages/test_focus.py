from __future__ import annotations

import cv2
import numpy as np
import pytest

from trainer.imaging.pages.focus import sharpest_of, sharpness


def smear(seed: int, crowded: bool) -> np.ndarray:
    """Cells with chromatin texture on a pale background; without background if crowded."""
    rng = np.random.default_rng(seed)
    field = np.full((256, 256, 3), (235, 225, 230), np.float32)
    for _ in range(60 if crowded else 2):
        mask = np.zeros((256, 256), np.float32)
        cv2.circle(mask, rng.integers(40, 216, 2).tolist(), int(rng.integers(20, 38)), 1, -1)
        texture = cv2.GaussianBlur(rng.normal(0, 1, (256, 256)).astype(np.float32), (0, 0), 2)
        colour = np.array([110, 70, 150]) + 150 * texture[..., None]
        field = np.where(mask[..., None] > 0, colour, field)
    return cv2.GaussianBlur(field, (0, 0), 1.0)


def plane(field: np.ndarray, defocus: float, noise: float, seed: int = 0) -> np.ndarray:
    soft = cv2.GaussianBlur(field, (0, 0), defocus) if defocus else field
    noisy = soft + np.random.default_rng(seed).normal(0, noise, soft.shape)
    return noisy.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("crowded", [False, True])
@pytest.mark.parametrize("noise", [0, 3, 8])
@pytest.mark.parametrize("seed", range(3))
def test_the_plane_in_focus_wins(seed: int, noise: float, crowded: bool) -> None:
    field = smear(seed, crowded)
    stack = [plane(field, blur, noise, i) for i, blur in enumerate((4, 2.5, 0, 1.5, 3.5))]
    assert sharpest_of(stack) == 2
    values = [sharpness(p) for p in stack]
    assert values[2] > values[3] > values[1] > values[0]


def test_a_noisier_plane_out_of_focus_does_not_win() -> None:
    field = smear(5, crowded=False)
    assert sharpest_of([plane(field, 2, 12), plane(field, 0, 2), plane(field, 2, 16)]) == 1


def test_a_darker_plane_out_of_focus_does_not_win() -> None:
    field = smear(6, crowded=False)
    assert sharpest_of([plane(field, 2, 2), plane(field * 0.6, 0, 2)]) == 1


def test_empty_fields_have_no_sharpness() -> None:
    assert sharpness(np.full((64, 64, 3), 200, np.uint8)) == 0
    noise = plane(np.full((256, 256, 3), 200, np.float32), 0, 6)
    assert abs(sharpness(noise)) < 1e-6
    assert sharpness(np.zeros((1, 1, 3), np.uint8)) == 0


def test_the_first_of_equals_wins() -> None:
    field = plane(smear(7, crowded=False), 0, 0)
    assert sharpest_of([field, field, field]) == 0
    assert sharpest_of([field]) == 0
