from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukogui.settings.store import Settings, add_recent
from leukogui.settings.table import HEAT_OPACITY, RECENT_FOLDERS, SETTINGS, THEME, THUMBNAIL_SIDE


def test_what_was_chosen_comes_back(qtbot: QtBot, tmp_path: Path) -> None:
    settings = Settings(tmp_path / "new" / "settings.json")
    with qtbot.waitSignal(settings.changed):
        settings.set(THEME, "dark")
    settings.set(RECENT_FOLDERS, ("/ü",))
    settings.save()
    again = Settings(tmp_path / "new" / "settings.json")
    assert again.value(THEME) == "dark"
    assert again.value(RECENT_FOLDERS) == ("/ü",)
    assert again.value(HEAT_OPACITY) == HEAT_OPACITY.default


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"theme": 3, "thumbnail_side": 5000}'])
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text, encoding="utf-8")
    settings = Settings(tmp_path / "settings.json")
    assert settings.value(THEME) == "system"
    assert settings.value(THUMBNAIL_SIDE) == 144


def test_a_newer_programs_settings_are_kept(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"format": 9, "later": [1]}', encoding="utf-8")
    settings = Settings(tmp_path / "settings.json")
    settings.set(THEME, "light")
    settings.save()
    assert json.loads((tmp_path / "settings.json").read_text("utf-8"))["later"] == [1]


def test_a_wrong_value_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="thumbnail_side"):
        Settings(tmp_path / "settings.json").set(THUMBNAIL_SIDE, 1)


def test_every_default_is_allowed_and_every_key_is_new() -> None:
    assert all(setting.accepts(setting.default) for setting in SETTINGS)
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)


def test_a_folder_that_cannot_be_written_costs_only_the_choice(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings = Settings(tmp_path / "file" / "settings.json")
    settings.set(THEME, "dark")
    settings.save()
    assert settings.value(THEME) == "dark"


def test_recent_folders_are_each_there_once() -> None:
    recent: tuple[str, ...] = ()
    for number in (1, 2, 1, *range(3, 20)):
        recent = add_recent(recent, str(number))
    assert recent[0] == "19"
    assert len(recent) == len(set(recent)) == 12
