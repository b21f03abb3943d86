"""Probes: silent on noise, as good as scikit-learn's classifiers, not fooled by patients."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.data.audit.probe import Probe, probe
from trainer.errors import Cancelled


def alone(count: int) -> np.ndarray:
    return np.arange(count)


def probed(*given: object, **options: object) -> Probe:
    found = probe(*given, **options)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_p_values_of_noise_are_even() -> None:
    """Exact, so that a share of a is under a: 60 tests, each below 0.1 with that chance."""
    labels = np.repeat(["a", "b", "c"], 20)
    ps = [
        probed(
            np.random.default_rng(seed).normal(size=(60, 6)),
            labels,
            alone(60),
            seed=seed,
            permutations=99,
        ).p
        for seed in range(60)
    ]
    assert sum(p <= 0.1 for p in ps) <= 13  # 99 % of a binomial of 60 and 0.1
    assert 0.35 < np.mean(ps) < 0.65


def test_told_as_well_as_by_logistic_regression() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score

    rng = np.random.default_rng(3)
    labels = np.repeat([0, 1, 2], 100)
    numbers = rng.normal(size=(300, 5)) + 1.2 * np.eye(3, 5)[labels]
    found = probed(numbers, labels.astype(str), alone(300))
    score = cross_val_score(LogisticRegression(), numbers, labels, scoring="balanced_accuracy")
    assert found.accuracy == pytest.approx(score.mean(), abs=0.06)
    assert found.p == 1 / 1000
    assert found.chance == pytest.approx(1 / 3)
    assert found.permuted == pytest.approx(1 / 3, abs=0.02)
    assert np.mean(found.predicted == found.truth) == pytest.approx(found.accuracy)


def test_a_class_of_two_labs_is_told_though_no_line_parts_it() -> None:
    rng = np.random.default_rng(0)
    where = np.tile([-2.0, 0.0, 2.0, 0.0], 40)
    numbers = np.column_stack([where + 0.3 * rng.normal(size=160), rng.normal(size=160)])
    assert probed(numbers, np.where(where == 0, "inner", "outer"), alone(160)).accuracy > 0.95


def test_few_images_of_a_class_count_as_much_as_many() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat(["many", "few"], [270, 30])
    found = probed(rng.normal(size=(300, 4)), labels, alone(300), permutations=99)
    assert abs(found.accuracy - 0.5) < 0.1  # not the 0.9 of whoever says "many"
    numbers = rng.normal(size=(300, 4)) + 3 * (labels == "few")[:, None]
    assert probed(numbers, labels, alone(300), permutations=99).accuracy > 0.95


def test_patients_who_look_alike_are_no_shortcut() -> None:
    """Each patient has a look of its own and one class: told between patients, nothing is."""
    rng = np.random.default_rng(5)
    patients = np.repeat(np.arange(24), 15)
    labels = np.where(patients % 2, "a", "b")
    numbers = rng.normal(size=(24, 4))[patients] + 0.05 * rng.normal(size=(360, 4))
    together = probed(numbers, labels, patients, permutations=199)
    assert together.p > 0.05
    torn_apart = probed(numbers, labels, alone(360), permutations=199)
    assert torn_apart.accuracy > 0.8  # what would have been said without groups


def test_nothing_is_said_where_nothing_can_be() -> None:
    numbers = np.random.default_rng(0).normal(size=(40, 3))
    labels = np.repeat(["a", "b"], 20)
    assert probe(numbers, np.repeat("a", 40), alone(40)) is None
    assert probe(numbers, np.repeat(["a", "b"], [35, 5]), alone(40)) is None
    assert probe(numbers, labels, np.arange(40) % 4) is None
    assert probe(np.ones((40, 3)), labels, alone(40)) is None
    assert probe(np.zeros((0, 3)), [], []) is None
    rare = probed(numbers, np.repeat(["a", "b", "c"], [18, 18, 4]), alone(40), permutations=9)
    assert rare.labels == ("a", "b")
    assert rare.rows.tolist() == list(range(36))


def test_the_same_seed_says_the_same_and_stopping_stops() -> None:
    numbers = np.random.default_rng(0).normal(size=(60, 3))
    labels = np.repeat(["a", "b"], 30)
    one, other = (probed(numbers, labels, alone(60), permutations=99) for _ in range(2))
    assert (one.accuracy, one.p) == (other.accuracy, other.p)
    with pytest.raises(Cancelled):
        probe(numbers, labels, alone(60), should_stop=lambda: True)
