"""What is said at the end of a run: counts, shares with their intervals, warnings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from tests.trainer.jobs.program import OTHERS
from trainer.domain import Decision, Precision, Prediction
from trainer.jobs.common.case.summary import (
    build_provenance,
    build_summary,
    count_predictions,
    format_summary,
)
from trainer.jobs.common.opened_model import ModelFacts
from trainer.locations import resources_folder
from trainer.models.package.card import Card, parse_card, read_card

BUNDLED = next((resources_folder() / "models").glob("*/card.json"))


def predictions(accepted: Mapping[str, int], **others: int) -> list[Prediction]:
    made = [
        Prediction(f"{name}{n}.jpg", "0", Decision.ACCEPT, "m", Precision.F32, label=name)
        for name, count in accepted.items()
        for n in range(count)
    ]
    for name, count in others.items():
        decision = Decision(name)
        error = "The file is empty." if decision is Decision.FAILED else ""
        label = "" if error else "monocyte"
        one = Prediction("x.jpg", "0", decision, "m", Precision.F32, label=label, error=error)
        made += [one] * count
    return made


def sentence(package: Path, made: list[Prediction]) -> str:
    counts = count_predictions(iter(made), read_card(package / "card.json"))
    return format_summary(counts, Path("out"))


def limit_sentences(card: Card, made: list[Prediction]) -> list[str]:
    provenance = build_provenance(
        ModelFacts.of(card, "0"),
        device="CPU",
        precision="f32",
        root=Path("images"),
        source={"profile": {"name": "munich"}},
        changed=(),
        not_read={},
        alert={},
    )
    summary = build_summary(count_predictions(iter(made), card), provenance, 1.0)
    return [line for line in format_summary(summary, Path("out")).splitlines() if "20 %" in line]


def test_shares_intervals_and_what_is_left_out(package: Path) -> None:
    made = predictions({"monocyte": 150, "myeloblast": 50, "erythroblast": 10}, unknown=3, failed=2)
    told = sentence(package, made).splitlines()
    assert told[0] == "215 images: 210 accepted, 0 to review, 3 unknown, 2 failed."
    assert any("myeloblast" in line and "25.0 (19.2-31.6) % of" in line for line in told)
    assert any("erythroblast" in line and "5.0 (" in line and "per 100" in line for line in told)
    assert "  The file is empty. (2)" in told
    assert any(line.startswith("3 of 215 cells are unknown") for line in told)
    assert not any("basophil" in line for line in told)


def test_an_interval_that_spans_twenty_percent_of_blasts_is_said() -> None:
    """The example of the manuals: 20 % cannot be resolved with 100 cells."""
    card = read_card(BUNDLED).model_copy(update={"confusion": {}})
    told = limit_sentences(card, predictions({"monocyte": 85, "myeloblast": 15}))
    assert told == [
        "myeloblast: whether 20 % is reached is open; all that is known allows 8.6-23.5 %."
    ]
    (told,) = limit_sentences(card, predictions({"monocyte": 450, "myeloblast": 50}))
    assert "20 % is not reached" in told


def test_one_image_and_only_red_cells(package: Path) -> None:
    told = sentence(package, predictions({"erythroblast": 1}))
    assert told.startswith("1 image: 1 accepted")
    assert "erythroblast         1" in told
    assert "spans" not in told
    assert "nan" not in told.lower()
    assert "None" not in told
    assert all(name not in told for name in OTHERS)
    assert "Only 1 white cell was classified" in sentence(package, predictions({"monocyte": 1}))


def test_the_card_says_which_classes_stand_beside_the_white_cells(package: Path) -> None:
    """Another lab's names and roles; as the run remembers them, too."""
    values = json.loads((package / "card.json").read_text(encoding="utf-8"))
    names = ("neutrophil", "blast", "normoblast", "platelet")
    roles = {"normoblast": "beside_white", "platelet": "beside_white", "blast": "white"}
    card = parse_card(json.dumps({**values, "classes": names, "roles": roles}).encode(), "other")
    facts = ModelFacts.from_json(json.loads(json.dumps(ModelFacts.of(card, "0").to_json())))
    made = predictions({"neutrophil": 150, "blast": 50, "normoblast": 10, "platelet": 30})
    for model in (card, facts):
        table = count_predictions(iter(made), model)["differential"]
        assert table["cells"] == 200
        assert {name: share["value"] for name, share in table["percent"].items()} == {
            "neutrophil": 75.0,
            "blast": 25.0,
        }
        beside = table["per_100_white_cells"]
        assert {name: share["value"] for name, share in beside.items()} == {
            "normoblast": 5.0,
            "platelet": 15.0,
        }
