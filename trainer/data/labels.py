"""Spellings of labels: which are one class, and which of them counts.

Composed and decomposed letters (Unicode NFC and NFD) are one label without a word. Labels that
differ only in case, spaces, underscores, hyphens or invisible characters are named, and taken as
one where a person asks for it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from trainer.data.item import Item
from trainer.errors import UserError

MERGE_OPTION = "--merge-labels"
_MERGE_FIELD = "merge_labels"  # the same in a request
# As spreadsheets, R, pandas and people write them; #NV, #N/D: Excel in other languages.
_MISSING_VALUES = frozenset(
    {"", "na", "n/a", "n.a.", "<na>", "nan", "-nan", "none", "null", "nil", "-", "--", "–", "—"}
    | {"−", ".", "#n/a", "#na", "#n/a n/a", "#nv", "#n/d", "#null!", "#ref!", "#value!", "#name?"}
)
# Of Default_Ignorable_Code_Point (Unicode, DerivedCoreProperties), what is not in category Cf.
_IGNORABLE_CHARACTER = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_MINUS_SIGN = "\u2212"
_MAX_GROUPS = 5


def compose(text: str) -> str:
    """Return a text with its letters composed (Unicode NFC)."""
    return unicodedata.normalize("NFC", text)


def is_missing_value(text: str) -> bool:
    """Whether a cell or the name of a class folder means "not known": `NA`, `NaN`, `-`, blank."""
    ordinary = text.isascii() and text.isprintable()
    seen = text if ordinary else "".join(each for each in text if not _is_invisible(each))
    return seen.strip().casefold() in _MISSING_VALUES


def spelling_key(label: str) -> str:
    """Return what labels have in common that differ only in their spelling.

    Case, spaces, underscores, hyphens and invisible characters do not count; but that something
    stands between two digits does: "stage 1-2" is not "stage 12".
    """
    folded = compose(unicodedata.normalize("NFD", label).casefold())
    seen = [" " if _is_separator(each) else each for each in folded if not _is_invisible(each)]
    between_digits = re.sub(r"(?<=\d) +(?=\d)", "-", "".join(seen))
    return between_digits.replace(" ", "") or label


def display_label(label: str) -> str:
    """Return a label with characters that nobody sees written out: basophil[U+00A0]."""
    return "".join(
        f"[U+{ord(each):04X}]" if _is_invisible(each) or (each.isspace() and each != " ") else each
        for each in label
    )


def choose_spellings(
    counts: Mapping[str, int],
    known: Sequence[str] = (),
    *,
    merge: bool = False,
    origin: str = "of the model",
) -> dict[str, str]:
    """Choose for each label the spelling that counts.

    Args:
        counts: images of each label.
        known: names of classes that are there already, of a model; they stay as they are.
        merge: take labels that differ only in their spelling as one: as it is known, else as
            most images have it, else the plainest.
        origin: of the known names, for the message.

    Raises:
        UserError: there are such labels, and `merge` is false.
    """
    composed = {compose(name): name for name in reversed(known)}
    chosen = {label: _tidy(label, counts, known, composed) for label in counts}
    similar = _find_similar(chosen, counts, known)
    if similar and not merge:
        raise _describe_similar(similar, known, origin)
    for group in similar:
        best = max(sorted(group), key=lambda name: (name in known, group[name], _plainness(name)))
        for label, spelling in chosen.items():
            if spelling in group and spelling not in known:
                chosen[label] = best
    return chosen


def _plainness(label: str) -> tuple[bool, ...]:
    """Which of two spellings is plainer: seg_neutrophil before Seg Neutrophil."""
    seen = not any(map(_is_invisible, label))
    return seen, label.isascii(), label == label.casefold(), not any(map(str.isspace, label))


def _tidy(
    label: str, labels: Collection[str], known: Sequence[str], composed: Mapping[str, str]
) -> str:
    """A known class that is the same text; else without outer spaces, unless that is another."""
    if label in known:
        return label
    trimmed = label.strip(" \t")
    return composed.get(compose(label), label if trimmed in labels else trimmed)


def _find_similar(
    chosen: Mapping[str, str], counts: Mapping[str, int], known: Sequence[str]
) -> list[Counter[str]]:
    """Groups of spellings of one label, with the images of each; known ones may have none."""
    groups: dict[str, Counter[str]] = {}
    for label, spelling in chosen.items():
        groups.setdefault(spelling_key(spelling), Counter())[spelling] += counts[label]
    for name in known:
        if group := groups.get(spelling_key(name)):
            group[name] += 0
    return [
        group
        for _, group in sorted(groups.items())
        if len(group) > 1 and not set(group).issubset(known)
    ]


def _describe_similar(
    similar: Sequence[Counter[str]], known: Sequence[str], origin: str
) -> UserError:
    groups = "; ".join(
        ", ".join(
            _describe_spelling(name, group[name], origin if name in known else "")
            for name in sorted(group)
        )
        for group in similar[:_MAX_GROUPS]
    )
    more = f"; and {len(similar) - _MAX_GROUPS} more" if len(similar) > _MAX_GROUPS else ""
    return UserError(
        "Some labels differ only in case, spaces, underscores, hyphens or characters that nobody "
        f"sees: {groups}{more}.",
        f"Write each class in one way, or take such labels as one with {MERGE_OPTION}.",
        remedy=_MERGE_FIELD,
    )


def _describe_spelling(name: str, images: int, origin: str) -> str:
    origin = origin or ("1 image" if images == 1 else f"{images} images")
    return f"“{display_label(name)}” ({origin})"


def relabel(items: Iterable[Item], spellings: Mapping[str, str]) -> tuple[Item, ...]:
    """Return the items under the spelling that counts."""
    return tuple(
        item if spellings[item.label] == item.label else replace(item, label=spellings[item.label])
        for item in items
    )


def describe_merged(spellings: Mapping[str, str]) -> tuple[str, ...]:
    """Describe which labels were taken as another one, as a sentence; none where none was."""
    merged = [
        f"“{display_label(label)}” as “{display_label(spelling)}”"
        for label, spelling in sorted(spellings.items())
        if compose(label).strip(" \t") != compose(spelling)
    ]
    return (f"Labels were taken as one: {', '.join(merged)}.",) if merged else ()


def _is_invisible(character: str) -> bool:
    """Format and control characters, and what Unicode lets a program ignore; a tab is seen."""
    category = unicodedata.category(character)
    control = category == "Cc" and not character.isspace()
    return category == "Cf" or control or bool(_IGNORABLE_CHARACTER.match(character))


def _is_separator(character: str) -> bool:
    """Spaces, underscores and their like, and every hyphen, dash and minus sign."""
    category = unicodedata.category(character)
    return character.isspace() or category in ("Zs", "Pc", "Pd") or character == _MINUS_SIGN
