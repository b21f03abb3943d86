"""The worker's sentences in the person's language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from leukogui.language.number_format import localize_number

if TYPE_CHECKING:
    from trainer.message_patterns import MessagePatterns


def translate_message(text: str) -> str:
    """A message of the worker in the person's language; as it is where it is not known."""
    return _patterns().translate(text)


def capitalized(text: str) -> str:
    """As `translate_message`, with a capital at its beginning."""
    said = translate_message(text)
    return said[:1].upper() + said[1:]


@cache
def _patterns() -> MessagePatterns:
    from leukogui.language.message_catalogue import SENTENCES
    from trainer.message_patterns import MessagePatterns

    return MessagePatterns(SENTENCES, look_up, localize_number)


def look_up(sentence: str) -> str:
    """The translation of a sentence of the worker; the sentence itself where there is none."""
    return QCoreApplication.translate("Told", sentence)
