"""Fields in the whole window: shown, chosen with the mouse and keys, changed, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.backend.run_queue import build_run_spec, run_options_of
from leukogui.backend.saved_run import run_spec_from_json, run_spec_to_json
from leukogui.settings.table import COUNT_EDGE_CELLS
from leukogui.viewer.page import ViewerPage
from tests.leukogui.case_steps import classify_all
from tests.leukogui.notification_steps import click, find_notification, wait_for_notification
from tests.leukogui.viewer_steps import wait_until_painted
from tests.leukogui.window_fixtures import PATIENCE, Program
from tests.trainer.jobs.classified_fields import FieldCase, build_field_case
from trainer.domain import Box, CellId, ImageContent

LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
ROWS = 8  # two fields of three cells, one without, and an image of one cell


@pytest.fixture
def case(tmp_path: Path) -> FieldCase:
    return build_field_case(tmp_path)


def open_fields(qtbot: QtBot, assembly: App, case: FieldCase, rows: int = ROWS) -> App:
    assembly.case_controller.open_folder(case.root)
    cells = assembly.window.review.cells
    qtbot.waitUntil(lambda: not assembly.session.is_listing, timeout=PATIENCE)
    qtbot.waitUntil(lambda: cells.rowCount() == rows, timeout=PATIENCE)
    qtbot.waitUntil(lambda: assembly.session.run is not None, timeout=PATIENCE)
    # Results come in parts, and rows can be as many before the last part as after it.
    qtbot.waitUntil(lambda: is_read(assembly), timeout=PATIENCE)
    return assembly


def is_read(assembly: App) -> bool:
    """Whether the results of every image were read from the store."""
    model = assembly.session.model
    return model is not None and model.counts().empty == 1 and model.counts().pending == 0


def open_cell(qtbot: QtBot, assembly: App, cell: CellId) -> ViewerPage:
    gallery = assembly.window.review.gallery
    qtbot.waitUntil(lambda: gallery.go_to(cell), timeout=PATIENCE)
    qtbot.keyClick(gallery, Qt.Key.Key_V)
    viewer = assembly.viewer_controller.viewer
    assert viewer.cell == cell
    wait_until_painted(qtbot, viewer)
    return viewer


def shown_cells(viewer: ViewerPage) -> list[int]:
    return [cell.id.number for cell in viewer.pane.canvas.cell_layer.cells]


def middle_of(viewer: ViewerPage, box: Box) -> QPoint:
    point = QPointF(box.x + box.width / 2, box.y + box.height / 2)
    return viewer.pane.canvas.to_widget.map(point).toPoint()


def far_from_cells(viewer: ViewerPage) -> QPointF:
    """A point of the image where no cell is."""
    cells = viewer.pane.canvas.cell_layer.cells
    wide, high = viewer.pane.canvas.image_size
    for x in range(40, wide - 40, 10):
        for y in range(40, high - 40, 10):
            around = Box(x - 40, y - 40, 80, 80)
            if not any(cell.box.iou(around) for cell in cells):
                return QPointF(x, y)
    raise AssertionError("the field is full")


def pending(assembly: App) -> int:
    assert assembly.session.model is not None
    return assembly.session.model.counts().pending


def test_the_gallery_shows_cells_and_counts_them(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    model, window = assembly.session.model, assembly.window
    assert model is not None
    counts = model.counts()
    assert (counts.total, counts.images, counts.fields, counts.empty) == (7, 4, 3, 1)
    assert (counts.review, counts.pending) == (2, 0)
    assert "7 cells in 4 images" in window.status.counts.text()
    assert "fields without a cell: 1" in window.status.counts.text()
    groups = [window.review.cells.data(window.review.cells.index(at)) for at in range(ROWS)]
    assert groups.count("a.png") == 3
    # A thumbnail shows the cell, not its field.
    gallery, thumbnails = window.review.gallery, assembly.thumbnails
    gallery.request_thumbnails()
    position = window.review.cells.positions_of({CellId("a.png", 2)})[0]
    key = window.review.cells.thumbnail(position)
    assert key.box is not None
    qtbot.waitUntil(lambda: thumbnails.get(key) is not None, timeout=PATIENCE)
    image = thumbnails.get(key)
    assert image is not None
    assert image.width() == pytest.approx(image.height(), rel=0.2)
    # The inspector shows the same part, with the outline in it.
    assert gallery.go_to(CellId("a.png", 2))
    picture = window.review.inspector.picture
    qtbot.waitUntil(lambda: not picture.image.isNull(), timeout=PATIENCE)
    assert picture.image.width() < 200
    assert not gallery.grab().isNull()
    # A click on it leads to the field.
    QTest.mouseClick(picture, LEFT)
    viewer = assembly.viewer_controller.viewer
    assert window.pages.currentWidget() is viewer
    assert viewer.cell == CellId("a.png", 2)


def test_a_field_opens_with_its_cells_and_a_click_leads_on(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    gallery, inspector = assembly.window.review.gallery, assembly.window.review.inspector
    viewer = open_cell(qtbot, assembly, CellId("a.png", 2))
    canvas = viewer.pane.canvas
    assert shown_cells(viewer) == [1, 2, 3]
    assert viewer.bar.name.text() == "a.png, cell B"
    assert "3 cells · 2 accepted · 1 to review" in viewer.side_panel.prediction_panel.text
    canvas.grab()
    assert len(canvas.cell_layer.badges) == 3
    before = canvas.viewport
    first = canvas.cell_layer.cells[0]
    QTest.mouseClick(canvas, LEFT, NO_KEY, middle_of(viewer, first.box))
    assert viewer.cell == first.id == CellId("a.png", 1)
    assert gallery.current_cell() == first.id
    assert canvas.viewport == before
    assert viewer.pane.image is not None  # it was not opened anew
    assembly.window.commands["leave_viewer"].trigger()
    assert gallery.current_cell() == first.id
    qtbot.waitUntil(lambda: inspector.name == "a.png", timeout=PATIENCE)


def test_keys_lead_from_cell_to_cell_across_images(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    assembly.window.commands["grouped"].setChecked(False)
    viewer = open_cell(qtbot, assembly, CellId("a.png", 1))
    canvas, right = viewer.pane.canvas, Qt.Key.Key_Right
    canvas.zoom_to(3.0)  # where a part is seen, the cell comes into view
    seen = [viewer.cell]
    for _ in range(4):
        qtbot.keyClick(canvas, right)
        seen.append(viewer.cell)
        qtbot.waitUntil(lambda: viewer.pane.image is not None, timeout=PATIENCE)
        box = assembly.session.model.box(viewer.cell)
        if box is not None:
            assert canvas.rect().contains(middle_of(viewer, box))
    images = [cell.image for cell in seen if cell is not None]
    assert images[:3] == ["a.png"] * 3
    assert images[3:] == ["b c/ä.png"] * 2 or images[3:5] == ["empty.png", "one.png"]
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert viewer.cell == seen[-2]


def test_a_missed_cell_is_added_and_a_false_one_removed(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    commands = assembly.window.commands
    viewer = open_cell(qtbot, assembly, CellId("a.png", 1))
    canvas = viewer.pane.canvas
    place = far_from_cells(viewer)
    QTest.mouseDClick(canvas, LEFT, NO_KEY, canvas.to_widget.map(place).toPoint())
    qtbot.waitUntil(lambda: shown_cells(viewer) == [1, 2, 3, 4], timeout=PATIENCE)
    assert pending(assembly) == 1
    wait_for_notification(qtbot, assembly, "Cell D was added.")
    qtbot.waitUntil(lambda: viewer.cell == CellId("a.png", 4), timeout=PATIENCE)
    first = canvas.cell_layer.cells[0]
    QTest.mouseClick(canvas, LEFT, NO_KEY, middle_of(viewer, first.box))
    assert viewer.cell == first.id
    # What was drawn is there to be removed again, and brought back.
    QTest.mouseClick(canvas, LEFT, NO_KEY, canvas.to_widget.map(place).toPoint())
    assert viewer.cell == CellId("a.png", 4)
    assert "Not classified yet" in viewer.side_panel.prediction_panel.text
    assert "Drawn by a person" in viewer.side_panel.prediction_panel.text
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: shown_cells(viewer) == [1, 2, 3], timeout=PATIENCE)
    qtbot.waitUntil(lambda: viewer.cell == CellId("a.png", 3), timeout=PATIENCE)
    commands["undo"].trigger()
    qtbot.waitUntil(lambda: shown_cells(viewer) == [1, 2, 3, 4], timeout=PATIENCE)
    commands["undo"].trigger()
    qtbot.waitUntil(lambda: shown_cells(viewer) == [1, 2, 3], timeout=PATIENCE)
    commands["redo"].trigger()
    qtbot.waitUntil(lambda: shown_cells(viewer) == [1, 2, 3, 4], timeout=PATIENCE)
    # A found cell, by the words of the notification.
    commands["previous"].trigger()
    removed = viewer.cell
    commands["remove_cell"].trigger()
    qtbot.waitUntil(lambda: removed.number not in shown_cells(viewer), timeout=PATIENCE)
    click(wait_for_notification(qtbot, assembly, "was removed."), "Undo")
    qtbot.waitUntil(lambda: removed.number in shown_cells(viewer), timeout=PATIENCE)
    # Its button would undo something else now.
    assert find_notification(assembly, "was removed.") is None
    commands["redo"].trigger()
    qtbot.waitUntil(lambda: removed.number not in shown_cells(viewer), timeout=PATIENCE)
    commands["redo"].trigger()
    wait_for_notification(qtbot, assembly, "There is nothing to redo.")


def test_cells_are_drawn_with_the_tool_until_esc(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    window, commands = assembly.window, assembly.window.commands
    viewer = open_cell(qtbot, assembly, CellId("empty.png"))
    canvas = viewer.pane.canvas
    assert "No cell was found" in viewer.side_panel.prediction_panel.text
    assert not commands["remove_cell"].isEnabled()
    commands["add_cell"].trigger()
    start, end = (canvas.to_widget.map(QPointF(*at)).toPoint() for at in ((100, 90), (150, 150)))
    QTest.mousePress(canvas, LEFT, NO_KEY, start)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, NO_KEY, end)
    qtbot.waitUntil(lambda: viewer.cell == CellId("empty.png", 1), timeout=PATIENCE)
    (cell,) = canvas.cell_layer.cells
    sides = (cell.box.x, cell.box.y, cell.box.width, cell.box.height)
    assert sides == pytest.approx((100, 90, 50, 60), abs=2)
    commands["leave_viewer"].trigger()
    assert not commands["add_cell"].isChecked()
    assert window.pages.currentWidget() is viewer
    commands["leave_viewer"].trigger()
    assert window.pages.currentWidget() is window.review


def test_several_are_removed_in_the_gallery_as_one_action(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    window, cells = assembly.window, assembly.window.review.cells
    window.review.gallery.selectAll()
    assert window.commands["remove_cell"].isEnabled()
    window.commands["remove_cell"].trigger()
    # Three fields without a cell, and the image of one cell, which stays.
    qtbot.waitUntil(lambda: cells.rowCount() == 4, timeout=PATIENCE)
    counts = assembly.session.model.counts()
    assert (counts.total, counts.empty) == (1, 3)
    wait_for_notification(qtbot, assembly, "6 cells were removed.")
    window.commands["undo"].trigger()
    qtbot.waitUntil(lambda: cells.rowCount() == ROWS, timeout=PATIENCE)
    assert assembly.session.model.counts().pending == 0


@pytest.mark.slow
def test_a_drawn_cell_is_classified_by_itself(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    case = build_field_case(tmp_path / "other", classified=False)
    assembly = program()
    assembly.case_controller.open_folder(case.root)
    classify_all(qtbot, assembly)
    model = assembly.session.model
    assert model is not None
    assert model.counts().fields >= 2
    image = next(name for name in model.images if model.fields.cells(name))
    before = {cell.id for cell in model.fields.cells(image)}
    viewer = open_cell(qtbot, assembly, min(before))
    canvas = viewer.pane.canvas
    place = canvas.to_widget.map(far_from_cells(viewer)).toPoint()
    QTest.mouseDClick(canvas, LEFT, NO_KEY, place)
    qtbot.waitUntil(lambda: len(shown_cells(viewer)) == len(before) + 1, timeout=PATIENCE)
    (new,) = {cell.id for cell in model.fields.cells(image)} - before
    qtbot.waitUntil(lambda: model.result(new) is not None, timeout=2 * PATIENCE)
    assert {cell.id for cell in model.fields.cells(image)} == before | {new}
    assert model.counts().pending == 0


def test_what_an_image_holds_is_shown_and_changed_with_a_click(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    assembly.window.commands["source"].trigger()
    panel = assembly.source_controller.panel
    assert panel is not None
    assert panel.content[ImageContent.AS_FOUND].isChecked()
    assert panel.counts.text() == (
        "4 images: 3 fields with 6 cells, 1 of them without a cell, 1 of one cell each"
    )
    panel.name.setEditText("half typed")
    panel.content[ImageContent.FIELDS].click()
    wait_for_notification(qtbot, assembly, "counts for the next runs")
    with case.open(read_only=True) as store:
        assert case.case(store).content is ImageContent.FIELDS
        assert case.case(store).profile.name == ""
    assert panel.isVisible()
    assert panel.name.currentText() == "half typed"
    model = assembly.session.model
    assert model is not None
    qtbot.waitUntil(lambda: model.fields.content is ImageContent.FIELDS, timeout=PATIENCE)
    assert panel.content[ImageContent.FIELDS].isChecked()


def test_the_summary_counts_by_image(qtbot: QtBot, program: Program, case: FieldCase) -> None:
    assembly = open_fields(qtbot, program(), case)
    window, page = assembly.window, assembly.summary_controller.page
    window.commands["summary"].trigger()
    qtbot.waitUntil(lambda: page.summary is not None, timeout=PATIENCE)
    assert (page.cards.number("images"), page.cards.number("cells")) == ("4", "7")
    assert page.fields.isVisible()
    assert page.fields.counts.text() == "Cells: 6, fields: 3, 0 to 3 a field, 2.0 on average"
    assert page.fields.table.images.rows == (("a.png", 3), ("b c/ä.png", 3), ("empty.png", 0))
    page.fields.table.opened.emit("b c/ä.png")
    assert window.pages.currentWidget() is window.review
    assert window.review.gallery.current_name() == "b c/ä.png"


def test_cells_at_the_edge_are_counted_where_the_settings_say_so(
    qtbot: QtBot, program: Program, case: FieldCase
) -> None:
    assembly = open_fields(qtbot, program(), case)
    assert not run_options_of(assembly.settings).count_edge_cells
    assembly.settings.set(COUNT_EDGE_CELLS, True)
    options = run_options_of(assembly.settings)
    spec = build_run_spec(case.root, case.data / "results", "tiny", (), options)
    assert spec.request().count_edge_cells
    assert run_spec_from_json(run_spec_to_json(spec)) == spec
