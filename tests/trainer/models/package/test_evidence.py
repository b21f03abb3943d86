"""What a card holds of measurements elsewhere and of the errors on its own sources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trainer.errors import PackageError
from trainer.jobs.common.opened_model import ModelFacts
from trainer.locations import resources_folder
from trainer.models.package.card import Card, parse_card, read_card, write_card
from trainer.models.package.card_text import model_card_text

BUNDLED = next((resources_folder() / "models").glob("*/card.json"))
ELSEWHERE = [{"text": "Of 73 cells of BCCD 72 were right.", "metrics": {"p": {"value": 0.986}}}]
CONFUSION = {"myeloblast": {"accepted": {"monocyte": 3, "myeloblast": 90}, "not_accepted": 7}}


def card_with(**changes: Any) -> Card:
    """The bundled card without what it holds of these, with changes."""
    values = json.loads(BUNDLED.read_text(encoding="utf-8"))
    for name in ("elsewhere", "confusion"):
        values.pop(name, None)
    return parse_card(json.dumps({**values, **changes}).encode(), "changed")


def test_a_card_without_them_names_neither(tmp_path: Path) -> None:
    write_card(card_with(), tmp_path / "card.json")
    text = (tmp_path / "card.json").read_text(encoding="utf-8")
    assert '"elsewhere"' not in text
    assert '"confusion"' not in text
    facts = ModelFacts.of(card_with(), "0").to_json()
    assert not {"elsewhere", "confusion"} & set(facts)


def test_they_are_kept_by_card_and_run_and_shown(tmp_path: Path) -> None:
    card = card_with(elsewhere=ELSEWHERE, confusion=CONFUSION)
    write_card(card, tmp_path / "card.json")
    assert parse_card((tmp_path / "card.json").read_bytes(), "again") == card
    facts = ModelFacts.of(card, "0")
    assert ModelFacts.from_json(json.loads(json.dumps(facts.to_json()))) == facts
    assert facts.confusion["myeloblast"].accepted["monocyte"] == 3
    assert "- Of 73 cells of BCCD 72 were right." in model_card_text(card)


@pytest.mark.parametrize(
    "confusion",
    [
        {"lymphocyte": {}},
        {"monocyte": {"accepted": {"lymphocyte": 1}}},
        {"monocyte": {"accepted": {"monocyte": -1}}},
    ],
)
def test_a_matrix_of_other_classes_is_refused(confusion: dict[str, Any]) -> None:
    with pytest.raises(PackageError):
        card_with(confusion=confusion)


def test_the_bundled_card_has_the_matrix_of_its_test_cells() -> None:
    card = read_card(BUNDLED)
    rows = card.confusion
    tested = {name: sum(row.accepted.values()) + row.not_accepted for name, row in rows.items()}
    assert tested == {
        name: count for name, count in card.data.counts["test"].items() if name in card.classes
    }
    accepted = sum(sum(row.accepted.values()) for row in rows.values())
    right = sum(row.accepted[name] for name, row in rows.items())
    metric = card.metrics["accepted_precision"]["test"]
    assert accepted == metric.n
    assert right / accepted == pytest.approx(metric.value, abs=1e-6)
    assert card.elsewhere
