"""From labelled cells to a model through the wizard, with real processes on a tiny network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWizard
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.pages.teach.wizard import RetrainWizard
from tests.leukogui.notification_steps import wait_for_notification
from tests.leukogui.review_steps import (
    CELLS,
    FIRST_OPEN,
    build_case,
    choose,
    name,
    stored_reviews,
    verdict_of,
    wait_until_stored,
)
from tests.leukogui.window_fixtures import PATIENCE, Program
from tests.paths import JOBS
from tests.shared_fixtures import build_once
from tests.trainer.jobs.classified_fields import build_field_case
from tests.trainer.jobs.labelled_cells import write_cells
from tests.trainer.jobs.named_patients import LOCKED, name_patients
from tests.trainer.tiny_backbone import TINY, add_tiny_backbone
from trainer.models.backbones import BACKBONES
from trainer.protocol.adaptation_requests import AdaptRequest
from trainer.protocol.background import Training

TINY_PROGRAM = [sys.executable, str(JOBS / "quick_program.py")]
WORKER, BACKGROUND = [*TINY_PROGRAM, "worker"], [*TINY_PROGRAM, "background"]


@pytest.fixture(scope="module", autouse=True)
def tiny_backbone() -> Iterator[None]:
    """Known to this process, too, whose window reads the cards; of other rooms it may be, too."""
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


def open_wizard(app: App) -> RetrainWizard:
    app.window.commands["teach"].trigger()
    app.training_controller.page.new.click()
    wizard = app.training_controller.retrain.wizard
    assert wizard is not None
    return wizard


def wait_until_gone(qtbot: QtBot, wizard: RetrainWizard) -> None:
    """A wizard gives its parts the style of now, which the next test's theme takes away."""
    qtbot.waitUntil(lambda: not shiboken6.isValid(wizard), timeout=PATIENCE)


def choose_table(qtbot: QtBot, wizard: RetrainWizard, table: Path) -> None:
    """Choose a CSV, and wait for its audit."""
    wizard.cells.of_file.setChecked(True)
    wizard.cells.path.setText(str(table))
    wizard.button(QWizard.WizardButton.NextButton).click()
    assert wizard.currentPage() is wizard.audit
    qtbot.waitUntil(lambda: wizard.audit.result is not None, timeout=PATIENCE)


@pytest.fixture(scope="session")
def taught(labelled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose head was trained on the cells; lymphocytes are outside of its classes."""

    def build(folder: Path) -> None:
        words = ["--backbone", TINY, "--weights", "none", "--preset", "head", "--name", "first"]
        words += ["--recipe", "input_size=64", "--other", "lymphocyte", "--out", str(folder)]
        command = [*TINY_PROGRAM, "train", str(labelled), *words]
        subprocess.run(command, check=True, capture_output=True)

    return build_once(tmp_path_factory, "first", build)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_model_is_taught_interrupted_and_done(
    qtbot: QtBot, program: Program, labelled: Path, taught: Path, tmp_path: Path, data: Path
) -> None:
    shutil.copytree(taught, data / "models" / "first")
    case = build_case(tmp_path / "smear 7", data)
    app = program(WORKER, training_command=BACKGROUND)
    qtbot.waitUntil(lambda: app.model_list.card("") is not None, timeout=PATIENCE)
    wizard = open_wizard(app)
    choose_table(qtbot, wizard, labelled)
    _go_through(qtbot, wizard)
    wizard.button(QWizard.WizardButton.FinishButton).click()
    assert app.training_controller.retrain.wizard is None
    wait_until_gone(qtbot, wizard)
    trainings = app.training_controller.trainings
    qtbot.waitUntil(lambda: bool(trainings.all and trainings.all[0].curve), timeout=PATIENCE)
    _review_meanwhile(qtbot, app, case, data)
    qtbot.waitUntil(lambda: bool(trainings.all[0].checks), timeout=3 * PATIENCE)
    _interrupt_and_finish(qtbot, app)
    assert (data / "models" / "our-lab" / "card.json").is_file()
    qtbot.waitUntil(lambda: app.model_list.card("our-lab") is not None, timeout=PATIENCE)


def _go_through(qtbot: QtBot, wizard: RetrainWizard) -> None:
    """From the audit to the last page."""
    next_button, audit = wizard.button(QWizard.WizardButton.NextButton), wizard.audit
    assert audit.result is not None
    assert audit.result.classes == {"lymphocyte": 14, "monocyte": 14, "seg_neutrophil": 14}
    assert audit.counts.rowCount() == 3
    assert next_button.isEnabled() is not bool(audit.result.alarms)
    audit.acknowledged.setChecked(True)
    next_button.click()
    start = wizard.start
    assert wizard.currentPage() is start
    assert start.from_model.isChecked()
    assert start.classes.item(0).checkState() is Qt.CheckState.Unchecked, "outside, as before"
    start.preset.setCurrentIndex(2)
    next_button.click()
    forecast = wizard.forecast
    forecast.name.setText("our lab")
    qtbot.waitUntil(forecast.bar.isHidden, timeout=2 * PATIENCE)
    assert forecast.state.text().startswith("At most about"), forecast.state.text()
    assert "Kept for judging, never learned from: 12 cells" in forecast.learned.text()
    assert "Counts as unknown: Lymphocyte." in forecast.learned.text()
    assert not forecast.isComplete()
    forecast.name.setText("first")
    assert "already" in forecast.problem.text()
    forecast.name.setText("our-lab")
    assert forecast.isComplete()
    forecast.command.click()
    words = QGuiApplication.clipboard().text()
    assert words.endswith("--preset full --from first --name our-lab --other lymphocyte")


def _review_meanwhile(qtbot: QtBot, app: App, case: Path, data: Path) -> None:
    """Correct a cell while the network learns: the gallery shows it, and the store keeps it."""
    trainings, session = app.training_controller.trainings, app.session
    step = trainings.all[0].curve[-1].step
    app.case_controller.open_folder(case)
    cells = app.window.review.cells
    qtbot.waitUntil(lambda: session.run is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: cells.rowCount() == CELLS, timeout=PATIENCE)
    model = session.model
    assert model is not None
    qtbot.waitUntil(lambda: not model.counts().pending, timeout=PATIENCE)
    choose(app, FIRST_OPEN)
    app.correction_controller.give("monocyte")
    qtbot.waitUntil(lambda: verdict_of(app, FIRST_OPEN) == "monocyte", timeout=PATIENCE)
    wait_until_stored(qtbot, app)
    (review,) = stored_reviews(data, case)
    assert (review.image, review.label) == (name(FIRST_OPEN).image, "monocyte")
    qtbot.waitUntil(lambda: trainings.all[0].curve[-1].step > step, timeout=PATIENCE)
    assert trainings.all[0].is_going, "it ended before the review"
    app.window.commands["teach"].trigger()


def _interrupt_and_finish(qtbot: QtBot, app: App) -> None:
    """A kill, going on from the state that was saved, and an end before the last step."""
    trainings, panel = app.training_controller.trainings, app.training_controller.page.panel
    assert panel.recall.rows
    assert panel.loss.curves[0].points
    record = Training(trainings.all[0].folder).record()
    assert record is not None
    psutil.Process(record.pid).kill()
    qtbot.waitUntil(lambda: trainings.all[0].state == "interrupted", timeout=PATIENCE)
    steps = trainings.all[0].curve[-1].step
    panel.go_on.click()
    qtbot.waitUntil(lambda: trainings.all[0].curve[-1].step > steps, timeout=3 * PATIENCE)
    panel.keep.click()
    qtbot.waitUntil(lambda: trainings.all[0].state == "done", timeout=3 * PATIENCE)
    assert trainings.all[0].model == "our-lab"
    wait_for_notification(qtbot, app, "our-lab has learned.")


def test_a_table_that_is_none_cannot_be_learned_from(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    table = tmp_path / "cells.csv"
    table.write_text("file,label\nnowhere.png,monocyte\n")
    app = program()
    wizard = open_wizard(app)
    wizard.cells.of_file.setChecked(True)
    wizard.cells.path.setText(str(tmp_path / "none.csv"))
    next_button = wizard.button(QWizard.WizardButton.NextButton)
    assert not next_button.isEnabled()
    wizard.cells.path.setText(str(table))
    next_button.click()
    qtbot.waitUntil(lambda: not wizard.audit.bar.isVisible(), timeout=PATIENCE)
    assert "nowhere.png" in wizard.audit.state.text()
    assert not next_button.isEnabled()
    wizard.back()
    wizard.reject()
    assert app.training_controller.retrain.wizard is None
    wait_until_gone(qtbot, wizard)


@pytest.mark.slow
def test_reviewed_cells_of_a_case_are_audited_where_they_are(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    made = build_field_case(tmp_path)  # with the data folder of this test
    for number, label in ((1, "monocyte"), (2, "lymphocyte"), (3, "monocyte")):
        made.review("a.png", number, label)
    app = program()
    wizard = open_wizard(app)
    cells, next_button = wizard.cells, wizard.button(QWizard.WizardButton.NextButton)
    qtbot.waitUntil(lambda: cells.cases.count() == 1, timeout=PATIENCE)
    assert not next_button.isEnabled()
    case = cells.cases.item(0)
    assert case.text() == "case: 3 reviewed"
    case.setCheckState(Qt.CheckState.Checked)
    next_button.click()
    qtbot.waitUntil(lambda: wizard.audit.result is not None, timeout=PATIENCE)
    assert wizard.audit.result is not None
    assert wizard.audit.result.classes == {"lymphocyte": 1, "monocyte": 2}
    folder = wizard.choice.folder
    assert (folder / "cells.csv").is_file()
    assert not list(made.root.rglob("*.csv")), "nothing beside the images"
    wizard.reject()
    assert not folder.exists()
    assert app.training_controller.trainings.all == ()
    wait_until_gone(qtbot, wizard)


def test_cells_of_a_locked_patient_are_kept_for_judging(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    made = build_field_case(tmp_path)
    made.review("a.png", 1, "monocyte")
    with made.open() as store:
        name_patients(store, made.root, LOCKED)
    wizard = open_wizard(program())
    cells, next_button = wizard.cells, wizard.button(QWizard.WizardButton.NextButton)
    qtbot.waitUntil(lambda: cells.cases.count() == 1, timeout=PATIENCE)
    cells.cases.item(0).setCheckState(Qt.CheckState.Checked)
    next_button.click()
    qtbot.waitUntil(lambda: "of locked patients" in wizard.audit.state.text(), timeout=PATIENCE)
    assert not next_button.isEnabled()
    wizard.reject()
    wait_until_gone(qtbot, wizard)


@pytest.mark.slow
def test_an_adaptation_is_a_training_of_seconds(
    qtbot: QtBot, program: Program, labelled: Path, with_model: Path
) -> None:
    """As far as the request: adapting itself is tested with its job."""
    app = program()
    qtbot.waitUntil(lambda: app.model_list.card("") is not None, timeout=PATIENCE)
    wizard = open_wizard(app)
    choose_table(qtbot, wizard, labelled)
    wizard.audit.acknowledged.setChecked(True)
    next_button = wizard.button(QWizard.WizardButton.NextButton)
    next_button.click()
    wizard.start.adapt.setChecked(True)
    assert not wizard.start.preset.isEnabled()
    next_button.click()
    assert wizard.forecast.isComplete()
    assert wizard.forecast.state.text() == "It takes seconds."
    request = wizard.choice.request()
    assert isinstance(request, AdaptRequest)
    assert request.from_model == "random-small"
    assert request.data == str(labelled)
    wizard.forecast.command.click()
    words = QGuiApplication.clipboard().text()
    assert words.startswith("leuko-trainer adapt ")
    assert "--from random-small" in words
    wizard.reject()
    wait_until_gone(qtbot, wizard)
