"""A case is read blind in the window, compared with its reviews, and adjudicated."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.case.cells import PENDING
from leukogui.pages.audit_trail.text import describe_act
from leukogui.session.reading import BlindReading
from leukogui.settings.table import REVIEWER
from tests.leukogui.review_steps import (
    CELLS,
    build_case,
    choose,
    name,
    open_for_review,
    press,
    stored_reviews,
    verdict_of,
    wait_until_stored,
)
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.cases.case_signature import sign_case
from trainer.cases.records import NewReview
from trainer.cases.store import CaseStore
from trainer.cases.tables.sign_offs import Requirement
from trainer.locations import STORE_NAME

FIRST, SECOND = "Ana: <b>", "Ben"


@pytest.fixture
def folder(with_model: Path, tmp_path: Path) -> Path:
    """A case in which one reader reviewed three cells, the first two of them as monocytes."""
    made = build_case(tmp_path / "smear", with_model)
    with CaseStore.open(with_model / STORE_NAME) as store:
        labels = ("monocyte", "monocyte", "basophil")
        reviews = [NewReview(name(n).image, "", each) for n, each in enumerate(labels)]
        store.reviews.add(1, reviews, reviewer=FIRST)
    return made


def read_blind(qtbot: QtBot, app: App, *, reader: str = SECOND, hides_model: bool = True) -> None:
    """Begin a blind reading by its dialog, and wait until the cells are there."""
    app.window.commands["agreement"].trigger()
    reading = app.agreement_controller.reading
    window = app.agreement_controller.window
    assert window is not None
    qtbot.waitUntil(lambda: window.first.count() > 0, timeout=PATIENCE)
    window.start.click()
    qtbot.waitUntil(lambda: reading.dialog is not None, timeout=PATIENCE)
    dialog, reading.dialog = reading.dialog, None
    assert dialog is not None
    dialog.reader.setText(reader)
    dialog.hides_model.setChecked(hides_model)
    with qtbot.waitSignals([app.session.listed, app.session.cells_reread], timeout=PATIENCE):
        dialog.start.click()
    model, cells = app.session.model, app.window.review.cells
    assert model is not None
    qtbot.waitUntil(lambda: cells.rowCount() == CELLS == len(model), timeout=PATIENCE)


def label(app: App, qtbot: QtBot, number: int, key: Qt.Key) -> None:
    app.window.review.gallery.clearSelection()
    choose(app, number)
    press(app, key, qtbot)


def test_a_second_reader_sees_neither_reviews_nor_model_and_is_compared_then(
    qtbot: QtBot, program: Program, folder: Path, data: Path
) -> None:
    app = open_for_review(qtbot, program(), folder)
    before = len(stored_reviews(data, folder))
    choose(app, 0)
    similar = app.similar_cells_controller.cells
    qtbot.waitUntil(similar.isVisible, timeout=PATIENCE)
    app.window.commands["summary"].trigger()
    read_blind(qtbot, app)
    # What stood in the inspector when the page was left does not stand there now.
    assert app.window.review.inspector.isVisible() and not similar.isVisible()
    session, model, commands = app.session, app.session.model, app.window.commands
    assert model is not None and session.run is None
    assert set(model.groups) == {PENDING} and not model.reviews
    assert not any(commands[each].isEnabled() for each in ("run", "summary", "export", "accept"))
    assert commands["unknown"].isEnabled()
    line = app.agreement_controller.reading.line
    assert line.text.text() == "Blind reading 1 of Ben: 0 of 20 cells have a label."
    # 3 is the monocyte, 1 the basophil; a wrong key is undone and done again.
    label(app, qtbot, 0, Qt.Key.Key_3)
    assert app.window.review.gallery.current_cell() == name(1)
    label(app, qtbot, 1, Qt.Key.Key_1)
    label(app, qtbot, 2, Qt.Key.Key_1)
    label(app, qtbot, 3, Qt.Key.Key_U)
    commands["undo"].trigger()
    assert verdict_of(app, 3) == str(PENDING)
    commands["redo"].trigger()
    assert "4 of 20" in line.text.text()
    commands["next_open"].trigger()
    assert app.window.review.gallery.current_cell() == name(4)
    wait_until_stored(qtbot, app)
    assert len(stored_reviews(data, folder)) == before
    window = app.agreement_controller.window
    assert window is not None and not window.isVisible()
    line.end.click()
    assert session.reading is None and not line.isVisible()
    qtbot.waitUntil(lambda: window.cells.rowCount() == 1, timeout=PATIENCE)
    assert window.pair == (FIRST, "Ben:1")
    assert window.outcome.text().startswith("3 cells in common, 66.7 % with the same label (")
    assert "Kappa 0.40 (" in window.outcome.text()
    matrix = window.matrix
    assert [matrix.verticalHeaderItem(at).text() for at in range(2)] == ["Basophil", "Monocyte"]
    assert [[matrix.item(i, j).text() for j in range(2)] for i in range(2)] == [
        ["1", ""],
        ["1", "1"],
    ]
    assert window.tabs.tabText(0) == "Cells that differ: 1, adjudicated: 0"


def test_what_was_done_in_a_reading_is_undone_after_a_restart(
    qtbot: QtBot, program: Program, folder: Path, data: Path
) -> None:
    with CaseStore.open(data / STORE_NAME) as store:
        for number, given in ((0, "monocyte"), (1, "basophil"), (1, "monocyte"), (1, "basophil")):
            labels = [NewReview(name(number).image, "", given)]
            store.readings.add(1, labels, reader=SECOND, series=1)
    app = open_for_review(qtbot, program(), folder)
    app.session.open_again(BlindReading(SECOND, 1))
    model = app.session.model
    assert model is not None
    qtbot.waitUntil(lambda: len(model.reviews) == 2, timeout=PATIENCE)
    commands = app.window.commands
    commands["redo"].trigger()
    assert model.review(name(1)).label == "monocyte"
    for left in ("basophil", None):
        commands["undo"].trigger()
        found = model.review(name(1))
        assert (found.label if found else None) == left
    commands["undo"].trigger()
    assert not model.reviews
    with qtbot.waitSignal(app.reviews.undone) as nothing:
        commands["undo"].trigger()
    assert nothing.args == ["undo", ()]
    wait_until_stored(qtbot, app)
    with CaseStore.open(data / STORE_NAME, read_only=True) as store:
        assert store.readings.labels(1, SECOND, 1) == {}


def test_what_is_adjudicated_in_the_gallery_is_kept_with_its_reader(
    qtbot: QtBot, program: Program, folder: Path, data: Path
) -> None:
    with CaseStore.open(data / STORE_NAME) as store:
        labels = [NewReview(name(n).image, "", "lymphocyte") for n in range(3)]
        store.readings.add(1, labels, reader=SECOND, series=2)
    app = open_for_review(qtbot, program(), folder)
    app.window.commands["agreement"].trigger()
    window = app.agreement_controller.window
    assert window is not None
    qtbot.waitUntil(lambda: window.second.count() == 3, timeout=PATIENCE)
    window.first.setCurrentIndex(1)
    window.second.setCurrentIndex(2)
    window.second.activated.emit(2)
    qtbot.waitUntil(lambda: window.cells.rowCount() == 3, timeout=PATIENCE)
    window.adjudicate.click()
    review = app.window.review
    assert review.cells.rowCount() == 3 and review.isVisible()
    qtbot.waitUntil(review.gallery.hasFocus, timeout=PATIENCE)
    # The first reader was right: the same label again, by another person.
    app.settings.set(REVIEWER, "Chief")
    choose(app, 0)
    press(app, Qt.Key.Key_3, qtbot)
    assert review.gallery.current_cell() == name(1)
    wait_until_stored(qtbot, app)
    newest = stored_reviews(data, folder)[-1]
    assert (newest.label, newest.reviewer) == ("monocyte", "Chief")
    assert newest.note == f"adjudication: {FIRST} / Ben:2"
    qtbot.waitUntil(
        lambda: window.tabs.tabText(0) == "Cells that differ: 3, adjudicated: 1",
        timeout=PATIENCE,
    )
    assert window.cells.rows[0].adjudicated.startswith("Monocyte, Chief, ")
    with CaseStore.open(data / STORE_NAME, read_only=True) as store:
        act = store.acts.list_of_cell(1, name(0))[-1]
    assert (act.person, describe_act(act, {})) == ("Chief", "1 cell adjudicated: Monocyte")
    window.table.doubleClicked.emit(window.cells.index(2, 0))
    assert review.gallery.current_cell() == name(2)


def test_a_signed_case_is_read_again_with_the_model_in_view(
    qtbot: QtBot, program: Program, folder: Path, data: Path
) -> None:
    with CaseStore.open(data / STORE_NAME) as store:
        sign_case(store, 1, reviewer=FIRST, requirement=Requirement.NOTHING)
    app = open_for_review(qtbot, program(), folder)
    read_blind(qtbot, app, reader=FIRST, hides_model=False)
    model = app.session.model
    assert model is not None
    qtbot.waitUntil(lambda: app.session.run is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: model.counts().pending == 0, timeout=PATIENCE)
    assert not model.reviews
    label(app, qtbot, 0, Qt.Key.Key_3)
    wait_until_stored(qtbot, app)
    with CaseStore.open(data / STORE_NAME, read_only=True) as store:
        (series,) = store.readings.list_series(1)
        assert (series.reader, series.series, series.cells) == (FIRST, 1, 1)
        assert store.audit.verify() == []
    # It is gone on with: what was labelled is there again.
    app.agreement_controller.reading.start(FIRST, 1, True)
    again = app.session.model
    assert again is not None and again is not model
    qtbot.waitUntil(lambda: len(again.reviews) == 1, timeout=PATIENCE)
    app.session.close_case()
    assert app.session.reading is None
