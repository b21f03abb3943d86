"""When the promise of the card is shown to hold for a new source."""

from __future__ import annotations

import pytest

from trainer.evaluation.intervals import clopper_pearson
from trainer.jobs.adapt.judgement import AdaptationJudgement, SourceCheck, describe_judgement


def check(accepted: int, wrong: int, *few: str) -> SourceCheck:
    right = accepted - wrong
    return SourceCheck(accepted, right, clopper_pearson(right, accepted), few)


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


def test_words_where_nothing_can_be_left_out() -> None:
    (line,) = describe_judgement(AdaptationJudgement(), "first")
    assert line.startswith("All cells are of one image or patient")
