"""A person answers the model in the real window: by key, palette, menu and drag."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.case.cells import REVIEW, UNKNOWN
from tests.leukogui.review_steps import (
    BLAST,
    CELLS,
    FIRST_OPEN,
    build_case,
    choose,
    drop_selection,
    name,
    open_for_review,
    press,
    stored_reviews,
    stored_verdicts,
    verdict_of,
    wait_until_stored,
)
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.domain import CellId

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def folder(with_model: Path, tmp_path: Path) -> Path:
    return build_case(tmp_path / "smear", with_model)


@pytest.fixture
def assembly(qtbot: QtBot, program: Program, folder: Path) -> App:
    return open_for_review(qtbot, program(), folder)


def current(assembly: App) -> CellId | None:
    return assembly.window.review.gallery.current_cell()


def test_a_key_gives_a_class_and_goes_on(qtbot: QtBot, assembly: App, data: Path) -> None:
    folder = assembly.session.root
    assert folder is not None
    choose(assembly, 0)
    press(assembly, Qt.Key.Key_3, qtbot)
    assert verdict_of(assembly, 0) == "monocyte"
    # From an accepted cell, on to its neighbour in the gallery.
    assert current(assembly) == name(5)
    press(assembly, Qt.Key.Key_6, qtbot)
    assert verdict_of(assembly, 5) == "lymphocyte"
    press(assembly, Qt.Key.Key_U, qtbot)
    assert verdict_of(assembly, 10) == str(UNKNOWN)
    wait_until_stored(qtbot, assembly)
    verdicts = stored_verdicts(data, folder)
    assert verdicts["000.png"].label == "monocyte"
    assert verdicts["005.png"].label == "lymphocyte"
    assert verdicts["010.png"].label == "unknown"
    assert verdicts["000.png"].reviewer
    choose(assembly, 0)
    press(assembly, Qt.Key.Key_0, qtbot)
    assert verdict_of(assembly, 0) == "basophil"
    wait_until_stored(qtbot, assembly)
    assert stored_verdicts(data, folder)["000.png"].label == "basophil"
    # A second 0 has nothing to take back: nothing is stored.
    count = len(stored_reviews(data, folder))
    choose(assembly, 0)
    press(assembly, Qt.Key.Key_0, qtbot)
    wait_until_stored(qtbot, assembly)
    assert len(stored_reviews(data, folder)) == count


def test_enter_accepts_and_takes_possible_blasts_first(qtbot: QtBot, assembly: App) -> None:
    press(assembly, Qt.Key.Key_F3, qtbot)
    assert current(assembly) == name(BLAST)
    press(assembly, Qt.Key.Key_4, qtbot)
    assert verdict_of(assembly, BLAST) == "myeloblast"
    seen = []
    for _ in range(4):
        seen.append(current(assembly))
        press(assembly, Qt.Key.Key_Return, qtbot)
    assert seen == [name(18), name(FIRST_OPEN), name(16), name(19)]
    assert verdict_of(assembly, 18) == "myeloblast"
    assert verdict_of(assembly, 19) == str(UNKNOWN)
    model = assembly.session.model
    assert model is not None
    assert REVIEW not in model.groups
    assert model.counts().reviewed == 5
    text = assembly.window.review.progress.text.text()
    assert "5 of 20 reviewed (25 %)" in text
    assert "0 open" in text


def test_many_cells_are_one_action_that_a_restart_can_undo(
    qtbot: QtBot, program: Program, assembly: App, folder: Path
) -> None:
    choose(assembly, 1, 2, 3, 18)
    press(assembly, Qt.Key.Key_X, qtbot)
    assert {verdict_of(assembly, each) for each in (1, 2, 3, 18)} == {"artefact"}
    assert any("4 cells" in each.message for each in assembly.window.notifications.shown)
    choose(assembly, 0)
    press(assembly, Qt.Key.Key_2, qtbot)
    assembly.shut_down()
    again = open_for_review(qtbot, program(), folder)
    qtbot.waitUntil(lambda: verdict_of(again, 3) == "artefact", timeout=PATIENCE)
    assert verdict_of(again, 0) == "erythroblast"
    for expected in ("basophil", "basophil"):
        press(again, Qt.Key.Key_Z, qtbot, CTRL)
        qtbot.waitUntil(lambda: verdict_of(again, 0) == "basophil", timeout=PATIENCE)
        assert verdict_of(again, 0) == expected
    qtbot.waitUntil(lambda: verdict_of(again, 3) == "myeloblast", timeout=PATIENCE)
    assert verdict_of(again, 18) == str(REVIEW)
    press(again, Qt.Key.Key_Z, qtbot, CTRL, SHIFT)
    qtbot.waitUntil(lambda: verdict_of(again, 18) == "artefact", timeout=PATIENCE)


def test_palette_menu_and_drag_do_the_same(qtbot: QtBot, assembly: App) -> None:
    review, gallery = assembly.window.review, assembly.window.review.gallery
    choose(assembly, 0)
    qtbot.mouseClick(review.class_palette.button("eosinophil"), Qt.MouseButton.LeftButton)
    assert verdict_of(assembly, 0) == "eosinophil"
    choose(assembly, 1)
    menu = assembly.correction_controller.build_menu()
    next(each for each in menu.actions() if each.text() == "Smudge cell").trigger()
    assert verdict_of(assembly, 1) == "smudge_cell"
    # Dragged onto the heading of another group, and onto a class of the palette.
    choose(assembly, 2, 7)
    monoblast = review.class_palette.button("monoblast")
    assert not monoblast.isVisible()
    review.class_palette.unfold_button.click()
    assert monoblast.isVisible()
    drop_selection(monoblast, QPoint(2, 2))
    assert verdict_of(assembly, 2) == verdict_of(assembly, 7) == "monoblast"
    choose(assembly, 3)
    section = next(each for each in review.cells.sections if each.group == 4)
    gallery.scrollTo(review.cells.index(section.start))
    above = gallery.visualRect(review.cells.index(section.start)).top() - 10
    drop_selection(gallery, QPoint(40, above))
    assert verdict_of(assembly, 3) == "seg_neutrophil"
    # To review is no class that a person can give.
    choose(assembly, 4)
    section = next(each for each in review.cells.sections if each.group == REVIEW)
    gallery.scrollTo(review.cells.index(section.start))
    place = gallery.visualRect(review.cells.index(section.start)).center()
    drop_selection(gallery, place)
    assert verdict_of(assembly, 4) == "seg_neutrophil"
    model = assembly.session.model
    assert model is not None
    assert not model.reviewed[4]


def hover(assembly: App, number: int) -> None:
    gallery, cells = assembly.window.review.gallery, assembly.window.review.cells
    index = cells.index(cells.positions_of({name(number)})[0])
    gallery.scrollTo(index)
    place = QPointF(gallery.visualRect(index).center())
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        place,
        QPointF(gallery.viewport().mapToGlobal(place)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(gallery.viewport(), move)


def test_a_key_is_for_the_cell_under_the_mouse(qtbot: QtBot, assembly: App) -> None:
    choose(assembly, 0)
    hover(assembly, 6)
    press(assembly, Qt.Key.Key_3, qtbot)
    assert verdict_of(assembly, 6) == "monocyte"
    assert verdict_of(assembly, 0) == "basophil"
    assert current(assembly) == name(0)
    # The keyboard is used: where the mouse lies means nothing now.
    hover(assembly, 7)
    press(assembly, Qt.Key.Key_Right, qtbot)
    here = current(assembly)
    assert here is not None
    press(assembly, Qt.Key.Key_3, qtbot)
    assert verdict_of(assembly, 7) == "monocyte"
    assert verdict_of(assembly, int(here.image[:3])) == "monocyte"
    # Several selected cells come before it.
    choose(assembly, 8, 9)
    hover(assembly, 4)
    press(assembly, Qt.Key.Key_1, qtbot)
    assert verdict_of(assembly, 8) == verdict_of(assembly, 9) == "basophil"
    assert verdict_of(assembly, 4) == "seg_neutrophil"


def test_the_viewer_goes_from_cell_to_cell(qtbot: QtBot, assembly: App) -> None:
    press(assembly, Qt.Key.Key_F3, qtbot)
    press(assembly, Qt.Key.Key_V, qtbot)
    viewer = assembly.viewer_controller.viewer
    assert assembly.window.pages.currentWidget() is viewer
    assert viewer.cell == name(BLAST)
    press(assembly, Qt.Key.Key_H, qtbot)
    assert verdict_of(assembly, BLAST) == "lymphoblast"
    assert viewer.cell == name(18)
    press(assembly, Qt.Key.Key_A, qtbot)
    choose(assembly, BLAST)
    assert "Lymphoblast" in viewer.side_panel.prediction_panel.text
    qtbot.mouseClick(viewer.class_palette.button("monocyte"), Qt.MouseButton.LeftButton)
    assert verdict_of(assembly, BLAST) == "monocyte"


def test_text_fields_keep_their_keys(qtbot: QtBot, assembly: App) -> None:
    choose(assembly, 0)
    assembly.window.commands["search"].trigger()
    press(assembly, Qt.Key.Key_3, qtbot)
    press(assembly, Qt.Key.Key_Return, qtbot)
    assert assembly.filter_controller.panel.search.text() == "3"
    assert assembly.session.model is not None
    assert not assembly.session.model.reviews


def test_groups_fold_and_the_next_cell_unfolds_its_group(qtbot: QtBot, assembly: App) -> None:
    review = assembly.window.review
    choose(assembly, 0)
    press(assembly, Qt.Key.Key_G, qtbot, CTRL, SHIFT)
    assert review.cells.rowCount() == CELLS - 3
    folded = review.cells.sections[0]
    assert (folded.group, folded.count, folded.total) == (0, 0, 3)
    review.toggle_fold(REVIEW)
    press(assembly, Qt.Key.Key_F3, qtbot)
    assert current(assembly) == name(BLAST)
    # A click on the heading shows the cells again.
    review.gallery.verticalScrollBar().setValue(0)
    qtbot.mouseClick(review.gallery.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(20, 15))
    assert review.cells.rowCount() == CELLS


def test_what_the_store_refuses_is_shown_as_before(qtbot: QtBot, assembly: App, data: Path) -> None:
    from trainer.locations import STORE_NAME

    wait_until_stored(qtbot, assembly)
    store = data / STORE_NAME
    import sqlite3

    other = sqlite3.connect(store, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")  # another window that never lets go
    choose(assembly, 0)
    press(assembly, Qt.Key.Key_3, qtbot)
    assert verdict_of(assembly, 0) == "monocyte"
    qtbot.waitUntil(lambda: verdict_of(assembly, 0) == "basophil", timeout=PATIENCE)
    # The verdict is taken back before the reason is shown.
    qtbot.waitUntil(lambda: bool(assembly.window.notifications.shown), timeout=PATIENCE)
    other.execute("ROLLBACK")
    other.close()
    choose(assembly, 0)
    press(assembly, Qt.Key.Key_3, qtbot)
    wait_until_stored(qtbot, assembly)
    assert verdict_of(assembly, 0) == "monocyte"
