"""Temperature and threshold of a source from cells left out, and whether they hold there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from trainer.evaluation.alert_effect import CellShare
from trainer.inference.policy import DecisionThresholds
from trainer.jobs.adapt.source_check import CalibrationFit, HeldOutCells, SourceCheck, check_source

CLASSES = ("basophil", "monocyte", "myeloblast")
LIMITS = DecisionThresholds(review_probability=0.5, unknown_probability=0.6)
CARD_TEMPERATURE = 0.7
GROUPS = 20


def cells_of(count: int, wrong: int = 0, outside: int = 0, margin: float = 6.0) -> HeldOutCells:
    """Cells of three classes in turn and one kind outside; the wrong ones are less sure."""
    labels = np.arange(count) % len(CLASSES)
    called = labels.copy()
    called[:wrong] = (called[:wrong] + 1) % len(CLASSES)
    logits = np.random.default_rng(1).normal(0, 0.3, (count, len(CLASSES) + 1))
    logits[np.arange(count), called] += margin
    logits[np.arange(wrong), called[:wrong]] -= margin - 1.5
    labels[count - outside :] = -1
    groups = [f"P{row % GROUPS}" for row in range(count)]
    return HeldOutCells(logits, labels, np.zeros(count), groups)


def checked(cells: HeldOutCells, *alert: str) -> SourceCheck:
    return check_source(cells, CLASSES, alert, LIMITS, CARD_TEMPERATURE)


def test_enough_cells_without_an_error() -> None:
    found = checked(cells_of(380), "myeloblast")
    # The least sure of all is under what the others have shown.
    assert (found.accepted, found.right) == (379, 379)
    assert found.holds
    own = found.calibration
    assert own is not None
    # Without an error the likelihood has no maximum: the temperature stays.
    assert own.temperature == CARD_TEMPERATURE
    assert own.cells == 380
    assert own.accepted_precision is not None
    assert own.accepted_precision.low == found.precision.low >= 0.99
    # By the card's own threshold all are accepted, which is too few all the same.
    few = checked(cells_of(367), "myeloblast")
    assert (few.accepted, few.holds, few.calibration) == (367, False, None)


def test_unsure_errors_raise_the_threshold_and_the_temperature() -> None:
    fit = CalibrationFit(cells_of(500, wrong=40), len(CLASSES), LIMITS, CARD_TEMPERATURE)
    temperature, review = fit.fit(np.ones(500, dtype=bool))
    assert review > LIMITS.review_probability
    assert temperature != CARD_TEMPERATURE
    assert fit.decide_crossed()[0].sum() <= 465


def test_the_threshold_is_never_under_that_of_the_card() -> None:
    strict = DecisionThresholds(review_probability=0.9999, unknown_probability=0.6)
    fit = CalibrationFit(cells_of(400), len(CLASSES), strict, CARD_TEMPERATURE)
    assert fit.fit(np.ones(400, dtype=bool))[1] == 0.9999


def test_sure_errors_keep_a_source_out() -> None:
    cells = cells_of(400)
    sure = np.where(np.arange(400) < 20, (cells.labels + 1) % 3, cells.labels)
    wrong = replace(cells, labels=sure)
    assert not checked(wrong).holds


def test_kinds_outside_that_are_accepted_are_wrong() -> None:
    found = checked(replace(cells_of(400, outside=12), groups=["P"] * 400))
    assert found.accepted - found.right == 12
    assert not checked(cells_of(400, outside=12)).holds


def test_blasts_that_are_lost() -> None:
    cells = cells_of(600)
    blasts = np.flatnonzero(cells.labels == 2)[:15]
    logits = cells.logits.copy()
    logits[blasts] = logits[blasts][:, [2, 1, 0, 3]]
    losing = replace(cells, logits=logits, groups=["P"] * 600)
    found = checked(losing, "myeloblast")
    assert found.lost == CellShare(15, 200)
    assert found.lost_too_unsure
    assert checked(losing).lost is None


def test_few_blasts_keep_the_alert_on() -> None:
    cells = cells_of(600)
    kept = (cells.labels != 2) | (np.cumsum(cells.labels == 2) <= 71)
    few = HeldOutCells(
        cells.logits[kept],
        cells.labels[kept],
        cells.distance[kept],
        [group for group, here in zip(cells.groups, kept, strict=True) if here],
    )
    assert not checked(few, "myeloblast").holds
    assert checked(few).holds


def test_one_group() -> None:
    cells = replace(cells_of(400), groups=["P"] * 400)
    found = checked(cells)
    assert found.one_group
    assert not found.holds
    assert found.accepted == 400


@pytest.mark.parametrize("group", ["P0", "P7"])
def test_a_cell_has_no_say_in_what_it_is_decided_by(group: str) -> None:
    """Errors of a group count as errors, but change nothing of what is accepted of it."""
    cells = cells_of(400, wrong=30)
    rows = np.array([each == group for each in cells.groups])
    turned = replace(cells, labels=np.where(rows, (cells.labels + 1) % 3, cells.labels))
    accepted = [
        CalibrationFit(each, len(CLASSES), LIMITS, CARD_TEMPERATURE).decide_crossed()[0][rows]
        for each in (cells, turned)
    ]
    np.testing.assert_array_equal(*accepted)
