from __future__ import annotations

import numpy as np
import pytest

from trainer.evaluation.ensembles import (
    average_probabilities,
    balanced_accuracy_of,
    choose_cascade,
    confused_pairs,
    measure_agreement,
    pareto_front,
)


def shares_of(called, sure, classes: int = 3):
    rest = (1 - np.asarray(sure, float)) / (classes - 1)
    shares = np.repeat(rest[:, None], classes, axis=1)
    shares[np.arange(len(called)), called] = sure
    return shares


LABELS = np.array([0, 0, 1, 1, 2, 2])


def test_ensemble_and_agreement() -> None:
    first = shares_of([0, 0, 1, 1, 2, 0], [0.9, 0.8, 0.9, 0.6, 0.9, 0.6])
    second = shares_of([0, 0, 1, 2, 2, 2], [0.9, 0.9, 0.9, 0.7, 0.9, 0.9])
    found = measure_agreement(LABELS, [first, second])
    assert found.coverage == pytest.approx(4 / 6)
    assert found.accuracy == 1.0
    both = average_probabilities([first, second])
    assert both.sum(axis=1) == pytest.approx(1)
    assert both.argmax(axis=1).tolist() == [0, 0, 1, 2, 2, 2]
    apart = measure_agreement(LABELS[:1], [shares_of([0], [0.9]), shares_of([1], [0.9])])
    assert apart.coverage == 0
    assert np.isnan(apart.accuracy)


def test_a_cascade_asks_where_it_must_and_no_more() -> None:
    quick = shares_of([0, 1, 1, 1, 2, 2], [0.9, 0.5, 0.9, 0.8, 0.9, 0.9])
    better = shares_of(LABELS, np.full(6, 0.9))
    found = choose_cascade((LABELS, quick, better), (LABELS, quick, better), cost_ratio=10)
    assert found.threshold == pytest.approx(0.8)
    assert found.deferral_rate == pytest.approx(1 / 6)
    assert found.balanced_accuracy == 1.0
    assert found.cost == pytest.approx(1 + 10 / 6)


def test_a_cascade_with_a_quick_model_that_is_as_good_asks_nobody() -> None:
    same = shares_of(LABELS, np.full(6, 0.9))
    found = choose_cascade((LABELS, same, same), (LABELS, same, same), cost_ratio=5)
    assert (found.deferral_rate, found.cost) == (0.0, 1.0)


def test_a_threshold_comes_from_validation_cells_alone() -> None:
    quick = shares_of([0, 1, 1, 1, 2, 2], [0.9, 0.5, 0.9, 0.8, 0.9, 0.9])
    better = shares_of(LABELS, np.full(6, 0.9))
    perfect = shares_of(LABELS, np.full(6, 0.9))
    found = choose_cascade((LABELS, perfect, perfect), (LABELS, quick, better), cost_ratio=5)
    assert found.deferral_rate == pytest.approx(2 / 6)  # those under 0.9, by the validation cells
    assert found.balanced_accuracy == 1.0


def test_mixups_are_counted_both_ways() -> None:
    models = {
        "a": shares_of([1, 0, 0, 1, 2, 2], np.full(6, 0.9)),
        "b": shares_of([0, 0, 1, 1, 2, 1], np.full(6, 0.9)),
    }
    first, second = confused_pairs(LABELS, models, ("x", "y", "z"))
    assert (first.first, first.second, first.cells) == ("x", "y", {"a": 2, "b": 0})
    assert (second.first, second.second, second.cells) == ("y", "z", {"a": 0, "b": 1})
    assert first.sensitivity == {"a": 0.5, "b": 1.0}
    assert second.sensitivity == {"a": 0.5, "b": 0.5}


def test_pareto() -> None:
    assert pareto_front([0.9, 0.8, 0.95, 0.9], [1, 2, 5, 1]) == [True, False, True, True]
    assert balanced_accuracy_of(LABELS, np.array([0, 0, 1, 0, 2, 2])) == pytest.approx(
        (1 + 0.5 + 1) / 3
    )
