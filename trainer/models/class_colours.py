"""A class's colour and letter, which always appear together.

Colours of Okabe and Ito, distinct in the common kinds of colour blindness
(https://jfly.uni-koeln.de/color/); the order puts those furthest apart first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

OKABE_ITO = (
    "#0072b2",  # blue
    "#e69f00",  # orange
    "#009e73",  # bluish green
    "#cc79a7",  # reddish purple
    "#56b4e9",  # sky blue
    "#d55e00",  # vermilion
    "#f0e442",  # yellow
)
NEUTRAL = "#8a8a8a"


@dataclass(frozen=True)
class Mark:
    """How a class is marked.

    Attributes:
        letter: one capital letter, unlike that of every other class of the model.
        colour: #rrggbb.
        ink: #rrggbb, readable on `colour`.
    """

    letter: str
    colour: str
    ink: str


def marks_of(classes: Sequence[str]) -> dict[str, Mark]:
    """Give each class its mark, by its position in the card: equal cards, equal marks."""
    marks: dict[str, Mark] = {}
    used: set[str] = set()
    for index, name in enumerate(classes):
        letter = _free_letter(name, used)
        used.add(letter)
        colour = OKABE_ITO[index] if index < len(OKABE_ITO) else NEUTRAL
        marks[name] = Mark(letter, colour, ink_on(colour))
    return marks


def ink_on(colour: str) -> str:
    """Black or white, whichever has more contrast (relative luminance of WCAG 2.1)."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "#ffffff"


def readable_name(name: str) -> str:
    """A class's name as a person reads it: "seg_neutrophil" becomes "seg neutrophil"."""
    return name.replace("_", " ")


def _free_letter(name: str, used: set[str]) -> str:
    own = [character.upper() for character in name if character.isalnum()]
    spare = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    return next((letter for letter in [*own, *spare] if letter not in used), "?")
