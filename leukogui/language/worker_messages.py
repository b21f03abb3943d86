"""The worker's sentences in the person's language."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QCoreApplication

from leukogui.language.message_catalogue import NUMBERS, PARTS, SENTENCES
from leukogui.language.number_format import with_marks

_ENDS = re.compile(r"(?<=[.!?]) (?=[A-Z])")


def told(text: str) -> str:
    """What the worker said, in the person's language; as it is where it is not known."""
    return " ".join(_sentence(each) for each in _ENDS.split(text))


def begun(text: str) -> str:
    """As `told`, with a capital at its beginning."""
    said = told(text)
    return said[:1].upper() + said[1:]


def _sentence(text: str) -> str:
    for sentence, pattern in _patterns():
        if found := pattern.fullmatch(text):
            said = QCoreApplication.translate("Told", sentence)
            if said == sentence:
                return text
            parts = {name: _part(name, part) for name, part in found.groupdict().items()}
            return said.format_map(parts)
    return text


def _part(name: str, text: str) -> str:
    if _is_number(name):
        return with_marks(text)
    return told(text) if name in PARTS else text


def _is_number(name: str) -> bool:
    return len(name) == 1 or name in NUMBERS


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((sentence, _pattern(sentence)) for sentence in SENTENCES)


def _pattern(sentence: str) -> re.Pattern[str]:
    """Matches the sentence with anything in the place of each name in braces."""
    texts = re.split(r"\{(\w+)\}", sentence)
    for at, text in enumerate(texts):
        kind = r"[\d.,]+" if _is_number(text) else ".+?"
        texts[at] = f"(?P<{text}>{kind})" if at % 2 else re.escape(text)
    return re.compile("".join(texts), re.DOTALL)
