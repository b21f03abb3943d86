"""The palette of classes: names where there is room, else marks and keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QApplication

from leukogui.panels.class_palette import ClassPalette
from leukogui.settings.store import Settings
from leukogui.settings.table import PALETTE_UNFOLDED
from trainer.cases.review_classes import ReviewClass

NAMES = ("Basophil", "Erythroblast", "Monocyte", "Myeloblast", "Segmented neutrophil", "Eosinophil")
CLASSES = [ReviewClass(name.casefold(), name, name[0], "#0072b2") for name in NAMES]
KEYS = {each.id: str(number) for number, each in enumerate(CLASSES[:-1], 1)}


@pytest.fixture
def palette(qapp: QApplication, tmp_path: Path) -> ClassPalette:
    actions = [QAction("Accept and go on", qapp), QAction("Take the review back", qapp)]
    palette = ClassPalette(actions, Settings(tmp_path / "settings.json"))
    palette.show_classes(CLASSES, KEYS, "en")
    return palette


def resize(palette: ClassPalette, width: int) -> None:
    before = palette.size()
    palette.resize(width, 60)
    palette.resizeEvent(QResizeEvent(palette.size(), before))  # it is not shown


def texts(palette: ClassPalette) -> list[str]:
    return [palette.button(each.id).text() for each in CLASSES]


def test_names_give_way_where_they_would_fill_the_page(palette: ClassPalette) -> None:
    named = [f"{each.name}  {KEYS.get(each.id, '')}".strip() for each in CLASSES]
    resize(palette, 1600)
    assert texts(palette) == named
    tall = palette.heightForWidth(220)
    resize(palette, 220)
    assert texts(palette) == [*"12345", ""]
    assert palette.heightForWidth(220) < tall
    assert palette.button("monocyte").accessibleName() == "Monocyte"
    assert "Monocyte" in palette.button("monocyte").toolTip()
    resize(palette, 1600)
    assert texts(palette) == named


def test_a_palette_that_is_unfolded_keeps_its_names(palette: ClassPalette) -> None:
    resize(palette, 220)
    palette._settings.set(PALETTE_UNFOLDED, True)
    assert texts(palette)[0] == "Basophil  1"
    palette._settings.set(PALETTE_UNFOLDED, False)
    assert texts(palette)[0] == "1"
