from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from leukogui.backend.saved_run import run_spec_from_json
from leukogui.case.cells import FAILED
from leukogui.settings.table import GEOMETRY, RECENT_FOLDERS, UNFINISHED_RUN
from tests.leukogui.case_steps import (
    CELLS,
    add_copies,
    counts,
    drop,
    open_case,
    run_to_end,
    wait_until_classified,
    wait_until_shown,
)
from tests.leukogui.notification_steps import find_notification
from tests.leukogui.window_fixtures import MODEL, PATIENCE, Program
from tests.paths import LEUKOGUI
from trainer.commands.parser import build_parser, request_of
from trainer.domain import CellId
from trainer.imaging.overlay import COLOUR_MAPS


@pytest.mark.slow
def test_drop_run_look(qtbot: QtBot, program: Program, with_model: Path, drawn: Path) -> None:
    assembly = program()
    window, inspector = assembly.window, assembly.window.review.inspector
    assert window.pages.currentWidget() is window.welcome
    open_case(qtbot, assembly, drawn)
    assert window.pages.currentWidget() is window.review

    outcome = run_to_end(qtbot, assembly)
    assert outcome.kind == "done", outcome
    wait_until_classified(qtbot, assembly)
    assert counts(assembly).failed == 1
    qtbot.waitUntil(lambda: "CPU" in window.bar.device.text(), timeout=PATIENCE)
    qtbot.waitUntil(lambda: "1 failed" in window.status.counts.text(), timeout=PATIENCE)

    # The same numbers as in the file that the command line writes.
    assert assembly.session.model is not None
    with Path(outcome.result["predictions"]).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            judged = assembly.session.model.results[
                assembly.session.model.row(CellId(row["image"]))
            ]
            assert judged.decision == row["decision"]
            assert judged.label == row["label"]
            if row["probability"]:
                assert judged.probability == pytest.approx(float(row["probability"]), abs=1e-6)

    # The heat map of another class is another picture, and so is none.
    qtbot.waitUntil(lambda: window.review.cells.rowCount() == CELLS, timeout=PATIENCE)
    window.review.gallery.setCurrentIndex(window.review.cells.index(0))
    name = window.review.gallery.current_name()
    qtbot.waitUntil(
        lambda: inspector.name == name and inspector.prediction is not None, timeout=PATIENCE
    )
    qtbot.waitUntil(lambda: not inspector.picture.image.isNull(), timeout=PATIENCE)
    pictures = []
    for output in range(6):
        inspector.bars.chosen.emit(output)
        pictures.append(inspector.picture.image.copy())
    assert any(picture != pictures[0] for picture in pictures)
    window.commands["heat"].trigger()
    bare = inspector.picture.image.copy()
    assert any(picture != bare for picture in pictures)
    window.commands["outline"].trigger()
    assert inspector.picture.image == bare
    assert set(COLOUR_MAPS) == {"viridis", "cividis", "inferno", "orange_blue"}


@pytest.mark.slow
def test_a_case_is_as_it_was_after_a_restart(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    run_to_end(qtbot, assembly)
    assembly.window.close()
    assert assembly.settings.value(GEOMETRY)
    again = program()
    assert again.settings.value(RECENT_FOLDERS) == (str(drawn),)
    open_case(qtbot, again, drawn)
    wait_until_classified(qtbot, again)
    assert again.session.model is not None
    assert again.session.model.groups.count(FAILED) == 1


@pytest.mark.slow
def test_a_stopped_run_goes_on(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    total = add_copies(drawn, 8)
    assembly = open_case(qtbot, program(), drawn, total)

    def stop_soon(progress) -> None:
        if progress.stage.startswith("classif"):
            assembly.window.commands["cancel"].trigger()

    assembly.queue.progressed.connect(stop_soon)
    outcome = run_to_end(qtbot, assembly)
    assembly.queue.progressed.disconnect(stop_soon)
    assert outcome.kind == "cancelled"
    assert assembly.window.commands["resume"].isEnabled()
    outcome = run_to_end(qtbot, assembly, assembly.window.commands["resume"].trigger)
    assert outcome.kind == "done"
    wait_until_classified(qtbot, assembly)
    assert assembly.session.run is not None
    assert assembly.session.run.id == 1


@pytest.mark.slow
def test_closing_during_a_run_asks_once_and_leaves_nothing(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    total = add_copies(drawn, 8)
    assembly = program()
    window = assembly.window
    open_case(qtbot, assembly, drawn, total)
    qtbot.waitUntil(window.commands["run"].isEnabled, timeout=PATIENCE)
    with qtbot.waitSignal(assembly.queue.progressed, timeout=PATIENCE):
        window.commands["run"].trigger()
    assert not window.close()
    assert not window.close()
    boxes = window.findChildren(QMessageBox)
    assert len(boxes) == 1
    stop = next(each for each in boxes[0].buttons() if "Stop" in each.text())
    with qtbot.waitSignal(window.close_requested, timeout=PATIENCE):
        stop.click()
    assert psutil.Process().children() == []

    again = program()
    drop(again, drawn)
    assert find_notification(again, "did not come to its end")  # it fades before long
    wait_until_shown(qtbot, again, total)
    assert again.window.commands["resume"].isEnabled()
    assert run_to_end(qtbot, again, again.window.commands["resume"].trigger).kind == "done"
    assert again.session.run is not None
    assert again.session.run.id == 1  # the same run
    assert run_spec_from_json(again.settings.value(UNFINISHED_RUN)) is None


@pytest.mark.slow
def test_another_folder_waits_its_turn(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path, tmp_path: Path
) -> None:
    second = tmp_path / "second"
    second.mkdir()
    shutil.copy(next(drawn.glob("cell_0*.jpg")), second)
    assembly = open_case(qtbot, program(), drawn)
    qtbot.waitUntil(assembly.window.commands["run"].isEnabled, timeout=PATIENCE)
    ended: list[str] = []
    assembly.queue.ended.connect(lambda order, outcome: ended.append((order.root, outcome.kind)))
    bar, said = assembly.window.bar, set[tuple[Path, bool]]()
    assembly.queue.progressed.connect(
        lambda _: said.add(
            (assembly.queue.current.root, bar.progress_text.text().startswith("second: "))
        )
    )
    assembly.window.commands["run"].trigger()
    assembly.run_controller.queue_folder_path(str(second))
    assert "1 waiting" in bar.waiting.text()
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=2 * PATIENCE)
    assert ended == [(drawn, "done"), (second, "done")]
    assert said == {(drawn, False), (second, True)}  # of another folder than the open one


def test_only_the_selection_is_run(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    window = assembly.window
    window.review.gallery.setCurrentIndex(window.review.cells.index(0))
    qtbot.waitUntil(window.commands["run_selection"].isEnabled, timeout=PATIENCE)
    outcome = run_to_end(qtbot, assembly, window.commands["run_selection"].trigger)
    assert outcome.result["images"] == 1
    qtbot.waitUntil(lambda: counts(assembly).pending == CELLS - 1, timeout=PATIENCE)


def test_a_selection_in_a_folder_of_the_case_belongs_to_the_case(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    (drawn / "slide").mkdir()
    shutil.copy(drawn / "cell_001.jpg", drawn / "slide" / "inner.jpg")
    assembly = open_case(qtbot, program(), drawn, CELLS + 1)
    window, model = assembly.window, assembly.session.model
    assert model is not None
    (position,) = window.review.cells.positions_of({CellId("slide/inner.jpg")})
    window.review.gallery.setCurrentIndex(window.review.cells.index(position))
    qtbot.waitUntil(window.commands["run_selection"].isEnabled, timeout=PATIENCE)
    assert run_to_end(qtbot, assembly, window.commands["run_selection"].trigger).kind == "done"
    qtbot.waitUntil(lambda: counts(assembly).pending == CELLS, timeout=PATIENCE)
    assert model.results[model.row(CellId("slide/inner.jpg")) or 0] is not None


def test_new_files_appear_and_lost_ones_go(qtbot: QtBot, program: Program, drawn: Path) -> None:
    assembly = open_case(qtbot, program(), drawn)
    shutil.copy(drawn / "cell_001.jpg", drawn / "new & <b>😀.jpg")
    (drawn / "cell_002.jpg").unlink()
    model = assembly.session.model
    assert model is not None
    qtbot.waitUntil(lambda: model.row(CellId("new & <b>😀.jpg")) is not None, timeout=PATIENCE)
    qtbot.waitUntil(lambda: model.row(CellId("cell_002.jpg")) is None, timeout=PATIENCE)


def test_a_folder_that_is_gone_is_told(qtbot: QtBot, program: Program, drawn: Path) -> None:
    assembly = open_case(qtbot, program(), drawn)
    shutil.rmtree(drawn)
    with qtbot.waitSignal(assembly.session.failed, timeout=PATIENCE) as failed:
        assembly.session.relist()
    assert "cannot be opened" in failed.args[0].message
    assert assembly.window.notifications.shown


def test_without_a_model_it_is_said_what_to_do(
    qtbot: QtBot, program: Program, data: Path, drawn: Path
) -> None:
    assembly = open_case(qtbot, program(), drawn)
    notices = assembly.window.notifications
    qtbot.waitUntil(
        lambda: any("no model yet" in each.message for each in notices.shown), timeout=PATIENCE
    )
    assert not assembly.window.commands["run"].isEnabled()


def test_a_damaged_model_is_told(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    (with_model / "models" / MODEL / "graph.bin").write_bytes(b"damaged")
    assembly = open_case(qtbot, program(), drawn)
    outcome = run_to_end(qtbot, assembly)
    assert outcome.kind == "failed"
    assert any(outcome.message in notice.message for notice in assembly.window.notifications.shown)


@pytest.mark.slow
def test_a_worker_that_dies_is_told_and_the_window_goes_on(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    total = add_copies(drawn, 3)
    assembly = open_case(qtbot, program(), drawn, total)

    def kill(_: object) -> None:
        for child in psutil.Process().children():
            child.kill()

    assembly.queue.progressed.connect(kill)
    outcome = run_to_end(qtbot, assembly)
    assembly.queue.progressed.disconnect(kill)
    assert outcome.kind == "crashed"
    assert any(
        "process stopped" in notice.message for notice in assembly.window.notifications.shown
    )
    assert run_to_end(qtbot, assembly, assembly.window.commands["resume"].trigger).kind == "done"


def test_the_badge_follows_the_device(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    assembly = program([sys.executable, str(LEUKOGUI / "gpu_worker.py")])
    open_case(qtbot, assembly, drawn)
    window, badge = assembly.window, assembly.window.bar.device
    qtbot.waitUntil(lambda: badge.isVisible() and badge.text() == "CPU · f32", timeout=PATIENCE)
    assert "A run would be computed on CPU" in badge.toolTip()
    qtbot.waitUntil(window.commands["run"].isEnabled, timeout=PATIENCE)
    window.commands["run"].trigger()
    qtbot.waitUntil(lambda: badge.text() == "IMAGINARY R&&D · f16", timeout=PATIENCE)
    assert "GPU: Imaginary R&D, by torch." in badge.toolTip()
    (drawn / "lose").touch()
    qtbot.waitUntil(lambda: badge.text() == "CPU · f32", timeout=PATIENCE)
    assert badge.toolTip().endswith("Imaginary R&D failed; going on on the CPU.")
    assert any("going on on the CPU" in notice.message for notice in window.notifications.shown)
    # Of a folder that is opened meanwhile it says nothing; coming back, it does again.
    drop(assembly, drawn.parent / "data")
    qtbot.waitUntil(lambda: "would be computed" in badge.toolTip(), timeout=PATIENCE)
    drop(assembly, drawn)
    qtbot.waitUntil(lambda: "going on on the CPU" in badge.toolTip(), timeout=PATIENCE)
    assert badge.text() == "CPU · f32"
    with qtbot.waitSignal(assembly.queue.ended, timeout=PATIENCE):
        window.commands["cancel"].trigger()


def test_copy_as_command_asks_for_the_same(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path
) -> None:
    import shlex

    assembly = open_case(qtbot, program(), drawn)
    qtbot.waitUntil(assembly.window.commands["run"].isEnabled, timeout=PATIENCE)
    assembly.window.commands["copy_command"].trigger()
    program_name, *words = shlex.split(QGuiApplication.clipboard().text())
    assert program_name == "leuko-trainer"
    request = request_of(build_parser().parse_args(words))
    assert request.paths == (str(drawn),)
    assert request.model == MODEL


@pytest.mark.slow
def test_the_drawn_cells_are_drawn_by_the_worker(
    qtbot: QtBot, program: Program, data: Path
) -> None:
    assembly = program()
    with qtbot.waitSignal(assembly.session.opened, timeout=2 * PATIENCE):
        assembly.window.commands["try_demo"].trigger()
    assert assembly.session.root == data / "drawn cells"
    qtbot.waitUntil(lambda: not assembly.session.is_listing, timeout=PATIENCE)
    assert counts(assembly).total > 40


def test_an_empty_folder_says_so(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assembly = open_case(qtbot, program(), tmp_path / "empty", 0)
    assert "no image" in assembly.window.review._empty.text()


def test_a_model_package_is_imported(qtbot: QtBot, program: Program, package: Path) -> None:
    assembly = program()
    assembly.model_controller.import_model(str(package))
    qtbot.waitUntil(
        lambda: any("was imported" in each.message for each in assembly.window.notifications.shown),
        timeout=PATIENCE,
    )
    chooser = assembly.window.chooser
    qtbot.waitUntil(lambda: [card.id for card in chooser.cards] == [MODEL], timeout=PATIENCE)
