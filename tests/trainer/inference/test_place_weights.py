"""The weights of places in the mean over the cell."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.inference.place_weights import equal_place_weights, place_weights
from trainer.models.package.card import ReceptiveFieldGrid
from trainer.models.package.place_overlap import place_overlap

GRID = ReceptiveFieldGrid(first=15.5, step=16)


def view_of(*parts: tuple[slice, slice]) -> np.ndarray:
    view = np.full((1, 128, 128, 3), 128, np.uint8)
    for rows, columns in parts:
        view[0, rows, columns, 1] = 90
    return view


def test_weights_are_shares_of_the_places_squares() -> None:
    rows, columns = slice(8, 24), slice(40, 56)
    weights = place_weights(view_of((rows, columns)), GRID)[0]
    # Squares reach from 7.5 + 16 p to 23.5 + 16 p, so that half a pixel belongs to the next.
    expected = np.zeros((8, 8))
    expected[np.ix_((0, 1), (2, 3))] = np.outer((15.5, 0.5), (15.5, 0.5)) / 256
    assert weights.dtype == np.float32
    np.testing.assert_allclose(weights, expected, atol=1e-6)


def test_rows_sum_to_one_whatever_is_shown() -> None:
    views = np.random.default_rng(0).choice([128, 127], (5, 128, 128, 3), p=[0.9, 0.1])
    found = place_weights(views.astype(np.uint8), GRID)
    assert found.shape == (5, 8, 8)
    np.testing.assert_allclose(found.sum(axis=(1, 2)), 1, rtol=1e-5)


def test_a_view_without_a_cell_has_equal_weights() -> None:
    np.testing.assert_array_equal(place_weights(view_of(), GRID), equal_place_weights(1, 8))
    whole = np.zeros((1, 64, 64, 3), np.uint8)
    even = ReceptiveFieldGrid(first=16, step=32)
    np.testing.assert_allclose(place_weights(whole, even), equal_place_weights(1, 2))


def test_grey_is_that_of_the_card() -> None:
    view = np.full((1, 128, 128, 3), 200, np.uint8)
    view[0, 26:54, 26:54] = 128
    weights = place_weights(view, GRID, grey=200)[0]
    assert weights[1:4, 1:4].sum() > 0.99
    assert not weights[6:, 6:].any()


@pytest.mark.parametrize("places", [3, 4])
def test_what_lies_outside_of_the_view_counts_nothing(places: int) -> None:
    overlap = place_overlap(ReceptiveFieldGrid(first=31.5, step=32), places, 128)
    assert overlap.shape == (places, 128)
    np.testing.assert_allclose(overlap[:3].sum(axis=1), 1)
    if places == 4:
        assert overlap[3].sum() == pytest.approx(16.5 / 32)
