from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.faithfulness import (
    deletion_insertion,
    heat_fraction_inside,
    rank_correlation,
)


def bright_corner(views):
    """A network that looks at nothing but the upper left quarter."""
    return views[:, :16, :16].astype(float).mean(axis=(1, 2, 3)) / 255


def test_a_map_of_the_right_place_beats_chance_and_a_map_of_the_wrong_one() -> None:
    view = np.full((32, 32, 3), 255, np.uint8)
    right, wrong = np.zeros((2, 2)), np.zeros((2, 2))
    right[0, 0] = wrong[1, 1] = 1.0
    good = deletion_insertion(view, right, bright_corner, grey=0)
    bad = deletion_insertion(view, wrong, bright_corner, grey=0)
    assert good.deletion < good.random_deletion < bad.deletion
    assert good.insertion > good.random_insertion > bad.insertion
    assert good.random_deletion == pytest.approx(0.5, abs=0.05)


def test_what_is_taken_away_and_brought_back_adds_up() -> None:
    view = np.full((32, 32, 3), 255, np.uint8)
    found = deletion_insertion(view, np.eye(4), lambda views: views.mean(axis=(1, 2, 3)), grey=0)
    assert found.deletion + found.insertion == pytest.approx(255)


def test_share_inside() -> None:
    mask = np.zeros((8, 8))
    mask[:4, :4] = 1
    heat = np.array([[3.0, 1.0], [0.0, 0.0]])
    assert heat_fraction_inside(heat, mask) == 0.75
    assert heat_fraction_inside(np.ones((4, 4)), mask) == 0.25
    assert np.isnan(heat_fraction_inside(np.zeros((2, 2)), mask))


def test_likeness_is_a_rank_correlation() -> None:
    from scipy.stats import spearmanr

    random = np.random.default_rng(0)
    first, second = random.random((2, 3, 4, 4)).round(1)
    found = rank_correlation(first, second)
    for row in range(3):
        expected = spearmanr(first[row].ravel(), second[row].ravel()).statistic
        assert found[row] == pytest.approx(expected)
    assert rank_correlation(first, first) == pytest.approx(1.0)
    assert np.isnan(rank_correlation(np.zeros((1, 2, 2)), np.ones((1, 2, 2)))).all()
