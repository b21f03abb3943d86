"""A model adapted by reviewed cells in the real window: offered, planned, tried, accepted."""

from __future__ import annotations

import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.controllers.adaptation.candidate import Candidate
from leukogui.settings.table import ADAPT_AFTER, ADAPTATIONS_TRIED
from tests.leukogui.review_steps import CLASSES, build_case, name, open_for_review, press
from tests.leukogui.window_fixtures import PATIENCE, Program
from tests.trainer.jobs.named_patients import LOCKED, name_patients
from trainer.cases.store import CaseStore
from trainer.data.synthetic import draw_cell
from trainer.data.synthetic.style import COOL, WARM, Style, vary
from trainer.domain import CellId, never_stop
from trainer.jobs.classify import job as classify
from trainer.locations import STORE_NAME, resources_folder
from trainer.protocol.requests import ClassifyRequest

PALE = replace(
    WARM,
    chromatin=(0.6, 0.8, 0.3),
    basic=(0.2, 0.2, 0.05),
    azurophil=(0.4, 0.6, 0.2),
    focus=0.035,
    noise=5.0,
)
"""A lab whose stain is pale and whose pictures are blurred, as no lab of the bundled model's."""
SIDE, CORRECTED, OTHERS = 128, 20, 8
RED_CELL = 25.6


def review(app: App, labels: Mapping[int, str]) -> None:
    app.reviews.review({name(at): label for at, label in labels.items()})


def opened(qtbot: QtBot, program: Program, data: Path, folder: Path) -> App:
    app = open_for_review(qtbot, program(), build_case(folder, data))
    app.settings.set(ADAPT_AFTER, 6)
    return app


def test_offered_after_enough_reviewed_cells(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    """In one line that takes no keys, and no more until there are as many new ones."""
    app = opened(qtbot, program, with_model, tmp_path / "case")
    review(app, {at: CLASSES[at % 2] for at in range(5)})
    qtbot.waitUntil(lambda: "adaptation_controller" in app.__dict__, timeout=PATIENCE)
    line = app.adaptation_controller.line
    assert not line.isVisible()
    review(app, {5: "monocyte"})
    qtbot.waitUntil(line.isVisible, timeout=PATIENCE)
    assert line.text.text() == "6 reviewed cells since the last adaptation: try them"
    assert app.window.review.gallery.hasFocus()
    line.dismiss.click()
    assert not line.isVisible()
    assert list(app.settings.value(ADAPTATIONS_TRIED)) == [str(tmp_path / "case")]
    review(app, {at: CLASSES[at % 2] for at in range(6, 11)})
    controller = app.adaptation_controller
    controller.refresh()
    assert not line.isVisible()
    review(app, {11: "monocyte"})
    qtbot.waitUntil(line.isVisible, timeout=PATIENCE)


def test_not_offered_in_a_case_of_a_locked_patient(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    root = build_case(tmp_path / "case", with_model)
    with CaseStore.open(with_model / STORE_NAME) as store:
        name_patients(store, root, LOCKED)
    app = open_for_review(qtbot, program(), root)
    app.settings.set(ADAPT_AFTER, 6)
    offer = app.adaptation_controller.offer
    qtbot.waitUntil(lambda: offer.locked == root, timeout=PATIENCE)
    review(app, {at: CLASSES[at % 2] for at in range(6)})
    offer.refresh()
    assert not app.adaptation_controller.line.isVisible()
    offer.locked = None
    offer.refresh()
    assert app.adaptation_controller.line.isVisible(), "nothing else was in the way"


def test_what_will_be_learned_is_said_before(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    """Classes without a cell; and what becomes a class, with consent alone."""
    app = opened(qtbot, program, with_model, tmp_path / "case")
    labels = ["basophil", "basophil", "monocyte", "unknown", "lymphocyte", "plasma & cell"]
    review(app, dict(enumerate(labels)))
    app.window.commands["adapt"].trigger()
    window = app.adaptation_controller.window
    assert window is not None and window.is_planning
    said = window.plan.text.text()
    assert "learns from 6 reviewed cells of this case: Basophil 2, Monocyte 1, Unknown 1." in said
    assert "Erythroblast, Myeloblast, Segmented neutrophil." in said
    assert "Nothing changes until you accept." in said
    assert [*window.plan.consents] == ["lymphocyte", "plasma & cell"]
    assert "“plasma && cell” a class (1 cells)" in window.plan.consents["plasma & cell"].text()
    assert (window.plan.new_classes, window.plan.left_out) == ((), ("plasma & cell",))
    window.plan.consents["lymphocyte"].setChecked(True)
    window.button("copy").click()
    words = shlex.split(QGuiApplication.clipboard().text())
    assert words == [
        *("leuko-trainer", "adapt", str(tmp_path / "case"), "--from", model_of(app)),
        *("--new-class", "lymphocyte", "--leave-out", "plasma & cell", "--curve"),
    ]


def draw_lab(folder: Path, style: Style, cells: int, seed: int) -> None:
    """So many drawn cells of each class in one lab; the name says the class."""
    folder.mkdir()
    rng = np.random.default_rng(seed)
    for number in range(cells):
        for kind in CLASSES:
            drawn = draw_cell(kind, rng, size=SIDE, style=vary(style, rng))
            cv2.imwrite(str(folder / f"{number:03} {kind}.png"), drawn[..., ::-1])


def run_model(folder: Path, data: Path, model: str, first: int = 0) -> None:
    """Classify the cells of a lab from a number of each class on."""
    images = sorted(folder.glob("*.png"))
    request = ClassifyRequest(
        paths=[str(each) for each in images if int(each.name[:3]) >= first],
        root=str(folder),
        out=str(data.parent / f"out {folder.name} {model}"),
        model=model,
        device="cpu",
        source=folder.name,
        red_cell_diameter=RED_CELL,
        data_dir=str(data),
    )
    classify.run(request, lambda _: None, never_stop)


def balanced_accuracy(folder: Path, data: Path, first: int) -> float:
    """Of the newest run, on the cells from a number of each class on."""
    with CaseStore.open(data / STORE_NAME, read_only=True) as store:
        case = store.cases.find(folder)
        assert case is not None
        run = store.runs.list_of_case(case.id)[-1]
        predictions = [*store.predictions.stream(run.id, heat=False)]
    right: dict[str, list[bool]] = {kind: [] for kind in CLASSES}
    for each in predictions:
        number, kind = Path(each.image).stem.split(" ")
        if int(number) >= first:
            right[kind].append(each.label == kind)
    return float(np.mean([np.mean(each) for each in right.values()]))


@pytest.mark.slow
def test_a_new_lab_gets_a_better_model_in_one_sitting(
    qtbot: QtBot, program: Program, data: Path, tmp_path: Path
) -> None:
    """20 reviewed cells a class: on others of the lab +10 points, on old labs -3 at most."""
    (bundled,) = (each.parent for each in (resources_folder() / "models").glob("*/card.json"))
    shutil.copytree(bundled, data / "models" / bundled.name)
    old = {"warm": WARM, "cool": COOL}
    for at, (lab, style) in enumerate(old.items()):
        draw_lab(tmp_path / lab, style, OTHERS, at)
        run_model(tmp_path / lab, data, bundled.name)
    draw_lab(tmp_path / "pale", PALE, CORRECTED + OTHERS, 5)
    run_model(tmp_path / "pale", data, bundled.name)
    before = {lab: balanced_accuracy(tmp_path / lab, data, 0) for lab in old}
    poor = balanced_accuracy(tmp_path / "pale", data, CORRECTED)
    app = open_for_review(qtbot, program(), tmp_path / "pale")
    app.window.chooser.chosen.emit(bundled.name)
    review_by_keys(app, qtbot)
    adapted = try_and_accept(app, qtbot)
    run_model(tmp_path / "pale", data, adapted, CORRECTED)
    good = balanced_accuracy(tmp_path / "pale", data, CORRECTED)
    after = {}
    for lab in old:
        run_model(tmp_path / lab, data, adapted)
        after[lab] = balanced_accuracy(tmp_path / lab, data, 0)
    # Found with mobilenetv2-five-cells-6: 0.775 -> 1.000; warm 1.000 -> 1.000, cool 0.950 -> 0.975.
    assert good >= poor + 0.1
    assert all(after[lab] >= before[lab] - 0.03 for lab in old)


def review_by_keys(app: App, qtbot: QtBot) -> None:
    """Select the first cells of each class, and press its key."""
    gallery, cells = app.window.review.gallery, app.window.review.cells
    keys = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5)
    for key, kind in zip(keys, CLASSES, strict=True):
        wanted = {CellId(f"{at:03} {kind}.png") for at in range(CORRECTED)}
        positions = cells.positions_of(wanted)
        selecting = gallery.selectionModel()
        gallery.setCurrentIndex(cells.index(positions[0]))
        for position in positions:
            selecting.select(cells.index(position), selecting.SelectionFlag.Select)
        press(app, key, qtbot)
    model = app.session.model
    assert model is not None
    assert model.counts().reviewed == len(CLASSES) * CORRECTED


def try_and_accept(app: App, qtbot: QtBot) -> str:
    """Cancel once, then try, look at what changes, accept, undo, and let it serve after all."""
    controller = app.adaptation_controller
    qtbot.waitUntil(controller.line.isVisible, timeout=PATIENCE)
    controller.line.show_button.click()
    window = controller.window
    assert window is not None
    window.button("start").click()
    controller.line.cancel.click()
    qtbot.waitUntil(lambda: window.title.text() == "The adaptation was stopped.", timeout=PATIENCE)
    assert controller.candidate is None
    controller.show_window()
    window.button("start").click()
    qtbot.waitUntil(lambda: controller.candidate is not None, timeout=2 * PATIENCE)
    outcome = window.outcome
    assert outcome.judgement.text().startswith("Better than ")
    assert "Twice as many reviewed cells (200)" in outcome.curve_text.text()
    changed = outcome.gallery.cells.rows
    assert changed
    window.cell_chosen.emit(changed[0].cell)
    assert app.window.review.gallery.current_cell() == changed[0].cell
    window.button("filter").click()
    assert app.window.review.cells.rowCount() == len(changed)
    name_of_model = controller.candidate.id
    assert name_of_model not in {card.id for card in app.model_list.cards}
    window.button("accept").click()
    qtbot.waitUntil(lambda: controller.candidate is None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: model_of(app) == name_of_model, timeout=PATIENCE)
    assert window.title.text() == f"{name_of_model} serves from now on."
    assert not controller.line.isVisible()
    window.button("undo").click()
    qtbot.waitUntil(lambda: model_of(app) != name_of_model, timeout=PATIENCE)
    assert window.title.text() == "Taken back"
    return name_of_model


def model_of(app: App) -> str:
    """Id of the chosen model."""
    card = app.window.chooser.card
    return card.id if card is not None else ""


SHARES = {"before": [0.9, 0.8, 0.95], "after": [0.6, 0.5, 0.7], "p": 0.001}
WORSE = {"cells": 20, **SHARES, "judgement": "worse"}


def candidate_of(app: App, folder: Path, **more: object) -> Candidate:
    """As the controller holds it after a run; its folder is there."""
    folder.mkdir()
    result = {
        "model": "new",
        "folder": str(folder),
        "began_at": "old",
        "cells": {"unnamed": {"basophil": 2}},
        "judgement": "",
        "judged": {},
        "joined": [],
        "curve": {},
    }
    root = app.session.root
    assert root is not None
    began = datetime.now(UTC)
    return Candidate(root, began, "Old", False, result | more, ("Left out.",), None, "No features.")


def test_thrown_away_without_a_trace(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    """Its folder is deleted, and the cells that were tried are not offered again."""
    app = opened(qtbot, program, with_model, tmp_path / "case")
    controller = app.adaptation_controller
    folder = tmp_path / "candidate"
    controller.candidate = candidate_of(app, folder)
    controller.show_window()
    window = controller.window
    assert window is not None
    assert window.outcome.judgement.text().startswith("All cells are of one image or patient")
    assert window.outcome.notes.text() == "Left out."
    assert window.outcome.counts.text() == "No features."
    assert "Not enough cells yet" in window.outcome.curve_text.text()
    assert not window.button("filter").isEnabled()
    began = controller.candidate.began
    window.button("discard").click()
    assert not folder.exists()
    assert not window.isVisible()
    tried = app.settings.value(ADAPTATIONS_TRIED)
    assert tried == {str(tmp_path / "case"): began.isoformat()}


def test_a_worse_model_serves_for_a_reason_alone(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    app = opened(qtbot, program, with_model, tmp_path / "case")
    controller = app.adaptation_controller
    judged = {"all": WORSE, "by_class": {"basophil": WORSE}}
    controller.candidate = candidate_of(
        app, tmp_path / "candidate", judgement="worse", judged=judged
    )
    controller.show_window()
    window = controller.window
    assert window is not None
    said = window.outcome.judgement.text()
    assert said.startswith("Worse than old: of 20 cells that it did not learn from, 90.0 % were")
    assert said.endswith("Worse for Basophil.")
    assert window.outcome.classes.classes.rows[0][4] == "worse"
    window.button("accept").click()
    question = controller.candidates.question
    assert question is not None and question.isVisible()
    assert "Why should it serve?" in question.labelText()
    question.reject()
    assert controller.candidate is not None
    assert window.button("accept").isEnabled()
    shown = [each.message for each in app.window.notifications.shown]
    assert "The model before still serves." in shown


def test_a_worker_that_dies_is_told_of(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    """The window stays, what was reviewed is offered again, and nothing is left to accept."""
    app = open_for_review(
        qtbot, program([sys.executable, "-c", ""]), build_case(tmp_path / "case", with_model)
    )
    app.settings.set(ADAPT_AFTER, 6)
    review(app, {at: CLASSES[at % 2] for at in range(6)})
    app.window.commands["adapt"].trigger()
    controller = app.adaptation_controller
    assert controller.window is not None
    controller.window.button("start").click()
    title = controller.window.title
    qtbot.waitUntil(lambda: title.text() == "It did not work", timeout=PATIENCE)
    assert controller.candidate is None
    assert controller.window.message.text()
    qtbot.waitUntil(lambda: controller.line.show_button.text() == "Try them…", timeout=PATIENCE)


def test_adapted_again_it_is_compared_to_the_one_before(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    """By the cells that are new to both, if any; where it is worse, a reason is needed."""
    app = opened(qtbot, program, with_model, tmp_path / "case")
    controller = app.adaptation_controller
    better = WORSE | {"judgement": "better"}
    judged = {"all": better, "by_class": {}, "further": WORSE}
    first = candidate_of(app, tmp_path / "candidate", judgement="better", judged=judged)
    controller.candidate = replace(first, again=True)
    assert controller.candidate.is_worse
    controller.show_window()
    assert controller.window is not None
    outcome = controller.window.outcome
    assert outcome.judgement.text().startswith("Better than old: ")
    assert outcome.notes.text().startswith("Worse than Old: of 20 cells that neither learned from")
    adapted = {**first.adapted, "judged": {"all": better, "by_class": {}}}
    controller.candidate = replace(first, again=True, adapted=adapted)
    controller.show_window()
    assert outcome.notes.text().startswith("No cell is new to Old")


def test_what_came_of_another_case(
    qtbot: QtBot, program: Program, with_model: Path, tmp_path: Path
) -> None:
    """It can be accepted from anywhere, but its cells are not those of the open case."""
    app = opened(qtbot, program, with_model, tmp_path / "case")
    controller = app.adaptation_controller
    controller.candidate = candidate_of(app, tmp_path / "candidate")
    controller.show_window()
    assert controller.line.isVisible()
    app.session.close_case()
    qtbot.waitUntil(lambda: not controller.line.isVisible(), timeout=PATIENCE)
    controller.show_window()
    assert controller.window is not None
    text = f"Open {tmp_path / 'case'} to see which cells would change."
    assert controller.window.outcome.counts.text() == text
