"""The trail of the models: what follows from it, and what is seen of changes to it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from trainer.errors import UserError
from trainer.models.package.adaptation import Adaptation
from trainer.models.package.card import Card, read_card, write_card
from trainer.models.package.layout import CARD
from trainer.models.package.lineage import build_lineage
from trainer.models.package.registry import Registry
from trainer.models.package.trail import SERVING, TRAIL


@pytest.fixture
def registry(made: Path, tmp_path: Path) -> Registry:
    """A bundled model "tiny", and the user's "one" and "two"."""
    shutil.copytree(made, tmp_path / "bundled" / "tiny")
    registry = Registry(tmp_path / "user", tmp_path / "bundled")
    for name in ("one", "two"):
        put(made, registry.user / name, id=name, title="")
    return registry


def put(made: Path, folder: Path, **changes: object) -> Card:
    """The same package with another card."""
    shutil.copytree(made, folder)
    card = read_card(folder / CARD).model_copy(update=changes)
    write_card(card, folder / CARD)
    return card


def state(registry: Registry) -> dict[str, tuple[bool, bool, str]]:
    return {each.name: (each.serving, each.archived, each.title) for each in registry.entries()}


def test_who_promoted_what_and_why_is_kept_for_good(registry: Registry) -> None:
    registry.promote("one", person="Ada", reason="our stain")
    registry.promote("two")
    registry.rollback(person="Ben")
    acts = registry.trail().acts
    assert [(act.kind, act.model, act.person, act.reason) for act in acts] == [
        ("promote", "one", "Ada", "our stain"),
        ("promote", "two", "", ""),
        ("roll_back", "one", "Ben", ""),
    ]
    assert [act.details["before"] for act in acts] == ["tiny", "one", "two"]
    assert registry.trail().first_change() is None


def test_promoting_what_serves_already_adds_nothing(registry: Registry) -> None:
    registry.promote("one")
    registry.promote("one")
    assert len(registry.trail().acts) == 1


def test_a_changed_line_of_the_trail_is_seen(registry: Registry) -> None:
    registry.promote("one", reason="good")
    registry.promote("two", reason="better")
    file = registry.user / TRAIL
    file.write_text(file.read_text(encoding="utf-8").replace("good", "fine"), encoding="utf-8")
    assert registry.trail().first_change() == 1
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text(lines[1], encoding="utf-8")
    assert registry.trail().first_change() == 1


def test_what_an_older_program_promoted_serves_on(registry: Registry) -> None:
    rows = [{"model": name, "at": "2026-01-02T03:04:05+00:00"} for name in ("one", "two")]
    (registry.user / SERVING).write_text(json.dumps(rows), encoding="utf-8")
    assert registry.default().card.id == "two"
    assert registry.rollback().card.id == "one"
    assert [act.kind for act in registry.trail().acts] == ["promote", "promote", "roll_back"]
    assert registry.trail().first_change() is None


def test_going_back_passes_over_what_is_gone(registry: Registry) -> None:
    registry.promote("one")
    registry.promote("two")
    registry.delete("one")
    assert registry.rollback().card.id == "tiny"
    assert registry.history() == []


def test_nothing_to_go_back_to_changes_nothing(made: Path, tmp_path: Path) -> None:
    registry = Registry(tmp_path / "user", tmp_path / "none")
    put(made, registry.user / "one", id="one")
    registry.promote("one")
    with pytest.raises(UserError, match="no other model to go back to"):
        registry.rollback()
    assert registry.default().card.id == "one"


def test_an_archived_model_stays_but_cannot_serve(registry: Registry) -> None:
    registry.archive("one", person="Ada")
    assert state(registry)["one"] == (False, True, "")
    with pytest.raises(UserError, match=r"archived.*Restore it first"):
        registry.promote("one")
    with pytest.raises(UserError, match="is the serving model"):
        registry.archive("tiny")
    registry.restore("one")
    registry.promote("one")
    assert state(registry)["one"] == (True, False, "")


def test_a_name_of_the_lab_stands_before_that_of_the_card(registry: Registry) -> None:
    assert registry.rename("one", "  Lab  3 ") == "Lab 3"
    assert state(registry)["one"][2] == "Lab 3"
    for taken in ("Lab 3", "tiny"):
        with pytest.raises(UserError, match="called"):
            registry.rename("two", taken)
    with pytest.raises(UserError, match="longer than"):
        registry.rename("two", "x" * 200)
    assert registry.rename("one", "") == "one"
    assert state(registry)["one"][2] == ""


def test_a_worse_model_serves_only_with_a_reason(registry: Registry) -> None:
    found = {"against": "tiny", "judgement": "worse", "cells": 80, "worse": ["a"]}
    registry.record_judgement("one", found)
    with pytest.raises(UserError, match=r"judged worse than tiny on the same 80 cells.*reason"):
        registry.promote("one")
    assert registry.default().card.id == "tiny"
    registry.promote("one", reason="quicker, and for teaching only")
    assert registry.history()[-1].reason == "quicker, and for teaching only"


def test_one_worse_class_is_enough_to_need_a_reason(registry: Registry) -> None:
    found = {"against": "tiny", "judgement": "not distinguishable", "cells": 80}
    registry.record_judgement("one", {**found, "worse": ["myeloblast"]})
    with pytest.raises(UserError, match="for myeloblast"):
        registry.promote("one")
    registry.record_judgement("one", {**found, "worse": []})  # on other cells: takes nothing back
    with pytest.raises(UserError, match="for myeloblast"):
        registry.promote("one")
    registry.record_judgement("two", {**found, "worse": []})
    registry.promote("two")


def test_a_lost_class_and_a_worse_adaptation_need_a_reason(made: Path, registry: Registry) -> None:
    classes = read_card(made / CARD).classes
    worse = Adaptation(model="tiny", judgement="worse", cells={"lab": {classes[0]: 7}})
    card = put(made, registry.user / "mine", id="mine", adaptation=worse)
    assert registry.concerns(card) == (
        "mine was judged worse than tiny, which it was adapted from, by the 7 corrected cells.",
    )
    fewer = card.model_copy(update={"classes": classes[1:], "adaptation": None})
    assert registry.concerns(fewer) == (f"mine does not report {classes[0]}, which tiny does.",)


def test_lineage(made: Path, registry: Registry) -> None:
    put(made, registry.user / "child", id="child", parent="one")
    put(made, registry.user / "orphan", id="orphan", parent="gone")
    put(made, registry.user / "a", id="a", parent="b")
    put(made, registry.user / "b", id="b", parent="a")
    adapted = Adaptation(model="child")
    put(made, registry.user / "adapted", id="adapted", parent="child", adaptation=adapted)
    trees = build_lineage(registry.entries())
    shown = [(depth, node.model) for tree in trees for depth, node in tree.walk()]
    assert shown == [
        *((0, name) for name in ("a", "b")),
        *((0, "one"), (1, "child"), (2, "adapted")),
        *((0, "tiny"), (0, "two")),
        *((0, "gone"), (1, "orphan")),
    ]
    assert trees[-1].entry is None
