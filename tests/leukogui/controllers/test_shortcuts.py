from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.pages.shortcuts import ShortcutsPage
from leukogui.settings.table import KEYS
from leukogui.window.actions import ACTIONS
from tests.leukogui.window_fixtures import Program

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def page_of(assembly: App) -> ShortcutsPage:
    assembly.window.commands["keys"].trigger()
    return assembly.window.keys


def press(qtbot: QtBot, page: ShortcutsPage, action: str, key: Qt.Key, modifiers=CTRL) -> None:
    button = page.button(action)
    button.click()
    assert button.text() == "Press keys…"
    qtbot.keyClick(button, key, modifiers)


def keys_of(assembly: App, action: str) -> list[str]:
    return [each.toString() for each in assembly.window.commands[action].shortcuts()]


def test_an_action_gets_other_keys_at_once_and_keeps_them(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    assembly = program()
    page = page_of(assembly)
    press(qtbot, page, "open_folder", Qt.Key.Key_J)
    assert keys_of(assembly, "open_folder") == ["Ctrl+J"]
    assert page.button("open_folder").text() == "Ctrl+J"
    assert "(Ctrl+J)" in assembly.window.commands["open_folder"].toolTip()
    assembly.window.close()
    kept = json.loads((data / "settings.json").read_text("utf-8"))["keys"]
    assert kept == {"open_folder": "Ctrl+J"}
    assert keys_of(program(), "open_folder") == ["Ctrl+J"]


def test_keys_that_do_something_else_are_refused_in_words(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    page = page_of(assembly)
    press(qtbot, page, "open_folder", Qt.Key.Key_R)
    line = page._lines["open_folder"]
    assert line.message.text() == "Ctrl+R already does: Run on all cells"
    assert keys_of(assembly, "open_folder") == ["Ctrl+O"]
    press(qtbot, page, "try_demo", Qt.Key.Key_A)
    assert "Select all cells" in page._lines["try_demo"].message.text()
    assert line.message.text() == ""


def test_a_shortcut_that_is_pressed_is_heard_and_not_done(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    page = page_of(assembly)
    done: list[bool] = []
    assembly.window.commands["device"].triggered.connect(done.append)
    press(qtbot, page, "try_demo", Qt.Key.Key_D, CTRL | ALT)
    assert done == []
    assert "self-test" in page._lines["try_demo"].message.text()


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Shift])
def test_escape_and_a_lone_modifier_change_nothing(
    qtbot: QtBot, program: Program, key: Qt.Key
) -> None:
    assembly = program()
    press(qtbot, page_of(assembly), "run", key, Qt.KeyboardModifier.NoModifier)
    assert keys_of(assembly, "run") == ["Ctrl+R"]
    assert assembly.settings.value(KEYS) == {}


def test_backspace_takes_the_keys_away_and_reset_brings_them_back(
    qtbot: QtBot, program: Program
) -> None:
    assembly = program()
    page = page_of(assembly)
    press(qtbot, page, "larger", Qt.Key.Key_Backspace, Qt.KeyboardModifier.NoModifier)
    assert keys_of(assembly, "larger") == []
    assert page.button("larger").text() == "none"
    page._lines["larger"].reset.click()
    assert keys_of(assembly, "larger") == ["Ctrl++", "Ctrl+="]
    assert assembly.settings.value(KEYS) == {}


def test_who_took_the_usual_keys_loses_them_on_reset(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    page = page_of(assembly)
    press(qtbot, page, "run", Qt.Key.Key_J)
    press(qtbot, page, "open_folder", Qt.Key.Key_R)
    assert keys_of(assembly, "open_folder") == ["Ctrl+R"]
    page._lines["run"].reset.click()
    assert keys_of(assembly, "run") == ["Ctrl+R"]
    assert keys_of(assembly, "open_folder") == ["Ctrl+O"]


def test_all_are_reset_at_once(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    page = page_of(assembly)
    for action, key in (("run", Qt.Key.Key_J), ("open_folder", Qt.Key.Key_K)):
        press(qtbot, page, action, key)
    page._reset_all.click()
    for row in ACTIONS:
        usual = [QKeySequence(each).toString() for each in row.keys]
        assert keys_of(assembly, row.id) == usual


def test_a_damaged_choice_is_not_used(qtbot: QtBot, program: Program, data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"keys": {"run": 3}, "device": "abacus"})
    (data / "settings.json").write_text(text, encoding="utf-8")
    assembly = program()
    assert keys_of(assembly, "run") == ["Ctrl+R"]


def test_keys_of_viewer_and_gallery_do_not_meet(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    page, plain = page_of(assembly), Qt.KeyboardModifier.NoModifier
    press(qtbot, page, "larger", Qt.Key.Key_F, plain)  # fits the image, in the viewer
    assert keys_of(assembly, "larger") == ["F"]
    press(qtbot, page, "heat", Qt.Key.Key_F, plain)  # possible in both
    assert keys_of(assembly, "heat") == ["G"]
    press(qtbot, page, "pin", Qt.Key.Key_Left, plain)
    assert "Move the picture" in page._lines["pin"].message.text()
    press(qtbot, page, "compare", Qt.Key.Key_Space, plain)  # its usual one
    assert keys_of(assembly, "compare") == ["Space"]
