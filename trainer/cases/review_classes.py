"""Review classes: what a person may call a cell, beyond the classes of the model.

A lab's own list lies beside its store; without one the list is made of the model's classes
and of those that the program's resources propose. What each is in the differential is part of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from trainer.atomic_files import write_text
from trainer.cases.records import EXCLUDED, UNKNOWN
from trainer.domain import ClassRole
from trainer.errors import UserError
from trainer.locations import data_folder, resources_folder
from trainer.models.class_colours import OKABE_ITO, Mark, ink_on, readable_name

FORMAT = 1
FILE_NAME = "review_classes.json"
RESERVED_IDS = frozenset(
    {"", UNKNOWN, EXCLUDED, "accept", "review", "failed", "pending", "at_edge"}
)
"""Names that mean something else where a class could be."""
_MAX_CLASSES = 64
_MAX_LENGTH = 64
_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_LANGUAGES_OF_CAPITAL_NOUNS = {"de"}
_SPARE_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ΓΔΘΛΞΠΣΦΨΩБДЖИЛУЦЧШЭЮЯ"


class DifferentialPlace(StrEnum):
    """Where the cells of a class are in the differential.

    Attributes:
        WITHIN: within the 100 % of the white cells.
        BESIDE: per 100 white cells, outside the 100 %, as erythroblasts.
        EXCLUDED: in no percentage, but counted, as artefacts.
    """

    WITHIN = "within"
    BESIDE = "beside"
    EXCLUDED = "excluded"


@dataclass(frozen=True)
class ReviewClass:
    """A class that a person may give a cell.

    Attributes:
        id: the label in the store; a class of a model has its name in the card.
        name: for a person, in English or as the lab writes it.
        letter: one capital letter, unlike that of every other class of the list.
        colour: #rrggbb.
        key: that gives it, in Qt's portable form; empty for none.
        place: in the differential.
        translations: language ("de") -> name.
    """

    id: str
    name: str
    letter: str
    colour: str
    key: str = ""
    place: DifferentialPlace = DifferentialPlace.WITHIN
    translations: Mapping[str, str] = field(default_factory=dict)

    @property
    def mark(self) -> Mark:
        """Letter and colour, as classes of models have them."""
        return Mark(self.letter, self.colour, ink_on(self.colour))

    def display_name(self, language: str = "en") -> str:
        """Return the name in a language, else the lab's own."""
        return self.translations.get(language, self.name)

    def to_json(self) -> dict[str, Any]:
        """Return plain values; what is as usual is left out."""
        values: dict[str, Any] = {"id": self.id, "name": self.name, "letter": self.letter}
        values |= {"colour": self.colour, "key": self.key, "place": self.place.value}
        return values | ({"translations": dict(self.translations)} if self.translations else {})


def review_classes_file(data: Path | None = None) -> Path:
    """The file of the lab's own list in the data folder (see `data_folder`)."""
    return data_folder(data) / FILE_NAME


def read_review_classes(
    path: Path, classes: Sequence[str] = (), roles: Mapping[str, ClassRole] | None = None
) -> tuple[ReviewClass, ...]:
    """Read the lab's own list; without a file, build the default one.

    Args:
        path: of the file; it need not exist.
        classes: of the model, in the order of its card; those that the list lacks are added.
        roles: class -> role, as the model's card gives it.

    Raises:
        UserError: the file is damaged, or of a newer version.
    """
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return build_default_classes(classes, roles or {})
    except (OSError, UnicodeDecodeError) as error:
        raise _file_error(path, str(error)) from error
    return _add_missing(_parse_file(path, text), classes, roles or {})


def write_review_classes(path: Path, classes: Sequence[ReviewClass]) -> None:
    """Write the lab's own list, whole or not at all.

    Raises:
        UserError: the list is not valid, or the file cannot be written.
    """
    check_review_classes(classes)
    values = {"format": FORMAT, "classes": [each.to_json() for each in classes]}
    write_text(path, json.dumps(values, indent=1, ensure_ascii=False) + "\n")


def build_default_classes(
    classes: Sequence[str], roles: Mapping[str, ClassRole]
) -> tuple[ReviewClass, ...]:
    """Build the list of a lab that has none: the model's classes, then those proposed."""
    proposed = [each["id"] for each in _resource()["further"] if each["id"] not in classes]
    return _add_missing((), [*classes, *proposed], roles)


def usual_name(name: str, language: str = "en") -> str:
    """Return the usual name of a class for a person; of an unknown one, its name readably.

    Args:
        name: of the class, as in a card or a folder of labelled cells.
        language: ISO 639-1 code.
    """
    known = _known_classes().get(name)
    if known is None:
        return readable_name(name)
    found: str = known.get("translations", {}).get(language, known["name"])
    return found


def name_in_sentence(name: str, language: str = "en") -> str:
    """Return the usual name of a class within a sentence: small, where nouns are written so.

    Args:
        name, language: as of `usual_name`.
    """
    usual = usual_name(name, language)
    is_known = usual != readable_name(name)
    keeps = language in _LANGUAGES_OF_CAPITAL_NOUNS or not is_known
    return usual if keeps else usual[:1].lower() + usual[1:]


def check_review_classes(classes: Sequence[ReviewClass]) -> None:
    """Check that every class is valid, and unlike every other.

    Raises:
        UserError: it names the class and what is wrong with it.
    """
    if not 1 <= len(classes) <= _MAX_CLASSES:
        raise UserError(f"There must be 1 to {_MAX_CLASSES} review classes, not {len(classes)}.")
    for each in classes:
        _check_class(each)
    for what, values in (
        ("name", [each.name.casefold() for each in classes]),
        ("identifier", [each.id.casefold() for each in classes]),
        ("letter", [each.letter for each in classes]),
        ("key", [each.key.casefold() for each in classes if each.key]),
    ):
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise UserError(
                f"Two review classes have the {what} “{twice}”.", f"Give one another {what}."
            )


def free_class(name_id: str, name: str, others: Sequence[ReviewClass]) -> ReviewClass:
    """Build a further class for a list, with a letter and a colour that are free, and no key."""
    return replace(_build_class(name_id, {}, others), name=name, key="", translations={})


def places_of(classes: Iterable[ReviewClass]) -> dict[str, DifferentialPlace]:
    """Return the place in the differential of each class, by its id."""
    return {each.id: each.place for each in classes}


def _check_class(each: ReviewClass) -> None:
    if each.id.strip() != each.id or each.id.casefold() in RESERVED_IDS:
        raise UserError(f"“{each.id}” cannot be the identifier of a review class.")
    for text in (each.id, each.name, *each.translations.values()):
        if not text.strip() or len(text) > _MAX_LENGTH or not text.isprintable():
            raise UserError(
                f"“{text[:_MAX_LENGTH]}” cannot be the name of a review class.",
                f"A name has 1 to {_MAX_LENGTH} characters and no line break.",
            )
    if len(each.letter) != 1 or not each.letter.isalnum() or each.letter != each.letter.upper():
        raise UserError(f"{each.name}: “{each.letter}” is not one capital letter.")
    if not _COLOUR.match(each.colour):
        raise UserError(f"{each.name}: “{each.colour}” is not a colour such as #0072b2.")
    if len(each.key) > _MAX_LENGTH or not each.key.isprintable():
        raise UserError(f"{each.name}: “{each.key[:_MAX_LENGTH]}” is not a key.")


def _add_missing(
    own: Sequence[ReviewClass], names: Sequence[str], roles: Mapping[str, ClassRole]
) -> tuple[ReviewClass, ...]:
    found = list(own)
    for name in names:
        if not any(each.id == name for each in found):
            found.append(_build_class(name, roles, found))
    return tuple(found)


def _build_class(
    name: str, roles: Mapping[str, ClassRole], others: Sequence[ReviewClass]
) -> ReviewClass:
    """Build a class as the resources know it, with what the others leave free."""
    from trainer.models.package.class_roles import DEFAULT_ROLES

    resource = _resource()
    values = {"name": readable_name(name).capitalize(), **_known_classes().get(name, {})}
    role = {**DEFAULT_ROLES, **roles}.get(name)
    beside = role is ClassRole.BESIDE_WHITE
    place = DifferentialPlace.BESIDE if beside else DifferentialPlace(values.get("place", "within"))
    if role in (ClassRole.WHITE, ClassRole.ALERT):
        place = DifferentialPlace.WITHIN
    letters = [values.get("letter", ""), *name.upper(), *_SPARE_LETTERS]
    reserved = {each.get("letter") for each in resource["further"]} - {values.get("letter")}
    return ReviewClass(
        name,
        values["name"],
        _first_free([x for x in letters if x.isalnum()], [x.letter for x in others], reserved),
        _first_free([*OKABE_ITO, *resource["colours"]], [each.colour for each in others]),
        _free_key(values.get("key", ""), resource, others),
        place,
        values.get("translations", {}),
    )


def _free_key(own: str, resource: Mapping[str, Any], others: Sequence[ReviewClass]) -> str:
    used = {each.key.casefold() for each in others}
    return next((key for key in (own, *resource["keys"]) if key and key.casefold() not in used), "")


def _first_free(
    values: Sequence[str], used: Sequence[str], reserved: Iterable[str | None] = ()
) -> str:
    """Return the first value that is not used, one that is not reserved before others."""
    free = [value for value in values if value not in used]
    held = set(reserved)
    return next((value for value in free if value not in held), free[0] if free else values[-1])


@cache
def _resource() -> dict[str, Any]:
    text = (resources_folder() / FILE_NAME).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def _known_classes() -> dict[str, dict[str, Any]]:
    """The classes that the resources describe, by their ids."""
    resource = _resource()
    return {each["id"]: each for each in (*resource["known"], *resource["further"])}


def _parse_file(path: Path, text: str) -> tuple[ReviewClass, ...]:
    try:
        values = json.loads(text)
        if values["format"] > FORMAT:
            raise UserError(
                f"A newer version of the program wrote {path.name}.",
                "Install that version, or delete the file to have the usual review classes.",
            )
        found = tuple(_parse_class(each) for each in values["classes"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _file_error(path, f"{type(error).__name__}: {error}") from error
    check_review_classes(found)
    return found


def _parse_class(values: Mapping[str, Any]) -> ReviewClass:
    texts = {name: values[name] for name in ("id", "name", "letter", "colour")}
    texts["key"] = values.get("key", "")
    translations = dict(values.get("translations", {}))
    if not all(isinstance(each, str) for each in (*texts.values(), *translations.values())):
        raise TypeError("a text is expected")
    place = DifferentialPlace(values.get("place", "within"))
    return replace(ReviewClass(**texts), place=place, translations=translations)


def _file_error(path: Path, why: str) -> UserError:
    return UserError(
        f"The list of review classes {path} cannot be read: {why}.",
        "Restore it from a copy, or delete it to have the usual ones.",
    )
