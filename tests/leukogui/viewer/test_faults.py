"""The viewer where something goes wrong, or away, while a cell is looked at."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from PIL import Image as Pillow
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import (
    QNativeGestureEvent,
    QPointingDevice,
)
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.thumbnails.key import ThumbnailKey
from leukogui.viewer.image_loader import MAX_MEMORY_BYTES
from tests.leukogui.viewer_steps import (
    grab_canvas,
    open_cell,
    start_with_case,
    wait_until_painted,
)
from tests.leukogui.window_fixtures import PATIENCE, Program


def test_a_damaged_image_says_why_and_the_next_is_a_key_away(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    whole = (plain / "1.png").read_bytes()
    (plain / "1.png").write_bytes(whole[: len(whole) // 2])
    assembly = start_with_case(qtbot, program, plain)
    viewer = open_cell(qtbot, assembly, "0.png")
    canvas, commands = viewer.pane.canvas, assembly.window.commands
    commands["next"].trigger()
    qtbot.waitUntil(lambda: "cut off" in canvas.message, timeout=PATIENCE)
    for action in ("zoom_in", "zoom_out", "actual_size", "fit", "compare", "compare"):
        commands[action].trigger()
    commands["next"].trigger()
    wait_until_painted(qtbot, viewer)
    assert (viewer.name, canvas.message) == ("2.png", "")
    commands["previous"].trigger()
    qtbot.waitUntil(lambda: "cut off" in canvas.message, timeout=PATIENCE)


def test_a_file_that_vanishes_stays_and_is_told(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start_with_case(qtbot, program, plain)
    viewer = open_cell(qtbot, assembly, "2.png")
    before = grab_canvas(qtbot, viewer)
    (plain / "2.png").unlink()
    assembly.session.relist()
    qtbot.waitUntil(viewer.side_panel.notice.isVisible, timeout=PATIENCE)
    assert "no longer in the folder" in viewer.side_panel.notice.text()
    assert viewer.name == "2.png"
    assert grab_canvas(qtbot, viewer) == before
    assembly.window.commands["next"].trigger()
    wait_until_painted(qtbot, viewer)
    assert viewer.name == "3.png"
    assert not viewer.side_panel.notice.isVisible()
    assembly.window.commands["previous"].trigger()
    assert viewer.name == "1.png"
    wait_until_painted(qtbot, viewer)


def test_another_order_of_the_gallery_takes_no_cell_away(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start_with_case(qtbot, program, plain)
    viewer, cells = open_cell(qtbot, assembly, "2.png"), assembly.window.review.cells
    cells.set_query(replace(cells.query, descending=True))
    assert (viewer.name, viewer.gallery_cursor.position) == ("2.png", 2)
    cells.set_query(replace(cells.query, text="4"))
    assert (viewer.name, viewer.gallery_cursor.position) == ("2.png", -1)
    assembly.window.commands["next"].trigger()
    assert viewer.name == "4.png"
    cells.set_query(replace(cells.query, text="", descending=False))
    assembly.window.commands["previous"].trigger()
    assert viewer.name == "3.png"
    wait_until_painted(qtbot, viewer)


def test_pinching_zooms(qtbot: QtBot, program: Program, plain: Path) -> None:
    assembly = start_with_case(qtbot, program, plain)
    canvas = open_cell(qtbot, assembly, "2.png").pane.canvas
    assembly.window.commands["actual_size"].trigger()
    at = QPointF(canvas.width() / 2, canvas.height() / 2)
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        QPointF(canvas.mapToGlobal(at)),
        0.25,
        QPointF(),
    )
    QApplication.sendEvent(canvas, pinch)
    assert canvas.viewport.zoom == 1.25
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton)
    assert canvas.is_fitted


def test_a_folder_that_closes_takes_the_viewer_along(
    qtbot: QtBot, program: Program, plain: Path, drawn: Path
) -> None:
    assembly = start_with_case(qtbot, program, plain)
    viewer = open_cell(qtbot, assembly, "2.png")
    assembly.window.commands["compare"].trigger()
    assembly.case_controller.open_folder(drawn)
    assert assembly.window.pages.currentWidget() is assembly.window.review
    assert viewer.name == ""
    assert not viewer.is_comparing
    assert not assembly.window.commands["compare"].isChecked()


@pytest.mark.parametrize(
    "name", ["R & D.png", "<b>bold</b>.png", "cell 😀.png", "n" * 246 + ".png"]
)
def test_names_are_names(qtbot: QtBot, program: Program, plain: Path, name: str) -> None:
    if "<" in name:
        name = name.replace("/", "∕")
    shutil.move(plain / "1.png", plain / name)
    assembly = start_with_case(qtbot, program, plain)
    viewer = open_cell(qtbot, assembly, name)
    assert viewer.bar.name.text() == name
    assert viewer.bar.name.textFormat() == Qt.TextFormat.PlainText
    assembly.window.commands["compare"].trigger()
    assert name in viewer.pane.caption.text()
    assert assembly.window.width() < 1400
    assert not assembly.window.grab().isNull()


def test_a_field_of_100_megapixels_takes_little_memory(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "field"
    folder.mkdir()
    field = Pillow.new("RGB", (10_000, 10_000), "pink")
    field.paste((90, 40, 120), (5000, 5000, 5100, 5100))
    field.save(folder / "field.jpg", quality=80)
    del field
    assembly = start_with_case(qtbot, program, folder)
    shop = assembly.thumbnails
    qtbot.waitUntil(
        lambda: shop.get(ThumbnailKey(folder / "field.jpg")) is not None, timeout=PATIENCE
    )
    process = psutil.Process()
    before = process.memory_info()
    viewer = open_cell(qtbot, assembly, "field.jpg")
    canvas = viewer.pane.canvas
    qtbot.waitUntil(
        lambda: viewer.pane.image is not None and viewer.pane.image.scale == 1, timeout=PATIENCE
    )
    wait_until_painted(qtbot, viewer)
    for zoom in (0.1, 0.3, 1.0, 4.0, 1.0):
        canvas.zoom_to(zoom)
        wait_until_painted(qtbot, viewer)
    shown = grab_canvas(qtbot, viewer)
    middle = shown.pixelColor(canvas.widget_size[0] // 2 + 50, canvas.widget_size[1] // 2 + 50)
    assert middle.red() < 120  # the dark square, at its place
    assert viewer.loader.memory_bytes < MAX_MEMORY_BYTES
    after = process.memory_info()
    if hasattr(after, "shared"):
        private = (after.rss - after.shared) - (before.rss - before.shared)
        assert private < 250 * 2**20  # 300 MB of pixels, and as much again while decoding
