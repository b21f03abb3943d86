"""Shares corrected for the errors of the model."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.misclassification import correct_shares

WHITE = (True, True, True)
# Of each 100: a fifth of the blasts (last) is accepted as the first class, a fifth not at all.
LOSING = ((190, 0, 0, 10), (0, 190, 0, 10), (40, 0, 120, 40))


def test_lost_blasts_are_given_back():
    """True are 30, 30 and 40 of 100; accepted in expectation 36.5, 28.5 and 24."""
    found = correct_shares((365, 285, 240), LOSING, of=WHITE)
    assert found is not None
    assert [each.value for each in found] == pytest.approx([30, 30, 40], abs=0.1)
    assert found[2].low < 40 < found[2].high
    assert found[2].low > 100 * 240 / 890  # the share of the accepted is clearly too low


def test_a_model_without_errors_changes_no_share_but_has_an_interval():
    perfect = np.eye(3, 4) * 200
    found = correct_shares((50, 30, 20), perfect, of=WHITE)
    assert found is not None
    assert [each.value for each in found] == pytest.approx([50, 30, 20], abs=0.1)
    assert all(each.low < each.value < each.high for each in found)
    assert found == correct_shares((50, 30, 20), perfect, of=WHITE)


def test_a_class_beside_the_white_ones_is_given_per_hundred_of_them():
    found = correct_shares((80, 20, 10), np.eye(3, 4) * 200, of=(True, True, False))
    assert found is not None
    assert [each.value for each in found] == pytest.approx([80, 20, 10], abs=0.1)


def test_a_class_that_was_not_seen_may_yet_occur():
    found = correct_shares((60, 40, 0), LOSING, of=WHITE)
    assert found is not None
    assert found[2].value == pytest.approx(0, abs=0.1)
    assert found[2].high > 1


@pytest.mark.parametrize(
    ("counts", "matrix", "of"),
    [
        ((0, 0), np.eye(2, 3), (True, True)),
        ((5, 5), ((9, 0, 0), (0, 0, 0)), (True, True)),
        ((5, 5), ((9, 0, 0), (0, 0, 7)), (True, True)),
        ((5, 5), np.eye(2, 3), (False, False)),
    ],
)
def test_where_nothing_can_be_corrected(counts, matrix, of):
    assert correct_shares(counts, matrix, of=of) is None


def test_a_wrong_matrix_is_refused():
    with pytest.raises(ValueError, match="2 classes"):
        correct_shares((1, 2), np.eye(2), of=(True, True))
    with pytest.raises(ValueError, match="0 or more"):
        correct_shares((1, -2), np.eye(2, 3), of=(True, True))


def test_the_interval_holds_the_truth_about_as_often_as_it_should():
    random, truth = np.random.default_rng(3), np.array([0.5, 0.3, 0.2])
    rates = np.array(LOSING) / 200
    held = 0
    for seed in range(40):
        counts = random.multinomial(400, truth @ rates)[:3]
        matrix = np.array([random.multinomial(200, row) for row in rates])
        found = correct_shares(counts, matrix, of=WHITE, seed=seed, resamples=200)
        assert found is not None
        held += found[2].low <= 20 <= found[2].high
    assert held >= 35
