"""A person keeps cells of a case as references, and compares others with them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukogui.app import App
from tests.leukogui.review_steps import (
    build_case,
    choose,
    name,
    open_for_review,
    press,
    wait_until_stored,
)
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.cases.store import CaseStore
from trainer.locations import STORE_NAME

SHIFT = Qt.KeyboardModifier.ShiftModifier
MONOCYTE, OTHER_MONOCYTE, OPEN_CELL = 2, 7, 16


@pytest.fixture
def app(qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path) -> App:
    return open_for_review(qtbot, program(), build_case(tmp_path / "smear", with_model))


def library(data: Path) -> list[tuple[str, str]]:
    with CaseStore.open(data / STORE_NAME, read_only=True) as store:
        return [(each.cell.image, each.label) for each in store.references.list()]


def notices(app: App) -> list[str]:
    return [each.message for each in app.window.notifications.shown]


def open_beside(qtbot: QtBot, app: App, number: int) -> None:
    """Open a cell at full size, and press space."""
    choose(app, number)
    press(app, Qt.Key.Key_V, qtbot)
    viewer = app.viewer_controller.viewer
    qtbot.waitUntil(lambda: viewer.pane.image is not None, timeout=PATIENCE)
    with qtbot.waitSignal(app.reference_controller.read, timeout=PATIENCE):
        app.window.commands["compare"].trigger()


def test_a_kept_cell_is_compared_with_one_of_another_case(
    qtbot: QtBot, app: App, data: Path, tmp_path: Path
) -> None:
    smear = app.session.root
    assert smear is not None
    choose(app, MONOCYTE)
    press(app, Qt.Key.Key_R, qtbot, SHIFT)
    added = "Added to the references; Monocyte has 1 now."
    qtbot.waitUntil(lambda: added in notices(app), timeout=PATIENCE)
    assert library(data) == [(name(MONOCYTE).image, "monocyte")]
    press(app, Qt.Key.Key_R, qtbot, SHIFT)
    again = "It is among the references already; Monocyte has 1."
    qtbot.waitUntil(lambda: again in notices(app), timeout=PATIENCE)
    # A cell that has no class yet can be none.
    app.window.review.gallery.clearSelection()
    choose(app, OPEN_CELL)
    app.window.commands["add_reference"].trigger()
    assert any("Only a cell with a class" in each for each in notices(app))
    app.session.close_case()
    shutil.rmtree(smear)
    open_for_review(qtbot, app, build_case(tmp_path / "other", data))
    open_beside(qtbot, app, OTHER_MONOCYTE)
    viewer, panel = app.viewer_controller.viewer, app.reference_controller.panel
    assert panel.isVisible() and panel.classes.currentText() == "Monocyte (1)"
    (shown,) = panel.cells
    assert shown.description.startswith("Reference: Monocyte, 002.png of smear, ")
    app.window.commands["next_reference"].trigger()
    assert viewer.other.path == shown.key.path and viewer.other.title == shown.description
    qtbot.waitUntil(lambda: viewer.other.image is not None, timeout=PATIENCE)
    assert viewer.other.caption.text() == shown.description
    # What is seen of the one is seen of the other.
    viewer.pane.canvas.zoom_to(30.0)
    assert viewer.other.canvas.viewport.zoom == pytest.approx(30.0)
    viewer.pane.canvas.move_by(40, 0)
    assert viewer.other.canvas.viewport.x == pytest.approx(viewer.pane.canvas.viewport.x)
    # Another cell of the case, and the reference is still there; then it goes.
    app.window.commands["next"].trigger()
    assert viewer.other.title == shown.description
    panel.remove.click()
    qtbot.waitUntil(lambda: "Removed from the references." in notices(app), timeout=PATIENCE)
    qtbot.waitUntil(lambda: not panel.cells, timeout=PATIENCE)
    assert library(data) == [] and viewer.other.title == ""
    assert not shown.key.path.exists() and not panel.remove.isEnabled()


def test_cells_of_the_case_are_shown_as_well_and_any_class_can_be_chosen(
    qtbot: QtBot, app: App, data: Path
) -> None:
    for number in (0, 5):
        choose(app, number)
        press(app, Qt.Key.Key_3, qtbot)  # the monocyte
    wait_until_stored(qtbot, app)
    open_beside(qtbot, app, OTHER_MONOCYTE)
    viewer, panel = app.viewer_controller.viewer, app.reference_controller.panel
    assert [each.cell for each in panel.cells] == [name(0), name(5)]
    panel.row.setCurrentRow(1)
    assert viewer.pinned == name(5) and viewer.other.cell == name(5)
    assert not panel.remove.isEnabled()
    at = panel.classes.findData("basophil")
    panel.classes.setCurrentIndex(at)
    panel.classes.activated.emit(at)
    assert panel.cells == () and panel.note.text().startswith("No reference cell of this class")
    app.window.commands["compare"].trigger()
    assert not panel.isVisible()
    assert library(data) == []
