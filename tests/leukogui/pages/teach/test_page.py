"""The page of trainings, over a real process that goes on until it is told otherwise."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.settings.table import ACTIVE_TRAININGS, TRAINING_AT_CLOSE
from tests.leukogui.notification_steps import find_notification, wait_for_notification
from tests.leukogui.window_fixtures import PATIENCE, Program
from tests.paths import JOBS
from trainer.protocol.background import Training, create_training
from trainer.protocol.requests import PingRequest
from trainer.protocol.training_requests import TrainRequest

ENDLESS = [sys.executable, str(JOBS / "background_program.py")]


def show_page(qtbot: QtBot, program: Program) -> App:
    app = program(training_command=ENDLESS)
    app.window.commands["teach"].trigger()
    qtbot.waitUntil(lambda: bool(app.training_controller.trainings.all), timeout=PATIENCE)
    return app


def wait_for(qtbot: QtBot, app: App, state: str) -> None:
    page = app.training_controller.page
    qtbot.waitUntil(
        lambda: page.panel.training is not None and page.panel.training.state == state,
        timeout=PATIENCE,
    )


def test_a_training_is_watched_paused_gone_on_with_and_ended(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    create_training(data / "trainings", PingRequest(), "our lab")
    app = show_page(qtbot, program)
    panel = app.training_controller.page.panel
    wait_for(qtbot, app, "running")
    assert panel.pause.isVisible()
    assert not panel.go_on.isVisible()
    qtbot.waitUntil(lambda: "Training" in panel.state.text(), timeout=PATIENCE)
    panel.pause.click()
    wait_for(qtbot, app, "paused")
    panel.go_on.click()
    wait_for(qtbot, app, "running")
    app.training_controller.trainings.order(panel.training, "keep")
    wait_for(qtbot, app, "done")
    assert "the best so far" in panel.state.text()
    wait_for_notification(qtbot, app, "our lab has learned.")
    assert panel.judge.isVisible()
    panel.log.click()
    log = app.training_controller.log_window
    assert log is not None
    assert "background-" in log.text.toPlainText()
    log.close()
    panel.delete.click()
    qtbot.waitUntil(lambda: not app.training_controller.trainings.all, timeout=PATIENCE)
    assert app.training_controller.page.empty.isVisible()


def test_a_killed_training_is_named_and_can_go_on(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    training = create_training(data / "trainings", PingRequest(), "our lab")
    app = show_page(qtbot, program)
    wait_for(qtbot, app, "running")
    record = training.record()
    assert record is not None
    psutil.Process(record.pid).kill()
    wait_for(qtbot, app, "interrupted")
    wait_for_notification(qtbot, app, "The training of our lab was interrupted.")
    panel = app.training_controller.page.panel
    assert panel.go_on.isVisible()
    panel.cancel.click()
    wait_for(qtbot, app, "cancelled")


@pytest.mark.parametrize("choice", ["go_on", "pause"])
def test_who_closes_the_window_says_whether_it_goes_on(
    qtbot: QtBot, program: Program, data: Path, choice: str
) -> None:
    training = create_training(data / "trainings", PingRequest(), "our lab")
    app = show_page(qtbot, program)
    wait_for(qtbot, app, "running")
    app.window.close()
    assert app.window.isVisible()
    question = app.training_controller._question
    assert isinstance(question, QMessageBox)
    checkbox = question.checkBox()
    assert checkbox is not None
    checkbox.setChecked(True)
    word = {"go_on": "Go on", "pause": "Pause"}[choice]
    next(each for each in question.buttons() if each.text().startswith(word)).click()
    qtbot.waitUntil(lambda: not app.window.isVisible(), timeout=PATIENCE)
    assert app.settings.value(TRAINING_AT_CLOSE) == choice
    if choice == "go_on":
        assert training.is_running()
        training.give_order("cancel")
    qtbot.waitUntil(lambda: not training.is_running(), timeout=PATIENCE)
    assert _state(training) == {"go_on": "cancelled", "pause": "paused"}[choice]


def test_what_ended_while_the_window_was_closed_is_named_once(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    training = create_training(data / "trainings", PingRequest(), "our lab")
    app = show_page(qtbot, program)
    wait_for(qtbot, app, "running")
    app.settings.set(TRAINING_AT_CLOSE, "go_on")
    app.window.close()
    qtbot.waitUntil(lambda: not app.window.isVisible(), timeout=PATIENCE)
    training.give_order("keep")
    qtbot.waitUntil(lambda: not training.is_running(), timeout=PATIENCE)
    assert _state(training) == "done"
    again = program(training_command=ENDLESS)
    again.look_at_trainings()
    wait_for_notification(qtbot, again, "our lab has learned.")
    assert again.settings.value(ACTIVE_TRAININGS) == ()
    again.window.close()
    third = show_page(qtbot, program)
    assert find_notification(third, "has learned") is None


def test_a_system_that_ends_the_program_is_asked_nothing(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    training = create_training(data / "trainings", PingRequest(), "our lab")
    app = show_page(qtbot, program)
    wait_for(qtbot, app, "running")
    app.leave()
    assert not app.window.isVisible()
    assert app.training_controller._question is None
    qtbot.waitUntil(lambda: not training.is_running(), timeout=PATIENCE)
    assert _state(training) == "paused"


def test_the_folder_of_a_training_that_is_gone_takes_it_off_the_list(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    import shutil

    training = create_training(data / "trainings", PingRequest(), "our lab")
    training.give_order("pause")
    app = show_page(qtbot, program)
    shutil.rmtree(data / "trainings")
    app.training_controller.trainings.look()
    qtbot.waitUntil(lambda: not app.training_controller.trainings.all, timeout=PATIENCE)


def test_the_command_that_does_the_same_is_copied(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    request = TrainRequest(
        data="/cells of ours",
        backbone="MobileNetV2",
        preset="full",
        seed=3,
        other_classes=("smudge",),
        recipe={"steps": 40},
        name="ours",
    )
    create_training(data / "trainings", request, "ours").give_order("pause")
    app = show_page(qtbot, program)
    app.training_controller.page.panel.command.click()
    words = QGuiApplication.clipboard().text()
    assert words == (
        "leuko-trainer train '/cells of ours' --backbone MobileNetV2 --preset full --seed 3 "
        "--name ours --other smudge --recipe steps=40"
    )


def _state(training: Training) -> str:
    record = training.record()
    assert record is not None
    return record.state
