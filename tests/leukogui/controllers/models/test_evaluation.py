"""The window that measures and judges models, with real workers, random models and drawn cells."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.backend.evaluation_files import (
    EvaluatedCell,
    EvaluatedModel,
    count_confusion,
    pareto_front,
)
from leukogui.pages.evaluation.confusion import ConfusionTable
from leukogui.pages.evaluation.confusion_pair import ConfusionPair
from leukogui.pages.evaluation.table import ResultModel, ShownResult
from leukogui.pages.evaluation.text import judgement_sentence
from leukogui.pages.evaluation.window import EvaluationWindow
from leukogui.theme.theme import Theme
from tests.leukogui.case_steps import classify_all, open_case
from tests.leukogui.window_fixtures import MODEL as NAME
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.domain import CellId
from trainer.models.package.card import read_card, write_card
from trainer.models.package.registry import registry_of

OTHER = "lab-3"
CELL = EvaluatedCell(Path("a.png"), None, "monocyte", "basophil", 0.9, "accept")


def measured(name: str, accuracy: float, milliseconds: float) -> ShownResult:
    figures = {"balanced_accuracy": {"value": accuracy, "low": accuracy - 0.1, "high": 1.0}}
    cost = {"milliseconds": milliseconds, "parameters": 2e6, "megabytes": 9.0}
    classes = ("basophil", "monocyte")
    return ShownResult(
        f"={name}", EvaluatedModel(name, Path("x"), classes, figures, cost, (CELL, CELL))
    )


def test_the_front_has_what_no_other_beats_at_both() -> None:
    assert pareto_front([(1, 0.8), (2, 0.9), (3, 0.85), (2, 0.7)]) == [True, True, False, False]
    assert pareto_front([(1, 0.8), (1, 0.8)]) == [True, True]


def test_the_table_is_exported_with_all_bounds(qtbot: QtBot) -> None:
    model = ResultModel()
    model.show_results([measured("one", 0.8, 12.5)])
    rows = list(csv.DictReader(model.to_csv().splitlines()))
    assert rows[0]["model"] == "'=one"  # nothing that a spreadsheet would compute
    assert rows[0]["balanced_accuracy"] == "0.8"
    assert rows[0]["balanced_accuracy_low"] == str(0.8 - 0.1)
    assert (rows[0]["milliseconds"], rows[0]["ece"]) == ("12.5", "")


def test_a_number_of_the_matrix_opens_its_cells(qtbot: QtBot, qapp: object) -> None:
    result = measured("one", 0.8, 12.5).model
    assert list(count_confusion(result)) == [("monocyte", "basophil")]
    table = ConfusionTable(Theme(QGuiApplication.instance(), "light"))
    qtbot.addWidget(table)
    table.show_model(result)
    with qtbot.waitSignal(table.chosen) as chosen:
        table.setCurrentCell(1, 0)
    assert chosen.args == [[CELL, CELL]]
    assert table.item(1, 0).text() == "2"
    assert "2 of 2 cells labelled Monocyte are called Basophil" in table.item(1, 0).toolTip()


def test_two_matrices_show_the_same_pair_of_classes(qtbot: QtBot, qapp: object) -> None:
    one, two = measured("one", 0.8, 12.5), measured("two", 0.9, 20.0)
    pair = ConfusionPair(Theme(QGuiApplication.instance(), "light"))
    qtbot.addWidget(pair)
    pair.show_result(one, (one, two))
    assert pair.other.isHidden()
    assert [pair.beside.itemText(at) for at in range(2)] == ["no other model", "=two"]
    pair.beside.setCurrentIndex(1)
    pair.beside.activated.emit(1)
    assert not pair.other.isHidden()
    with qtbot.waitSignal(pair.chosen) as chosen:
        pair.other.setCurrentCell(1, 0)
    assert chosen.args == ["=two", [CELL, CELL]]
    assert (pair.table.currentRow(), pair.table.currentColumn()) == (1, 0)
    with qtbot.waitSignal(pair.chosen) as chosen:
        pair.table.setCurrentCell(0, 0)
    assert chosen.args == ["=one", []]
    assert (pair.other.currentRow(), pair.other.currentColumn()) == (0, 0)
    # Chosen in the table of models: the other stays beside it, unless it is the one chosen.
    three = measured("three", 0.7, 2.0)
    pair.show_result(three, (one, two, three))
    assert pair.beside.currentText() == "=two"
    pair.show_result(two, (one, two, three))
    assert pair.beside.currentText() == "no other model"
    pair.show_result(None, ())
    assert pair.table.rowCount() == 0
    assert not pair.beside.isEnabled()


@pytest.mark.parametrize(
    ("judgement", "words"),
    [
        ("better", "is better than"),
        ("worse", "is worse than"),
        ("not distinguishable", "told apart"),
    ],
)
def test_one_plain_sentence(judgement: str, words: str) -> None:
    record = {
        "judgement": judgement,
        "overall": {"cells": 40, "p": 0.5},
        "better": ["monocyte"],
        "worse": ["outside"],
    }
    sentence = judgement_sentence(record, "New", "Old")
    assert words in sentence
    assert "Better for: Monocyte." in sentence
    assert "Worse for: cells outside of the classes." in sentence


@pytest.fixture
def with_two(with_model: Path) -> Path:
    """The data folder with the random model, which serves, and a copy of another id."""
    folder = with_model / "models" / OTHER
    shutil.copytree(with_model / "models" / NAME, folder)
    card = read_card(folder / "card.json")
    write_card(card.model_copy(update={"id": OTHER, "title": "Lab 3"}), folder / "card.json")
    registry_of(with_model).promote(NAME)
    return with_model


def shown_window(qtbot: QtBot, assembly: App) -> EvaluationWindow:
    assembly.window.commands["models"].trigger()
    page = assembly.model_page_controller.page
    qtbot.waitUntil(lambda: page.models.rowCount() > 0, timeout=PATIENCE)
    page.table.choose(OTHER)
    page.evaluate.click()
    return assembly.evaluation_controller.window


def labelled(drawn: Path, folder: Path) -> Path:
    """Class folders of the drawn cells, whatever is in them."""
    pictures = sorted(drawn.glob("cell_*.jpg"))
    for number, picture in enumerate(pictures):
        target = folder / ("basophil", "monocyte", "myeloblast")[number % 3]
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, target)
    return folder


@pytest.mark.slow
def test_two_models_are_measured_judged_and_exported(
    qtbot: QtBot, program: Program, with_two: Path, drawn: Path, tmp_path: Path
) -> None:
    assembly = program()
    window = shown_window(qtbot, assembly)
    assert set(window.setup.chosen_models) == {NAME, OTHER}
    assert not window.start.isEnabled()
    window.setup.choose_data(str(labelled(drawn, tmp_path / "labelled")))
    window.copy.click()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split()[1] for line in lines] == ["evaluate", "evaluate", "judge"]
    window.start.click()
    assert window.start.text() == "Stop"
    qtbot.waitUntil(lambda: window.start.text() == "Measure", timeout=4 * PATIENCE)
    assert "Done" in window.status.text()
    assert window.results.rowCount() == 2
    assert "told apart" in window.judgement.sentence.text()
    assert window.confusion.table.rowCount() >= 3
    window.tabs.setCurrentWidget(window.report_view)
    qtbot.waitUntil(lambda: "balanced accuracy" in window.report_view.toPlainText())
    window.tabs.setCurrentWidget(window.judgement)
    trail = registry_of(with_two).trail()
    judged = trail.judgement(OTHER, NAME)
    assert judged is not None
    assert judged.details["judgement"] == "not distinguishable"
    window.judgement.promote.click()
    dialog = assembly.model_page_controller.acts.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: assembly.model_list.trail == trail, timeout=PATIENCE)
    dialog.go.click()
    qtbot.waitUntil(lambda: assembly.model_list.serving == OTHER, timeout=PATIENCE)
    file = tmp_path / "models.csv"
    assembly.evaluation_controller.export(file)
    assert len(file.read_text("utf-8").splitlines()) == 3
    assert window.results.rows[0].model.report.is_file()


@pytest.mark.slow
def test_two_models_are_seen_to_look_at_a_cell(
    qtbot: QtBot, program: Program, with_two: Path, drawn: Path
) -> None:
    assembly = program()
    shown_window(qtbot, assembly)
    maps = assembly.evaluation_controller.maps
    image = sorted(drawn.glob("cell_*.jpg"))[0]
    maps.show_maps(image, (NAME, OTHER), ("Random", "Lab 3"))
    dialog = maps.dialog
    assert dialog is not None
    qtbot.waitUntil(
        lambda: all(not each.pixmap().isNull() for each in dialog.pictures), timeout=3 * PATIENCE
    )
    assert all("%" in each.text() for each in dialog.captions)
    assert "were not checked" in dialog.notes.text()
    maps.show_maps(image.with_name("gone.jpg"), (NAME, OTHER), ("Random", "Lab 3"))
    gone = maps.dialog
    assert gone is not None
    qtbot.waitUntil(lambda: "gone.jpg" in gone.captions[1].text(), timeout=3 * PATIENCE)


def test_locked_cells_of_all_cases_are_offered(
    qtbot: QtBot, program: Program, with_two: Path, tmp_path: Path
) -> None:
    window = shown_window(qtbot, program())
    cases = [tmp_path / "one", tmp_path / "two"]
    window.setup.show_cases(cases)
    window.setup.locked.click()
    assert window.setup.chosen.text() == "Locked cells of all cases"
    assert window.setup.cases == tuple(cases)
    window.copy_requested.emit()
    line = QGuiApplication.clipboard().text().splitlines()[0]
    assert "reviewed-cells" in line
    assert line.endswith("--locked")
    window.setup.all_reviewed.click()
    window.copy_requested.emit()
    assert QGuiApplication.clipboard().text().splitlines()[0].endswith("--all")


@pytest.mark.slow
def test_reviewed_cells_are_measured_on_and_shown_again(
    qtbot: QtBot, program: Program, with_two: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    classify_all(qtbot, assembly)
    names = sorted(path.name for path in drawn.glob("cell_*.jpg"))[:6]
    labels = ("basophil", "monocyte")
    chosen = {CellId(name): labels[at % 2] for at, name in enumerate(names)}
    with qtbot.waitSignal(assembly.reviews.stored, timeout=PATIENCE):
        assembly.reviews.review(chosen)
    window = shown_window(qtbot, assembly)
    qtbot.waitUntil(window.setup.all_reviewed.isEnabled, timeout=PATIENCE)
    window.setup.all_reviewed.click()
    assert window.setup.cases == (drawn,)
    for at in range(window.setup.models.count()):
        item = window.setup.models.item(at)
        keep = item.data(Qt.ItemDataRole.UserRole) == NAME
        item.setCheckState(Qt.CheckState.Checked if keep else Qt.CheckState.Unchecked)
    window.start.click()
    qtbot.waitUntil(lambda: window.start.text() == "Measure", timeout=3 * PATIENCE)
    assert "Done: 1 model" in window.status.text()
    assert len(window.results.rows[0].model.cells) == len(names)
    window.show_results(())
    window.setup.earlier.setCurrentIndex(1)
    window.setup.earlier.activated.emit(1)
    assert [len(row.model.cells) for row in window.results.rows] == [len(names)]


@pytest.mark.slow
def test_a_folder_without_labels_is_refused_in_words(
    qtbot: QtBot, program: Program, with_two: Path, tmp_path: Path
) -> None:
    window = shown_window(qtbot, program())
    (tmp_path / "empty").mkdir()
    window.setup.choose_data(str(tmp_path / "empty"))
    window.start.click()
    qtbot.waitUntil(lambda: window.start.text() == "Measure", timeout=2 * PATIENCE)
    assert window.results.rowCount() == 0
    assert "empty" in window.status.text()
