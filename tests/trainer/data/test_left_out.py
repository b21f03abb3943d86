"""Which groups of cells can be left out, and how they are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainer.data.item import Item
from trainer.data.left_out import LeftOutGroup, find_group, list_groups
from trainer.errors import UserError


def items_of(**labels: str) -> list[Item]:
    """Cells of sources, by source: letters are classes."""
    return [
        Item(Path(f"{source}-{label}"), label, source=source.replace("_", ":"))
        for source, letters in labels.items()
        for label in letters
    ]


def test_sources_and_pairs_whose_classes_are_elsewhere_too() -> None:
    items = items_of(north="abc", south="ab", west="c")
    assert [each.name for each in list_groups(items, ("a", "b", "c"))] == [
        *("north", "north:a", "north:b", "north:c"),
        *("south", "south:a", "south:b"),
        "west",
    ]


def test_a_class_of_one_source_alone_can_never_be_left_out() -> None:
    items = items_of(north="ab", south="b")
    assert [each.name for each in list_groups(items, ("a", "b"))] == ["north:b", "south"]


def test_other_classes_are_no_pairs() -> None:
    items = items_of(north="ax", south="ax")
    assert [each.name for each in list_groups(items, ("a",))] == [
        *("north", "north:a", "south", "south:a")
    ]


def test_one_source_alone_cannot_be_left_out() -> None:
    assert list_groups(items_of(north="ab"), ("a", "b")) == []


def test_groups_are_found_by_their_names() -> None:
    items = items_of(north="ab", south="a", lab_2="a")
    assert find_group("north", items) == LeftOutGroup("north")
    assert find_group("north:b", items) == LeftOutGroup("north", "b")
    assert find_group("lab:2", items) == LeftOutGroup("lab:2"), "a name may hold a colon"
    assert find_group("lab:2:a", items).set_name == "left out lab:2:a"


@pytest.mark.parametrize("word", ["east", "south:b", "north:", ""])
def test_what_is_not_there_is_refused_by_name(word: str) -> None:
    with pytest.raises(UserError, match=f"no cells “{word}”") as refused:
        find_group(word, items_of(north="ab", south="a"))
    assert "“north”, “south”" in refused.value.hint


def test_data_without_sources_say_so() -> None:
    with pytest.raises(UserError, match="names its source"):
        find_group("north", [Item(Path("a"), "a")])
