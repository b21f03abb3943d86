from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.evaluation.thresholds import (
    choose_review_threshold,
    choose_unknown_distance,
    choose_unknown_probability,
)

# Few distinct values, so that ties are common.
SCORES = st.lists(st.integers(0, 20).map(lambda i: i / 20), min_size=1, max_size=60)
SHARES = st.floats(0, 1)


@settings(max_examples=200, deadline=None)
@given(values=SCORES, data=st.data(), target=st.sampled_from([0.5, 0.8, 0.9, 0.99, 1.0]))
def test_the_review_threshold_is_the_smallest_that_reaches_the_target(values, data, target):
    size = len(values)
    right = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    scores = np.array(values)
    found = choose_review_threshold(scores, right, target=target)

    def precision(threshold: float) -> float:
        return float(right[scores >= threshold].mean())

    good = [each for each in sorted(set(values)) if precision(each) >= target]
    assert found.reached == bool(good)
    assert found.threshold == (good[0] if good else 1.0)
    if good:
        assert found.precision.value == pytest.approx(precision(good[0]))
        assert found.coverage == pytest.approx((scores >= good[0]).mean())


def test_a_cautious_threshold_asks_for_enough_cells():
    few = choose_review_threshold(np.linspace(0.5, 1, 300), np.ones(300), cautious=True)
    many = choose_review_threshold(np.linspace(0.5, 1, 400), np.ones(400), cautious=True)
    assert (few.reached, few.threshold) == (False, 1.0)
    assert (many.reached, many.threshold, many.coverage) == (True, 0.5, 1.0)
    assert many.precision.low > 0.99


def test_no_cells_reach_nothing():
    found = choose_review_threshold([], [])
    assert (found.reached, found.threshold, found.coverage, found.cells) == (False, 1.0, 0.0, 0)


@settings(max_examples=200, deadline=None)
@given(values=SCORES, at_most=SHARES)
def test_the_unknown_probability_loses_at_most_so_many_and_no_fewer_than_it_must(values, at_most):
    mass = np.array(values) * 0.95
    found = choose_unknown_probability(mass, at_most=at_most)
    lost = (mass >= found.threshold).mean()
    assert found.share.value == lost <= at_most + 1e-9
    lower = mass[mass < found.threshold].max()
    assert (mass >= lower).mean() > at_most or lost == at_most or lower == mass.min()


@settings(max_examples=200, deadline=None)
@given(values=SCORES, at_most=SHARES)
def test_the_unknown_distance_loses_at_most_so_many(values, at_most):
    distance = np.array(values)
    found = choose_unknown_distance(distance, at_most=at_most)
    lost = (distance > found.threshold).mean()
    assert found.share.value == lost <= at_most + 1e-9
    smaller = distance[distance < found.threshold]
    assert not len(smaller) or (distance > smaller.max()).mean() > at_most - 1e-9


def test_two_percent_of_a_hundred_cells_are_two():
    scores = np.arange(100) / 1000
    probability = choose_unknown_probability(scores, at_most=0.02)
    distance = choose_unknown_distance(scores, at_most=0.02)
    assert (probability.share.value, distance.share.value) == (0.02, 0.02)
    assert probability.threshold == pytest.approx(0.0975)
    assert distance.threshold == pytest.approx(0.097)
    assert 0.002 < probability.share.low < 0.02 < probability.share.high < 0.08


def test_a_floor_holds_and_one_is_the_ceiling():
    assert choose_unknown_probability([0.001] * 50, at_least=0.5).threshold == 0.5
    assert choose_unknown_probability([1.0] * 50).threshold == 1.0


def test_no_known_cell_is_refused():
    for choose in (choose_unknown_probability, choose_unknown_distance):
        with pytest.raises(ValueError, match="at least one known cell"):
            choose([])
