"""What more labelled cells would bring, on curves whose law is known."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.learning_curve import LearningCurve

SIZES = (10, 20, 40, 80)


def curve_of(level: float, slope: float, spread: float, draws: int = 12) -> LearningCurve:
    """Errors of a power law, each draw off by a factor of its own."""
    rng = np.random.default_rng(1)
    factors = np.exp(spread * rng.normal(size=(draws, len(SIZES))))
    errors = level * np.array(SIZES, float) ** slope * factors
    return LearningCurve(SIZES, errors, np.full(draws, 0.4))


def test_a_power_law_goes_on() -> None:
    found = curve_of(0.8, -0.5, 0.0).expect(160)
    assert found is not None
    expected = 1 - 0.8 * 160**-0.5
    assert found.value == pytest.approx(expected)
    assert (found.low, found.high) == pytest.approx((expected, expected))


def test_the_interval_covers_the_law() -> None:
    found = curve_of(0.8, -0.5, 0.2).expect(160)
    assert found is not None
    assert found.low < 1 - 0.8 * 160**-0.5 < found.high
    assert found.low < found.value < found.high


def test_draws_of_the_same_cells_are_no_independent_ones() -> None:
    """By Nadeau and Bengio: of 12 draws that judge half as many as they learn from, 7 for 1."""
    curve = curve_of(0.8, -0.5, 0.2)
    alone = LearningCurve(curve.sizes, curve.errors, curve.without, judged=0.0).expect(160)
    found = curve.expect(160)
    assert alone is not None
    assert found is not None
    widths = [np.log((1 - each.low) / (1 - each.high)) for each in (alone, found)]
    assert widths[1] / widths[0] == pytest.approx(7**0.5)


def test_more_cells_never_promise_less() -> None:
    """A curve that falls by chance is taken as level."""
    curve = curve_of(0.1, 0.3, 0.05)
    now, later = curve.expect(80), curve.expect(1000)
    assert now is not None
    assert later is not None
    assert later.value == pytest.approx(now.value)


def test_without_an_error_left() -> None:
    """Then nothing is known of how many further cells would be right."""
    assert LearningCurve(SIZES, np.zeros((5, 4)), np.full(5, 0.4)).expect(160) is None


def test_a_short_curve_promises_nothing() -> None:
    assert LearningCurve((10, 20), np.full((5, 2), 0.1), np.full(5, 0.4)).expect(40) is None
    assert LearningCurve(SIZES, np.full((1, 4), 0.1), np.full(1, 0.4)).expect(160) is None


def test_points_begin_without_a_cell() -> None:
    points = curve_of(0.8, -0.5, 0.0).points()
    assert [size for size, *_ in points] == [0, *SIZES]
    assert points[0][1] == pytest.approx(0.6)
    assert points[-1][1:] == pytest.approx((1 - 0.8 * 80**-0.5, 0))
