"""The worker's sentences in the person's language."""

from __future__ import annotations

import re
from functools import cache

from PySide6.QtCore import QCoreApplication

from leukogui.language.message_catalogue import NESTED_FIELDS, NUMBER_FIELDS, SENTENCES
from leukogui.language.number_format import localize_number

_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


def translate_message(text: str) -> str:
    """A message of the worker in the person's language; as it is where it is not known."""
    return " ".join(_translate_sentence(each) for each in _SENTENCE_END.split(text))


def capitalized(text: str) -> str:
    """As `translate_message`, with a capital at its beginning."""
    said = translate_message(text)
    return said[:1].upper() + said[1:]


def _translate_sentence(text: str) -> str:
    for sentence, pattern in _compiled_patterns():
        if found := pattern.fullmatch(text):
            said = QCoreApplication.translate("Told", sentence)
            if said == sentence:
                return text
            parts = {name: _translate_field(name, part) for name, part in found.groupdict().items()}
            return said.format_map(parts)
    return text


def _translate_field(name: str, text: str) -> str:
    if _is_number(name):
        return localize_number(text)
    return translate_message(text) if name in NESTED_FIELDS else text


def _is_number(name: str) -> bool:
    return len(name) == 1 or name in NUMBER_FIELDS


@cache
def _compiled_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((sentence, _compile_pattern(sentence)) for sentence in SENTENCES)


def _compile_pattern(sentence: str) -> re.Pattern[str]:
    """Matches the sentence with anything in the place of each name in braces."""
    texts = re.split(r"\{(\w+)\}", sentence)
    for at, text in enumerate(texts):
        kind = r"[\d.,]+" if _is_number(text) else ".+?"
        texts[at] = f"(?P<{text}>{kind})" if at % 2 else re.escape(text)
    return re.compile("".join(texts), re.DOTALL)
