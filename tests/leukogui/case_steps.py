"""What a person does with a case, for the window's tests."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from leukogui.app import App
from tests.leukogui.window_fixtures import PATIENCE

CELLS = 17


def drop(assembly: App, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(400, 300), copy, data, left, Qt.KeyboardModifier.NoModifier)
    assembly.window.dropEvent(event)


def open_case(qtbot: QtBot, assembly: App, folder: Path, cells: int = CELLS) -> App:
    """Drop a folder of so many cells onto the window, and wait until they are shown."""
    drop(assembly, folder)
    return wait_until_shown(qtbot, assembly, cells)


def wait_until_shown(qtbot: QtBot, assembly: App, cells: int = CELLS) -> App:
    """Wait until the case is listed and watched: what changes from now on is noticed."""
    qtbot.waitUntil(lambda: not assembly.session.is_listing, timeout=PATIENCE)
    assert counts(assembly).total == cells
    qtbot.waitUntil(lambda: assembly.window.review.cells.rowCount() == cells, timeout=PATIENCE)
    return assembly


def open_ready(qtbot: QtBot, assembly: App, folder: Path) -> App:
    """Open a folder, and wait until a run over it can begin."""
    assembly.case_controller.open_folder(folder)
    qtbot.waitUntil(assembly.window.commands["run"].isEnabled, timeout=PATIENCE)
    return assembly


def add_copies(folder: Path, times: int) -> int:
    """More cells, so that a run is not over before it can be stopped; how many there are now."""
    cells = sorted(folder.glob("cell_0*.jpg"))
    for number in range(times):
        for path in cells:
            shutil.copy(path, folder / f"more{number}_{path.name}")
    return CELLS + times * len(cells)


def counts(assembly: App):
    assert assembly.session.model is not None
    return assembly.session.model.counts()


def run_to_end(qtbot: QtBot, assembly: App, start: Callable[[], None] | None = None):
    """Begin a run, and wait for its outcome."""
    go = start or assembly.window.commands["run"].trigger
    qtbot.waitUntil(assembly.window.commands["run"].isEnabled, timeout=PATIENCE)
    with qtbot.waitSignal(assembly.queue.ended, timeout=2 * PATIENCE) as ended:
        go()
    return ended.args[1]


def wait_until_classified(qtbot: QtBot, assembly: App) -> None:
    """Wait until something is shown of every cell of the case."""
    qtbot.waitUntil(lambda: counts(assembly).pending == 0, timeout=3 * PATIENCE)


def classify_all(qtbot: QtBot, assembly: App) -> None:
    """Run over all cells, and wait until what is said of them is shown."""
    run_to_end(qtbot, assembly)
    wait_until_classified(qtbot, assembly)
