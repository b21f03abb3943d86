"""What a wish leaves, against a slow and plain version of the same."""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leukogui.case.arrangement import arrange
from leukogui.case.cells import ACCEPTED, FAILED, PENDING, REVIEW, UNKNOWN, CaseModel
from leukogui.case.folders import folder_tree
from leukogui.case.query import CellQuery, QueryMasks
from leukogui.case.results import CellResult
from trainer.domain import CellId, Decision
from trainer.natural_order import name_ranks, natural_key

CLASSES = ("basophil", "monocyte", "myeloblast")
_PARTS = st.text(st.sampled_from("aAbÉé\u0301ß19 .😀&"), min_size=1, max_size=4).filter(
    lambda part: part not in (".", "..")
)


def _image_name(steps_up: int, parts: list[str]) -> str:
    """The name of an image; in a further folder of the case it begins with "../"."""
    return "../" * (steps_up if len(parts) > 1 else 0) + "/".join(parts)


_NAMES = st.lists(
    st.builds(_image_name, st.integers(0, 2), st.lists(_PARTS, min_size=1, max_size=3)),
    unique=True,
    max_size=25,
)
_SHARE = st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0])
_RANGE = st.none() | st.tuples(_SHARE, _SHARE)
_JUDGED = st.none() | st.builds(
    lambda decision, label, probability, distance: CellResult(
        1, decision, label, probability, distance, "", "", ""
    ),
    st.sampled_from(Decision),
    st.sampled_from(CLASSES),
    _SHARE,
    st.none() | _SHARE,
)
_GROUPS = st.sampled_from([0, 1, 2, ACCEPTED, REVIEW, UNKNOWN, FAILED, PENDING])
_WISHES = st.builds(
    CellQuery,
    sort=st.sampled_from(["folder", "name", "probability", "distance", "decision"]),
    descending=st.booleans(),
    groups=st.none() | st.frozensets(_GROUPS),
    text=st.text(st.sampled_from("aAbÉe\u0301ß19 "), max_size=3),
    folder=st.just("") | _PARTS,
    probability=_RANGE,
    distance=_RANGE,
    grouped=st.booleans(),
)


def case_of(names: list[str], said: list[CellResult | None]) -> CaseModel:
    model = CaseModel(Path("/case"))
    model.set_classes(CLASSES)
    ordered = sorted(names, key=natural_key)
    model.set_files(ordered, name_ranks(ordered))
    model.set_results(
        (CellId(name), judged)
        for name, judged in zip(names, said, strict=False)
        if judged is not None
    )
    return model


def plainly_in_group(group: int, groups: frozenset[int] | None) -> bool:
    return groups is None or group in groups or (ACCEPTED in groups and group < ACCEPTED)


def plainly_below(name: str, folder: str) -> bool:
    return not folder or name.startswith(f"{folder}/")


def plainly_left(model: CaseModel, row: int, wish: CellQuery) -> bool:
    def fold(text: str) -> str:
        once = unicodedata.normalize("NFC", text).casefold()
        return unicodedata.normalize("NFC", once)

    judged = model.results[row]
    for limits, value in (
        (wish.probability, judged.probability if judged else None),
        (wish.distance, judged.distance if judged else None),
    ):
        if limits is None:
            continue
        if judged is None or judged.decision is Decision.FAILED or value is None:
            return False
        if not np.float32(limits[0]) <= np.float32(value) <= np.float32(limits[1]):
            return False
    return all(word in fold(model.names[row]) for word in fold(wish.text).split())


@given(_NAMES, st.lists(_JUDGED, min_size=25, max_size=25), _WISHES)
@settings(deadline=None)
def test_a_wish_leaves_what_it_says(
    names: list[str], said: list[CellResult | None], wish: CellQuery
) -> None:
    model = case_of(names, said)
    rows = range(len(model))
    left = {row for row in rows if plainly_left(model, row, wish)}
    grouped = {row for row in rows if plainly_in_group(model.groups[row], wish.groups)}
    below = {row for row in rows if plainly_below(model.names[row], wish.folder)}
    arranged = arrange(model, wish)
    shown = arranged.rows.tolist()
    assert sorted(shown) == sorted(left & grouped & below)
    assert sum(section.count for section in arranged.sections) == len(shown)

    sieve = QueryMasks(model, wish)
    by_group = Counter(model.groups[row] for row in left & below)
    assert {at: n for at, n in enumerate(sieve.counts_by_group.tolist()) if n} == by_group
    tree = model.folders.tree
    for path, count in zip(tree.paths, sieve.counts_by_folder.tolist(), strict=True):
        inside = [row for row in left & grouped if plainly_below(model.names[row], path)]
        assert count == len(inside)


@given(_NAMES, st.lists(_JUDGED, min_size=25, max_size=25), _WISHES)
@settings(deadline=None)
def test_a_wish_sorts_as_it_says(
    names: list[str], said: list[CellResult | None], wish: CellQuery
) -> None:
    model = case_of(names, said)

    def key(row: int) -> tuple[float, int]:
        judged, sign = model.results[row], -1 if wish.descending else 1
        failed = judged is None or judged.decision is Decision.FAILED
        if wish.sort == "folder":
            return 0.0, sign * row
        if wish.sort == "name":
            return float(sign * model.name_ranks[row]), row
        if wish.sort == "decision":
            return float(sign * max(model.groups[row], ACCEPTED)), row
        value = None
        if judged is not None and not failed:
            value = judged.probability if wish.sort == "probability" else judged.distance
        return (float("inf") if value is None else sign * float(np.float32(value))), row

    def place(row: int) -> tuple[int, tuple[float, int]]:
        return (model.groups[row] if wish.grouped else 0), key(row)

    shown = arrange(model, wish).rows.tolist()
    assert shown == sorted(shown, key=place)


@given(_NAMES)
def test_folders_are_numbered_with_all_below_them(names: list[str]) -> None:
    folders = {name.rpartition("/")[0] for name in names}
    tree = folder_tree(folders)
    assert tree.paths[0] == ""
    assert folders <= set(tree.paths)
    assert len(set(tree.paths)) == len(tree)
    for number, path in enumerate(tree.paths):
        below = {other for other in tree.paths if plainly_below(other, path)} - {path}
        assert set(tree.paths[number + 1 : tree.subtree_ends[number]]) == below
        inner = [tree.paths[child] for child in tree.children[number]]
        assert inner == sorted(inner, key=natural_key)
        assert all(tree.parents[child] == number for child in tree.children[number])


@given(_NAMES)
def test_files_are_placed_by_their_own_names(names: list[str]) -> None:
    files = sorted(names, key=natural_key)
    places = name_ranks(files)
    own = [name.rpartition("/")[2] for name in files]
    by_place = [own[row] for row in np.argsort(places)]
    assert by_place == sorted(own, key=lambda name: natural_key(name)[0])


def test_cells_found_later_are_searched_and_placed_too() -> None:
    model = CaseModel(Path("/case"))
    assert not len(model.folders.tree.children[0])
    model.add_files(["a/1.jpg", "a/2.jpg"])
    assert model.search.match("A 1").tolist() == [True, False]
    assert model.folders.below("a").all()
    model.add_files(["b/c/1.jpg"])
    assert model.search.match("a 1").tolist() == [True, False, False]
    assert model.folders.below("b").tolist() == [False, False, True]
    assert model.folders.tree.paths == ("", "a", "b", "b/c")
    assert model.set_files(["z.jpg"])
    assert model.folders.tree.paths == ("",)
    assert model.search.match("z").all()


def test_a_word_is_not_found_across_two_names() -> None:
    model = CaseModel(Path("/case"))
    model.add_files(["ab", "cd"])
    assert not model.search.match("bc").any()
    assert not model.search.match("much longer than all of the names").any()


@pytest.mark.parametrize(("group", "names"), [(ACCEPTED, {"a", "b"}), (0, {"a"}), (REVIEW, {"c"})])
def test_one_group_alone(group: int, names: set[str]) -> None:
    said = [
        CellResult(1, Decision.ACCEPT, "basophil", 0.9, 0.1, "", "", ""),
        CellResult(1, Decision.ACCEPT, "monocyte", 0.9, 0.1, "", "", ""),
        CellResult(1, Decision.REVIEW, "monocyte", 0.4, 0.1, "", "", ""),
    ]
    model = case_of(["a", "b", "c", "d"], list(said))
    wish = CellQuery(sort="probability", text="x", folder="y", distance=(0, 0.01)).only(group)
    assert {model.names[row] for row in arrange(model, wish).rows} == names
    assert wish.sort == "probability"
    assert wish.is_filtered
    assert not wish.unfiltered().is_filtered


def test_another_card_numbers_the_classes_otherwise() -> None:
    wish = CellQuery(groups=frozenset({0, 2, REVIEW}), sort="name")
    after = ("myeloblast", "basophil")
    assert wish.remap_classes(CLASSES, after) == CellQuery(
        groups=frozenset({1, 0, REVIEW}), sort="name"
    )
    assert wish.remap_classes(CLASSES, CLASSES) == wish
    assert CellQuery(groups=frozenset({1})).remap_classes(CLASSES, after).groups is None
    assert CellQuery().remap_classes(CLASSES, after) == CellQuery()
