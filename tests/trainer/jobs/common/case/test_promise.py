"""What stands beside the shares of accepted cells: ranges, limits, what holds on other sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trainer.cases.records import Review
from trainer.domain import POSSIBLE_BLAST, CellId, Decision, Precision, Prediction
from trainer.jobs.common.case.summary import (
    build_provenance,
    build_summary,
    count_predictions,
    format_summary,
)
from trainer.jobs.common.opened_model import ModelFacts
from trainer.locations import resources_folder
from trainer.models.package.card import Card, parse_card

BUNDLED = next((resources_folder() / "models").glob("*/card.json"))
KNOWN, STRANGE = "munich", "another lab"
NAMES = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
PERFECT = {name: {"accepted": {name: 200}, "not_accepted": 10} for name in NAMES}


def card_with(**changes: Any) -> Card:
    """The bundled card without what it holds of these, with changes."""
    values = json.loads(BUNDLED.read_text(encoding="utf-8"))
    for name in ("elsewhere", "confusion"):
        values.pop(name, None)
    return parse_card(json.dumps({**values, **changes}).encode(), "changed")


def cells(decision: str, label: str, count: int, reason: str = "") -> list[Prediction]:
    one = Prediction("", "0", Decision(decision), "m", Precision.F32, label=label, reason=reason)
    return [replace(one, image=f"{decision} {label} {reason} {n}.jpg") for n in range(count)]


def reviews_of(made: list[Prediction], label: str, sha256: str = "0") -> dict[CellId, Review]:
    return {
        each.cell_id: Review(1, each.image, sha256, label, "A", "", "m", "f32", "1", "now")
        for each in made
    }


def summary_of(
    made: list[Prediction],
    source: str = KNOWN,
    card: Card | None = None,
    reviews: dict[CellId, Review] | None = None,
) -> dict[str, Any]:
    card = card or card_with()
    provenance = build_provenance(
        ModelFacts.of(card, "0"),
        device="CPU",
        precision="f32",
        root=Path("images"),
        source={"profile": {"name": source}},
        changed=(),
        not_read={},
        alert={},
    )
    counts = count_predictions(iter(made), card, reviews=reviews)
    summary = build_summary(counts, provenance, 1.0)
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    return summary


MIXED = [
    *cells("accept", "monocyte", 60),
    *cells("accept", "myeloblast", 20),
    *cells("review", "monocyte", 10),
    *cells("review", "monocyte", 5, f"{POSSIBLE_BLAST}: myeloblast with probability 0.3"),
    *cells("unknown", "monocyte", 5),
]


def test_open_cells_widen_the_share_and_leave_the_limit_open():
    table = summary_of(MIXED)["differential"]
    assert table["heading"] == "of what the model accepted"
    assert table["open"] == {"review": 15, "unknown": 5, "possible_blasts": 5}
    blasts = table["range"]["percent"]["myeloblast"]
    assert (blasts["low"], blasts["high"]) == (20.0, 40.0)
    limit = table["limits"]["myeloblast"]
    assert (limit["state"], limit["limit"]) == ("open", 20.0)
    text = format_summary(summary_of(MIXED), Path("out"))
    assert text.count("20 %") == 1
    assert "25.0 (16.0-35.9) % of what the model accepted, 20.0-40.0 with the open cells" in text
    assert "myeloblast: whether 20 % is reached is open" in text


@pytest.mark.parametrize(
    ("blasts", "others", "unsure", "state"),
    [
        (300, 300, 0, "met"),
        (300, 300, 40, "met"),
        (130, 470, 100, "open"),
        (30, 570, 0, "missed"),
        (30, 570, 20, "missed"),
        (30, 570, 150, "open"),
        (25, 75, 0, "open"),
    ],
)
def test_a_limit_is_met_or_missed_whatever_the_open_cells_are(blasts, others, unsure, state):
    made = [
        *cells("accept", "myeloblast", blasts),
        *cells("accept", "monocyte", others),
        *cells("review", "monocyte", unsure),
    ]
    assert summary_of(made)["differential"]["limits"]["myeloblast"]["state"] == state
    # Where the model promises nothing, its shares settle nothing.
    assert summary_of(made, STRANGE)["differential"]["limits"]["myeloblast"]["state"] == "open"


def test_reviewed_cells_are_the_figure_and_close_what_was_open():
    made = [*cells("accept", "monocyte", 300), *cells("review", "monocyte", 100)]
    half = reviews_of(made[:150], "monocyte") | reviews_of(made[300:], "myeloblast")
    for source in (KNOWN, STRANGE):
        table = summary_of(made, source, reviews=half)["differential"]
        assert table["heading"] == "of what persons reviewed"
        assert (table["open"]["review"], table["percent"]["myeloblast"]["cells"]) == (0, 0)
        figure = table["reviewed"]["percent"]["myeloblast"]
        assert (figure["cells"], figure["value"]) == (100, 40.0)
        assert (round(figure["low"], 1), round(figure["high"], 1)) == (33.9, 46.4)
        assert table["range"]["percent"]["myeloblast"]["low"] == 25.0
        assert table["limits"]["myeloblast"]["state"] == "met"
        assert table["reviewed"]["accepted"]["cells"] == 150
    text = format_summary(summary_of(made, reviews=half), Path("out"))
    assert "40.0 (33.9-46.4) % of what persons reviewed" in text
    assert "250 of 400 cells were reviewed; their shares are those of the case only if" in text


def test_reviews_of_other_bytes_of_unknown_kinds_and_exclusions():
    made = cells("review", "monocyte", 4)
    changed = summary_of(made, reviews=reviews_of(made, "monocyte", sha256="other"))
    assert changed["differential"]["open"]["review"] == 4
    assert "reviewed" not in changed["differential"]
    marks = reviews_of(made[:2], "unknown") | reviews_of(made[2:], "excluded")
    table = summary_of(made, reviews=marks)["differential"]
    assert table["open"] == {"review": 0, "unknown": 0, "possible_blasts": 0}
    assert table["reviewed"]["apart"] == {"unknown": 2, "excluded": 2}
    assert table["heading"] == "of what the model accepted"


def test_a_limit_is_that_of_the_role_whatever_the_name():
    made = [*cells("accept", "monocyte", 300), *cells("accept", "myeloblast", 50)]
    assert summary_of(made, card=card_with(roles={}))["differential"]["limits"] == {}
    of_monocytes = card_with(roles={"monocyte": "alert"})
    assert set(summary_of(made, card=of_monocytes)["differential"]["limits"]) == {"monocyte"}
    stated = card_with(limits={"myeloblast": 10.0, "basophil": 30})
    limits = summary_of(made, card=stated)["differential"]["limits"]
    assert {name: each["limit"] for name, each in limits.items()} == {
        "myeloblast": 10.0,
        "basophil": 30.0,
    }
    none = card_with(limits={"myeloblast": None})
    assert summary_of(made, card=none)["differential"]["limits"] == {}


def test_a_source_that_is_not_in_the_card_is_promised_nothing():
    assert "promise" not in summary_of(MIXED)
    assert "99%" in summary_of(MIXED)["model"]["thresholds"]["target"]
    for source, named in ((STRANGE, "of another lab"), ("", "that is not named")):
        summary = summary_of(MIXED, source)
        promise = summary["promise"]
        assert promise["holds"] is False
        assert promise["cells_needed"][0] == {"share": 0.95, "errors": 0, "cells": 72}
        text = format_summary(summary, Path("out"))
        assert f"does not hold for images {named}" in text.replace("of a source ", "")
        assert "72 accepted cells, taken at random and reviewed" in text
        assert "no measurement on a source that it did not learn from" in text
        assert "99" not in text
        assert "99%" not in json.dumps(summary["model"]["thresholds"])
        assert "nothing is promised" in summary["model"]["thresholds"]["target"]
    measured = card_with(elsewhere=[{"text": "At a fourth lab 90 of 100 were right."}])
    found = summary_of(MIXED, STRANGE, measured)["promise"]
    assert "Measured elsewhere: At a fourth lab 90 of 100 were right." in found["text"]
    reviews = reviews_of(MIXED[:30], "monocyte") | reviews_of(MIXED[30:40], "myeloblast")
    found = summary_of(MIXED, STRANGE, reviews=reviews)["promise"]
    assert any(
        text.startswith("Of 40 accepted cells reviewed here 30 are right: 75.0 %")
        for text in found["text"]
    )


def test_the_cards_confusion_is_folded_in_for_its_own_sources_only():
    losing = {
        **PERFECT,
        "myeloblast": {"accepted": {"monocyte": 40, "myeloblast": 120}, "not_accepted": 40},
    }
    made = [*cells("accept", "monocyte", 285), *cells("accept", "myeloblast", 240)]
    made += cells("accept", "erythroblast", 50)
    table = summary_of(made, card=card_with(confusion=losing))["differential"]
    blasts = table["corrected"]["percent"]["myeloblast"]
    assert "Rogan" in table["corrected"]["method"]
    assert 100 * 240 / 525 < blasts["low"] < blasts["value"] < blasts["high"]
    assert set(table["corrected"]["per_100_white_cells"]) == {"erythroblast"}
    assert "corrected" not in summary_of(made, STRANGE, card_with(confusion=losing))["differential"]
    assert "corrected" not in summary_of(made)["differential"]
    none = {**losing, "basophil": {}}
    assert "corrected" not in summary_of(made, card=card_with(confusion=none))["differential"]


def test_a_limit_that_only_the_confusion_leaves_open_is_open():
    losing = {
        **PERFECT,
        "myeloblast": {"accepted": {"monocyte": 40, "myeloblast": 120}, "not_accepted": 40},
    }
    made = [*cells("accept", "monocyte", 850), *cells("accept", "myeloblast", 150)]
    assert summary_of(made)["differential"]["limits"]["myeloblast"]["state"] == "missed"
    found = summary_of(made, card=card_with(confusion=losing))["differential"]
    assert found["limits"]["myeloblast"]["state"] == "open"


def test_what_was_in_a_summary_before_keeps_its_value():
    made = [*cells("accept", "monocyte", 150), *cells("accept", "myeloblast", 50)]
    summary = summary_of(made)
    new = {"open", "range", "heading", "limits", "counted"}  # which say of the 20 %
    table = {name: value for name, value in summary["differential"].items() if name not in new}
    assert list(table) == [
        "of", "cells", "interval", "percent", "per_100_white_cells", "apart", "warnings"
    ]  # fmt: skip
    assert table["warnings"] == []
    limit = summary["differential"]["limits"]["myeloblast"]
    assert limit["text"] == (
        "myeloblast: whether 20 % is reached is open; all that is known allows 19.2-31.6 %."
    )
    assert format_summary(summary, Path("out")).count("20 %") == 1
    assert list(summary["differential"]["open"].values()) == [0, 0, 0]
