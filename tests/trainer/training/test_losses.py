from __future__ import annotations

import numpy as np
import pytest

from trainer.training.losses import balanced_log_loss, calibrated_log_loss, paired_loss_difference


def test_the_loss_counts_classes_alike() -> None:
    logits = np.log(np.array([[0.5, 0.5], [0.5, 0.5], [0.5, 0.5], [0.1, 0.9], [0.9, 0.1]]))
    expected = (-np.log(0.5) - np.log(0.9)) / 2
    assert balanced_log_loss(
        logits.astype(np.float32), np.array([0, 0, 0, 1, -1])
    ) == pytest.approx(expected, abs=1e-6)


def test_large_logits_do_not_overflow() -> None:
    logits = np.array([[1000.0, 0.0], [0.0, 1000.0]])
    assert balanced_log_loss(logits, np.array([0, 1])) == 0.0


def test_being_less_sure_and_not_more_often_wrong_costs_nothing_before_a_calibration() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 200)
    logits = 4.0 * np.eye(3)[labels] + rng.normal(0, 2, (200, 3))  # as sure as they are right
    flat = logits / 2
    assert balanced_log_loss(flat, labels) > balanced_log_loss(logits, labels) + 0.05
    assert calibrated_log_loss(flat, labels) == pytest.approx(
        calibrated_log_loss(logits, labels), abs=1e-3
    )
    assert calibrated_log_loss(logits, labels) <= balanced_log_loss(logits, labels)


def test_what_is_no_number_stays_none() -> None:
    assert np.isnan(calibrated_log_loss(np.array([[np.nan, 0.0]]), np.array([0])))


@pytest.mark.slow
def test_a_lead_is_the_difference_of_losses_with_the_spread_that_drawing_cells_anew_gives() -> None:
    rng = np.random.default_rng(1)
    labels = rng.permutation(np.repeat([0, 1, 2], (300, 60, 40)))
    one, other = (3.0 * np.eye(3)[labels] + rng.normal(0, spread, (400, 3)) for spread in (1.5, 2))
    gain, error = paired_loss_difference(one, other, labels)
    expected = calibrated_log_loss(other, labels) - calibrated_log_loss(one, labels)
    assert gain == pytest.approx(expected, abs=1e-9)
    drawn = [
        np.concatenate(
            [rng.choice(np.flatnonzero(labels == k), (labels == k).sum()) for k in range(3)]
        )
        for _ in range(400)
    ]
    again = [paired_loss_difference(one[rows], other[rows], labels[rows])[0] for rows in drawn]
    assert np.std(again) == pytest.approx(error, rel=0.25)


def test_a_network_has_no_lead_over_itself() -> None:
    logits = np.random.default_rng(2).normal(0, 1, (30, 2))
    assert paired_loss_difference(logits, logits, np.arange(30) % 2) == (0.0, 0.0)
