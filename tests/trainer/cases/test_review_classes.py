from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from trainer.cases.review_classes import (
    FILE_NAME,
    DifferentialPlace,
    build_default_classes,
    check_review_classes,
    places_of,
    read_review_classes,
    write_review_classes,
)
from trainer.domain import ClassRole
from trainer.errors import UserError
from trainer.models.class_colours import OKABE_ITO, marks_of

CARD = ("basophil", "erythroblast", "monocyte", "myeloblast", "seg_neutrophil")
ROLES = {"myeloblast": ClassRole.ALERT}


def test_the_usual_list_is_the_model_and_what_is_proposed(tmp_path: Path) -> None:
    classes = read_review_classes(tmp_path / FILE_NAME, CARD, ROLES)
    check_review_classes(classes)
    assert tuple(each.id for each in classes[:5]) == CARD
    assert [each.key for each in classes[:8]] == [*"12345678"]
    assert [each.colour for each in classes[:7]] == list(OKABE_ITO)
    assert {each.id: each.letter for each in classes[:5]} == {
        name: mark.letter for name, mark in marks_of(CARD).items()
    }
    places = places_of(classes)
    assert places["erythroblast"] is DifferentialPlace.BESIDE
    assert places["artefact"] is DifferentialPlace.EXCLUDED
    assert places["myeloblast"] is places["lymphocyte"] is DifferentialPlace.WITHIN
    assert classes[4].display_name("de") == "Segmentkerniger Neutrophiler"
    assert classes[4].display_name("fr") == "Segmented neutrophil"
    assert not (tmp_path / FILE_NAME).exists()


def test_classes_of_any_model_get_marks_of_their_own() -> None:
    names = [f"kind {number}" for number in range(30)]
    classes = build_default_classes(names, {"kind 3": ClassRole.BESIDE_WHITE})
    check_review_classes(classes)
    assert classes[3].place is DifferentialPlace.BESIDE
    assert classes[8].key == "9"
    assert classes[29].key == ""
    assert classes[3].name == "Kind 3"


def test_a_list_is_written_and_read_with_what_another_model_has(tmp_path: Path) -> None:
    path = tmp_path / "data" / FILE_NAME
    own = build_default_classes(CARD, ROLES)[1:6]
    own = (replace(own[0], name="<b>=Normoblast 🩸", key="Ctrl+K", translations={}), *own[1:])
    write_review_classes(path, own)
    assert read_review_classes(path) == own
    found = read_review_classes(path, (*CARD, "mast_cell"), ROLES)
    assert found[:5] == own
    assert [each.id for each in found[5:]] == ["basophil", "mast_cell"]
    check_review_classes(found)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": "unknown"}, "identifier"),
        ({"id": ""}, "identifier"),
        ({"name": " "}, "cannot be the name"),
        ({"name": "a\nb"}, "cannot be the name"),
        ({"name": "MONOCYTE"}, "have the name"),
        ({"letter": "b"}, "one capital letter"),
        ({"letter": "M"}, "have the letter"),
        ({"colour": "red"}, "not a colour"),
        ({"key": "3"}, "have the key"),
        ({"key": "\n"}, "is not a key"),
    ],
)
def test_what_is_not_valid_is_refused_by_name(
    tmp_path: Path, change: dict[str, str], message: str
) -> None:
    classes = build_default_classes(CARD, ROLES)
    with pytest.raises(UserError, match=message):
        write_review_classes(tmp_path / FILE_NAME, (replace(classes[0], **change), *classes[1:]))
    assert not (tmp_path / FILE_NAME).exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 1}',
        '{"format": 1, "classes": []}',
        '{"format": 1, "classes": [{"id": 3, "name": "a", "letter": "A", "colour": "#000000"}]}',
        '{"format": 1, "classes": [{"id": "a", "name": "a", "letter": "A", "colour": "#000000", '
        '"place": "nowhere"}]}',
    ],
)
def test_a_damaged_file_is_an_error_in_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, "utf-8")
    with pytest.raises(UserError):
        read_review_classes(path, CARD)
    assert path.read_text("utf-8") == text


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(json.dumps({"format": 99, "classes": "other"}), "utf-8")
    with pytest.raises(UserError, match="newer version"):
        read_review_classes(path, CARD)
