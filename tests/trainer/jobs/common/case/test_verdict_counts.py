"""The differential of a case whose cells persons called by classes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.trainer.jobs.classified_fields import build_field_case
from trainer.cases.records import EXCLUDED, UNKNOWN, Review
from trainer.cases.review_classes import (
    DifferentialPlace,
    ReviewClass,
    review_classes_file,
    write_review_classes,
)
from trainer.domain import CellId, Decision, Precision, Prediction, never_stop
from trainer.jobs import summary
from trainer.jobs.common.case.summary import build_summary
from trainer.jobs.common.case.verdict_counts import VerdictCounts
from trainer.protocol.requests import SummaryRequest

CLASSES = ("erythroblast", "monocyte", "myeloblast")
PLACES = {
    "lymphocyte": DifferentialPlace.WITHIN,
    "normoblast": DifferentialPlace.BESIDE,
    "smudge": DifferentialPlace.EXCLUDED,
    "plasma_cell": DifferentialPlace.WITHIN,
}


def prediction(at: int, label: str, decision: Decision = Decision.ACCEPT) -> Prediction:
    return Prediction(
        f"{at}.png", "s", decision, "tiny", Precision.F32, label, 0.9, (0.0, 0.1, 0.9)
    )


def review(at: int, label: str) -> Review:
    return Review(at, f"{at}.png", "s", label, "me", "", "", "", "", "")


@pytest.fixture
def table() -> dict[str, object]:
    """Twelve cells: eight accepted monocytes, two blasts, one to review, one unknown."""
    cells = [prediction(at, "monocyte") for at in range(8)]
    cells += [prediction(at, "myeloblast") for at in (8, 9)]
    cells += [prediction(10, "monocyte", Decision.REVIEW)]
    cells += [prediction(11, "monocyte", Decision.UNKNOWN)]
    labels = {
        0: "lymphocyte",
        1: "lymphocyte",
        2: "normoblast",
        3: "smudge",
        4: EXCLUDED,
        5: UNKNOWN,
        6: "of no list",
        10: "myeloblast",
    }
    reviews = {CellId(f"{at}.png"): review(at, label) for at, label in labels.items()}
    counts = VerdictCounts(reviews, places=PLACES)
    for each in cells:
        counts.add(each, CLASSES)
    return counts.to_json(CLASSES, ("erythroblast",), {"myeloblast": 20.0})


def test_classes_of_the_lab_are_where_the_lab_puts_them(table) -> None:
    after = table["after_review"]
    assert {name: share["cells"] for name, share in after["percent"].items()} == {
        "monocyte": 1,
        "myeloblast": 3,
        "lymphocyte": 2,
    }
    assert after["cells"] == 6
    assert after["percent"]["myeloblast"]["value"] == 50.0
    beside = after["per_100_white_cells"]
    assert {name: share["cells"] for name, share in beside.items()} == {
        "erythroblast": 0,
        "normoblast": 1,
    }
    assert after["apart"] == {"unknown": 1, "excluded": 4}
    assert not any("spans" in warning for warning in after["warnings"])
    assert after["warnings"][0].startswith("Only 6 white cells")


def test_reviewed_cells_are_counted_apart(table) -> None:
    reviewed = table["reviewed"]
    assert (reviewed["reviewed_cells"], reviewed["all_cells"]) == (8, 12)
    assert reviewed["percent"]["lymphocyte"]["cells"] == 2
    assert reviewed["apart"] == {"unknown": 2, "excluded": 2}
    assert reviewed["excluded_as"] == {"excluded": 1, "of no list": 1, "smudge": 1, "unknown": 1}
    # A class of the list without a cell is not shown.
    assert "plasma_cell" not in reviewed["percent"]
    # Open are the unknown cell; the ends of every range are those without and with it.
    assert table["open"]["unknown"] == 1
    assert table["range"]["percent"]["lymphocyte"]["low"] == pytest.approx(100 * 2 / 7)


def test_without_reviews_nothing_is_after_them() -> None:
    counts = VerdictCounts({}, places=PLACES)
    counts.add(prediction(0, "monocyte"), CLASSES)
    assert set(counts.to_json(CLASSES, (), {})) == {"open", "range"}


def test_a_case_with_a_class_of_the_lab_and_how_many_cells_are_missing(tmp_path: Path) -> None:
    made = build_field_case(tmp_path)
    own = ReviewClass("basket", "Basket cell", "B", "#0072b2", place=DifferentialPlace.EXCLUDED)
    write_review_classes(review_classes_file(made.data), [own])
    made.review("a.png", 1, "basket")
    made.review("a.png", 2, "monocyte")
    request = SummaryRequest(folder=str(made.root), data_dir=str(made.data))
    found = summary.run(request, lambda _: None, never_stop)
    differential = found["differential"]
    assert differential["reviewed"]["excluded_as"] == {"basket": 1}
    after, counted = differential["after_review"], differential["counted"]
    assert counted["cells"] == after["cells"]
    assert counted["targets"][0] == {"cells": 100, "missing": 100 - after["cells"]}
    assert counted["limits"] == {}  # the model has no class of blasts


def test_the_limit_is_that_of_the_classes_with_the_role_alert() -> None:
    model = {"classes": ["blast", "myeloblast"], "roles": {"blast": "alert"}}
    shares = {
        name: {"cells": 3, "value": 50.0, "low": 10.0, "high": 90.0} for name in model["classes"]
    }
    bounds = {"low": 0.0, "high": 100.0, "low_bound": 0.0, "high_bound": 100.0}
    table = {
        "cells": 6,
        "percent": shares,
        "per_100_white_cells": {},
        "warnings": [],
        "range": {"percent": dict.fromkeys(shares, bounds)},
    }
    provenance = {"model": model, "source": {}, "calibrated_for_source": False}
    found = build_summary({"differential": table}, provenance, 1.0, blast_precision=10.0)
    assert set(found["differential"]["limits"]) == {"blast"}
    (limit,) = found["differential"]["counted"]["limits"].values()
    assert (limit["half_width"], limit["spans"]) == (10.0, True)
    assert limit["missing"] == limit["needed"] - 6
