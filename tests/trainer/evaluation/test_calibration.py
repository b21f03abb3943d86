from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.calibration import fit_temperature, negative_log_likelihood
from trainer.evaluation.probability_metrics import log_loss
from trainer.models.probabilities import calibration_error, softmax


def cells(temperature: float, count: int = 20_000, seed: int = 0):
    """Logits whose honest probabilities are those at `temperature`."""
    random = np.random.default_rng(seed)
    honest = random.normal(0, 2, (count, 5))
    noise = random.gumbel(size=honest.shape)
    return honest * temperature, (honest + noise).argmax(1)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5, 8.0])
def test_the_temperature_that_made_the_cells_is_found(temperature):
    logits, truth = cells(temperature)
    assert fit_temperature(logits, truth) == pytest.approx(temperature, rel=0.03)


def test_probabilities_become_as_sure_as_they_are_right():
    logits, truth = cells(3.0)
    new, new_truth = cells(3.0, seed=1)
    errors = []
    for temperature in (1.0, fit_temperature(logits, truth)):
        given = softmax(new, temperature)
        errors.append(float(calibration_error(given.argmax(1) == new_truth, given.max(1))))
    assert errors[0] > 0.15
    assert errors[1] < 0.015


def test_no_other_temperature_is_better():
    logits, truth = cells(2.0, count=300)
    best = fit_temperature(logits, truth)
    least = negative_log_likelihood(logits, truth, best)
    others = np.geomspace(0.05, 20, 400)
    assert all(negative_log_likelihood(logits, truth, t) >= least - 1e-12 for t in others)
    assert least == pytest.approx(float(log_loss(truth, softmax(logits, best))), rel=1e-9)


def test_the_loss_of_a_hopeless_cell_is_finite():
    assert negative_log_likelihood([[1000.0, -1000.0]], [1]) == 2000.0


def test_cells_that_are_all_right_are_no_reason_to_be_surer():
    assert fit_temperature([[4.0, 0.0], [0.0, 4.0]], [0, 1]) == pytest.approx(1, rel=1e-3)
    unsure = fit_temperature([[4.0, 0.0], [0.0, 4.0], [0.0, 4.0]], [0, 1, 0])
    assert unsure > 1


@pytest.mark.parametrize("logits", [np.zeros((0, 5)), [[np.nan, 1.0]], [[np.inf, 1.0]]])
def test_logits_that_cannot_be_fitted_are_refused(logits):
    with pytest.raises(ValueError, match="Invalid logits"):
        fit_temperature(logits, [0])
