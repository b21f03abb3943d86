"""The source profile in the window: said, kept, shown, used by runs and commands."""

from __future__ import annotations

import csv
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.case.source_text import describe_calibration, describe_diameter
from leukogui.panels.source import SourcePanel
from leukogui.window.notifications import Notification
from tests.leukogui.case_steps import open_ready, run_to_end
from tests.leukogui.notification_steps import click, wait_for_notification
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.cases.store import CaseStore
from trainer.commands.parser import build_parser, request_of
from trainer.domain import SourceProfile
from trainer.protocol.requests import ClassifyRequest


def panel_of(assembly: App) -> SourcePanel:
    assembly.window.commands["source"].trigger()
    panel = assembly.source_controller.panel
    assert panel is not None
    assert panel.isVisible()
    return panel


def save(qtbot: QtBot, panel: SourcePanel) -> None:
    panel.save.click()
    qtbot.waitUntil(lambda: not panel.isVisible(), timeout=PATIENCE)


def ran(qtbot: QtBot, assembly: App, look: Callable[[Notification], None] | None = None) -> Any:
    """A run's result; what is told of the calibration can be looked at before it fades."""

    def begin() -> None:
        assembly.window.commands["run"].trigger()
        if look is not None:
            look(wait_for_notification(qtbot, assembly, "not calibrated"))

    outcome = run_to_end(qtbot, assembly, begin)
    assert outcome.kind == "done"
    return outcome.result


def copied(assembly: App) -> ClassifyRequest:
    assembly.window.commands["copy_command"].trigger()
    words = shlex.split(QGuiApplication.clipboard().text())[1:]
    request = request_of(build_parser().parse_args(words))
    assert isinstance(request, ClassifyRequest)
    return request


def last_settings(qtbot: QtBot, assembly: App, run: int) -> dict[str, Any]:
    shown = lambda: assembly.session.run is not None and assembly.session.run.id == run  # noqa: E731
    qtbot.waitUntil(shown, timeout=PATIENCE)
    assert assembly.session.run is not None
    return dict(assembly.session.run.settings)


@pytest.mark.slow
def test_a_scale_that_is_entered_counts_and_is_kept(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_ready(qtbot, program(), drawn)
    button = assembly.window.bar.source
    assert button.text() == "Source: not said"
    told: list[str] = []
    assembly.queue.warned.connect(lambda said: told.append(said.message + said.hint))
    result = ran(qtbot, assembly, lambda notice: told.append(notice.message + notice.hint))
    settings = last_settings(qtbot, assembly, result["run"])
    assert settings["profile"]["origin"] in ("measured", "assumed")
    # What was measured is shown, and what to do about it is offered.
    qtbot.waitUntil(lambda: "measured at" not in button.toolTip(), timeout=PATIENCE)
    assert "--" not in "".join(told)

    panel = panel_of(assembly)
    assert panel.scale_method == "measure"
    assert " px, " in panel.measured.text()
    panel.name.setEditText(" Lab & <A> ")
    panel.stain.setText("Wright")
    panel.enter.click()
    panel.diameter.setValue(61.5)
    panel.save.click()
    assert not assembly.window.commands["run"].isEnabled()  # a run would not know of it yet
    qtbot.waitUntil(lambda: not panel.isVisible(), timeout=PATIENCE)
    assert button.text() == "Lab && <A>: not calibrated"
    assert "61.5 px, as entered" in button.toolTip()
    assert "Lab &amp; &lt;A&gt;" in button.toolTip()

    command = copied(assembly)
    assert (command.source, command.red_cell_diameter) == ("Lab & <A>", 61.5)
    settings = last_settings(qtbot, assembly, ran(qtbot, assembly)["run"])
    assert (settings["source"], settings["red_cell_diameter"]) == ("Lab & <A>", 61.5)
    assert settings["profile"]["stain"] == "Wright"

    assembly.window.close()
    again = open_ready(qtbot, program(), drawn)
    shown = again.window.bar.source
    qtbot.waitUntil(lambda: shown.text().startswith("Lab"), timeout=PATIENCE)
    command = copied(again)
    assert (command.source, command.red_cell_diameter) == ("Lab & <A>", 61.5)
    panel = panel_of(again)
    assert (panel.scale_method, panel.diameter.value()) == ("enter", 61.5)
    assert panel.stain.text() == "Wright"


def test_the_pixel_size_gives_the_scale_and_measuring_takes_it_back(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_ready(qtbot, program(), drawn)
    panel = panel_of(assembly)
    panel.from_pixel.click()
    panel.pixel_size.setValue(0.125)
    assert "60.0 px" in panel.follows.text()
    save(qtbot, panel)
    assert copied(assembly).red_cell_diameter == 60.0
    # A figure that is shown rounded is not another one.
    panel = panel_of(assembly)
    panel.name.setEditText("random")
    save(qtbot, panel)
    kept = assembly.source_controller.profile_of(drawn)
    assert kept == SourceProfile("random", 60.0, "pixel size")
    assert assembly.window.bar.source.text() == "Source: random"  # its card names it
    panel_of(assembly).measure.click()
    save(qtbot, panel)
    assert copied(assembly).red_cell_diameter is None


def test_a_name_of_an_earlier_case_brings_its_scale_along(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path, tmp_path: Path
) -> None:
    with CaseStore.open(with_model / "cases.sqlite") as store:
        earlier = SourceProfile("Lab B", 52.0, "entered", stain="Giemsa")
        store.cases.find_or_create(tmp_path / "earlier", profile=earlier)
    assembly = open_ready(qtbot, program(), drawn)
    panel = panel_of(assembly)
    names = [panel.name.itemText(at) for at in range(panel.name.count())]
    qtbot.waitUntil(lambda: panel.name.count() == 2, timeout=PATIENCE)
    names = [panel.name.itemText(at) for at in range(panel.name.count())]
    assert names == ["random", "Lab B"]
    assert panel.name.currentText() == ""
    panel.name.setCurrentIndex(1)
    panel.name.textActivated.emit("Lab B")
    assert (panel.scale_method, panel.diameter.value()) == ("enter", 52.0)
    assert panel.stain.text() == "Giemsa"
    assert "Lab B" in panel.calibrated.text()
    panel.name.setEditText("random")
    assert panel.calibrated.text() == ""


@pytest.mark.slow
def test_a_notice_leads_to_the_panel_and_a_failure_is_told_there(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_ready(qtbot, program(), drawn)
    ran(qtbot, assembly, lambda notice: click(notice, "Source of the images…"))
    panel = assembly.source_controller.panel
    assert panel is not None
    assert panel.isVisible()
    shutil.rmtree(drawn)
    panel.name.setEditText("Lab A")
    panel.save.click()
    qtbot.waitUntil(panel.problem.isVisible, timeout=PATIENCE)
    assert "There is no folder" in panel.problem.text()
    assert panel.save.isEnabled()
    assembly.window.commands["close_case"].trigger()
    assert not panel.isVisible()
    assert not assembly.window.commands["source"].isEnabled()


def test_every_control_of_the_panel_has_a_name_and_is_reached_by_tab(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_ready(qtbot, program(), drawn)
    panel = panel_of(assembly)
    panel.enter.click()
    qtbot.waitUntil(panel.isActiveWindow, timeout=PATIENCE)
    controls = [panel.name, panel.stain, panel.diameter, panel.save, panel.enter]
    assert all(each.accessibleName() or _text(each) for each in controls)
    reached: set[QWidget | None] = set()
    for _ in range(12):
        now = QGuiApplication.focusObject()
        assert isinstance(now, QWidget)
        reached |= {now, now.parentWidget()}
        qtbot.keyClick(now, Qt.Key.Key_Tab)
    assert set(controls) <= reached
    kinds = (QAbstractSpinBox, QComboBox, QLineEdit)
    named = [each for kind in kinds for each in panel.findChildren(kind)]
    own = [each for each in named if not each.objectName().startswith("qt_")]
    assert all(each.accessibleName() for each in own)


def _text(widget: QWidget) -> str:
    return widget.text() if isinstance(widget, QAbstractButton) else ""


@pytest.mark.parametrize(
    ("profile", "words"),
    [
        (SourceProfile(), "measured at the next run"),
        (SourceProfile("", 43.21, "measured", 31), "43.2 px, measured on 31 red cells"),
        (SourceProfile("", 60.0, "pixel size"), "60.0 px, from 0.125 µm a pixel"),
        (SourceProfile("", 43.0), "43.0 px, assumed: too few red cells stand alone"),
    ],
)
def test_a_scale_in_words(profile: SourceProfile, words: str) -> None:
    assert describe_diameter(profile) == words


def test_calibration_in_words() -> None:
    assert describe_calibration("lab a", ["Lab A", "Lab B"]) == ""
    assert "hold for Lab A only" in describe_calibration("", ["Lab A"])
    assert "Not calibrated for C" in describe_calibration("C", [])
    assert "no source" in describe_calibration("C", [])


@pytest.mark.slow
def test_the_summary_says_whether_the_model_is_calibrated(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_ready(qtbot, program(), drawn)
    found = ran(qtbot, assembly)
    with Path(found["predictions"]).open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) > 0
    page = assembly.summary_controller.page
    assembly.window.commands["summary"].trigger()
    qtbot.waitUntil(lambda: page.summary is not None, timeout=PATIENCE)
    assert "The source is not said" in page.differential._calibrated.text()
    panel = panel_of(assembly)
    panel.name.setEditText("Random")
    save(qtbot, panel)
    ran(qtbot, assembly)
    qtbot.waitUntil(lambda: not page.differential._calibrated.isVisible(), timeout=PATIENCE)
