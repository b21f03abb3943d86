from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.backend.command_line import command_line
from leukogui.backend.run_queue import build_run_spec, run_options_of
from leukogui.pages.setting_row import SettingRow
from leukogui.pages.settings import SettingsPage
from leukogui.settings.table import (
    ALERT,
    DEVICE,
    HEAT_FILES,
    HEAT_OPACITY,
    PRECISION,
    SETTINGS,
    SHOW_HEAT,
    THEME,
    THUMBNAIL_MEGABYTES,
    THUMBNAIL_SIDE,
)
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program


def page_of(assembly: App) -> SettingsPage:
    assembly.window.commands["settings"].trigger()
    page = assembly.settings_controller.page
    assert page is not None
    assert assembly.window.pages.currentWidget() is page
    assert assembly.window.commands["settings"].isChecked()
    return page


def row_of(page: SettingsPage, key: str) -> SettingRow:
    return next(row for row in page.rows if row.setting.key == key)


def test_every_titled_setting_has_a_row_and_the_others_have_none(
    qtbot: QtBot, program: Program
) -> None:
    page = page_of(program())
    assert [row.setting for row in page.rows] == [each for each in SETTINGS if each.title]
    assert all(row.setting.hint and row.setting.group for row in page.rows)
    assert "geometry" not in {row.setting.key for row in page.rows}


def test_the_search_reads_title_hint_and_key(qtbot: QtBot, program: Program) -> None:
    page = page_of(program())
    for words, keys in (
        ("GALLERY", {"thumbnail_side"}),
        ("colour-blind", {"colour_map"}),
        ("heat_files", {"heat_files"}),
        ("strength heat", {"heat_opacity"}),
        ("nothing of that", set()),
    ):
        qtbot.keyClicks(page.search, words)
        shown = {row.setting.key for row in page.rows if not row.isHidden()}
        assert shown == keys
        assert page._no_matches.isHidden() == bool(keys)
        page.search.clear()
    assert not any(row.isHidden() for row in page.rows)


@pytest.mark.slow
def test_a_change_takes_effect_at_once(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    page, window = page_of(assembly), assembly.window
    theme = row_of(page, THEME.key).editor
    assert isinstance(theme, QComboBox)
    theme.setCurrentIndex(2)
    assert assembly.theme.tones.name == "dark"
    assert window.commands["theme_dark"].isChecked()
    side = row_of(page, THUMBNAIL_SIDE.key).editor
    assert isinstance(side, QSpinBox)
    side.setValue(200)
    assert window.review.gallery.side == 200
    heat = row_of(page, SHOW_HEAT.key).editor
    assert isinstance(heat, QCheckBox)
    heat.click()
    assert not window.commands["heat"].isChecked()
    assembly.settings.set(HEAT_OPACITY, 0.25)
    assert window.review.inspector.opacity.value() == 25
    theme.setCurrentIndex(1)


def test_what_is_changed_elsewhere_is_shown(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    page = page_of(assembly)
    assembly.window.commands["theme_light"].trigger()
    theme = row_of(page, THEME.key).editor
    assert isinstance(theme, QComboBox)
    assert theme.currentText() == "Light"
    assembly.window.commands["heat"].trigger()
    heat = row_of(page, SHOW_HEAT.key).editor
    assert isinstance(heat, QCheckBox)
    assert not heat.isChecked()


def test_each_row_goes_back_to_its_default(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    row = row_of(page_of(assembly), THUMBNAIL_SIDE.key)
    assert not row.reset.isEnabled()
    assembly.settings.set(THUMBNAIL_SIDE, 200)
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert assembly.settings.value(THUMBNAIL_SIDE) == THUMBNAIL_SIDE.default
    assert not row.reset.isEnabled()


def test_a_run_and_its_command_are_made_as_the_settings_say(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    settings = program().settings
    settings.set(DEVICE, "cpu")
    settings.set(PRECISION, "fast")
    settings.set(HEAT_FILES, True)
    settings.set(ALERT, "careful")
    request = build_run_spec(
        tmp_path, tmp_path / "results", "", how=run_options_of(settings)
    ).request()
    assert (request.device, request.precision, request.heatmaps) == ("cpu", "fast", True)
    assert request.alert == "careful"
    assert "--alert careful" in command_line(request)


def test_the_levels_of_the_alert_are_shown_with_what_they_cost(
    qtbot: QtBot, program: Program, with_model: Path
) -> None:
    models = with_model / "models"
    card = json.loads((models / MODEL / "card.json").read_text(encoding="utf-8"))
    levels = {"careful": (-3.7, 0.0446), "balanced": (-2.5, 0.0157)}
    card["thresholds"]["alert"] = {
        name: {"score": score, "reviewed": reviewed} for name, (score, reviewed) in levels.items()
    }
    sharp = {**card, "id": "sharp", "roles": {"myeloblast": "alert"}}
    shutil.copytree(models / MODEL, models / "sharp")
    (models / "sharp" / "card.json").write_text(json.dumps(sharp), encoding="utf-8")
    assembly = program()
    chooser = assembly.window.chooser
    qtbot.waitUntil(lambda: len(chooser.cards) == 2, timeout=PATIENCE)
    row = row_of(page_of(assembly), ALERT.key)
    assert isinstance(row.editor, QComboBox)
    assert [row.editor.itemText(at) for at in range(3)] == ["Careful", "Balanced", "Off"]
    for name, words in (
        ("sharp", "balanced sends 1.6 % more of the cells to review and careful 4.5 %"),
        (MODEL, f"The model {MODEL} has no class for it."),
        ("absent", ""),
    ):
        chooser.choose(name)
        assert words in row.editor.accessibleDescription()
        assert row._note.isVisibleTo(row) == bool(words)


def test_the_folders_can_be_opened(
    qtbot: QtBot, program: Program, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url)))
    page = page_of(program())
    buttons = [each for each in page.findChildren(QPushButton) if each.text() == "Open"]
    for button in buttons:
        button.click()
    folders = [Path(url.toLocalFile()) for url in opened]
    assert folders == [data, data / "models", data / "cache", data / "logs"]
    assert all(folder.is_dir() for folder in folders)


def test_thumbnails_take_no_more_than_they_may(qtbot: QtBot, program: Program, data: Path) -> None:
    old = data / "cache" / "thumbnails" / "aa"
    old.mkdir(parents=True)
    (old / "large.jpg").write_bytes(bytes(20 << 20))
    assembly = program()
    assembly.settings.set(THUMBNAIL_MEGABYTES, 16)
    qtbot.waitUntil(lambda: not (old / "large.jpg").exists(), timeout=PATIENCE)
