"""What a card states of its classes, and what holds where it states nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trainer.domain import ClassRole
from trainer.errors import PackageError
from trainer.locations import resources_folder
from trainer.models.package.card import Card, parse_card, read_card, write_card
from trainer.models.package.card_text import model_card_text

BUNDLED = next((resources_folder() / "models").glob("*/card.json"))
BESIDE = ClassRole.BESIDE_WHITE


def card_with(**changes: Any) -> Card:
    values = {**json.loads(BUNDLED.read_text(encoding="utf-8")), **changes}
    return parse_card(json.dumps(values).encode(), "changed")


def test_a_card_that_states_no_roles_has_the_defaults_and_keeps_its_bytes(tmp_path: Path) -> None:
    card = read_card(BUNDLED)
    assert card.classes_with_role(BESIDE) == ("erythroblast",)
    assert "erythroblast" not in card.classes_with_role(ClassRole.WHITE)
    write_card(card, tmp_path / "card.json")
    assert (tmp_path / "card.json").read_bytes() == BUNDLED.read_bytes()
    assert not {"roles", "style_reference_class"} & card.model_dump(mode="json").keys()
    assert "Roles" not in model_card_text(card)


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
        ({"roles": {"monocyte": "red"}}, "roles.monocyte: Input should be 'white' or"),
        ({"roles": {"normoblast": "beside_white"}}, "a role for normoblast, which is no class"),
        ({"style_reference_class": "normoblast"}, "class normoblast is no class of the model"),
    ],
)
def test_a_role_that_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(PackageError, match=words):
        card_with(**changes)
