"""A cell varied by itself."""

from __future__ import annotations

import numpy as np

from tests.trainer.training.drawn_cells import SIZE, disc_distance, drawn_cells
from trainer.imaging.view import View
from trainer.training.augmentation import Augmentation, augment_single


def varied(place: int, seed: int) -> np.ndarray:
    kept = (drawn_cells().pixels[place], disc_distance())
    return augment_single(kept, View(), SIZE, Augmentation(), np.random.default_rng(seed))


def test_its_own_numbers_decide_and_nothing_else() -> None:
    assert varied(0, 1).shape == (SIZE, SIZE, 3)
    assert (varied(0, 1) == varied(0, 1)).all()
    assert (varied(0, 1) != varied(0, 2)).any()
    assert (varied(0, 1) != varied(20, 1)).any()
