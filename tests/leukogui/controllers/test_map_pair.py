"""The heat maps of two classes side by side and their difference, in the viewer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukogui.gallery.text import class_title, format_percent
from leukogui.viewer.display_options import DisplayAdjustment
from leukogui.viewer.map_pair import MapPairView
from leukogui.viewer.page import ViewerPage
from leukogui.viewer.toolbar import format_zoom
from tests.leukogui.case_steps import classify_all, open_case
from tests.leukogui.viewer_steps import open_cell
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.domain import Window
from trainer.imaging.heat_maps import MapPair

CELL, NEXT = "cell_003.jpg", "cell_004.jpg"
SHARES = {"nucleus": 0.5, "cytoplasm": 0.3, "cell": 0.8, "beside": 0.2}


@pytest.fixture
def view(qtbot: QtBot) -> MapPairView:
    view = MapPairView()
    qtbot.addWidget(view)
    return view


def test_all_three_maps_are_drawn_on_one_scale(view: MapPairView) -> None:
    first, second = np.full((2, 2), 1.0, np.float32), np.full((2, 2), -2.0, np.float32)
    pair = MapPair(first, second, first - second)
    view.show_maps(pair, Window(0, 0, 8), 0.5, DisplayAdjustment())
    options = [canvas._options.heat for canvas in view.canvases]
    assert [float(each.map[0, 0]) for each in options] == pytest.approx([1 / 3, -2 / 3, 1])
    assert {each.colours for each in options} == {"orange_blue"}
    assert view.scale.peak == 3
    assert view.scale.accessibleDescription() == "-3, 0, +3"
    view.show_maps(None, None, 0.5, DisplayAdjustment())
    assert [canvas._options.heat for canvas in view.canvases] == [None] * 3
    assert not view.grab().isNull()


def test_shares_in_words(view: MapPairView) -> None:
    nothing = {"nucleus": 0.0, "cytoplasm": 0.0, "cell": 0.0, "beside": 0.0}
    bare = {"nucleus": None, "cytoplasm": None, "cell": 0.8, "beside": 0.2}
    view.show_shares((SHARES, bare, SHARES, nothing), ("Monocyte", "Basophil"))
    whole = "50 % nucleus, 30 % cytoplasm, 20 % beside the cell"
    texts = [panel.shares.text() for panel in view.panels]
    assert texts == [
        whole,
        "80 % in the cell, 20 % beside it",
        f"Monocyte: {whole}\nBasophil: nothing speaks for it",
    ]
    assert view.canvas.accessibleDescription() == whole
    view.show_shares((), ())
    assert not any(panel.shares.text() for panel in view.panels)


@pytest.mark.slow
def test_a_person_compares_the_maps_of_two_classes(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = program()
    open_case(qtbot, assembly, drawn)
    classify_all(qtbot, assembly)
    viewer = open_cell(qtbot, assembly, CELL)
    actions = assembly.window.commands
    qtbot.waitUntil(actions["map_pair"].isEnabled, timeout=PATIENCE)
    actions["heat"].setChecked(False)
    actions["compare"].setChecked(True)
    actions["map_pair"].trigger()
    assert actions["heat"].isChecked()  # a person asked for it
    assert not actions["compare"].isChecked()
    view = assembly.viewer_controller.map_pair_controller.view
    assert view.isVisible()
    assert not viewer.pane.isVisible()
    _wait_for_shares(qtbot, view)
    _check_captions(viewer, view)
    _check_zoom(qtbot, viewer, view)
    before = [panel.caption.text() for panel in view.panels]
    view.swap.click()
    _wait_for_shares(qtbot, view)
    assert [panel.caption.text() for panel in view.panels][:2] == before[1::-1]
    assert not viewer.side_panel.class_contrast.isEnabled()
    viewer.side_panel.prediction_panel.chosen.emit(0)  # a bar was clicked
    assert view.choice[0] == 0
    view.first.setCurrentIndex(0)
    view.second.setCurrentIndex(0)
    actions["next"].trigger()
    qtbot.waitUntil(lambda: viewer.name == NEXT, timeout=PATIENCE)
    qtbot.waitUntil(
        lambda: viewer.pane.prediction is not None and viewer.pane.image is not None,
        timeout=PATIENCE,
    )
    _wait_for_shares(qtbot, view)
    _check_captions(viewer, view)
    actions["heat"].setChecked(False)  # the bare cell in all three
    assert [canvas._options.heat for canvas in view.canvases] == [None] * 3
    actions["leave_viewer"].trigger()  # first out of the two maps
    assert not actions["map_pair"].isChecked()
    assert viewer.pane.isVisible()
    assert viewer.side_panel.class_contrast.isEnabled()
    assert assembly.window.pages.currentWidget() is viewer
    actions["map_pair"].trigger()
    actions["compare"].trigger()
    assert not view.isVisible()
    assert viewer.is_comparing


def _wait_for_shares(qtbot: QtBot, view: MapPairView) -> None:
    qtbot.waitUntil(lambda: bool(view.panels[2].shares.text()), timeout=PATIENCE)


def _check_captions(viewer: ViewerPage, view: MapPairView) -> None:
    prediction = viewer.pane.prediction
    assert prediction is not None
    first, second = (panel.caption.text() for panel in view.panels[:2])
    verdict = prediction.looks_like or prediction.label
    runner_up = max(p for p in prediction.probabilities if p != prediction.probability)
    assert first == f"{class_title(verdict)}  {format_percent(prediction.probability)}"
    assert second.endswith(format_percent(runner_up))
    assert "not why" in view.note.text()


def _check_zoom(qtbot: QtBot, viewer: ViewerPage, view: MapPairView) -> None:
    qtbot.keyClick(view.canvas, Qt.Key.Key_Plus)
    assert len({canvas.viewport.zoom for canvas in view.canvases}) == 1
    zoom = view.canvas.viewport.zoom
    assert viewer.bar.zoom.text() == format_zoom(zoom)
    view.canvases[2].move_by(-20, -10)
    assert len({canvas.viewport for canvas in view.canvases}) == 1
    qtbot.keyClick(view.canvas, Qt.Key.Key_F)
    assert all(canvas.is_fitted for canvas in view.canvases)
