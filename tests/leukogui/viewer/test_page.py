from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import (
    QHelpEvent,
)
from PySide6.QtWidgets import QToolButton, QToolTip
from pytestqt.qtbot import QtBot

from leukogui.settings.table import COLOUR_MAP, HEAT_OPACITY
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.page import ViewerPage
from leukogui.viewer.viewport import origin
from leukogui.window.actions import ACTIONS
from tests.leukogui.case_steps import classify_all
from tests.leukogui.viewer_steps import (
    grab_canvas,
    open_cell,
    start_with_case,
    turn_wheel,
    wait_until_painted,
)
from tests.leukogui.window_fixtures import PATIENCE, Program
from tests.paths import LEUKOGUI, ROOT
from trainer.data.synthetic import draw_stack


def test_enter_opens_and_esc_leads_back_to_the_same_place(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start_with_case(qtbot, program, plain)
    window, gallery = assembly.window, assembly.window.review.gallery
    own = [row.id for row in ACTIONS if row.where == "viewer"]
    assert not any(window.commands[each].isEnabled() for each in own)
    viewer = open_cell(qtbot, assembly, "1.png")
    always = {
        "zoom_in",
        "zoom_out",
        "fit",
        "actual_size",
        "pin",
        "compare",
        "leave_viewer",
        "add_cell",
    }
    assert {each for each in own if window.commands[each].isEnabled()} == always
    assert not window.commands["larger"].isEnabled()
    window.commands["next"].trigger()
    window.commands["next"].trigger()
    assert viewer.name == "3.png"
    assert viewer.bar.position.text() == "4 of 5"
    window.commands["previous"].trigger()
    wait_until_painted(qtbot, viewer)
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
    assembly = start_with_case(qtbot, program, plain)
    assembly.window.activateWindow()
    qtbot.waitUntil(assembly.window.isActiveWindow, timeout=PATIENCE)
    viewer = open_cell(qtbot, assembly, "1.png")
    canvas, key, control = viewer.pane.canvas, Qt.Key, Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(canvas, key.Key_Right)  # nothing to move: the next cell
    assert viewer.name == "2.png"
    qtbot.keyClick(canvas, key.Key_A)
    assert viewer.name == "1.png"
    wait_until_painted(qtbot, viewer)
    qtbot.keyClick(canvas, key.Key_0, control)
    assert canvas.viewport.zoom == 1
    qtbot.keyClick(canvas, key.Key_Plus)
    assert canvas.viewport.zoom == 1.5
    before = canvas.viewport
    qtbot.keyClick(canvas, key.Key_Right)  # a part of the picture that was hidden
    assert canvas.viewport.x > before.x
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
    assembly = start_with_case(qtbot, program, plain)
    viewer = open_cell(qtbot, assembly, "0.png")
    canvas, commands = viewer.pane.canvas, assembly.window.commands
    assert canvas.is_fitted
    commands["outline"].trigger()
    commands["actual_size"].trigger()
    assert canvas.viewport.zoom == 1
    assert viewer.bar.zoom.text() == "100 %"
    # One image pixel for each pixel of the screen, and crisp.
    shown = grab_canvas(qtbot, viewer)
    left, top = origin(canvas.viewport, canvas.widget_size)
    for x, y in ((450, 300), (400, 210), (520, 333)):
        assert shown.pixelColor(left + x, top + y).getRgb()[:3] == tuple(noise[y, x])
    # What is under the mouse stays there.
    at = QPoint(300, 200)
    for _ in range(5):
        turn_wheel(viewer, at, 240)
    large = grab_canvas(qtbot, viewer)
    assert canvas.viewport.zoom == pytest.approx(2**2.5)
    image_x, image_y = at.x() - left, at.y() - top
    assert large.pixelColor(at).getRgb()[:3] in {
        tuple(noise[image_y + dy, image_x + dx]) for dx in (-1, 0, 1) for dy in (-1, 0, 1)
    }
    before = canvas.viewport
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(canvas, QPoint(260, 230))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(260, 230))
    assert canvas.viewport.x == pytest.approx(before.x - 60 / before.zoom)
    assert canvas.viewport.y == pytest.approx(before.y - 30 / before.zoom)
    # The zoom stays with the next cell; fitting stays fitting.
    commands["next"].trigger()
    wait_until_painted(qtbot, viewer)
    assert canvas.viewport.zoom == before.zoom
    commands["fit"].trigger()
    commands["next"].trigger()
    wait_until_painted(qtbot, viewer)
    assert canvas.is_fitted
    assembly.window.resize(1100, 800)
    qtbot.waitUntil(lambda: canvas.is_fitted and canvas.layer.is_complete, timeout=PATIENCE)
    turn_wheel(viewer, at, -120, Qt.KeyboardModifier.ControlModifier)
    assert canvas.viewport.zoom == pytest.approx(
        min(canvas.widget_size[0] / 900, canvas.widget_size[1] / 600, 1)
    )


@pytest.mark.parametrize("scaling", ["1.5", "2"])
def test_100_percent_is_pixel_for_pixel_at_any_scaling(scaling: str) -> None:
    program = LEUKOGUI / "scaled_canvas.py"
    environment = os.environ | {"QT_SCALE_FACTOR": scaling, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(program)]
    shown = subprocess.run(
        command, env=environment | {"PYTHONPATH": str(ROOT)}, check=False, capture_output=True
    )
    assert shown.returncode == 0, shown.stderr


@pytest.mark.slow
def test_heat_of_any_class_in_any_strength(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = start_with_case(qtbot, program, drawn)
    classify_all(qtbot, assembly)
    cells, commands = assembly.window.review.cells, assembly.window.commands
    viewer = open_cell(qtbot, assembly, next(n for n in cells_of(cells) if n.startswith("cell_0")))
    qtbot.waitUntil(lambda: viewer.pane.prediction is not None, timeout=PATIENCE)
    assert viewer.side_panel.prediction_panel.bars.isVisible()
    pictures = []
    for output in range(6):
        viewer.side_panel.prediction_panel.bars.chosen.emit(output)
        pictures.append(grab_canvas(qtbot, viewer))
    assert any(each != pictures[0] for each in pictures)
    best = next(at for at, each in enumerate(pictures) if each != pictures[0])
    viewer.side_panel.prediction_panel.bars.chosen.emit(best)
    viewer.side_panel.opacity.setValue(90)
    assert assembly.settings.value(HEAT_OPACITY) == 0.9
    assert assembly.window.review.inspector.opacity.value() == 90
    strong = grab_canvas(qtbot, viewer)
    assert strong != pictures[best]
    assembly.settings.set(COLOUR_MAP, "inferno")
    assert grab_canvas(qtbot, viewer) != strong
    commands["heat"].trigger()
    bare = grab_canvas(qtbot, viewer)
    assert bare != strong
    commands["outline"].trigger()
    assert grab_canvas(qtbot, viewer) != bare
    said = viewer.side_panel.prediction_panel.text
    assert "Model random-small" in said
    assert "of the limit" in said


@pytest.mark.slow
def test_the_heat_map_is_of_the_likeliest_class_whatever_is_known_first(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = start_with_case(qtbot, program, drawn)
    classify_all(qtbot, assembly)
    cells, review = assembly.window.review.cells, assembly.window.review
    viewer = open_cell(qtbot, assembly, next(n for n in cells_of(cells) if n.startswith("cell_0")))
    qtbot.waitUntil(lambda: viewer.pane.prediction is not None, timeout=PATIENCE)
    card = assembly.window.chooser.card
    prediction = viewer.pane.prediction
    assert card is not None
    assert prediction is not None
    likely = card.outputs.index(prediction.label)
    assert viewer.pane.output == likely
    # The prediction is read before the card.
    viewer.set_outputs(())
    viewer.show_cell(viewer.cell)
    qtbot.waitUntil(lambda: viewer.pane.prediction is not None, timeout=PATIENCE)
    assert viewer.pane.output in (-1, likely)  # the card may come again by itself
    review.set_outputs(card.classes, card.outputs)
    assert viewer.pane.output == likely
    wait_until_painted(qtbot, viewer)


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
    assembly = start_with_case(qtbot, program, folder)
    canvas = open_cell(qtbot, assembly, "a.tif").pane.canvas
    bar = canvas._bar()
    assert bar is not None
    assert bar[0].endswith(" µm")
    assert "≈" not in bar[0]
    place = canvas._bar_place().center()
    event = QHelpEvent(QEvent.Type.ToolTip, place, canvas.mapToGlobal(place))
    assert canvas.event(event)
    assert "0.1 µm per pixel (TIFF resolution)" in QToolTip.text()
    QToolTip.hideText()
    canvas = open_cell(qtbot, assembly, "b.jpg").pane.canvas
    assert canvas._bar() is None


def test_light_is_of_the_display_only_and_stays(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start_with_case(qtbot, program, plain)
    viewer = open_cell(qtbot, assembly, "0.png")
    commands = assembly.window.commands
    before = grab_canvas(qtbot, viewer)
    viewer.side_panel.brightness.setValue(40)
    viewer.side_panel.contrast.setValue(20)
    assert viewer.adjustment == DisplayAdjustment(40, 20)
    assert viewer.side_panel.changed.isVisible()
    lit = grab_canvas(qtbot, viewer)
    assert lit != before
    commands["next"].trigger()
    wait_until_painted(qtbot, viewer)
    assert viewer.side_panel.brightness.value() == 40
    commands["previous"].trigger()
    commands["reset_light"].trigger()
    assert not viewer.side_panel.changed.isVisible()
    assert grab_canvas(qtbot, viewer) == before
    assert not commands["reset_light"].isEnabled()


def test_focal_planes(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "stack"
    folder.mkdir()
    rng = np.random.default_rng(5)
    stack = draw_stack("monocyte", rng, planes=5, sharpest=3, size=256)
    tifffile.imwrite(folder / "stack.tif", stack, photometric="rgb", compression="lzw")
    assembly = start_with_case(qtbot, program, folder)
    viewer = open_cell(qtbot, assembly, "stack.tif")
    pane, row, commands = viewer.pane, viewer.planes, assembly.window.commands
    assert (pane.planes, pane.plane, pane.classified_plane) == (5, 3, 3)
    assert row.isVisible()
    assert row.label.text() == "Plane 4 of 5, the sharpest"
    sharp = grab_canvas(qtbot, viewer)
    row.slider.setValue(0)
    assert row.label.text() == "Plane 1 of 5"
    assert grab_canvas(qtbot, viewer) != sharp
    commands["plane_up"].trigger()
    commands["plane_up"].trigger()
    commands["plane_down"].trigger()
    assert pane.plane == 1
    turn_wheel(viewer, QPoint(50, 50), 120, Qt.KeyboardModifier.AltModifier)
    assert pane.plane == row.slider.value() == 2
    commands["plane_wheel"].trigger()
    turn_wheel(viewer, QPoint(50, 50), 120)
    assert pane.plane == 3
    assert grab_canvas(qtbot, viewer) == sharp
    turn_wheel(viewer, QPoint(50, 50), -1200)
    commands["sharpest_plane"].trigger()
    assert pane.plane == 3


@pytest.mark.slow
def test_two_cells_side_by_side(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = start_with_case(qtbot, program, drawn)
    classify_all(qtbot, assembly)
    commands = assembly.window.commands
    names = [n for n in cells_of(assembly.window.review.cells) if n.startswith("cell_0")]
    viewer = open_cell(qtbot, assembly, names[0])
    left, right = viewer.pane, viewer.other
    commands["pin"].trigger()
    assert any("pinned" in each.message for each in assembly.window.notifications.shown)
    commands["next"].trigger()
    commands["compare"].trigger()
    assert right.isVisible()
    assert right.cell.image == names[0]
    assert left.cell.image == viewer.name != names[0]
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
    assert left._options.heat is not None
    assert right._options.heat is not None
    assert left._options.heat.window == left.prediction.window
    assert right._options.heat.window == right.prediction.window
    commands["compare"].trigger()
    assert not right.isVisible()
    wait_until_painted(qtbot, viewer)


def assert_linked(viewer: ViewerPage) -> None:
    (left, right) = (viewer.pane, viewer.other)
    own, other = left.cell_frame(by_window=True), right.cell_frame(by_window=True)
    a, b = left.canvas.viewport, right.canvas.viewport
    assert (a.x - own.x) / own.unit == pytest.approx((b.x - other.x) / other.unit, abs=0.01)
    assert (a.y - own.y) / own.unit == pytest.approx((b.y - other.y) / other.unit, abs=0.01)
    assert a.zoom * own.unit == pytest.approx(b.zoom * other.unit)


def test_tools_that_find_no_room_are_behind_an_arrow(
    qtbot: QtBot, program: Program, plain: Path
) -> None:
    assembly = start_with_case(qtbot, program, plain)
    viewer = open_cell(qtbot, assembly, "0.png")
    arrow = viewer.bar.findChild(QToolButton, "qt_toolbar_ext_button")
    assert isinstance(arrow, QToolButton)
    assembly.window.resize(1600, 900)
    qtbot.waitUntil(arrow.isHidden, timeout=PATIENCE)
    assembly.window.resize(700, 500)
    qtbot.waitUntil(arrow.isVisible, timeout=PATIENCE)
    assert viewer.bar.zoom.geometry().right() < viewer.bar.width()
