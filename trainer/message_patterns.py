"""Sentences that the program has put values into, translated by the patterns that they follow.

In a pattern a name in braces stands for what differs: a letter, or `least`, `most` or `limit`,
for a number; `why`, `what` and `many` for a part that is a sentence of the patterns itself; `list`
and `parts` for several of these, with commas or semicolons between them; any other for a name,
which stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

NUMBER_FIELDS = {"least", "most", "limit"}
NESTED_FIELDS = {"why", "what", "many"}
LIST_FIELDS = {"list": ", ", "parts": "; "}
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-Z])")


class MessagePatterns:
    """Translates texts of known sentences; what is not known stays as it is.

    Args:
        sentences: in English, with names in braces.
        look_up: returns the translation of a sentence; the sentence itself where there is none.
        localize: writes a number, given in English, with the marks of the language.
    """

    def __init__(
        self,
        sentences: Iterable[str],
        look_up: Callable[[str], str],
        localize: Callable[[str], str],
    ) -> None:
        self._patterns = [(each, _compile_pattern(each)) for each in sentences]
        self._look_up, self._localize = look_up, localize

    def translate(self, text: str) -> str:
        """Translate each sentence of a text."""
        return " ".join(self._translate_sentence(each) for each in _SENTENCE_END.split(text))

    def _translate_sentence(self, text: str) -> str:
        for sentence, pattern in self._patterns:
            if found := pattern.fullmatch(text):
                translated = self._look_up(sentence)
                if translated == sentence:
                    return text
                fields = found.groupdict().items()
                return translated.format_map(
                    {name: self._translate_field(name, part) for name, part in fields}
                )
        return text

    def _translate_field(self, name: str, text: str) -> str:
        if _is_number(name):
            return self._localize(text)
        if name in LIST_FIELDS:
            separator = LIST_FIELDS[name]
            return separator.join(map(self.translate, text.split(separator)))
        return self.translate(text) if name in NESTED_FIELDS else text


def _is_number(name: str) -> bool:
    return len(name) == 1 or name in NUMBER_FIELDS


def _compile_pattern(sentence: str) -> re.Pattern[str]:
    """Matches the sentence with anything in the place of each name in braces."""
    texts = re.split(r"\{(\w+)\}", sentence)
    for at, text in enumerate(texts):
        kind = r"[\d.,]+" if _is_number(text) else ".+?"
        texts[at] = f"(?P<{text}>{kind})" if at % 2 else re.escape(text)
    return re.compile("".join(texts), re.DOTALL)
