"""When the promise of the card is shown to hold for a new source."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trainer.evaluation.alert_effect import CellShare
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.paired_judgement import judge_pairs
from trainer.jobs.adapt.judgement import AdaptationJudgement, describe_judgement
from trainer.jobs.adapt.source_check import SourceCheck
from trainer.models.package.source import SourceCalibration

OWN = SourceCalibration(temperature=0.8, review_probability=0.9, cells=400)


def check(accepted: int, wrong: int, *few: str, **more: Any) -> SourceCheck:
    right = accepted - wrong
    precision = clopper_pearson(right, accepted)
    return SourceCheck(accepted, right, precision, few, **{"calibration": OWN, **more})


@pytest.mark.parametrize(
    ("accepted", "wrong", "needed"),
    [(0, 0, 368), (367, 0, 1), (368, 0, 0), (100, 1, 455), (554, 1, 1), (555, 1, 0)],
)
def test_cells_still_needed(accepted: int, wrong: int, needed: int) -> None:
    """0.025^(1/n) reaches 0.99 at n = 368, without an error."""
    found = check(accepted, wrong)
    assert found.still_needed == needed
    assert found.holds is (needed == 0)


def test_class_that_was_hardly_seen() -> None:
    assert not check(1000, 0, "myeloblast").holds


def test_cells_of_one_group() -> None:
    assert not check(1000, 0, one_group=True).holds


@pytest.mark.parametrize(
    ("lost", "cells", "holds", "needed"),
    [(0, 71, False, 72), (0, 72, True, 72), (1, 109, False, 110), (1, 110, True, 110)],
)
def test_cells_of_the_alert(lost: int, cells: int, holds: bool, needed: int) -> None:
    """On a source of the card the alert is off: at most 5 % may be lost, by the exact bound."""
    found = check(1000, 0, lost=CellShare(lost, cells))
    assert found.holds is holds
    assert found.alert_cells_needed == needed


def test_words_of_what_a_source_lacks() -> None:
    lacking = check(367, 0, "basophil", lost=CellShare(0, 5), one_group=True)
    pairs = judge_pairs(np.array([True]), np.array([True]))
    judged = AdaptationJudgement(pairs, sources={"north": lacking, "south": check(400, 0)})
    north, south = list(describe_judgement(judged, "first"))[-2:]
    assert "north is no source of the card yet. It takes 1 more accepted cells" in north
    assert "10 cells each of basophil and 72 cells in all of the classes of the alert" in north
    assert north.endswith("and cells of a second patient or image.")
    assert south.endswith(
        "south is a source of the card now, with thresholds of its own from 400 cells."
    )


def test_words_where_nothing_can_be_left_out() -> None:
    (line,) = describe_judgement(AdaptationJudgement(), "first")
    assert line.startswith("All cells are of one image or patient")
