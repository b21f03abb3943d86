"""What the prediction of the current cell rests on, in the inspector."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.inspector.ablation import AblationSection
from leukogui.theme.theme import Theme
from tests.leukogui.case_steps import classify_all, open_case
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.domain import CellId

PARTS = ("nucleus", "cytoplasm", "colour", "detail", "outline")


def part(name: str, lost: float, kind: str = "seg_neutrophil") -> dict[str, Any]:
    return {"part": name, "lost": lost, "class": kind, "probability": 0.61}


def result(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    facts = {"heat": {"nucleus": 0.62, "cytoplasm": 0.3, "beside": 0.08}, "nucleus_share": 0.4}
    found = {"class": "seg_neutrophil", "probability": 0.99, "parts": list(parts), "note": ""}
    return {**found, **facts, **more}


@pytest.fixture
def section(qtbot: QtBot, qapp: QApplication) -> AblationSection:
    section = AblationSection(Theme(qapp, "light"))
    qtbot.addWidget(section)
    section.resize(290, 300)
    return section


def test_words_name_what_the_prediction_hangs_on(section: AblationSection) -> None:
    parts = [part(name, 0.5) for name in PARTS]
    parts[3] = part("detail", 5.25, "monocyte")
    section.show_found(result(*parts))
    assert "Without fine detail the prediction would be monocyte (61 %)." in section.text
    assert "Heat: 62 % in the nucleus, 30 % in the cytoplasm, 8 % beside the cell" in section.text
    assert "Nucleus: 40 % of the cell's area" in section.text
    assert [row.instead for row in section.bars.rows] == ["", "", "", "monocyte", ""]
    assert "fine detail +5.2 → monocyte" in section.bars.accessibleDescription()
    assert not section.grab().isNull()


def test_a_firm_prediction_stays(section: AblationSection) -> None:
    section.show_found(result(part("colour", -0.5), part("detail", 0.1)))
    assert section.text.startswith("The prediction stays segmented neutrophil")
    assert not section.grab().isNull()


def test_what_is_missing_is_said(section: AblationSection) -> None:
    note = "No cell was outlined: only colour and fine detail could be taken away."
    section.show_found(result(part("colour", 1.0), heat=None, nucleus_share=None, note=note))
    assert note in section.text
    assert "Heat" not in section.text
    section.show_failure("a.jpg has changed since it was classified.")
    assert section.text == "a.jpg has changed since it was classified."
    assert section.bars.isHidden()
    section.show_waiting()
    assert section.bars.rows == ()


@pytest.mark.slow
def test_only_an_unfolded_section_is_measured(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = program()
    open_case(qtbot, assembly, drawn)
    section = assembly.ablation_controller.section
    assert section.isHidden()
    classify_all(qtbot, assembly)
    gallery = assembly.window.review.gallery
    assert gallery.go_to(CellId("cell_003.jpg"))
    qtbot.waitUntil(section.isVisible, timeout=PATIENCE)
    assert section.text == ""
    section.unfold()
    qtbot.waitUntil(lambda: len(section.bars.rows) == len(PARTS), timeout=PATIENCE)
    before = section.bars.rows
    assert gallery.go_to(CellId("cell_004.jpg"))
    qtbot.waitUntil(lambda: section.bars.rows not in ((), before), timeout=PATIENCE)
    assert gallery.go_to(CellId("cut.jpg"))
    qtbot.waitUntil(section.isHidden, timeout=PATIENCE)
