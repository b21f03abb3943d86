"""What the window says in German: complete, fitting its source, and on the screen."""

from __future__ import annotations

import os
import re
import runpy
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from string import Formatter

import pytest
from PySide6.QtCore import QTranslator

from leukogui.settings.table import LANGUAGE
from leukogui.start.application import select_language
from leukogui.window.actions import ACTIONS, MENUS
from tests.paths import LEUKOGUI, ROOT

PROGRAM = LEUKOGUI / "window_in_german.py"
TS = ROOT / "resources" / "translations" / "leukogui_de.ts"
SCRIPT = runpy.run_path(str(ROOT / "docs" / "translate.py"))
GERMAN = {(each.context, each.source): said for each, said in SCRIPT["translations"](TS).items()}
OURS = {context for context, _ in GERMAN}


def mnemonics(text: str) -> list[str]:
    return re.findall(r"&(.)", text.replace("&&", ""))


def placeholders(text: str) -> Counter[str]:
    return Counter(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def edges(text: str) -> tuple[str, str]:
    """White space and marks that have a meaning where the text is put."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip("… ")) :]


def test_no_entry_is_empty() -> None:
    assert [entry for entry, said in GERMAN.items() if not said] == []


def test_every_text_of_a_report_is_translated() -> None:
    """They are looked up without Qt, in the same file."""
    texts = [(each.context, each.source) for each in SCRIPT["messages_of"](SCRIPT["REPORT"])]
    assert len(texts) > 100
    assert [each for each in texts if not GERMAN.get(each)] == []


@pytest.mark.parametrize("fits", [placeholders, edges, lambda text: text.count("\n")])
def test_a_translation_fits_its_source(fits: Callable[[str], object]) -> None:
    pairs = [(source, said) for (_, source), said in GERMAN.items()]
    assert [(source, said) for source, said in pairs if fits(source) != fits(said)] == []


def test_each_has_as_many_mnemonics_as_its_source() -> None:
    for (_, source), said in GERMAN.items():
        assert len(mnemonics(source)) == len(mnemonics(said)), (source, said)


@pytest.mark.parametrize("menu", ["", *(menu for menu, _ in MENUS)])
def test_a_letter_leads_to_one_entry_of_a_menu(menu: str) -> None:
    texts = [row.text for row in ACTIONS if row.menu == menu] or [title for _, title in MENUS]
    said = [GERMAN.get(("Actions", text), "") for text in texts]
    letters = Counter(letter.casefold() for text in said for letter in mnemonics(text))
    assert [letter for letter, count in letters.items() if count > 1] == []


def test_the_compiled_file_says_what_the_source_file_says(qapp: object) -> None:
    translator = QTranslator()
    assert translator.load(str(TS.with_suffix(".qm")))
    for (context, source), said in GERMAN.items():
        assert translator.translate(context, source) == said, (context, source)


def test_compiling_again_changes_nothing(tmp_path: Path) -> None:
    SCRIPT["compile_messages"](TS, tmp_path / "again.qm")
    assert (tmp_path / "again.qm").read_bytes() == TS.with_suffix(".qm").read_bytes()


@pytest.mark.parametrize(
    ("choice", "spoken", "shown"),
    [
        ("system", ["de-AT", "de", "en"], "de"),
        ("system", ["en-US", "de-DE"], "en"),
        ("system", ["fr-FR", "de-DE"], "de"),
        ("system", ["fr-FR"], "en"),
        ("system", ["C"], "en"),
        ("en", ["de-DE"], "en"),
        ("de", ["en-US"], "de"),
    ],
)
def test_the_language_is_chosen_or_the_first_that_both_speak(
    choice: str, spoken: list[str], shown: str
) -> None:
    assert select_language(choice, spoken) == shown


def test_every_language_to_choose_is_there() -> None:
    there = {file.stem.removeprefix("leukogui_") for file in TS.parent.glob("*.qm")}
    assert set(LANGUAGE.choices) == {"system", "en"} | there


CODE = """
def _tr(text: str) -> str:
    return QCoreApplication.translate("Words", text)

ROWS = (_t("&Open"), _tr("A row"))

def _t(text):
    return str(QT_TRANSLATE_NOOP("Table", text))

class Panel(QWidget):
    def name(self, page: Page):
        said = self.tr("In {n} parts, "
                       "here").format(n=_tr("of a part"))
        return page.tr("Page"), QCoreApplication.translate("Other", "Told"), translated(said)
    def draw(self, painter):
        painter.translate(3, 4)
        return QCoreApplication.translate("Other", self.text)
"""


def test_the_script_finds_every_way_in_which_a_text_is_translated() -> None:
    found = {(each.context, each.source) for each in SCRIPT["messages"](CODE)}
    assert found == {
        *(("Table", "&Open"), ("Words", "A row"), ("Words", "of a part"), ("Page", "Page")),
        *(("Panel", "In {n} parts, here"), ("Other", "Told")),
    }


@pytest.mark.parametrize(
    "code", ["class A:\n def b(self):\n  self.tr(words)", "window.tr('No class')"]
)
def test_the_script_refuses_what_it_cannot_read(code: str) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        SCRIPT["messages"](code)


def test_a_new_language_begins_empty_and_keeps_what_was_translated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, message = tmp_path / "leukogui_fr.ts", SCRIPT["Message"]
    old, new = message("Page", "Old & <b>\n{n}"), message("Page", "New")
    SCRIPT["update"](file, [old])
    assert SCRIPT["translations"](file) == {old: ""}
    said = file.read_text("utf-8").replace(' type="unfinished"></', ">Vieux\n{n}</")
    file.write_text(said, "utf-8")
    SCRIPT["update"](file, [old, new])
    assert SCRIPT["translations"](file) == {old: "Vieux\n{n}", new: ""}
    SCRIPT["update"](file, [new])
    assert SCRIPT["translations"](file) == {new: ""}
    assert "no longer said: Page: Old" in capsys.readouterr().out


def test_the_window_starts_in_german_with_nothing_cut_off(tmp_path: Path, drawn: Path) -> None:
    (tmp_path / "settings.json").write_text('{"language": "de"}', "utf-8")
    shown = subprocess.run(
        [sys.executable, str(PROGRAM), str(tmp_path), str(drawn)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
