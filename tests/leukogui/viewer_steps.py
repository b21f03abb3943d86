"""What a person does with the viewer, for its tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import (
    QImage,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.viewer.page import ViewerPage
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.domain import CellId


def start_with_case(qtbot: QtBot, program: Program, folder: Path) -> App:
    assembly = program()
    assembly.case_controller.open_folder(folder)
    session, cells = assembly.session, assembly.window.review.cells
    qtbot.waitUntil(lambda: not session.is_listing, timeout=PATIENCE)
    assert session.model is not None
    count = len(session.model)
    qtbot.waitUntil(lambda: cells.rowCount() == count, timeout=PATIENCE)
    return assembly


def open_cell(qtbot: QtBot, assembly: App, name: str) -> ViewerPage:
    """Open a cell as a person does, and wait until it is painted."""
    gallery, cells = assembly.window.review.gallery, assembly.window.review.cells
    assembly.window.commands["review"].trigger()
    gallery.setCurrentIndex(cells.index(cells.positions_of({CellId(name)})[0]))
    qtbot.keyClick(gallery, Qt.Key.Key_V)
    viewer = assembly.viewer_controller.viewer
    assert assembly.window.pages.currentWidget() is viewer
    assert viewer.name == name
    wait_until_painted(qtbot, viewer)
    return viewer


def wait_until_painted(qtbot: QtBot, viewer: ViewerPage) -> None:
    qtbot.waitUntil(lambda: viewer.pane.canvas.layer.is_complete, timeout=PATIENCE)


def grab_canvas(qtbot: QtBot, viewer: ViewerPage) -> QImage:
    wait_until_painted(qtbot, viewer)
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
