"""Which reviewed cells a model would learn from, and when an adaptation is offered."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leukogui.case.cells import CaseModel
from leukogui.case.corrected_cells import count_corrected, is_enough, plan_adaptation
from leukogui.case.results import CellResult, CellReview
from trainer.cases.records import EXCLUDED, UNKNOWN
from trainer.domain import CellId, Decision

CLASSES = ("basophil", "monocyte")


def case_of(*reviews: CellReview) -> CaseModel:
    model = CaseModel(Path("case"))
    names = [f"{at}.png" for at in range(len(reviews))]
    model.add_files(names)
    model.set_results(
        (CellId(name), CellResult(1, Decision.ACCEPT, "basophil", 0.9, 0.5, "", "", "", "a"))
        for name in names
    )
    model.set_reviews({CellId(name): each for name, each in zip(names, reviews, strict=True)})
    return model


def test_reviews_that_count() -> None:
    """Not excluded cells, nor those whose bytes are other ones now."""
    model = case_of(
        *(CellReview("basophil", sha256="a"), CellReview("basophil", sha256="b")),
        *(CellReview(UNKNOWN), CellReview(EXCLUDED), CellReview("monocyte")),
    )
    assert count_corrected(model) == {"basophil": 1, UNKNOWN: 1, "monocyte": 1}


def test_reviews_since_the_last_adaptation() -> None:
    """One without a time counts as new."""
    model = case_of(
        CellReview("basophil", time="2026-01-01T10:00:00+00:00"),
        CellReview("monocyte", time="2026-01-01T12:00:00+00:00"),
        CellReview("monocyte"),
    )
    since = datetime(2026, 1, 1, 11, tzinfo=UTC)
    assert count_corrected(model, since) == {"monocyte": 2}


def test_plan_parts_the_labels_by_what_the_model_knows() -> None:
    counts = {"monocyte": 4, "lymphocyte": 3, "plasma cell": 2, UNKNOWN: 1}
    plan = plan_adaptation(counts, CLASSES, ("lymphocyte", "eosinophil"))
    assert plan.known == {"monocyte": 4}
    assert plan.untouched == ("basophil",)
    assert plan.outside == {"lymphocyte": 3}
    assert plan.strange == {"plasma cell": 2}
    assert (plan.unknown, plan.cells) == (1, 10)


@pytest.mark.parametrize(
    ("basophils", "monocytes", "least", "enough"),
    [
        (5, 5, 30, True),  # five of every class
        (4, 25, 30, False),
        (4, 26, 30, True),  # so many in all
        (0, 40, 30, False),  # of one class nothing can be learned
        (20, 20, 0, False),  # never
    ],
)
def test_when_it_is_offered(basophils: int, monocytes: int, least: int, enough: bool) -> None:
    pairs = {"basophil": basophils, "monocyte": monocytes}
    counts = {name: count for name, count in pairs.items() if count}
    assert is_enough(counts, CLASSES, least) is enough
