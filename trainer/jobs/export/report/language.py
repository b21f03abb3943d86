"""The language of a report: its texts, numbers and times.

Translations are those of the window, from the same file, so that a report says what is on the
screen. What has none appears in English.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from xml.etree import ElementTree

from trainer.locations import resources_folder
from trainer.message_patterns import MessagePatterns

ENGLISH = "en"
_CONTEXT = "ReportLanguage"
_SENTENCES = "Told"  # of the worker's own sentences
_MARKS = {ENGLISH: {}, "de": {",": ".", ".": ","}}
_DASHES = {ENGLISH: "-", "de": "–"}
_DATES = {ENGLISH: "%Y-%m-%d %H:%M UTC", "de": "%d.%m.%Y %H:%M UTC"}


class ReportLanguage:
    """A language, and what is written in it.

    Args:
        code: "en" or "de".
    """

    def __init__(self, code: str = ENGLISH) -> None:
        self.code = code
        contexts = _read_translations(code)
        self._texts, told = contexts[_CONTEXT], contexts[_SENTENCES]
        self._marks = str.maketrans(_MARKS[code])
        self._patterns = MessagePatterns(told, lambda text: told[text], self.localize)

    def tr(self, text: str, /, **values: object) -> str:
        """Translate a text, and put values into the names in its braces; numbers are localized."""
        shown = {
            name: self.number(value) if isinstance(value, int | float) else value
            for name, value in values.items()
        }
        found = self._texts.get(text, text)
        return found.format(**shown) if values else found

    def sentence(self, text: str) -> str:
        """Translate a sentence that another part of the program made."""
        return self._patterns.translate(text)

    def number(self, value: float, spec: str = ",") -> str:
        """Format a number; without `spec` with its thousands set apart."""
        return self.localize(format(value, spec))

    def localize(self, text: str) -> str:
        """Write a number that is given in English."""
        return text.translate(self._marks)

    def share(self, share: Mapping[str, Any]) -> tuple[str, str]:
        """Format a figure of the differential and its interval: ("12.3", "10.1-15.0").

        Args:
            share: as of `format_share`.
        """
        if share["value"] is None:
            return "", ""
        return self.number(share["value"], ".1f"), self.bounds(share["low"], share["high"])

    def bounds(self, low: float, high: float | None) -> str:
        """Format the bounds of an interval, whose upper one may be missing."""
        upper = _no_bound(self) if high is None else self.number(high, ".1f")
        return f"{self.number(low, '.1f')}{_DASHES[self.code]}{upper}"

    def time(self, stamp: str | datetime) -> str:
        """Format a time of the store, in UTC and to the minute."""
        when = datetime.fromisoformat(stamp) if isinstance(stamp, str) else stamp
        return when.strftime(_DATES[self.code])


def _no_bound(language: ReportLanguage) -> str:
    return language.tr("no bound")


@cache
def _read_translations(code: str) -> Mapping[str, Mapping[str, str]]:
    """Read the finished translations of a language: context -> text -> translation."""
    contexts: dict[str, dict[str, str]] = defaultdict(dict)
    if code == ENGLISH:
        return contexts
    file = resources_folder() / "translations" / f"leukogui_{code}.ts"
    for context in ElementTree.parse(file).getroot().iter("context"):  # noqa: S314 - our own
        texts = contexts[context.findtext("name", "")]
        for message in context.iter("message"):
            source, translation = message.findtext("source", ""), message.find("translation")
            if translation is not None and translation.text and not translation.get("type"):
                texts[source] = translation.text
    return contexts
