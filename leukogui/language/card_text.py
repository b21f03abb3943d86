"""The text of a model's card in the person's language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leukogui.language.number_format import localize_number
from leukogui.language.worker_messages import look_up

if TYPE_CHECKING:
    from trainer.message_patterns import MessagePatterns


def translate_card_text(text: str) -> str:
    """Translate the Markdown of a card: titles, heads of tables and what the program wrote.

    What a person wrote (notes, licence, what was tried), names, commands and values stay.
    """
    from leukogui.language.card_messages import FREE_SECTIONS

    lines, section, is_code, before = [], "", False, ""
    for line in text.split("\n"):
        is_code ^= line.startswith("```")
        section = line[3:] if line.startswith("## ") else section
        is_ours = bool(section) and section not in FREE_SECTIONS and not is_code
        lines.append(_translate_line(line, before) if is_ours or line.startswith("## ") else line)
        before = line
    return "\n".join(lines)


def _translate_line(line: str, before: str) -> str:
    """Translate a line; of a table its head alone, what is below are names and values."""
    translate = _patterns().translate
    if line.startswith("## "):
        return f"## {translate(line[3:])}"
    if not line.startswith("|"):
        return translate(line)
    if before.startswith("|"):
        return line
    return f"| {' | '.join(map(translate, line[2:-2].split(' | ')))} |"


@cache
def _patterns() -> MessagePatterns:
    from leukogui.language.card_messages import CARD_SENTENCES
    from trainer.message_patterns import MessagePatterns

    return MessagePatterns(CARD_SENTENCES, look_up, localize_number)
