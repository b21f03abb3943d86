from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn import metrics as sklearn_metrics

from trainer.evaluation import confusion, probability_metrics
from trainer.models.probabilities import calibration_error

CLASSES = 5
CLOSE = {"rel": 1e-12, "abs": 1e-12}
LABELS = arrays.arrays(np.int64, st.shared(st.integers(1, 60), key="n"), elements=st.integers(0, 4))


def probabilities(seed: int, cells: int, classes: int = CLASSES, digits: int = 16):
    random = np.random.default_rng(seed)
    raw = np.round(random.dirichlet(np.full(classes, 0.5), cells), digits) + 1e-6
    return raw / raw.sum(axis=1, keepdims=True)


@settings(max_examples=150, deadline=None)
@given(true=LABELS, called=LABELS)
def test_figures_of_labels_agree_with_scikit_learn(true, called):
    counts = confusion.confusion_matrix(true, called, classes=CLASSES)
    every = list(range(CLASSES))
    # scikit-learn warns of classes that do not occur.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reference = sklearn_metrics.confusion_matrix(true, called, labels=every)
        ppv, found, f1, _ = sklearn_metrics.precision_recall_fscore_support(
            true, called, labels=every, zero_division=np.nan
        )
        balanced = sklearn_metrics.balanced_accuracy_score(true, called)
        macro = sklearn_metrics.f1_score(true, called, average="macro")
        mcc = sklearn_metrics.matthews_corrcoef(true, called)
    assert counts.tolist() == reference.tolist()
    assert confusion.ppv(counts) == pytest.approx(ppv, nan_ok=True, **CLOSE)
    assert confusion.sensitivity(counts) == pytest.approx(found, nan_ok=True, **CLOSE)
    assert confusion.f1(counts) == pytest.approx(f1, nan_ok=True, **CLOSE)
    assert confusion.accuracy(counts) == pytest.approx(np.mean(true == called), **CLOSE)
    assert confusion.balanced_accuracy(counts) == pytest.approx(balanced, **CLOSE)
    assert confusion.macro_f1(counts) == pytest.approx(macro, **CLOSE)
    assert confusion.matthews(counts) == pytest.approx(mcc, **CLOSE)


def test_specificity_counts_the_cells_of_other_classes():
    counts = np.array([[8, 2, 0], [1, 4, 0], [0, 0, 5]])
    assert confusion.specificity(counts).tolist() == [9 / 10, 13 / 15, 1.0]


def test_a_share_of_nothing_is_not_a_number_and_is_left_out_of_means():
    counts = np.array([[3, 1, 0], [0, 4, 0], [0, 0, 0]])
    assert np.isnan(confusion.sensitivity(counts)[2])
    assert np.isnan(confusion.ppv(counts)[2])
    assert np.isnan(confusion.f1(counts)[2])
    assert confusion.balanced_accuracy(counts) == (0.75 + 1) / 2
    nothing = np.zeros((3, 3))
    assert np.isnan(confusion.accuracy(nothing))
    assert np.isnan(confusion.macro_f1(nothing))
    assert confusion.matthews(nothing) == 0


def test_many_matrices_at_once_are_each_by_itself():
    stack = np.random.default_rng(1).integers(0, 9, (2, 7, 4, 4))
    for figure in (
        confusion.accuracy,
        confusion.balanced_accuracy,
        confusion.macro_f1,
        confusion.matthews,
        confusion.specificity,
    ):
        together = figure(stack)
        assert together.shape[:2] == (2, 7)
        assert together[1, 3].tolist() == figure(stack[1, 3]).tolist()


@pytest.mark.parametrize("labels", [[0, 5], [-1, 0], [0.5, 1.0], [[0], [1]]])
def test_labels_that_are_no_classes_are_refused(labels):
    with pytest.raises(ValueError, match="Invalid labels"):
        confusion.confusion_matrix(labels, [0, 1], classes=5)


def test_labels_of_unequal_number_are_refused():
    with pytest.raises(ValueError, match="equal lengths"):
        confusion.confusion_matrix([0, 1], [0], classes=2)


def test_names_become_indices():
    assert confusion.class_indices(["b", "a", "b"], labels=["a", "b"]).tolist() == [1, 0, 1]
    with pytest.raises(ValueError, match="Received 'c'"):
        confusion.class_indices(["c"], labels=["a", "b"])


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("digits", [1, 16])
def test_figures_of_probabilities_agree_with_scikit_learn(seed, digits):
    given_ = probabilities(seed, 200, digits=digits)
    true = np.random.default_rng(seed).integers(0, CLASSES, 200)
    every = list(range(CLASSES))
    area = sklearn_metrics.roc_auc_score(true, given_, multi_class="ovr", labels=every)
    assert probability_metrics.macro_roc_auc(true, given_) == pytest.approx(area, **CLOSE)
    precise = sklearn_metrics.average_precision_score(np.eye(CLASSES)[true], given_)
    assert probability_metrics.macro_average_precision(true, given_) == pytest.approx(
        precise, **CLOSE
    )
    loss = sklearn_metrics.log_loss(true, given_, labels=every)
    assert probability_metrics.log_loss(true, given_) == pytest.approx(loss, **CLOSE)
    brier = sklearn_metrics.brier_score_loss(true, given_, labels=every, scale_by_half=False)
    assert probability_metrics.brier_score(true, given_) == pytest.approx(brier, **CLOSE)


@pytest.mark.parametrize("seed", range(10))
def test_weights_count_cells_as_often_as_if_repeated(seed):
    given_ = probabilities(seed, 60, digits=1)
    random = np.random.default_rng(seed)
    true, weights = random.integers(0, CLASSES, 60), random.integers(0, 4, (3, 60))
    right, top = given_.argmax(1) == true, given_.max(1)
    for row, weight in enumerate(weights):
        again = np.repeat(np.arange(60), weight)
        for figure, first, second in (
            (probability_metrics.macro_roc_auc, true, given_),
            (probability_metrics.macro_average_precision, true, given_),
            (probability_metrics.log_loss, true, given_),
            (probability_metrics.brier_score, true, given_),
            (calibration_error, right, top),
        ):
            weighted = figure(first, second, weights)
            assert weighted.shape == (3,)
            assert weighted[row] == pytest.approx(figure(first[again], second[again]), **CLOSE)


def test_the_area_counts_ties_as_half_and_needs_both_classes():
    assert probability_metrics.roc_auc([True, False], [0.5, 0.5]) == 0.5
    assert probability_metrics.roc_auc([True, True, False, False], [3, 1, 2, 0]) == 0.75
    assert np.isnan(probability_metrics.roc_auc([True, True], [0.1, 0.2]))
    given_ = np.array([[0.9, 0.1, 0.0], [0.2, 0.8, 0.0], [0.6, 0.4, 0.0]])
    assert probability_metrics.macro_roc_auc([0, 1, 0], given_) == 1.0
    assert probability_metrics.macro_average_precision([0, 1, 0], given_) == 1.0
    assert np.isnan(probability_metrics.average_precision([False, False], [0.1, 0.2]))


def test_a_probability_of_zero_costs_much_but_not_everything():
    loss = probability_metrics.log_loss([0], np.array([[0.0, 1.0]]))
    assert 30 < loss < 40


def test_the_calibration_error_by_hand():
    right = np.array([True, True, False, False])
    top = np.array([0.95, 0.95, 0.95, 0.55])
    expected = 0.75 * abs(2 / 3 - 0.95) + 0.25 * 0.55
    assert calibration_error(right, top, bins=10) == pytest.approx(expected, **CLOSE)
    assert calibration_error(np.ones(9), np.ones(9)) == 0
    curve = probability_metrics.reliability_curve(right, top, bins=10)
    assert curve.cells.tolist() == [1, 3]
    assert curve.accuracy == pytest.approx([0, 2 / 3])
    assert curve.probability == pytest.approx([0.55, 0.95])


def test_the_bins_of_the_calibration_error_are_closed_above():
    curve = probability_metrics.reliability_curve([True, True, True], [0.0, 0.5, 0.51], bins=2)
    assert curve.cells.tolist() == [2, 1]


def test_the_risk_coverage_curve_by_hand():
    curve = probability_metrics.risk_coverage_curve([True, False, True, True], [0.9, 0.6, 0.8, 0.6])
    assert curve.coverage.tolist() == [0.25, 0.5, 1.0]
    assert curve.risk.tolist() == [0, 0, 0.25]
    assert curve.probability.tolist() == [0.9, 0.8, 0.6]
    assert curve.area == 0.125
