from __future__ import annotations

import json

import pytest

from trainer.domain import Decision, Precision, Prediction
from trainer.evaluation.differential import compute_differential, count_decisions

CLASSES = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
BESIDE_WHITE = frozenset({"erythroblast"})


def test_erythroblasts_stand_beside_the_hundred_percent():
    counts = {"monocyte": 10, "seg_neutrophil": 190, "erythroblast": 20, "unknown": 7, "failed": 1}
    found = compute_differential(counts, classes=CLASSES, beside_white=BESIDE_WHITE)
    assert found.white == 200
    assert sum(share.value for share in found.percent.values()) == pytest.approx(100)
    monocyte = found.percent["monocyte"]
    assert (monocyte.cells, monocyte.value) == (10, 5.0)
    assert (round(monocyte.low, 1), round(monocyte.high, 1)) == (2.4, 9.0)
    assert "erythroblast" not in found.percent
    assert found.per_100_white["erythroblast"].value == 10
    assert found.unclassified == {"unknown": 7, "failed": 1}


def test_every_class_is_listed_in_the_order_of_the_card():
    found = compute_differential({}, classes=CLASSES, beside_white=BESIDE_WHITE)
    assert list(found.percent) == ["basophil", "monocyte", "myeloblast", "seg_neutrophil"]


def test_which_class_stands_beside_is_a_parameter():
    found = compute_differential(
        {"x": 1, "y": 3}, classes=("x", "y"), beside_white=frozenset({"x"})
    )
    assert found.per_100_white["x"].value == pytest.approx(100 / 3)
    assert found.percent["y"].value == 100


def test_nothing_counted_is_said_and_is_json():
    plain = compute_differential(
        {"erythroblast": 2}, classes=CLASSES, beside_white=BESIDE_WHITE
    ).to_json()
    text = json.dumps(plain, allow_nan=False)
    assert json.loads(text) == plain
    assert plain["percent"]["monocyte"] == {"cells": 0, "value": None, "low": 0.0, "high": 100.0}
    assert plain["per_100_white_cells"]["erythroblast"]["high"] is None
    assert "Only 0 white cells" in plain["warnings"][0]


def test_an_interval_that_spans_a_limit_is_said():
    counts = {"myeloblast": 18, "seg_neutrophil": 82}
    found = compute_differential(
        counts, classes=CLASSES, beside_white=BESIDE_WHITE, limits={"myeloblast": 20}
    )
    assert any("spans 20 %" in warning for warning in found.warnings)
    clear = compute_differential(
        {**counts, "myeloblast": 80},
        classes=CLASSES,
        beside_white=BESIDE_WHITE,
        limits={"myeloblast": 20},
    )
    assert not any("spans" in warning for warning in clear.warnings)


def test_unsettled_cells_are_said():
    counts = {"monocyte": 100, "unknown": 3, "review": 4, "excluded": 2, "erythroblast": 1}
    found = compute_differential(counts, classes=CLASSES, beside_white=BESIDE_WHITE)
    assert found.warnings == (
        "7 of 110 cells are unknown or wait for review and are in no percentage.",
    )
    assert found.unclassified == {"unknown": 3, "review": 4, "excluded": 2}


@pytest.mark.parametrize("counts", [{"lymphocyte": 1}, {"monocyte": -1}])
def test_counts_that_cannot_be_are_refused(counts):
    with pytest.raises(ValueError, match="Invalid"):
        compute_differential(counts, classes=CLASSES, beside_white=BESIDE_WHITE)


def test_predictions_are_counted_by_what_was_decided():
    predictions = [
        Prediction(f"{number}.jpg", "", decision, "m", Precision.F32, label="monocyte")
        for number, decision in enumerate([*Decision, Decision.ACCEPT])
    ]
    assert count_decisions(predictions) == {"monocyte": 2, "review": 1, "unknown": 1, "failed": 1}
