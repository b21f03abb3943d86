from __future__ import annotations

from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.panels.device import DevicePanel
from leukogui.settings.table import DEVICE
from tests.leukogui.case_steps import open_ready
from tests.leukogui.window_fixtures import PATIENCE, Program


def panel_of(assembly: App) -> DevicePanel:
    assembly.window.commands["device"].trigger()
    panel = assembly.device_controller.panel
    assert panel is not None
    return panel


def test_nothing_is_asked_before_a_case_is_open(
    qtbot: QtBot, program: Program, with_model: Path
) -> None:
    assembly = program()
    badge = assembly.window.bar.device
    qtbot.waitUntil(lambda: not badge.isHidden(), timeout=PATIENCE)
    assert badge.text() == "Device"
    assert not assembly.device_controller._delay.isActive()
    assert assembly.runner.jobs == []


def test_a_device_that_is_not_there_is_told_where_it_is_asked_for(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = program()
    assembly.settings.set(DEVICE, "gpu")
    open_ready(qtbot, assembly, drawn)
    panel = panel_of(assembly)
    # On a computer that has one, it is named.
    qtbot.waitUntil(lambda: "GPU" in panel.text(), timeout=PATIENCE)
    # Another wish is asked anew.
    assembly.settings.set(DEVICE, "cpu")
    badge = assembly.window.bar.device
    qtbot.waitUntil(lambda: badge.text() == "CPU · f32", timeout=PATIENCE)


@pytest.mark.slow
def test_the_self_test_is_told_in_words_and_can_be_copied(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_ready(qtbot, program(), drawn)
    panel = panel_of(assembly)
    qtbot.waitUntil(lambda: "Versions" in panel.text(), timeout=PATIENCE)
    of_how_many: set[int] = set()
    panel.progress.valueChanged.connect(lambda _: of_how_many.add(panel.progress.maximum()))
    panel.test.click()
    assert panel.test.text() == "Stop the test"
    qtbot.waitUntil(lambda: panel.verdict.text() != "", timeout=PATIENCE)
    assert 100 in of_how_many
    assert "computes rightly" in panel.verdict.text()
    assert "32 of 32" in panel.verdict.text()
    assert panel.test.text() == "Self-test (5 s)"
    panel.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert "openvino" in copied
    assert "32 of 32" in copied


@pytest.mark.slow
def test_the_self_test_can_be_stopped_and_the_window_closed_over_it(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_ready(qtbot, program(), drawn)
    panel = panel_of(assembly)
    panel.test.click()
    qtbot.waitUntil(lambda: panel.progress.maximum() == 100, timeout=PATIENCE)
    panel.test.click()
    qtbot.waitUntil(lambda: "stopped" in panel.verdict.text(), timeout=PATIENCE)
    panel.test.click()
    assembly.window.close()
    assert psutil.Process().children() == []
