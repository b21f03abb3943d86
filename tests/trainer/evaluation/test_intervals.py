from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from trainer.domain import Interval
from trainer.evaluation.bootstrap import bootstrap, draw_weights
from trainer.evaluation.confusion import balanced_accuracy
from trainer.evaluation.intervals import (
    clopper_pearson,
    exact_ratio,
    straddles,
    zero_error_lower_bound,
)
from trainer.evaluation.metrics import (
    measure_classes,
    measure_classifier,
    measure_shares,
    unknown_auroc,
)


@pytest.mark.parametrize(
    "seen, total, low, high", [(5, 100, 1.6, 11.3), (10, 200, 2.4, 9.0), (25, 500, 3.3, 7.3)]
)
def test_five_percent_as_haematologists_know_it(seen, total, low, high):
    found = clopper_pearson(seen, total)
    assert (found.value, round(100 * found.low, 1), round(100 * found.high, 1)) == (0.05, low, high)


@settings(max_examples=200, deadline=None)
@given(total=st.integers(1, 5000), share=st.floats(0, 1), level=st.sampled_from([0.9, 0.95, 0.99]))
def test_exact_intervals_agree_with_scipy(total, share, level):
    seen = round(share * total)
    found = clopper_pearson(seen, total, level=level)
    reference = stats.binomtest(seen, total).proportion_ci(level, method="exact")
    assert found.low == pytest.approx(reference.low, abs=1e-10)
    assert found.high == pytest.approx(reference.high, abs=1e-10)


def test_nothing_and_everything():
    assert clopper_pearson(0, 50).low == 0
    assert clopper_pearson(0, 50).high == pytest.approx(1 - 0.025 ** (1 / 50))
    assert clopper_pearson(50, 50).high == 1
    none = clopper_pearson(0, 0)
    assert (math.isnan(none.value), none.low, none.high) == (True, 0, 1)


@pytest.mark.parametrize("seen, total", [(-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(seen, total):
    with pytest.raises(ValueError, match="Invalid count"):
        clopper_pearson(seen, total)


def test_a_ratio_is_the_odds_of_its_share():
    found = exact_ratio(10, 100)
    share = stats.binomtest(10, 110).proportion_ci(0.95, method="exact")
    assert found.value == 0.1
    assert found.low == pytest.approx(share.low / (1 - share.low))
    assert found.high == pytest.approx(share.high / (1 - share.high))
    nothing = exact_ratio(3, 0)
    assert (math.isnan(nothing.value), nothing.high) == (True, math.inf)


def test_an_interval_spans_a_limit_or_does_not():
    assert straddles(clopper_pearson(18, 100), 0.20)
    assert not straddles(clopper_pearson(90, 500), 0.25)
    assert not straddles(Interval(0.2, 0.2, 0.3), 0.2)


@pytest.mark.parametrize("each", [1, 20, 200])
def test_without_errors_equal_groups_are_one(each):
    total = 5 * each
    exact = clopper_pearson(total, total).low
    assert zero_error_lower_bound([each] * 5) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("totals", [(10, 10), (8, 12), (20, 400), (3, 1000)])
def test_without_errors_no_pair_of_shares_is_worse(totals):
    first, second = totals
    found = zero_error_lower_bound(totals)
    shares = np.linspace(0.025 ** (1 / first), 1, 200_001)  # of the first group
    others = (0.025 / shares**first) ** (1 / second)  # that just allow no error at all
    assert found == pytest.approx(((shares + others) / 2).min(), abs=1e-8)


def test_a_perfect_balanced_accuracy_is_not_sure():
    truth = np.repeat([0, 1], [8, 12])
    found = measure_classifier(truth, np.eye(2)[truth], resamples=50)["balanced_accuracy"]
    assert found == Interval(1.0, zero_error_lower_bound([8, 12]), 1.0)


def test_a_bootstrap_of_the_mean_agrees_with_theory():
    values = np.random.default_rng(3).normal(10, 2, 400)
    (found,) = bootstrap(lambda w: w @ values / w.sum(-1), 400, seed=1, resamples=4000)
    half = 1.96 * values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - half, abs=0.02)
    assert found.high == pytest.approx(values.mean() + half, abs=0.02)


def test_a_seed_decides_a_bootstrap():
    values = np.arange(50.0)

    def mean(weights):
        return weights @ values / weights.sum(-1)

    again = [bootstrap(mean, 50, seed=seed) for seed in (7, 7, 8)]
    assert again[0] == again[1] != again[2]


def test_resamplings_do_not_depend_on_the_memory_they_are_drawn_in(monkeypatch):
    whole = np.concatenate(list(draw_weights(40, seed=2, resamples=100)))
    monkeypatch.setattr("trainer.evaluation.bootstrap._CHUNK_WEIGHTS", 40 * 7)
    parts = list(draw_weights(40, seed=2, resamples=100))
    assert len(parts) == 15
    assert np.array_equal(np.concatenate(parts), whole)


def test_strata_keep_their_sizes_and_clusters_stay_together():
    strata = np.array([0] * 6 + [1] * 14)
    clusters = np.repeat(np.arange(10), 2)
    for weights in draw_weights(20, seed=0, resamples=300, strata=strata, clusters=clusters):
        assert (weights[:, :6].sum(1) == 6).all()
        assert (weights[:, 6:].sum(1) == 14).all()
        assert (weights[:, ::2] == weights[:, 1::2]).all()
        assert len(np.unique(weights)) > 2


def test_clusters_widen_the_interval():
    random = np.random.default_rng(5)
    patients = np.repeat(np.arange(20), 25)
    values = random.normal(size=20)[patients] + 0.1 * random.normal(size=500)

    def mean(weights):
        return weights @ values / weights.sum(-1)

    (alone,) = bootstrap(mean, 500, seed=0)
    (together,) = bootstrap(mean, 500, seed=0, clusters=patients)
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_undefined_resamplings_are_left_out():
    figures = bootstrap(lambda w: np.where(w[:, 0] > 0, 1.0, np.nan), 5, seed=0)
    assert figures == [Interval(1.0, 1.0, 1.0)]
    (never,) = bootstrap(lambda w: np.full(len(w), np.nan), 5, seed=0, resamples=10)
    assert math.isnan(never.low)


@pytest.mark.parametrize("seed", range(3))
def test_intervals_hold_the_truth_about_as_often_as_they_say(seed):
    """Coverage of the 95 % interval of balanced accuracy over 200 samples of 300 cells."""
    random = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), 100)
    skill = np.array([0.95, 0.8, 0.7])
    held = 0
    for number in range(200):
        called = np.where(random.random(300) < skill[truth], truth, (truth + 1) % 3)
        placed = np.eye(9)[truth * 3 + called]
        (found,) = bootstrap(
            lambda w, placed=placed: balanced_accuracy((w @ placed).reshape(-1, 3, 3)),
            300,
            seed=number,
            resamples=300,
            strata=truth,
        )
        held += found.low <= skill.mean() <= found.high
    assert 0.89 * 200 <= held <= 0.99 * 200


def test_all_figures_of_a_classifier():
    random = np.random.default_rng(0)
    truth = random.integers(0, 3, 300)
    given_ = random.dirichlet(np.ones(3), 300) + 0.8 * np.eye(3)[truth]
    found = measure_classifier(truth, given_, resamples=400)
    assert list(found) == [
        *("accuracy", "balanced_accuracy", "macro_f1", "mcc"),
        *("roc_auc", "pr_auc", "log_loss", "brier", "ece"),
    ]
    assert all(each.low < each.value < each.high for name, each in found.items() if name != "ece")
    right = int((given_.argmax(1) == truth).sum())
    assert found["accuracy"] == clopper_pearson(right, 300)
    clustered = measure_classifier(truth, given_, resamples=400, clusters=np.arange(300) // 3)
    assert clustered["accuracy"].low <= found["accuracy"].low
    assert clustered["accuracy"].high > found["accuracy"].high
    assert clustered["accuracy"].value == pytest.approx(found["accuracy"].value)


def test_figures_of_every_class_are_exact():
    found = measure_classes([0, 0, 1, 1, 1], [0, 1, 1, 1, 1], labels=["a", "b", "c"])
    assert found["a"]["sensitivity"] == clopper_pearson(1, 2)
    assert found["a"]["specificity"] == clopper_pearson(3, 3)
    assert found["b"]["ppv"] == clopper_pearson(3, 4)
    assert math.isnan(found["c"]["sensitivity"].value)


def test_f1_of_every_class_is_bootstrapped():
    truth = np.repeat([0, 1], 40)
    called = np.where(np.arange(80) % 10 == 0, 1 - truth, truth)
    f1 = measure_classes(truth, called, labels=["a", "b"])["a"]["f1"]
    assert f1.value == pytest.approx(0.9)  # 36 of 40 found, 4 of the others taken for it
    assert f1.low < f1.value < f1.high


def test_shares_of_few_patients_are_less_sure_than_of_as_many_cells():
    """Of ten patients one is called wrongly throughout: that is one error, not ten."""
    patient = np.repeat(np.arange(10), 10)
    truth = np.tile([0, 1], 50)
    called = np.where(patient == 0, 1 - truth, truth)
    alone = measure_classes(truth, called, labels=["a", "b"])["a"]["sensitivity"]
    together = measure_classes(truth, called, labels=["a", "b"], clusters=patient)["a"]
    assert alone == clopper_pearson(45, 50)
    assert together["sensitivity"].value == alone.value
    assert together["sensitivity"].low < alone.low - 0.05
    right, everyone = truth == called, np.ones(100, bool)
    assert measure_shares({"right": (right, everyone)})["right"] == clopper_pearson(90, 100)
    shared = measure_shares({"right": (right, everyone)}, clusters=patient)["right"]
    assert shared.low < clopper_pearson(90, 100).low - 0.05
    # Where all are right a bootstrap would say that nothing else can happen.
    assert measure_shares({"all": (everyone, everyone)}, clusters=patient)["all"].low < 0.97


def test_telling_unknown_cells_apart():
    random = np.random.default_rng(1)
    found = unknown_auroc(random.normal(size=500), 1 + random.normal(size=200))
    truth = stats.norm.cdf(1 / math.sqrt(2))
    assert found.low < truth < found.high
    assert found.high - found.low < 0.12
    assert unknown_auroc([0, 1], [2, 3]) == Interval(1.0, 1.0, 1.0)
