"""What a card states of its classes, and what holds where it states nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trainer.domain import AlertLevel, ClassRole
from trainer.errors import PackageError
from trainer.locations import resources_folder
from trainer.models.package.card import Card, parse_card, read_card, write_card
from trainer.models.package.card_text import model_card_text

BUNDLED = next((resources_folder() / "models").glob("*/card.json"))
BESIDE = ClassRole.BESIDE_WHITE


def card_with(**changes: Any) -> Card:
    """The bundled card as it was before there were roles, with changes."""
    values = json.loads(BUNDLED.read_text(encoding="utf-8"))
    values.pop("roles", None)
    values["thresholds"].pop("alert", None)
    thresholds = {**values["thresholds"], **changes.pop("thresholds", {})}
    return parse_card(json.dumps({**values, "thresholds": thresholds, **changes}).encode(), "old")


def test_a_card_that_states_no_roles_has_the_defaults_and_keeps_its_bytes(tmp_path: Path) -> None:
    card = card_with()
    assert card.classes_with_role(BESIDE) == ("erythroblast",)
    assert "erythroblast" not in card.classes_with_role(ClassRole.WHITE)
    assert not card.classes_with_role(ClassRole.ALERT)
    write_card(card, tmp_path / "card.json")
    text = (tmp_path / "card.json").read_text(encoding="utf-8")
    assert not any(f'"{name}"' in text for name in ("roles", "style_reference_class", "alert"))
    assert "Roles" not in model_card_text(card)
    assert "possible" not in model_card_text(card)


def test_limits_are_those_of_the_role_unless_the_card_states_others(tmp_path: Path) -> None:
    assert card_with().diagnostic_limits == {}
    blasts = {"roles": {"myeloblast": "alert"}}
    assert card_with(**blasts).diagnostic_limits == {"myeloblast": 20.0}
    card = card_with(**blasts, limits={"myeloblast": None, "basophil": 2.5})
    assert card.diagnostic_limits == {"basophil": 2.5}
    write_card(card, tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == card
    assert "A diagnosis turns at: basophil from 2.5 % on." in model_card_text(card)


@pytest.mark.parametrize(
    ("limits", "fault"),
    [
        ({"plasma_cell": 10}, "which is no class of white cells"),
        ({"erythroblast": 10}, "which is no class of white cells"),
        ({"myeloblast": 0}, "greater than 0"),
        ({"myeloblast": 100}, "less than 100"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(limits: dict[str, float], fault: str) -> None:
    with pytest.raises(PackageError, match=fault):
        card_with(limits=limits)


def test_what_is_read_of_a_card_is_written_to_the_byte(tmp_path: Path) -> None:
    write_card(read_card(BUNDLED), tmp_path / "card.json")
    assert (tmp_path / "card.json").read_bytes() == BUNDLED.read_bytes()


def test_the_thresholds_of_an_alert_are_kept_and_described(tmp_path: Path) -> None:
    alert = {
        "careful": {"score": -3.5, "reviewed": 0.031},
        "balanced": {"score": -2.5, "reviewed": 0.016},
    }
    card = card_with(roles={"myeloblast": "alert"}, thresholds={"alert": alert})
    assert card.classes_with_role(ClassRole.ALERT) == ("myeloblast",)
    assert card.classes_with_role(BESIDE) == ("erythroblast",)
    levels = card.thresholds.alert
    assert levels is not None
    scores = {level: levels.of(level) for level in AlertLevel}
    assert scores == {
        AlertLevel.CAREFUL: levels.careful,
        AlertLevel.BALANCED: levels.balanced,
        AlertLevel.OFF: None,
    }
    write_card(card, tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == card
    text = model_card_text(card)
    assert "possible myeloblast" in text
    assert "of -2.500 or more (balanced; sends 1.6% of the known" in text
    assert "of -3.500 or more (careful; sends 3.1% of the known" in text


def test_stated_roles_are_kept_and_take_the_place_of_the_defaults(tmp_path: Path) -> None:
    roles = {"erythroblast": "white", "monocyte": "beside_white"}
    card = card_with(roles=roles, style_reference_class="monocyte")
    assert card.classes_with_role(BESIDE) == ("monocyte",)
    write_card(card, tmp_path / "card.json")
    again = json.loads((tmp_path / "card.json").read_text(encoding="utf-8"))
    assert (again["roles"], again["style_reference_class"]) == (roles, "monocyte")
    assert read_card(tmp_path / "card.json") == card
    assert "Roles: erythroblast white, monocyte beside white." in model_card_text(card)


def test_a_class_that_is_left_out_keeps_its_default() -> None:
    card = card_with(roles={"monocyte": "beside_white"})
    assert card.classes_with_role(BESIDE) == ("erythroblast", "monocyte")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"roles": {"monocyte": "red"}},
            "roles.monocyte: Input should be 'white', 'beside_white' or",
        ),
        ({"roles": {"normoblast": "beside_white"}}, "a role for normoblast, which is no class"),
        ({"thresholds": {"alert": {"balanced": {"score": 1, "reviewed": 0}}}}, "alert.careful"),
        ({"style_reference_class": "normoblast"}, "class normoblast is no class of the model"),
    ],
)
def test_a_role_that_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(PackageError, match=words):
        card_with(**changes)
