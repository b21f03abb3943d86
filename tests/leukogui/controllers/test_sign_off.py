"""A case from its details to its sign-off, reopening and audit trail, in the real window."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.settings.table import SIGN_REQUIREMENT
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.cases import CaseStore, NewReview, Requirement
from trainer.cases.case_signature import sign_case
from trainer.domain import CellId, Decision, Precision, Prediction

NAMES = ("=1+1 <b>🩸.png", "b.png", "c.png")


def store_of(data: Path) -> CaseStore:
    return CaseStore.open(data / "cases.sqlite")


@pytest.fixture
def smear(tmp_path: Path, data: Path, drawn_once: Path) -> Path:
    """A folder of three cells in the store: one accepted, one to review, one unknown."""
    folder = tmp_path / "smear <i>7"
    folder.mkdir()
    pictures = sorted(drawn_once.glob("cell_0*.jpg"))
    decisions = (Decision.ACCEPT, Decision.REVIEW, Decision.UNKNOWN)
    with store_of(data) as store:
        case = store.cases.find_or_create(folder)
        run = store.runs.start(
            case.id,
            model="net",
            model_sha256="a" * 64,
            precision=Precision.F32,
            device="CPU",
            settings={},
            images=NAMES,
        )
        cells = []
        for name, decision, picture in zip(NAMES, decisions, pictures, strict=False):
            content = picture.read_bytes()
            (folder / name).write_bytes(content)
            sha256 = hashlib.sha256(content).hexdigest()
            cells.append(
                Prediction(name, sha256, decision, "net", Precision.F32, "monocyte", 0.9, (0.9,))
            )
        store.predictions.add(run.id, cells)
        store.runs.finish(run.id)
    return folder


def open_case(qtbot: QtBot, app: App, folder: Path) -> App:
    app.case_controller.open_folder(folder)
    until(qtbot, lambda: app.sign_off_controller.record is not None)
    until(qtbot, lambda: app.window.review.cells.rowCount() == len(NAMES))
    return app


def until(qtbot: QtBot, condition) -> None:
    qtbot.waitUntil(condition, timeout=PATIENCE)


def review(data: Path, *names: str, label: str = "monocyte") -> None:
    with store_of(data) as store:
        cells = [NewReview(name, "", label) for name in names]
        store.reviews.add(1, cells, reviewer="AB")


@pytest.mark.slow
def test_a_case_is_signed_reopened_and_its_trail_checked(
    qtbot: QtBot, program: Program, smear: Path, data: Path, tmp_path: Path
) -> None:
    app = open_case(qtbot, program(), smear)
    commands, controller = app.window.commands, app.sign_off_controller
    # What is missing is one click away.
    review(data, NAMES[0])
    commands["sign_off"].trigger()
    until(qtbot, lambda: controller.dialog is not None)
    dialog = controller.dialog
    assert dialog.state.text() == "2 cells keep the case from being signed."
    assert not dialog.sign.isEnabled()
    dialog.go.click()
    assert app.window.review.gallery.current_cell() == CellId(NAMES[1])
    # All reviewed: it is signed by keyboard.
    review(data, *NAMES[1:])
    controller.dialog = None
    commands["sign_off"].trigger()
    until(qtbot, lambda: controller.dialog is not None)
    dialog = controller.dialog
    dialog.name.setText("Dr. Ä <b>")
    dialog.remark.setText("=remark")
    assert dialog.sign.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    until(qtbot, lambda: controller.record is not None and controller.record.is_signed)
    badge = app.window.bar.signed
    assert badge.isVisible() and badge.text() == "Signed: Dr. Ä <b>"
    assert commands["reopen"].isEnabled() and not commands["sign_off"].isEnabled()
    classes = app.review_class_controller.actions.values()
    assert classes and not [each.text() for each in classes if each.isEnabled()]
    for action in ("run", "import_cells", "source", "undo", "remove_cell"):
        assert not commands[action].isEnabled()
    # The trail is shown, filtered, checked and exported.
    commands["audit_trail"].trigger()
    trail = app.audit_trail_controller.window
    until(qtbot, lambda: trail.acts.rowCount() > 0)
    assert trail.acts.rows[0][1][2:4] == ("Dr. Ä <b>", "Signed: =remark")
    trail.persons.setChecked(True)
    trail.search.setText("ab reviewed")
    assert [row[0].kind for row in trail.acts.rows] == ["review", "review"]
    trail.check.click()
    until(qtbot, trail.check.isEnabled)
    assert trail.outcome.text().startswith("The trail is whole: ")
    file = tmp_path / "trail.csv"
    app.audit_trail_controller.export(file)
    until(qtbot, file.is_file)
    last = list(csv.DictReader(file.read_text("utf-8").splitlines()))[-1]
    assert (last["person"], last["reason"]) == ("Dr. Ä <b>", "'=remark")
    # Reopened with a reason, all is possible again.
    badge.click()
    dialog = controller.dialog
    assert not dialog.reopen.isEnabled()
    dialog.reason.setText("wrong sample")
    dialog.reopen.click()
    until(qtbot, lambda: controller.record is not None and not controller.record.is_signed)
    assert not badge.isVisible() and commands["source"].isEnabled()
    trail.search.setText("wrong sample")
    until(qtbot, lambda: trail.acts.rowCount() == 1)


def test_a_lower_requirement_is_said_in_the_dialog(
    qtbot: QtBot, program: Program, smear: Path
) -> None:
    app = program()
    app.settings.set(SIGN_REQUIREMENT, "nothing")
    open_case(qtbot, app, smear)
    app.window.commands["sign_off"].trigger()
    until(qtbot, lambda: app.sign_off_controller.dialog is not None)
    dialog = app.sign_off_controller.dialog
    assert "may be left without review" in dialog.requirement.text()
    dialog.name.setText("AB")
    assert dialog.sign.isEnabled() and not dialog.go.isVisible()


def test_a_case_that_another_program_signed_is_shown_so(
    qtbot: QtBot, program: Program, smear: Path, data: Path
) -> None:
    app = open_case(qtbot, program(), smear)
    with store_of(data) as store:
        sign_case(store, 1, reviewer="CD", requirement=Requirement.NOTHING)
    app.session.reread_cells()
    until(qtbot, app.window.bar.signed.isVisible)
    app.session.close_case()
    assert not app.window.bar.signed.isVisible()


def test_details_are_kept_and_shown_again(
    qtbot: QtBot, program: Program, smear: Path, data: Path
) -> None:
    app = open_case(qtbot, program(), smear)
    controller = app.case_list_controller
    app.window.commands["details"].trigger()
    until(qtbot, lambda: controller.dialog is not None)
    controller.dialog.lines["sample"].setText("S-7 <script>")
    controller.dialog.numbers["magnification"].setValue(100)
    controller.dialog.notes.setPlainText("first line\n=1+1 🩸")
    controller.dialog.save.click()
    record = app.sign_off_controller
    until(qtbot, lambda: record.record.row.details.sample == "S-7 <script>")
    controller.dialog = None
    app.window.commands["details"].trigger()
    until(qtbot, lambda: controller.dialog is not None)
    values = controller.dialog.values()
    assert values["magnification"] == 100 and values["notes"] == "first line\n=1+1 🩸"
    controller.dialog.reject()


def test_cases_are_listed_searched_and_opened(
    qtbot: QtBot, program: Program, smear: Path, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with store_of(data) as store:
        store.cases.find_or_create(tmp_path / "other")
    app = program()
    app.window.commands["cases"].trigger()
    page = app.case_list_controller.page
    until(qtbot, lambda: page.cases.rowCount() == 2)
    QTest.keyClicks(page.search, "net smear")
    assert page.cases.rowCount() == 1
    texts = [page.cases.index(0, column).data() for column in range(6)]
    assert texts == ["New", "smear <i>7", "", "3", "0", "net"]
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    until(qtbot, lambda: app.session.root == smear)
    page.search.setText("no such words")
    assert page.empty.text() == "No case has all of these words."


@pytest.mark.slow
def test_a_moved_folder_is_located_by_a_person(
    qtbot: QtBot, program: Program, smear: Path, data: Path, tmp_path: Path
) -> None:
    moved = smear.rename(tmp_path / "moved")
    app = program()
    app.window.commands["cases"].trigger()
    page = app.case_list_controller.page
    until(qtbot, lambda: page.cases.rowCount() == 1)
    assert page.locate.isVisible() and not page.open.isEnabled()
    row, is_missing = page.current
    assert is_missing
    app.case_list_controller.locate(row.case, moved)
    until(qtbot, lambda: app.sign_off_controller.record is not None)
    assert app.session.root == moved
    with store_of(data) as store:
        assert store.cases.get(1).root == moved
        assert store.audit.verify() == []


@pytest.mark.slow
def test_a_moved_folder_that_is_opened_is_known(
    qtbot: QtBot, program: Program, smear: Path, tmp_path: Path
) -> None:
    moved = smear.rename(tmp_path / "moved")
    app = open_case(qtbot, program(), moved)
    until(qtbot, lambda: app.session.run is not None)
    shown = [each.message for each in app.window.notifications.shown]
    assert f"This is the case smear <i>7, which lay in {smear} before." in shown


@pytest.mark.slow
def test_readers_and_models_are_compared_and_lead_to_the_cells(
    qtbot: QtBot, program: Program, smear: Path, data: Path, tmp_path: Path
) -> None:
    review(data, NAMES[0])
    review(data, *NAMES[1:], label="basophil")
    app = open_case(qtbot, program(), smear)
    app.window.commands["agreement"].trigger()
    window = app.agreement_controller.window
    until(qtbot, lambda: window.cells.rowCount() == 2)
    assert [window.first.currentText(), window.second.currentText()] == [
        "Model net",
        "AB, reviews",
    ]
    assert window.outcome.text().startswith("3 cells in common, 33.3 % with the same label (")
    texts = [window.cells.index(0, column).data() for column in range(3)]
    assert texts == [NAMES[1], "Monocyte", "Basophil"]
    window.table.selectRow(1)
    QTest.keyClick(window.table, Qt.Key.Key_Return)
    assert app.window.review.gallery.current_cell() == CellId(NAMES[2])
    # A blind reading of a CSV, whose reader has a colon and a script in their name.
    reading = tmp_path / "reading.csv"
    lines = "".join(f"{name},monocyte\n" for name in NAMES)
    reading.write_text(f"file,label\n{lines}", encoding="utf-8")
    app.agreement_controller.take_reading(reading, "C:<script>", 2)
    until(qtbot, lambda: window.second.findText("C:<script>, blind reading 2") == 2)
    window.second.setCurrentIndex(2)
    window.second.activated.emit(2)
    until(qtbot, lambda: "100.0 % with the same label" in window.outcome.text())
    assert "Too few labels for a kappa." in window.outcome.text()
    window.first.setCurrentIndex(2)
    window.first.activated.emit(2)
    assert window.outcome.text() == "Choose two that are not the same."


def test_a_case_opens_where_it_was_left_also_after_a_restart(
    qtbot: QtBot, program: Program, smear: Path, data: Path
) -> None:
    first = open_case(qtbot, program(), smear)
    gallery = first.window.review.gallery
    gallery.setCurrentIndex(first.window.review.cells.index(2))
    left = gallery.current_cell()
    first.shut_down()
    with store_of(data) as store:
        assert store.places.get(1).values == {"image": left.image, "number": 0}
        assert store.audit.verify() == []
    again = open_case(qtbot, program(), smear)
    until(qtbot, lambda: again.window.review.gallery.current_cell() == left)
    again.session.close_case()
    again.case_controller.open_folder(smear)
    until(qtbot, lambda: again.window.review.gallery.current_cell() == left)


def test_a_review_of_a_case_that_another_signed_is_taken_back_and_said(
    qtbot: QtBot, program: Program, smear: Path, data: Path
) -> None:
    app = open_case(qtbot, program(), smear)
    with store_of(data) as store:
        sign_case(store, 1, reviewer="CD", requirement=Requirement.NOTHING)
    cell = CellId(NAMES[1])
    app.reviews.review({cell: "basophil"})
    until(qtbot, app.window.bar.signed.isVisible)
    model, notifications = app.session.model, app.window.notifications
    assert model is not None
    until(qtbot, lambda: model.review(cell) is None)
    until(qtbot, lambda: any("was signed by CD" in each.message for each in notifications.shown))
    assert not app.window.commands["unknown"].isEnabled()
