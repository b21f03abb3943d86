"""A further folder is added to an open case: its cells join, reviews and runs stay."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.pages.sign_off.details_dialog import DetailsDialog
from tests.leukogui.notification_steps import wait_for_notification
from tests.leukogui.review_steps import (
    CELLS,
    build_case,
    choose,
    name,
    open_for_review,
    wait_until_stored,
)
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.domain import CellId

FURTHER = CellId("../smear B/x.png")


def plant(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for number, each in enumerate(names):
        pixels = np.full((24, 24, 3), 40 * number, np.uint8)
        Pillow.fromarray(pixels).save(folder / each)
    return folder


def add(qtbot: QtBot, assembly: App, folder: Path, cells: int) -> None:
    """Choose a folder in the dialog, and wait until its cells are shown."""
    assembly.window.commands["add_folder"].trigger()
    dialog = assembly.case_controller._dialog
    assert dialog is not None
    dialog.fileSelected.emit(str(folder))
    dialog.reject()
    shown = assembly.window.review.cells
    qtbot.waitUntil(lambda: shown.rowCount() == cells, timeout=PATIENCE)


def test_its_cells_join_the_case_and_can_be_reviewed(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    further = plant(tmp_path / "smear B", "x.png", "y.png")
    assembly = open_for_review(qtbot, program(), folder)
    assembly.reviews.review({name(0): "monocyte"})
    add(qtbot, assembly, further, CELLS + 2)
    model = assembly.session.model
    assert model is not None
    tree = model.folders.tree
    assert tree.paths == ("", "../smear B")
    shown = assembly.filter_controller.panel.folders.folders
    inner = shown.index(0, 0, shown.index(0, 0))
    assert shown.data(inner) == "smear B"
    assert model.path(model.row(FURTHER)).samefile(further / "x.png")
    assert model.review(name(0)).label == "monocyte"
    assert model.result(name(0)) is not None

    assembly.reviews.review({FURTHER: "basophil"})
    wait_until_stored(qtbot, assembly)
    assembly.session.close_case()
    assembly.case_controller.open_folder(folder)
    qtbot.waitUntil(lambda: assembly.window.review.cells.rowCount() == CELLS + 2, timeout=PATIENCE)
    qtbot.waitUntil(lambda: assembly.session.model.review(FURTHER) is not None, timeout=PATIENCE)
    assert not (further / "smear").exists() and len(list(further.iterdir())) == 2


def test_what_comes_into_it_later_is_seen_and_what_goes_is_said(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    further = plant(tmp_path / "smear B", "x.png")
    assembly = open_for_review(qtbot, program(), folder)
    add(qtbot, assembly, further, CELLS + 1)
    shutil.copy(further / "x.png", further / "y.png")
    shown = assembly.window.review.cells
    qtbot.waitUntil(lambda: shown.rowCount() == CELLS + 2, timeout=PATIENCE)
    choose(assembly, 0)
    # Long before it is listed again anyway, which is each minute.
    with qtbot.waitSignal(assembly.session.listed, timeout=PATIENCE // 2):
        shutil.move(further, tmp_path / "elsewhere")
    wait_for_notification(qtbot, assembly, "smear B of the case is not there")
    qtbot.waitUntil(lambda: shown.rowCount() == CELLS, timeout=PATIENCE)
    shutil.move(tmp_path / "elsewhere", further)
    assembly.session.relist()
    qtbot.waitUntil(lambda: shown.rowCount() == CELLS + 2, timeout=PATIENCE)


def test_a_folder_of_the_case_is_refused(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    assembly = open_for_review(qtbot, program(), folder)
    add(qtbot, assembly, folder, CELLS)
    wait_for_notification(qtbot, assembly, "belongs to the case already")


def folder_rows(qtbot: QtBot, assembly: App, folder: Path) -> DetailsDialog:
    """The details of the case, as soon as they list one folder."""
    controller = assembly.case_list_controller

    def lists_it() -> bool:
        record = assembly.sign_off_controller.record
        return record is not None and f"../{folder.name}" in record.row.details.folders

    assembly.sign_off_controller.reread()
    qtbot.waitUntil(lists_it, timeout=PATIENCE)
    controller.dialog = None
    assembly.window.commands["details"].trigger()
    qtbot.waitUntil(lambda: controller.dialog is not None, timeout=PATIENCE)
    dialog = controller.dialog
    assert dialog is not None
    assert [row.stays.text() for row in dialog.folders.rows] == [folder.name]
    return dialog


def test_a_folder_leaves_the_case_and_comes_back_with_its_reviews(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    further = plant(tmp_path / "smear B", "x.png", "y.png")
    assembly = open_for_review(qtbot, program(), folder)
    add(qtbot, assembly, further, CELLS + 2)
    assembly.reviews.review({FURTHER: "basophil"})
    wait_until_stored(qtbot, assembly)
    dialog = folder_rows(qtbot, assembly, further)
    dialog.folders.rows[0].stays.click()
    assert "Leaves the case" in dialog.folders.rows[0].state.text()
    dialog.save.click()
    shown, model = assembly.window.review.cells, assembly.session.model
    assert model is not None
    qtbot.waitUntil(lambda: shown.rowCount() == CELLS, timeout=PATIENCE)
    qtbot.waitUntil(lambda: model.review(FURTHER) is None, timeout=PATIENCE)
    assert further.is_dir()

    add(qtbot, assembly, further, CELLS + 2)
    qtbot.waitUntil(lambda: model.review(FURTHER) is not None, timeout=PATIENCE)
    assert model.review(FURTHER).label == "basophil"


def test_a_folder_that_moved_is_given_its_place(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    further = plant(tmp_path / "smear B", "x.png")
    assembly = open_for_review(qtbot, program(), folder)
    add(qtbot, assembly, further, CELLS + 1)
    assembly.reviews.review({FURTHER: "basophil"})
    wait_until_stored(qtbot, assembly)
    place = shutil.move(further, tmp_path / "archive")
    dialog = folder_rows(qtbot, assembly, further)
    row = dialog.folders.rows[0]
    assert row.state.text() == f"Not there: {further}"
    row.locate.click()
    assert row.picker is not None
    row.picker.fileSelected.emit(str(place))
    row.picker.reject()
    assert row.state.text() == f"Lies in {place} now"
    dialog.save.click()
    model = assembly.session.model
    assert model is not None
    moved = CellId("../archive/x.png")
    qtbot.waitUntil(lambda: model.review(moved) is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: moved.image in model.names, timeout=PATIENCE)
    assert model.review(moved).label == "basophil"
    assert assembly.sign_off_controller.record is not None
