"""Roles of a new model's classes: described, inherited, or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.trainer.tiny_backbone import TINY
from trainer.domain import ClassRole, never_stop
from trainer.errors import UserError
from trainer.jobs.train.class_roles import ClassRoles, select_class_roles, stated_style_reference
from trainer.jobs.train.data import read_data
from trainer.jobs.train.plan import build_plan
from trainer.models.package.card import Card, read_card
from trainer.protocol.records import ModelDescription
from trainer.protocol.training_requests import TrainRequest
from trainer.training.recipe import Recipe

WHITE, BESIDE = ClassRole.WHITE, ClassRole.BESIDE_WHITE


def parent_of(package: Path) -> Card:
    roles = {"monocyte": BESIDE, "basophil": WHITE}
    limits = {"basophil": 2.0, "monocyte": None}
    changes = {"roles": roles, "style_reference_class": "monocyte", "limits": limits}
    return read_card(package / "card.json").model_copy(update=changes)


def test_nothing_stated_is_nothing_written() -> None:
    assert select_class_roles(ModelDescription(), None, ("a", "b"), ()) == ClassRoles()


def test_a_description_adds_to_what_the_model_before_states(package: Path) -> None:
    described = ModelDescription(
        roles={"normoblast": BESIDE, "monocyte": WHITE}, limits={"monocyte": 30.0}
    )
    found = select_class_roles(described, parent_of(package), ("monocyte", "normoblast"), ("x",))
    assert found.roles == {"monocyte": WHITE, "normoblast": BESIDE}
    assert found.style_reference_class == "monocyte"
    assert found.limits == {"monocyte": 30.0}
    without = select_class_roles(ModelDescription(), parent_of(package), ("basophil", "x"), ())
    assert without == ClassRoles({"basophil": WHITE}, None, {"basophil": 2.0})


@pytest.mark.parametrize(
    "described",
    [
        ModelDescription(roles={"c": BESIDE}),
        ModelDescription(style_reference_class="c"),
        ModelDescription(limits={"c": 5.0}),
    ],
)
def test_a_role_of_what_is_no_class_is_refused(described: ModelDescription) -> None:
    with pytest.raises(UserError, match="gives a role or a limit to “c”"):
        select_class_roles(described, None, ("a", "b"), ())


def test_the_plan_takes_the_description_and_the_recipe_goes_first(
    data: Path, tmp_path: Path
) -> None:
    about = {"roles": {"monocyte": "beside_white"}, "style_reference_class": "monocyte"}
    asked = {"data": str(data), "backbone": TINY, "weights": "none", "about": about}

    def plan(name: str, **more: object) -> tuple[ClassRoles, str]:
        text = json.dumps({**asked, "out": str(tmp_path / name), **more})
        planned = build_plan(TrainRequest.model_validate_json(text))
        read = read_data(planned, lambda _: None, never_stop)
        return read.class_roles, planned.recipe.looks_on

    roles = ClassRoles({"monocyte": BESIDE}, "monocyte")
    assert plan("described") == (roles, "monocyte")
    assert plan("recipe", recipe={"looks_on": "lymphocyte"}) == (roles, "lymphocyte")
    assert plan("plain", about={}) == (ClassRoles(), Recipe().looks_on)
    assert stated_style_reference(ModelDescription(), None) is None
