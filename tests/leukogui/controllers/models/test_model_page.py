"""The page of the models, driven as a person does it, with a real worker and a random model."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.pages.models.page import ModelsPage
from leukogui.settings.table import MODEL, REVIEWER
from tests.leukogui.case_steps import classify_all, open_case
from tests.leukogui.notification_steps import click, wait_for_notification
from tests.leukogui.review_steps import build_case, open_for_review
from tests.leukogui.window_fixtures import MODEL as NAME
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.cases.records import Run
from trainer.models.package.card import read_card, write_card
from trainer.models.package.registry import registry_of

OTHER = "lab-3"


@pytest.fixture
def with_two(with_model: Path) -> Path:
    """The data folder with the random model and a copy of it, which was made from it."""
    folder = with_model / "models" / OTHER
    shutil.copytree(with_model / "models" / NAME, folder)
    card = read_card(folder / "card.json")
    changed = card.model_copy(update={"id": OTHER, "title": "Lab 3", "parent": NAME})
    write_card(changed, folder / "card.json")
    registry_of(with_model).promote(NAME)
    return with_model


def shown_page(qtbot: QtBot, assembly: App) -> ModelsPage:
    assembly.window.commands["models"].trigger()
    page = assembly.model_page_controller.page
    qtbot.waitUntil(lambda: page.models.rowCount() > 0, timeout=PATIENCE)
    assert assembly.window.pages.currentWidget() is page
    return page


def states(page: ModelsPage) -> dict[str, str]:
    table = page.table.model()
    rows = range(table.rowCount())
    return {table.index(row, 0).data(): table.index(row, 1).data() for row in rows}


def answer(page: ModelsPage, assembly: App, action: str, reason: str = "", name: str = "") -> str:
    """Click a button, fill in its dialog, and return what the dialog warned of."""
    page.buttons[action].click()
    dialog = assembly.model_page_controller.acts.dialog
    assert dialog is not None
    dialog.reason.setText(reason)
    if name:
        dialog.name.setText(name)
    assert dialog.go.isEnabled()
    warning = dialog.warning.text()
    dialog.go.click()
    return warning


def test_promote_with_a_reason_roll_back_rename_archive_delete(
    qtbot: QtBot, program: Program, with_two: Path
) -> None:
    registry = registry_of(with_two)
    found = {"against": NAME, "judgement": "worse", "cells": 40, "worse": []}
    registry.record_judgement(OTHER, found)
    assembly = program()
    assembly.settings.set(REVIEWER, "Ada")
    assembly.settings.set(MODEL, NAME)
    page = shown_page(qtbot, assembly)
    assert states(page)["Lab 3"] == "own"
    page.table.choose(OTHER)

    page.buttons["promote"].click()
    dialog = assembly.model_page_controller.acts.dialog
    assert dialog is not None
    assert "judged worse" in dialog.warning.text()
    assert not dialog.go.isEnabled()
    dialog.reason.setText("for teaching")
    dialog.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert f"models promote {OTHER}" in copied
    assert "for teaching" in copied
    dialog.go.click()
    qtbot.waitUntil(lambda: states(page).get("Lab 3") == "serves", timeout=PATIENCE)
    assert assembly.settings.value(MODEL) == ""
    assert assembly.window.chooser.card is not None
    assert assembly.window.chooser.card.id == OTHER
    act = registry.history()[-1]
    assert (act.person, act.reason) == ("Ada", "for teaching")

    page.buttons["rollback"].click()
    qtbot.waitUntil(lambda: states(page).get("Lab 3") == "own", timeout=PATIENCE)
    page.table.choose(OTHER)
    answer(page, assembly, "rename", name="Nord")
    qtbot.waitUntil(lambda: "Nord" in states(page), timeout=PATIENCE)
    page.table.choose(OTHER)
    answer(page, assembly, "archive")
    qtbot.waitUntil(lambda: "Nord" not in states(page), timeout=PATIENCE)
    assert all(card.id != OTHER for card in assembly.model_list.cards)
    page.with_archived.setChecked(True)
    assert states(page)["Nord"] == "archived"
    page.table.choose(OTHER)
    page.buttons["restore"].click()
    qtbot.waitUntil(lambda: states(page).get("Nord") == "own", timeout=PATIENCE)
    page.table.choose(OTHER)
    page.detail.setCurrentWidget(page.detail.acts)
    assert page.detail.acts.texts.rowCount() == 5
    answer(page, assembly, "delete", reason="of no use")
    qtbot.waitUntil(lambda: "Nord" not in states(page), timeout=PATIENCE)
    assert not (with_two / "models" / OTHER).exists()


@pytest.mark.slow
def test_after_a_promotion_the_open_case_is_classified_again_by_one_click(
    qtbot: QtBot, program: Program, with_two: Path, tmp_path: Path
) -> None:
    """It offers that while the decisions are another model's, and no longer when they are not."""
    assembly = open_for_review(qtbot, program(), build_case(tmp_path / "smear 7", with_two, 4))
    page = shown_page(qtbot, assembly)
    page.table.choose(OTHER)
    answer(page, assembly, "promote", reason="for teaching")
    offer = wait_for_notification(qtbot, assembly, "Lab 3 serves from now on.")
    qtbot.waitUntil(lambda: states(page).get("Lab 3") == "serves", timeout=PATIENCE)
    with qtbot.waitSignal(assembly.queue.ended, timeout=PATIENCE) as ended:
        click(offer, "Classify the case again")
    assert ended.args[1].kind == "done"
    run = wait_for_run_of(qtbot, assembly, OTHER)
    assert run.model == OTHER
    page.buttons["rollback"].click()
    again = wait_for_notification(qtbot, assembly, "serves again.")
    assert "of the model before" in again.hint


def wait_for_run_of(qtbot: QtBot, assembly: App, model: str) -> Run:
    session = assembly.session
    qtbot.waitUntil(lambda: bool(session.run and session.run.model == model), timeout=PATIENCE)
    assert session.run is not None
    return session.run


def test_the_serving_model_can_be_neither_deleted_nor_archived(
    qtbot: QtBot, program: Program, with_two: Path
) -> None:
    page = shown_page(qtbot, program())
    page.table.choose(NAME)
    assert not page.buttons["delete"].isEnabled()
    assert not page.buttons["archive"].isEnabled()
    assert not page.buttons["promote"].isEnabled()
    page.table.choose(OTHER)
    assert page.buttons["delete"].isEnabled()


def test_a_chosen_model_that_is_archived_gives_way_to_the_serving_one(
    qtbot: QtBot, program: Program, with_two: Path
) -> None:
    registry_of(with_two).archive(OTHER)
    assembly = program()
    assembly.settings.set(MODEL, OTHER)
    assembly.model_list.load()
    qtbot.waitUntil(lambda: assembly.settings.value(MODEL) == "", timeout=PATIENCE)
    assert assembly.window.chooser.card is not None
    assert assembly.window.chooser.card.id == NAME
    assert OTHER in assembly.window.notifications.shown[-1].message


def test_card_and_lineage_are_shown(qtbot: QtBot, program: Program, with_two: Path) -> None:
    page = shown_page(qtbot, program())
    page.table.choose(OTHER)
    assert "What it reports" in page.detail.card.toPlainText()
    page.detail.setCurrentWidget(page.detail.lineage)
    tree = page.detail.lineage
    root = tree.topLevelItem(0)
    assert root is not None
    below = [root.child(at).text(0) for at in range(root.childCount())]
    assert any("Lab 3" in text for text in below)
    tree.itemActivated.emit(root, 0)
    assert page.current is not None
    assert page.current.entry.name == NAME


def test_a_package_that_was_tampered_with_is_refused_in_words(
    qtbot: QtBot, program: Program, with_two: Path, tmp_path: Path
) -> None:
    assembly = program()
    page = shown_page(qtbot, assembly)
    file = tmp_path / "model.zip"
    page.table.choose(OTHER)
    assembly.model_page_controller.acts.act("export", OTHER, path=str(file))
    qtbot.waitUntil(file.is_file, timeout=PATIENCE)
    bad = tmp_path / "bad.zip"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(bad, "w") as sink:
        for entry in source.infolist():
            data = source.read(entry)
            sink.writestr(entry.filename, data + b"x" * entry.filename.endswith("head.npz"))
    before = len(assembly.window.notifications.shown)
    assembly.model_controller.import_model(str(bad))
    notes = assembly.window.notifications
    qtbot.waitUntil(lambda: len(notes.shown) > before, timeout=PATIENCE)
    qtbot.waitUntil(lambda: "changed or damaged" in notes.shown[-1].message, timeout=PATIENCE)
    assert set(states(page)) == {"Lab 3", "Random weights: recognises nothing"}


@pytest.mark.slow
def test_runs_of_a_model_are_named_before_it_is_deleted(
    qtbot: QtBot, program: Program, with_two: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    classify_all(qtbot, assembly)
    registry_of(with_two).promote(OTHER)
    page = shown_page(qtbot, assembly)
    page.table.choose(NAME)
    page.detail.setCurrentWidget(page.detail.runs)
    qtbot.waitUntil(lambda: page.detail.runs.texts.rowCount() == 1, timeout=PATIENCE)
    assert page.detail.runs.texts.rows[0][0] == drawn.name
    qtbot.waitUntil(page.buttons["delete"].isEnabled, timeout=PATIENCE)
    assert "1 run was made with it" in answer(page, assembly, "delete")
    qtbot.waitUntil(lambda: not (with_two / "models" / NAME).exists(), timeout=PATIENCE)


@pytest.mark.slow
def test_the_self_test_of_a_model(qtbot: QtBot, program: Program, with_two: Path) -> None:
    page = shown_page(qtbot, program())
    page.table.choose(OTHER)
    page.test.click()
    assert page.test.text() == "Stop the test"
    qtbot.waitUntil(lambda: page.verdict.text() != "", timeout=2 * PATIENCE)
    assert "computes rightly" in page.verdict.text()
    assert "cells a second" in page.verdict.text()
