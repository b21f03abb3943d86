from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
import tifffile
from PIL import Image as Pillow
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QHelpEvent,
    QImage,
    QNativeGestureEvent,
    QPointingDevice,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolButton, QToolTip
from pytestqt.qtbot import QtBot
from window_fixtures import PATIENCE, Program

from leukogui.settings.table import COLOUR_MAP, HEAT_OPACITY
from leukogui.viewer.loading import MOST_BYTES
from leukogui.viewer.page import ViewerPage
from leukogui.viewer.shown import Light
from leukogui.viewer.sight import origin
from leukogui.window.actions import ACTIONS
from leukogui.window.assembly import Assembly
from trainer.data.samples import draw_stack


def start(qtbot: QtBot, program: Program, folder: Path) -> Assembly:
    assembly = program()
    assembly.window.open_folder(folder)
    session, cells = assembly.session, assembly.window.review.cells
    qtbot.waitUntil(lambda: not session.is_listing, timeout=PATIENCE)
    assert session.model is not None
    count = len(session.model)
    qtbot.waitUntil(lambda: cells.rowCount() == count, timeout=PATIENCE)
    return assembly


def run(qtbot: QtBot, assembly: Assembly) -> None:
    action, session = assembly.window.commands["run"], assembly.session
    qtbot.waitUntil(action.isEnabled, timeout=PATIENCE)
    with qtbot.waitSignal(assembly.queue.ended, timeout=2 * PATIENCE):
        action.trigger()
    assert session.model is not None
    model = session.model
    qtbot.waitUntil(lambda: model.counts().pending == 0, timeout=PATIENCE)


def look_at(qtbot: QtBot, assembly: Assembly, name: str) -> ViewerPage:
    """Open a cell as a person does, and wait until it is painted."""
    gallery, cells = assembly.window.review.gallery, assembly.window.review.cells
    assembly.window.commands["review"].trigger()
    gallery.setCurrentIndex(cells.index(cells.positions_of({name})[0]))
    qtbot.keyClick(gallery, Qt.Key.Key_Return)
    viewer = assembly.viewing.viewer
    assert assembly.window.pages.currentWidget() is viewer
    assert viewer.name == name
    settle(qtbot, viewer)
    return viewer


def settle(qtbot: QtBot, viewer: ViewerPage) -> None:
    qtbot.waitUntil(lambda: viewer.pane.canvas.layer.is_complete, timeout=PATIENCE)


def picture(qtbot: QtBot, viewer: ViewerPage) -> QImage:
    settle(qtbot, viewer)
    return viewer.pane.canvas.grab().toImage()


def turn_wheel(viewer: ViewerPage, at: QPoint, turned: int, *keys: Qt.KeyboardModifier) -> None:
    canvas = viewer.pane.canvas
    modifiers = Qt.KeyboardModifier.NoModifier
    for key in keys:
        modifiers |= key
    # With Alt, the wheel turns sideways on some systems.
    sideways = Qt.KeyboardModifier.AltModifier in keys
    angle = QPoint(turned, 0) if sideways else QPoint(0, turned)
    event = QWheelEvent(
        QPointF(at),
        QPointF(canvas.mapToGlobal(at)),
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


@pytest.fixture
def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (600, 900, 3), np.uint8)


@pytest.fixture
def plain(tmp_path: Path, noise: np.ndarray) -> Path:
    """Images that no cell is in: what is seen must be their pixels."""
    folder = tmp_path / "plain"
    folder.mkdir()
    for number in range(5):
        Pillow.fromarray(np.roll(noise, number, 1)).save(folder / f"{number}.png")
    return folder


def test_enter_opens_and_esc_leads_back_to_the_same_place(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start(qtbot, program, plain)
    window, gallery = assembly.window, assembly.window.review.gallery
    own = [row.id for row in ACTIONS if row.where == "viewer"]
    assert not any(window.commands[each].isEnabled() for each in own)
    viewer = look_at(qtbot, assembly, "1.png")
    always = {"zoom_in", "zoom_out", "fit", "actual_size", "pin", "compare", "leave_viewer"}
    assert {each for each in own if window.commands[each].isEnabled()} == always
    assert not window.commands["larger"].isEnabled()
    window.commands["next"].trigger()
    window.commands["next"].trigger()
    assert viewer.name == "3.png"
    assert viewer.bar.place.text() == "4 of 5"
    window.commands["previous"].trigger()
    settle(qtbot, viewer)
    window.commands["leave_viewer"].trigger()
    assert window.pages.currentWidget() is window.review
    assert gallery.current_name() == "2.png"
    assert gallery.viewport().rect().intersects(gallery.visualRect(gallery.currentIndex()))
    assert not any(window.commands[each].isEnabled() for each in own)
    # What became current meanwhile is read for the inspector now.
    inspector = window.review.inspector
    qtbot.waitUntil(lambda: not inspector.picture.image.isNull(), timeout=PATIENCE)
    assert inspector.name == "2.png"


def test_keys_do_it_all(qtbot: QtBot, program: Program, plain: Path) -> None:
    assembly = start(qtbot, program, plain)
    assembly.window.activateWindow()
    qtbot.waitUntil(assembly.window.isActiveWindow, timeout=PATIENCE)
    viewer = look_at(qtbot, assembly, "1.png")
    canvas, key, control = viewer.pane.canvas, Qt.Key, Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(canvas, key.Key_Right)  # nothing to move: the next cell
    assert viewer.name == "2.png"
    qtbot.keyClick(canvas, key.Key_A)
    assert viewer.name == "1.png"
    settle(qtbot, viewer)
    qtbot.keyClick(canvas, key.Key_0, control)
    assert canvas.sight.zoom == 1
    qtbot.keyClick(canvas, key.Key_Plus)
    assert canvas.sight.zoom == 1.5
    before = canvas.sight
    qtbot.keyClick(canvas, key.Key_Right)  # a part of the picture that was hidden
    assert canvas.sight.x > before.x
    assert viewer.name == "1.png"
    qtbot.keyClick(canvas, key.Key_F)
    assert canvas.is_fitted
    # A button that has the focus is pressed by Space; elsewhere it compares.
    button = next(
        each
        for each in viewer.bar.findChildren(QToolButton)
        if each.defaultAction() is assembly.window.commands["heat"]
    )
    button.setFocus()
    wished = assembly.window.commands["heat"].isChecked()
    qtbot.keyClick(button, key.Key_Space)
    assert assembly.window.commands["heat"].isChecked() is not wished
    assert not viewer.is_comparing
    canvas.setFocus()
    qtbot.keyClick(canvas, key.Key_Space)
    assert viewer.is_comparing
    qtbot.keyClick(canvas, key.Key_Escape)
    assert assembly.window.pages.currentWidget() is assembly.window.review


def test_zoom_and_pan(qtbot: QtBot, program: Program, plain: Path, noise: np.ndarray) -> None:
    assembly = start(qtbot, program, plain)
    viewer = look_at(qtbot, assembly, "0.png")
    canvas, commands = viewer.pane.canvas, assembly.window.commands
    assert canvas.is_fitted
    commands["outline"].trigger()
    commands["actual_size"].trigger()
    assert canvas.sight.zoom == 1
    assert viewer.bar.zoom.text() == "100 %"
    # One image pixel for each pixel of the screen, and crisp.
    shown = picture(qtbot, viewer)
    left, top = origin(canvas.sight, canvas.port)
    for x, y in ((450, 300), (400, 210), (520, 333)):
        assert shown.pixelColor(left + x, top + y).getRgb()[:3] == tuple(noise[y, x])
    # What is under the mouse stays there.
    at = QPoint(300, 200)
    for _ in range(5):
        turn_wheel(viewer, at, 240)
    large = picture(qtbot, viewer)
    assert canvas.sight.zoom == pytest.approx(2**2.5)
    image_x, image_y = at.x() - left, at.y() - top
    assert large.pixelColor(at).getRgb()[:3] in {
        tuple(noise[image_y + dy, image_x + dx]) for dx in (-1, 0, 1) for dy in (-1, 0, 1)
    }
    before = canvas.sight
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(canvas, QPoint(260, 230))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(260, 230))
    assert canvas.sight.x == pytest.approx(before.x - 60 / before.zoom)
    assert canvas.sight.y == pytest.approx(before.y - 30 / before.zoom)
    # The zoom stays with the next cell; fitting stays fitting.
    commands["next"].trigger()
    settle(qtbot, viewer)
    assert canvas.sight.zoom == before.zoom
    commands["fit"].trigger()
    commands["next"].trigger()
    settle(qtbot, viewer)
    assert canvas.is_fitted
    assembly.window.resize(1100, 800)
    qtbot.waitUntil(lambda: canvas.is_fitted and canvas.layer.is_complete, timeout=PATIENCE)
    turn_wheel(viewer, at, -120, Qt.KeyboardModifier.ControlModifier)
    assert canvas.sight.zoom == pytest.approx(min(canvas.port[0] / 900, canvas.port[1] / 600, 1))


@pytest.mark.parametrize("scaling", ["1.5", "2"])
def test_100_percent_is_pixel_for_pixel_at_any_scaling(scaling: str) -> None:
    program = Path(__file__).with_name("canvas_at_a_scaling.py")
    environment = os.environ | {"QT_SCALE_FACTOR": scaling, "QT_QPA_PLATFORM": "offscreen"}
    root = Path(__file__).parents[2]
    command = [sys.executable, str(program)]
    shown = subprocess.run(
        command, env=environment | {"PYTHONPATH": str(root)}, check=False, capture_output=True
    )
    assert shown.returncode == 0, shown.stderr


def test_heat_of_any_class_in_any_strength(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = start(qtbot, program, drawn)
    run(qtbot, assembly)
    cells, commands = assembly.window.review.cells, assembly.window.commands
    viewer = look_at(qtbot, assembly, next(n for n in cells_of(cells) if n.startswith("cell_0")))
    qtbot.waitUntil(lambda: viewer.pane.prediction is not None, timeout=PATIENCE)
    assert viewer.strip.said.bars.isVisible()
    pictures = []
    for output in range(6):
        viewer.strip.said.bars.chosen.emit(output)
        pictures.append(picture(qtbot, viewer))
    assert any(each != pictures[0] for each in pictures)
    best = next(at for at, each in enumerate(pictures) if each != pictures[0])
    viewer.strip.said.bars.chosen.emit(best)
    viewer.strip.opacity.setValue(90)
    assert assembly.settings.value(HEAT_OPACITY) == 0.9
    assert assembly.window.review.inspector.opacity.value() == 90
    strong = picture(qtbot, viewer)
    assert strong != pictures[best]
    assembly.settings.set(COLOUR_MAP, "inferno")
    assert picture(qtbot, viewer) != strong
    commands["heat"].trigger()
    bare = picture(qtbot, viewer)
    assert bare != strong
    commands["outline"].trigger()
    assert picture(qtbot, viewer) != bare
    said = viewer.strip.said.text
    assert "Model random-small" in said
    assert "of the limit" in said


def test_the_heat_map_is_of_the_likeliest_class_whatever_is_known_first(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = start(qtbot, program, drawn)
    run(qtbot, assembly)
    cells, review = assembly.window.review.cells, assembly.window.review
    viewer = look_at(qtbot, assembly, next(n for n in cells_of(cells) if n.startswith("cell_0")))
    qtbot.waitUntil(lambda: viewer.pane.prediction is not None, timeout=PATIENCE)
    card = assembly.window.chooser.card
    prediction = viewer.pane.prediction
    assert card is not None
    assert prediction is not None
    likely = card.outputs.index(prediction.label)
    assert viewer.pane.output == likely
    # The prediction is read before the card.
    viewer.set_outputs(())
    viewer.show_cell(viewer.name)
    qtbot.waitUntil(lambda: viewer.pane.prediction is not None, timeout=PATIENCE)
    assert viewer.pane.output in (-1, likely)  # the card may come again by itself
    review.set_outputs(card.classes, card.outputs)
    assert viewer.pane.output == likely
    settle(qtbot, viewer)


def cells_of(cells) -> list[str]:
    return [cells.name(row) for row in range(cells.rowCount())]


@pytest.mark.qt_log_ignore("does not support raise")  # said of tool tips without a screen
def test_the_scale_bar_says_what_it_rests_on(
    qtbot: QtBot, program: Program, tmp_path: Path, noise: np.ndarray
) -> None:
    folder = tmp_path / "scaled"
    folder.mkdir()
    stated = {"resolution": (100_000, 100_000), "resolutionunit": "CENTIMETER"}
    tifffile.imwrite(folder / "a.tif", noise, photometric="rgb", metadata=None, **stated)
    Pillow.fromarray(noise).save(folder / "b.jpg", dpi=(300, 300))
    assembly = start(qtbot, program, folder)
    canvas = look_at(qtbot, assembly, "a.tif").pane.canvas
    bar = canvas._bar()
    assert bar is not None
    assert bar[0].endswith(" µm")
    assert "≈" not in bar[0]
    place = canvas._bar_place().center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, canvas.mapToGlobal(place))
    assert canvas.event(event)
    assert "0.1 µm per pixel (TIFF resolution)" in QToolTip.text()
    QToolTip.hideText()
    canvas = look_at(qtbot, assembly, "b.jpg").pane.canvas
    assert canvas._bar() is None


def test_light_is_of_the_display_only_and_stays(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start(qtbot, program, plain)
    viewer = look_at(qtbot, assembly, "0.png")
    commands = assembly.window.commands
    before = picture(qtbot, viewer)
    viewer.strip.brightness.setValue(40)
    viewer.strip.contrast.setValue(20)
    assert viewer.light == Light(40, 20)
    assert viewer.strip.changed.isVisible()
    lit = picture(qtbot, viewer)
    assert lit != before
    commands["next"].trigger()
    settle(qtbot, viewer)
    assert viewer.strip.brightness.value() == 40
    commands["previous"].trigger()
    commands["reset_light"].trigger()
    assert not viewer.strip.changed.isVisible()
    assert picture(qtbot, viewer) == before
    assert not commands["reset_light"].isEnabled()


def test_focal_planes(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    folder.mkdir()
    rng = np.random.default_rng(5)
    stack = draw_stack("monocyte", rng, planes=5, sharpest=3, size=256)
    tifffile.imwrite(folder / "stack.tif", stack, photometric="rgb", compression="lzw")
    assembly = start(qtbot, program, folder)
    viewer = look_at(qtbot, assembly, "stack.tif")
    pane, row, commands = viewer.pane, viewer.planes, assembly.window.commands
    assert (pane.planes, pane.plane, pane.judged_plane) == (5, 3, 3)
    assert row.isVisible()
    assert row.label.text() == "Plane 4 of 5, the sharpest"
    sharp = picture(qtbot, viewer)
    row.slider.setValue(0)
    assert row.label.text() == "Plane 1 of 5"
    assert picture(qtbot, viewer) != sharp
    commands["plane_up"].trigger()
    commands["plane_up"].trigger()
    commands["plane_down"].trigger()
    assert pane.plane == 1
    turn_wheel(viewer, QPoint(50, 50), 120, Qt.KeyboardModifier.AltModifier)
    assert pane.plane == row.slider.value() == 2
    commands["plane_wheel"].trigger()
    turn_wheel(viewer, QPoint(50, 50), 120)
    assert pane.plane == 3
    assert picture(qtbot, viewer) == sharp
    turn_wheel(viewer, QPoint(50, 50), -1200)
    commands["sharpest_plane"].trigger()
    assert pane.plane == 3


def test_two_cells_side_by_side(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = start(qtbot, program, drawn)
    run(qtbot, assembly)
    commands = assembly.window.commands
    names = [n for n in cells_of(assembly.window.review.cells) if n.startswith("cell_0")]
    viewer = look_at(qtbot, assembly, names[0])
    left, right = viewer.pane, viewer.other
    commands["pin"].trigger()
    assert any("pinned" in each.message for each in assembly.window.notices.shown)
    commands["next"].trigger()
    commands["compare"].trigger()
    assert right.isVisible()
    assert right.name == names[0]
    assert left.name == viewer.name != names[0]
    assert names[0] in right.caption.text()
    for pane in (left, right):
        qtbot.waitUntil(lambda pane=pane: pane.canvas.layer.is_complete, timeout=PATIENCE)
        qtbot.waitUntil(lambda pane=pane: pane.prediction is not None, timeout=PATIENCE)
    # The same part of both cells is seen, and as large, in the cells' own coordinates.
    left.canvas.zoom_to(3.0)
    left.canvas.move_by(40, -25)
    assert_linked(viewer)
    right.canvas.zoom_to(5.0)
    right.canvas.move_by(-30, 10)
    assert_linked(viewer)
    # Each has its own heat map, of the class that is chosen.
    qtbot.waitUntil(lambda: right.canvas.layer.is_complete, timeout=PATIENCE)
    assert left._look.heat is not None
    assert right._look.heat is not None
    assert left._look.heat.window == left.prediction.window
    assert right._look.heat.window == right.prediction.window
    commands["compare"].trigger()
    assert not right.isVisible()
    settle(qtbot, viewer)


def assert_linked(viewer: ViewerPage) -> None:
    (left, right) = (viewer.pane, viewer.other)
    own, other = left.frame(by_window=True), right.frame(by_window=True)
    a, b = left.canvas.sight, right.canvas.sight
    assert (a.x - own.x) / own.unit == pytest.approx((b.x - other.x) / other.unit, abs=0.01)
    assert (a.y - own.y) / own.unit == pytest.approx((b.y - other.y) / other.unit, abs=0.01)
    assert a.zoom * own.unit == pytest.approx(b.zoom * other.unit)


def test_a_damaged_image_says_why_and_the_next_is_a_key_away(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    whole = (plain / "1.png").read_bytes()
    (plain / "1.png").write_bytes(whole[: len(whole) // 2])
    assembly = start(qtbot, program, plain)
    viewer = look_at(qtbot, assembly, "0.png")
    canvas, commands = viewer.pane.canvas, assembly.window.commands
    commands["next"].trigger()
    qtbot.waitUntil(lambda: "cut off" in canvas.message, timeout=PATIENCE)
    for action in ("zoom_in", "zoom_out", "actual_size", "fit", "compare", "compare"):
        commands[action].trigger()
    commands["next"].trigger()
    settle(qtbot, viewer)
    assert (viewer.name, canvas.message) == ("2.png", "")
    commands["previous"].trigger()
    qtbot.waitUntil(lambda: "cut off" in canvas.message, timeout=PATIENCE)


def test_a_file_that_vanishes_stays_and_is_told(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start(qtbot, program, plain)
    viewer = look_at(qtbot, assembly, "2.png")
    before = picture(qtbot, viewer)
    (plain / "2.png").unlink()
    assembly.session.look_again()
    qtbot.waitUntil(viewer.strip.notice.isVisible, timeout=PATIENCE)
    assert "no longer in the folder" in viewer.strip.notice.text()
    assert viewer.name == "2.png"
    assert picture(qtbot, viewer) == before
    assembly.window.commands["next"].trigger()
    settle(qtbot, viewer)
    assert viewer.name == "3.png"
    assert not viewer.strip.notice.isVisible()
    assembly.window.commands["previous"].trigger()
    assert viewer.name == "1.png"
    settle(qtbot, viewer)


def test_another_order_of_the_gallery_takes_no_cell_away(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start(qtbot, program, plain)
    viewer, cells = look_at(qtbot, assembly, "2.png"), assembly.window.review.cells
    cells.set_wish(replace(cells.wish, descending=True))
    assert (viewer.name, viewer.place.position) == ("2.png", 2)
    cells.set_wish(replace(cells.wish, text="4"))
    assert (viewer.name, viewer.place.position) == ("2.png", -1)
    assembly.window.commands["next"].trigger()
    assert viewer.name == "4.png"
    cells.set_wish(replace(cells.wish, text="", descending=False))
    assembly.window.commands["previous"].trigger()
    assert viewer.name == "3.png"
    settle(qtbot, viewer)


def test_pinching_zooms(qtbot: QtBot, program: Program, plain: Path) -> None:
    assembly = start(qtbot, program, plain)
    canvas = look_at(qtbot, assembly, "2.png").pane.canvas
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
    assert canvas.sight.zoom == 1.25
    qtbot.mouseDClick(canvas, Qt.MouseButton.LeftButton)
    assert canvas.is_fitted


def test_a_folder_that_closes_takes_the_viewer_along(
    qtbot: QtBot, program: Program, plain: Path, drawn: Path
) -> None:
    assembly = start(qtbot, program, plain)
    viewer = look_at(qtbot, assembly, "2.png")
    assembly.window.commands["compare"].trigger()
    assembly.window.open_folder(drawn)
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
    assembly = start(qtbot, program, plain)
    viewer = look_at(qtbot, assembly, name)
    assert viewer.bar.name.text() == name
    assert viewer.bar.name.textFormat() == Qt.TextFormat.PlainText
    assembly.window.commands["compare"].trigger()
    assert name in viewer.pane.caption.text()
    assert assembly.window.width() < 1400
    assert not assembly.window.grab().isNull()


@pytest.mark.slow
def test_a_field_of_100_megapixels_takes_little_memory(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    folder = tmp_path / "field"
    folder.mkdir()
    field = Pillow.new("RGB", (10_000, 10_000), "pink")
    field.paste((90, 40, 120), (5000, 5000, 5100, 5100))
    field.save(folder / "field.jpg", quality=80)
    del field
    assembly = start(qtbot, program, folder)
    shop = assembly.shop
    qtbot.waitUntil(lambda: shop.get(folder / "field.jpg") is not None, timeout=PATIENCE)
    process = psutil.Process()
    before = process.memory_info()
    viewer = look_at(qtbot, assembly, "field.jpg")
    canvas = viewer.pane.canvas
    qtbot.waitUntil(
        lambda: viewer.pane.image is not None and viewer.pane.image.scale == 1, timeout=PATIENCE
    )
    settle(qtbot, viewer)
    for zoom in (0.1, 0.3, 1.0, 4.0, 1.0):
        canvas.zoom_to(zoom)
        settle(qtbot, viewer)
    shown = picture(qtbot, viewer)
    middle = shown.pixelColor(canvas.port[0] // 2 + 50, canvas.port[1] // 2 + 50)
    assert middle.red() < 120  # the dark square, at its place
    assert viewer.loader.held_bytes < MOST_BYTES
    after = process.memory_info()
    if hasattr(after, "shared"):
        private = (after.rss - after.shared) - (before.rss - before.shared)
        assert private < 250 * 2**20  # 300 MB of pixels, and as much again while decoding
