from __future__ import annotations

from collections import Counter

import pytest
from PySide6.QtCore import SIGNAL
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QLabel, QMenu
from pytestqt.qtbot import QtBot

from leukogui.pages.shortcuts import GALLERY_KEYS, VIEWER_KEYS
from leukogui.window.actions import ACTIONS, action_text
from leukogui.window.main_window import key_groups
from tests.leukogui.window_fixtures import Program

FixedKeys = tuple[tuple[str, tuple[str, ...]], ...]


def all_menu_actions(menu: QMenu) -> list[QAction]:
    return [action for action in menu.actions() if not action.isSeparator()]


def test_every_action_is_in_a_menu_and_does_something(qtbot: QtBot, program: Program) -> None:
    window = program().window
    menus = window.menuBar().findChildren(QMenu)
    found = {id(action) for menu in menus for action in all_menu_actions(menu)}
    for row in ACTIONS:
        action = window.commands[row.id]
        assert id(action) in found, row.id
        heard = action.receivers(SIGNAL("triggered(bool)")) + action.receivers(
            SIGNAL("toggled(bool)")
        )
        # An icon's renewal and an exclusive group listen to `changed`, not to these.
        assert heard > (1 if row.group not in ("", "on") else 0), row.id


@pytest.mark.parametrize(("where", "own"), [("gallery", GALLERY_KEYS), ("viewer", VIEWER_KEYS)])
def test_no_key_does_two_things(where: str, own: FixedKeys) -> None:
    keys = [key for row in ACTIONS for key in row.keys if row.where in ("", where)]
    keys += [key for _, each in own for key in each]
    assert [key for key, count in Counter(keys).items() if count > 1] == []


def test_the_page_of_keys_lists_every_key() -> None:
    listed = {row.does: row.keys for _, rows in key_groups() for row in rows}
    for row in ACTIONS:
        if row.keys:
            assert listed[action_text(row.text)] == row.keys


def test_f1_shows_the_keys_and_leads_back(qtbot: QtBot, program: Program) -> None:
    window = program().window
    before = window.pages.currentWidget()
    window.commands["keys"].trigger()
    assert window.pages.currentWidget() is window.keys
    shown = {label.text() for label in window.keys.findChildren(QLabel)}
    assert {"Open a folder", "Move in the gallery"} <= shown
    assert window.keys.button("open_folder").text() == "Ctrl+O"
    window.commands["keys"].trigger()
    assert window.pages.currentWidget() is before


def test_every_button_can_be_named_by_a_screen_reader(qtbot: QtBot, program: Program) -> None:
    window = program().window
    nameless = [
        button
        for button in window.findChildren(QAbstractButton)
        if not (button.accessibleName() or button.text())
        and not button.objectName().startswith("qt_")
    ]
    assert nameless == []


@pytest.mark.slow
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_the_theme_is_chosen_and_remembered(qtbot: QtBot, program: Program, choice: str) -> None:
    assembly = program()
    window = assembly.window
    window.commands[f"theme_{choice}"].trigger()
    assert assembly.theme.tones.name == choice
    window.commands["theme_light"].trigger()


def test_about_says_what_it_is_for(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    assembly.window.commands["about"].trigger()
    dialog = assembly.appearance_controller._about
    assert dialog is not None
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    said += dialog.licences.toPlainText()
    assert "not a medical device" in said
    assert "Apache" in said
    assert "LGPL" in said
    dialog.close()
