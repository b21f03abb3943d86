"""A model's card in German: what the program wrote, and nothing of what a person did."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTranslator

from leukogui.language.card_text import translate_card_text
from trainer.models.package.card_text import model_card_text
from trainer.models.package.registry import registry_of


def test_what_the_program_wrote_is_german(german: QTranslator, tmp_path: Path) -> None:
    card = registry_of(tmp_path).find("").card
    text = translate_card_text(model_card_text(card))
    assert "## Was es meldet\n\nKlassen: " in text
    assert "| Quelle | Erythrozyt, Pixel | Zellen | Anmerkung |\n| ---" in text
    assert "- Durchsicht: Wahrscheinlichkeit unter 0," in text
    assert "Gezeigt wird ihm die freigestellte Zelle auf Grau, " in text


def test_what_a_person_wrote_and_commands_stay(german: QTranslator) -> None:
    lines = ("## Training", "", "```", "source", "```", "", "## Notes", "", "- f32: exact")
    assert translate_card_text("\n".join(lines)).split("\n") == [
        *("## Training", "", "```", "source", "```", "", "## Anmerkungen", "", "- f32: exact")
    ]


def test_in_english_nothing_changes(tmp_path: Path) -> None:
    card = registry_of(tmp_path).find("").card
    text = model_card_text(card)
    assert translate_card_text(text) == text
