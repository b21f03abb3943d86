from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.backend.cell_query import CellQuery, CellQueryRunner, build_similar_request
from leukogui.backend.worker import QtWorker
from leukogui.inspector.similar_cells import SimilarCells
from leukogui.inspector.thumbnail_strip import MAX_ITEMS
from leukogui.theme.theme import Theme
from leukogui.thumbnails.loader import ThumbnailLoader
from tests.leukogui.case_steps import (
    CELLS,
    classify_all,
    open_case,
    run_to_end,
    wait_until_classified,
)
from tests.leukogui.review_steps import build_case, open_for_review
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.atomic_files import sha256_of
from trainer.cases.store import CaseStore
from trainer.domain import CellId
from trainer.jobs.common.training_images import record_training_images
from trainer.models.class_colours import marks_of
from trainer.models.package.layout import open_package

OUTPUTS = ("monocyte", "basophil", "lymphocyte")


def answer(**more: Any) -> dict[str, Any]:
    training = [
        {"label": "basophil", "distance": 0.2, "name": "lab/<b>1.jpg", "source": "lab", "file": ""}
    ]
    cell = {"label": "monocyte", "decision": "review", "looks_like": "", "run": 1}
    cells = [{**cell, "image": f"{at}.jpg", "distance": 0.1 * at} for at in range(1, MAX_ITEMS + 1)]
    notes = {"note": "", "training_note": "No pictures.", "cells_note": ""}
    return {"training": training, "cells": cells, **notes, **more}


@pytest.fixture
def section(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[SimilarCells]:
    shop = ThumbnailLoader(tmp_path / "cache")
    section = SimilarCells(Theme(qapp, "light"), shop)
    section.set_outputs(OUTPUTS)
    qtbot.addWidget(section)
    section.resize(290, 400)
    section.show_found(answer(), tmp_path)
    with qtbot.waitExposed(section, timeout=PATIENCE):
        section.show()
    yield section
    shop.close()


def test_a_training_cell_without_a_picture_shows_its_mark(section: SimilarCells) -> None:
    strip = section.training
    assert strip.grab().toImage().pixelColor(6, 6) == QColor(marks_of(OUTPUTS)["basophil"].colour)
    (cell,) = strip.cells
    assert cell.description == "basophil, 0.20 of the limit away\n<b>1.jpg lab"
    assert section.text.startswith("No pictures.")


def test_the_keyboard_goes_along_and_chooses(qtbot: QtBot, section: SimilarCells) -> None:
    strip = section.others
    strip.setFocus()
    qtbot.waitUntil(strip.hasFocus, timeout=PATIENCE)
    assert "perhaps monocyte, 0.10 of the limit away" in section.text
    assert strip.accessibleDescription() == strip.cells[0].description
    for _ in range(2):
        qtbot.keyClick(strip, Qt.Key.Key_Right)
    assert "0.30" in section.text
    with qtbot.waitSignal(section.chosen, timeout=PATIENCE) as chosen:
        qtbot.keyClick(strip, Qt.Key.Key_Return)
    assert chosen.args == [CellId("3.jpg")]
    qtbot.keyClick(strip, Qt.Key.Key_End)
    last = len([at for at in range(MAX_ITEMS) if strip._box(at).right() < strip.width()])
    assert f"{0.1 * last:.2f}" in section.text
    # A training cell is told of, but it is no cell of the case.
    section.training.setFocus()
    with qtbot.assertNotEmitted(section.chosen):
        qtbot.keyClick(section.training, Qt.Key.Key_Return)
    assert "<b>1.jpg" in section.text


def test_the_mouse_points_and_chooses(qtbot: QtBot, section: SimilarCells) -> None:
    strip = section.others
    second = strip._box(1).center()
    qtbot.mouseMove(strip, QPoint(1, 1))
    qtbot.mouseMove(strip, second)
    qtbot.waitUntil(lambda: "0.20" in section.text, timeout=PATIENCE)
    with qtbot.waitSignal(section.chosen, timeout=PATIENCE) as chosen:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=second)
    assert chosen.args == [CellId("2.jpg")]


def test_a_cell_is_told_of_by_its_decision(section: SimilarCells, tmp_path: Path) -> None:
    cell = {"image": "a.jpg", "label": "monocyte", "distance": 0.5, "run": 1}
    said = (("accept", ""), ("review", ""), ("unknown", ""), ("unknown", "lymphocyte"))
    cells = [{**cell, "decision": decision, "looks_like": likeness} for decision, likeness in said]
    section.show_found(answer(cells=cells), tmp_path)
    assert [each.description.split(", 0.50")[0] for each in section.others.cells] == [
        *("monocyte", "perhaps monocyte", "unknown", "unknown, looks like lymphocyte")
    ]
    assert [each.is_accepted for each in section.others.cells] == [True, False, False, False]


def test_a_narrow_place_shows_fewer(section: SimilarCells) -> None:
    strip = section.others
    wide = len(strip.keys)
    section.resize(130, 400)
    assert 1 <= len(strip.keys) < wide <= MAX_ITEMS
    assert strip._box(len(strip.keys) - 1).right() < strip.width()


def test_what_is_not_known_is_said(section: SimilarCells, tmp_path: Path) -> None:
    section.show_found(
        answer(training=[], cells=[], note="Run it again.", training_note=""), tmp_path
    )
    assert section.text == "Run it again."
    assert section.training.isHidden()
    assert section.others.isHidden()
    section.show_failure("The store is locked.")
    assert section.text == "The store is locked."
    section.show_waiting()
    assert section.text == ""
    assert section.others.cells == ()
    section.clear()
    assert section.isHidden()


def test_the_newest_wish_wins(qtbot: QtBot, data: Path, tmp_path: Path) -> None:
    helper = QtWorker(persistent=True)
    try:
        finder = CellQueryRunner(helper, build_similar_request)
        told: list[CellQuery] = []
        finder.failed.connect(lambda wish, words: told.append((wish.cell.image, words)))
        for image in ("a.jpg", "b.jpg", "c.jpg"):
            finder.request(CellQuery(tmp_path, CellId(image), 1))
        assert not helper.jobs
        qtbot.waitUntil(lambda: len(helper.jobs) == 1, timeout=PATIENCE)
        assert helper.jobs[0].request.image == "c.jpg"
        finder.request(CellQuery(tmp_path, CellId("d.jpg"), 1))  # while that one is on its way
        qtbot.waitUntil(lambda: bool(told), timeout=PATIENCE)
        assert [image for image, _ in told] == ["d.jpg"]
        assert "not classified yet" in told[0][1]
        finder.request(CellQuery(tmp_path, CellId("e.jpg"), 1))
        finder.clear()
        finder.request(CellQuery(tmp_path, CellId("f.jpg"), 1))
        qtbot.waitUntil(lambda: len(told) == 2, timeout=PATIENCE)
        assert told[1][0] == "f.jpg"
    finally:
        helper.close()


def make_current(qtbot: QtBot, assembly: App, name: str) -> None:
    assert assembly.window.review.gallery.go_to(CellId(name))
    qtbot.waitUntil(lambda: assembly.window.review.gallery.current_name() == name, timeout=PATIENCE)


@pytest.mark.slow
def test_similar_cells_in_the_window(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = program()
    window, cells = assembly.window, assembly.similar_cells_controller.cells
    open_case(qtbot, assembly, drawn)
    assert cells.isHidden()
    assert run_to_end(qtbot, assembly).kind == "done"
    wait_until_classified(qtbot, assembly)
    qtbot.waitUntil(lambda: window.review.cells.rowCount() == CELLS, timeout=PATIENCE)
    make_current(qtbot, assembly, "cell_003.jpg")
    qtbot.waitUntil(lambda: len(cells.others.cells) == MAX_ITEMS, timeout=PATIENCE)
    assert len(cells.training.cells) == MAX_ITEMS
    assert "not on this computer" in cells.text
    found = [cell.cell for cell in cells.others.cells]
    assert CellId("cell_003.jpg") not in found
    distances = [cell.distance for cell in cells.others.cells]
    assert distances == sorted(distances)
    # Their thumbnails come, beside those of the gallery.
    qtbot.waitUntil(
        lambda: all(assembly.thumbnails.get(key) for key in cells.others.keys), timeout=PATIENCE
    )
    # One of them becomes the current cell, and is asked for in turn.
    cells.others.chosen.emit(found[0])
    assert window.review.gallery.current_cell() == found[0]
    assert cells.others.cells == ()
    qtbot.waitUntil(lambda: bool(cells.others.cells), timeout=PATIENCE)
    assert found[0] not in [cell.cell for cell in cells.others.cells]
    # What could not be read is like nothing.
    make_current(qtbot, assembly, "cut.jpg")
    qtbot.waitUntil(cells.isHidden, timeout=PATIENCE)
    other = drawn.parent / "other"
    other.mkdir()
    shutil.copy(drawn / "cell_001.jpg", other)
    make_current(qtbot, assembly, "cell_003.jpg")
    open_case(qtbot, assembly, other, 1)
    assert cells.isHidden()


def test_a_training_cell_is_compared_at_full_size(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    folder = build_case(tmp_path / "smear", with_model)
    picture = shutil.copy(folder / "004.png", tmp_path / "learned.png")
    assembly = open_for_review(qtbot, program(), folder)
    similar, viewer = assembly.similar_cells_controller, assembly.viewer_controller.viewer
    similar.finder.close()  # what a model would find is given below
    make_current(qtbot, assembly, "003.png")
    wanted = CellQuery(folder, CellId("003.png"), 1)
    qtbot.waitUntil(lambda: similar._query == wanted, timeout=PATIENCE)
    cells = similar.cells
    learned = answer()["training"][0] | {"name": "learned.png", "file": str(picture)}
    cells.show_found(answer(training=[learned]), folder)
    qtbot.keyClick(cells.training, Qt.Key.Key_Right)
    qtbot.keyClick(cells.training, Qt.Key.Key_Return)
    assert viewer.isVisible() and viewer.is_comparing
    qtbot.waitUntil(lambda: viewer.other.image is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: viewer.pane.image is not None, timeout=PATIENCE)
    assert viewer.cell == CellId("003.png") and viewer.other.path == Path(picture)
    caption = viewer.other.caption
    assert caption.isVisible()
    assert caption.text() == "Training cell: basophil, 0.20 of the limit away, learned.png lab"
    assert assembly.window.commands["compare"].isChecked()
    # Both are zoomed together; the pinned cell takes its place when two cells are compared anew.
    before = viewer.other.canvas.viewport
    assembly.window.commands["zoom_in"].trigger()
    assert viewer.other.canvas.viewport != before
    assembly.window.commands["compare"].trigger()
    assembly.window.commands["compare"].trigger()
    qtbot.waitUntil(lambda: viewer.other.cell == CellId("003.png"), timeout=PATIENCE)


@pytest.mark.slow
def test_training_cells_that_are_there_show_their_pictures(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path, tmp_path: Path
) -> None:
    (model,) = (with_model / "models").iterdir()
    names = [str(name) for name in open_package(model).reference().images]
    root = tmp_path / "training"
    root.mkdir()
    for name in names:
        shutil.copy(drawn / "cell_002.jpg", root / name)
    record_training_images(with_model, sha256_of(model / "card.json"), root, names)
    assembly = program()
    cells = assembly.similar_cells_controller.cells
    open_case(qtbot, assembly, drawn)
    classify_all(qtbot, assembly)
    make_current(qtbot, assembly, "cell_003.jpg")
    qtbot.waitUntil(lambda: bool(cells.training.keys), timeout=PATIENCE)
    assert cells.text == ""
    qtbot.waitUntil(
        lambda: all(assembly.thumbnails.get(key) for key in cells.training.keys),
        timeout=PATIENCE,
    )


@pytest.mark.slow
def test_older_predictions_say_what_to_do(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    assembly.window.close()
    shutil.copy(drawn / "cell_001.jpg", drawn / "older.jpg")
    with CaseStore.open(with_model / "cases.sqlite") as store:
        known = store.predictions.get(1, "cell_001.jpg")
        store.predictions.add(1, [replace(known, image="older.jpg")])
    again = open_case(qtbot, program(), drawn, CELLS + 1)
    wait_until_classified(qtbot, again)
    make_current(qtbot, again, "older.jpg")
    cells = again.similar_cells_controller.cells
    qtbot.waitUntil(lambda: "run the model again" in cells.text, timeout=PATIENCE)


@pytest.mark.slow
def test_a_worker_that_dies_costs_the_section_only(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    classify_all(qtbot, assembly)
    cells, helper = assembly.similar_cells_controller.cells, assembly.helper
    helper._command = [sys.executable, "-c", "raise SystemExit(7)"]
    make_current(qtbot, assembly, "cell_003.jpg")
    with helper._lock:
        kept = helper._kept_process
    if kept is not None:
        kept.terminate()
    make_current(qtbot, assembly, "cell_004.jpg")
    qtbot.waitUntil(lambda: "process stopped" in cells.text, timeout=PATIENCE)
    helper._command = None
    make_current(qtbot, assembly, "cell_005.jpg")
    qtbot.waitUntil(lambda: bool(cells.others.cells), timeout=PATIENCE)
