"""Figures of a training: how many cells they rest on, whose these are, and how they are told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.data.item import Item
from trainer.evaluation.selective_metrics import (
    MetricValue,
    ScoredCells,
    compute_metrics,
    count_decisions_by_class,
)
from trainer.inference.feature_distance import NearestNeighbours
from trainer.inference.policy import DecisionThresholds
from trainer.jobs.common.labelled.splits import describe_few_cells, describe_few_patients
from trainer.jobs.train.calibrate import Calibration, fit_alert, score_cells
from trainer.jobs.train.job import format_training_summary
from trainer.jobs.train.package import card_metrics_of
from trainer.jobs.train.state import ModelOutputs
from trainer.models.package.thresholds import Thresholds

CLASSES = ("basophil", "monocyte")
LIMITS = DecisionThresholds(review_probability=0.9, unknown_probability=1.0)


@pytest.fixture(scope="module")
def answered() -> ScoredCells:
    """Thirty basophils, three taken for monocytes, and ten monocytes; twelve cells are sure."""
    labels = np.repeat([0, 1], [30, 10])
    called = np.where(np.arange(40) < 3, 1, labels)
    sure = np.where(np.arange(40) >= 28, 0.95, 0.7)
    shares = np.where(np.eye(2)[called] > 0, sure[:, None], 1 - sure[:, None])
    return ScoredCells(labels, shares, np.zeros(40), np.arange(40) // 4)


def measure(scored: ScoredCells) -> dict[str, MetricValue]:
    return compute_metrics(scored, scored.decide(LIMITS, 2), CLASSES)


def test_each_figure_says_on_how_many_cells_it_rests(answered: ScoredCells) -> None:
    metrics = card_metrics_of({"test": measure(answered)})
    counts = {name: metric["test"].n for name, metric in metrics.items()}
    assert counts["balanced_accuracy"] == counts["accepted"] == counts["f1_basophil"] == 40
    assert (counts["sensitivity_basophil"], counts["sensitivity_monocyte"]) == (30, 10)
    assert (counts["specificity_basophil"], counts["specificity_monocyte"]) == (10, 30)
    assert counts["ppv_basophil"] is None
    assert counts["accepted_precision"] == 12


def count_decisions(scored: ScoredCells) -> list[list[int]]:
    counts: list[list[int]] = count_decisions_by_class(scored, scored.decide(LIMITS, 2), 2).tolist()
    return counts


def test_what_became_of_the_cells_of_each_class_is_counted(answered: ScoredCells) -> None:
    """Two basophils and ten monocytes are sure; a cell of another kind belongs to no row."""
    assert count_decisions(answered) == [[2, 0, 28], [0, 10, 0]]
    strange = replace(answered, labels=np.where(np.arange(40) == 0, -1, answered.labels))
    assert count_decisions(strange) == [[2, 0, 27], [0, 10, 0]]


def test_intervals_go_by_patient_where_patients_are_known() -> None:
    items = [Item(Path(f"{n}.png"), "basophil", "test", f"P{n // 2}") for n in range(6)]
    pooled = np.eye(6, dtype=np.float32)
    answers = ModelOutputs(np.zeros(6, np.intp), np.eye(2, dtype=np.float32)[[0] * 6], pooled)
    thresholds = Thresholds(review_probability=0.5, unknown_probability=1.0, unknown_distance=1.0)
    settled, reference = Calibration(1.0, thresholds), NearestNeighbours.of(pooled, 2)
    groups = score_cells(items, answers, settled, reference).groups
    assert groups is not None
    assert groups.tolist() == ["P0", "P0", "P1", "P1", "P2", "P2"]
    unknown = [Item(item.path, item.label) for item in items]
    assert score_cells(unknown, answers, settled, reference).groups is None


def test_the_summary_says_figures_and_what_is_next(answered: ScoredCells) -> None:
    figures = {"test": measure(answered)}
    figures |= {"test, north": figures["test"], "south": figures["test"]}
    told = format_training_summary("ours", Path("models") / "ours", figures, listed=True)
    assert "On 40 test cells" in told
    assert "On 40 cells of south" in told
    assert "north" not in told
    assert "accepted                 0.300 (0." in told
    assert "Few cells reach the threshold" in told
    assert told.endswith("models promote ours")
    assert "promote" not in format_training_summary("ours", Path("ours"), figures, listed=False)
    nothing = answered.decide(DecisionThresholds(1.0, 1.0), 2)
    none = {"test": compute_metrics(answered, nothing, CLASSES)}
    assert "nan" not in format_training_summary("ours", Path("ours"), none, listed=False)


def test_few_cells_are_named() -> None:
    assert list(describe_few_cells(["a"] * 30 + ["b"] * 30)) == []
    (words,) = describe_few_cells(["a"] * 29 + ["b"] * 30 + ["c"])
    assert "a (29), c (1)" in words


def test_few_patients_are_told() -> None:
    assert list(describe_few_patients(["", "P1"])) == []  # what is said of one patient says enough
    assert list(describe_few_patients(f"P{n}" for n in range(10))) == []
    (words,) = describe_few_patients(["P1", "P2", "P2", ""])
    assert "of 2 patients only" in words


def test_the_alert_is_fitted_on_known_cells_of_other_classes() -> None:
    """Twenty monocytes of rising resemblance to a blast; blasts and other kinds count not."""
    resemblance = np.arange(1, 21) / 200
    rows = [(1 - p, p, 0.0) for p in resemblance] + [(0.1, 0.9, 0.0)] * 5 + [(0.0, 0.5, 0.5)] * 9
    labels = np.repeat([0, 1, -1], [20, 5, 9])
    outputs = ModelOutputs(labels, logits_of(rows), np.ones((34, 2), np.float32))
    reference = NearestNeighbours.of(np.ones((3, 2), np.float32), 2)
    thresholds = Thresholds(review_probability=0.95, unknown_distance=1.0, unknown_probability=1.0)
    fitted = Calibration(1.0, thresholds)
    alert = fit_alert(outputs, fitted, reference, 2, (1,))
    assert alert is not None
    scores = np.log(resemblance)
    assert alert.balanced.score == pytest.approx(np.percentile(scores, 95))
    assert alert.careful.score == pytest.approx(np.percentile(scores, 90))
    # Those from 0.055 on are not accepted anyway, so that these levels cost nothing.
    assert alert.balanced.reviewed == alert.careful.reviewed == 0
    accepting = fitted.with_alert(alert).thresholds.model_copy(update={"review_probability": 0.5})
    alert = fit_alert(outputs, Calibration(1.0, accepting), reference, 2, (1,))
    assert alert is not None
    assert (alert.balanced.reviewed, alert.careful.reviewed) == (1 / 25, 2 / 25)


def test_no_alert_is_fitted_without_a_class_for_it() -> None:
    outputs = ModelOutputs(
        np.array([0, 1]), logits_of([(0.9, 0.1), (0.1, 0.9)]), np.ones((2, 2), np.float32)
    )
    reference = NearestNeighbours.of(np.ones((3, 2), np.float32), 2)
    fitted = Calibration(1.0, Thresholds(unknown_distance=1.0))
    assert fit_alert(outputs, fitted, reference, 2, ()) is None
    assert fit_alert(outputs, fitted, reference, 2, (0, 1)) is None
    assert "alert" not in fitted.with_alert(None).thresholds.model_dump()


def logits_of(rows: list[tuple[float, ...]]) -> np.ndarray:
    return np.log(np.maximum(np.array(rows), 1e-9)).astype(np.float32)
