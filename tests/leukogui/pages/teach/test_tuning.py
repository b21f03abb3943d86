"""A tuning from the wizard to the training that it was made for, with real processes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWizard
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.backend.training_reader import FoundRecipe, ShownTraining
from leukogui.backend.tuning import training_with_recipe
from leukogui.pages.teach.wizard import RetrainWizard
from tests.leukogui.notification_steps import wait_for_notification
from tests.leukogui.window_fixtures import PATIENCE, Program
from tests.paths import JOBS
from tests.shared_fixtures import build_once
from tests.trainer.jobs.labelled_cells import write_cells
from tests.trainer.tiny_backbone import TINY, add_tiny_backbone
from trainer.models.backbones import BACKBONES
from trainer.protocol.training_requests import TrainRequest, TuneRequest

TINY_PROGRAM = [sys.executable, str(JOBS / "quick_program.py")]
WORKER, BACKGROUND = [*TINY_PROGRAM, "worker"], [*TINY_PROGRAM, "background"]


@pytest.fixture(scope="module", autouse=True)
def tiny_backbone() -> Iterator[None]:
    """Known to this process, too, which offers it."""
    is_known = TINY in BACKBONES
    add_tiny_backbone()
    yield
    if not is_known:
        BACKBONES.pop(TINY, None)


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def build(folder: Path) -> None:
        folder.mkdir()
        write_cells(folder)

    return build_once(tmp_path_factory, "labelled", build) / "cells.csv"


def test_the_training_after_a_tuning_has_its_cells_and_its_recipe(tmp_path: Path) -> None:
    before, after = tmp_path / "tuned", tmp_path / "trained"
    before.mkdir()
    table = before / "cells.csv"
    table.write_text("file,label\n")
    request = TuneRequest(
        data=str(table),
        out=str(before / "tuning"),
        from_model="first",
        preset="full",
        seed=3,
        other_classes=("smudge",),
        resume=True,
    )
    recipe = FoundRecipe({"rate": 1e-4}, 0.3, 20)
    tuning = ShownTraining("1", before, "ours", "", "done", request, before / "log", recipe=recipe)
    assert training_with_recipe(tuning, after, "ours") == TrainRequest(
        data=str(after / "cells.csv"),
        from_model="first",
        preset="full",
        seed=3,
        other_classes=("smudge",),
        recipe={"rate": 1e-4},
        name="ours",
    )
    shutil.rmtree(before)
    assert (after / "cells.csv").is_file()


def _choose_tuning(qtbot: QtBot, app: App, table: Path) -> RetrainWizard:
    """As far as the last page."""
    app.window.commands["teach"].trigger()
    app.training_controller.page.new.click()
    wizard = app.training_controller.retrain.wizard
    assert wizard is not None
    next_button = wizard.button(QWizard.WizardButton.NextButton)
    wizard.cells.of_file.setChecked(True)
    wizard.cells.path.setText(str(table))
    next_button.click()
    qtbot.waitUntil(lambda: wizard.audit.result is not None, timeout=PATIENCE)
    wizard.audit.acknowledged.setChecked(True)
    next_button.click()
    start = wizard.start
    assert start.from_model.isChecked()
    start.preset.setCurrentIndex(0)
    start.tunes.setChecked(True)
    start.trials.setValue(3)
    next_button.click()
    qtbot.waitUntil(lambda: bool(wizard.forecast.learned.text()), timeout=PATIENCE)
    return wizard


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_recipe_is_found_in_the_background_and_trained_with(
    qtbot: QtBot, program: Program, labelled: Path, with_model: Path
) -> None:
    app = program(WORKER, training_command=BACKGROUND)
    qtbot.waitUntil(lambda: app.model_list.card("") is not None, timeout=PATIENCE)
    wizard = _choose_tuning(qtbot, app, labelled)
    forecast = wizard.forecast
    forecast.name.setText("ours")
    assert forecast.isComplete()
    assert forecast.state.text().startswith("At most about ")
    assert "A recipe comes of it, no model" in forecast.learned.text()
    forecast.command.click()
    words = QGuiApplication.clipboard().text()
    assert words.startswith(f"leuko-trainer tune {labelled} --out ")
    assert "--preset head --from random-small --trials 3" in words.replace("--weights none ", "")
    wizard.button(QWizard.WizardButton.FinishButton).click()
    _pause_and_go_on(qtbot, app)
    _train_with_it(qtbot, app)


def _pause_and_go_on(qtbot: QtBot, app: App) -> None:
    trainings, panel = app.training_controller.trainings, app.training_controller.page.panel
    qtbot.waitUntil(lambda: bool(trainings.all and trainings.all[0].has_best), timeout=PATIENCE)
    tuning = trainings.all[0]
    panel.pause.click()
    qtbot.waitUntil(lambda: trainings.all[0].state in ("paused", "done"), timeout=3 * PATIENCE)
    if trainings.all[0].state == "paused":  # else it was quicker than the order
        qtbot.waitUntil(panel.go_on.isVisible, timeout=PATIENCE)
        assert not panel.train.isVisible()
        panel.go_on.click()
    qtbot.waitUntil(lambda: trainings.all[0].state == "done", timeout=3 * PATIENCE)
    recipe = trainings.all[0].recipe
    assert recipe is not None
    assert recipe.trials >= 3
    assert (tuning.folder / "tuning" / "recipe.json").is_file()
    wait_for_notification(qtbot, app, "The recipe for ours is found.")


def _train_with_it(qtbot: QtBot, app: App) -> None:
    controller = app.training_controller
    trainings, panel = controller.trainings, controller.page.panel
    qtbot.waitUntil(panel.train.isVisible, timeout=PATIENCE)
    assert "recipes: log-loss" in panel.state.text()
    assert not panel.judge.isVisible(), "no model came of it"
    recipe = trainings.all[0].recipe
    panel.train.click()
    qtbot.waitUntil(lambda: len(trainings.all) == 2, timeout=PATIENCE)
    request = trainings.all[0].request
    assert isinstance(request, TrainRequest)
    assert recipe is not None
    assert request.recipe == recipe.settings
    assert request.name == "ours"
    qtbot.waitUntil(lambda: controller.page.current is trainings.all[0], timeout=PATIENCE)
    qtbot.waitUntil(lambda: not trainings.all[0].is_active, timeout=3 * PATIENCE)
    assert (trainings.all[0].model, trainings.all[0].failure) == ("ours", "")
