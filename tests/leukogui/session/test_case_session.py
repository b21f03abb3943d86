from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukogui.case.listing import list_images
from leukogui.session.case_session import CaseSession
from leukogui.session.folder_watch import FolderWatch
from leukogui.session.store_thread import StoreThread
from tests.leukogui.window_fixtures import PATIENCE
from tests.old_stores import write_version_2
from trainer.cases.records import Case, Run
from trainer.cases.store import CaseStore
from trainer.domain import Box, Decision, Precision, Prediction
from trainer.errors import UserError


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch) -> list[BaseException | None]:
    """What was reported as a mistake on a thread."""
    found: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda fault: found.append(fault.exc_value))
    return found


@pytest.fixture
def thread(tmp_path: Path) -> Iterator[StoreThread]:
    CaseStore.open(tmp_path / "cases.sqlite").close()
    thread = StoreThread(tmp_path / "cases.sqlite")
    yield thread
    thread.close()


def test_a_mistake_costs_one_task_and_is_reported(
    qtbot: QtBot, thread: StoreThread, faults: list[BaseException | None]
) -> None:
    answers: list[str] = []

    def fail(store: CaseStore | None) -> None:
        raise ZeroDivisionError("in a task")

    thread.submit(fail, lambda: answers.append("failed"))
    thread.submit(lambda store: answers.append(type(store).__name__))
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=PATIENCE)
    assert answers == ["failed", "CaseStore"]
    assert [str(fault) for fault in faults] == ["in a task"]


def test_a_failure_in_words_is_told_and_answered(qtbot: QtBot, thread: StoreThread) -> None:
    answers: list[str] = []

    def fail(store: CaseStore | None) -> None:
        raise UserError("The drive is gone.")

    with qtbot.waitSignal(thread.failed, timeout=PATIENCE) as failed:
        thread.submit(fail, lambda: answers.append("failed"))
    assert failed.args[0].message == "The drive is gone."
    assert answers == ["failed"]


def test_a_damaged_store_is_told_and_the_folder_is_shown(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "cases.sqlite").write_bytes(b"no database" * 1000)
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "a.jpg").touch()
    session = CaseSession(tmp_path / "cases.sqlite")
    try:
        told: list[UserError] = []
        session.failed.connect(told.append)
        session.open(tmp_path / "case")
        qtbot.waitUntil(lambda: bool(told) and not session.is_listing, timeout=PATIENCE)
        assert session.model is not None
        assert session.model.names == ["a.jpg"]
        count = len(told)
        for _ in range(2):  # one failed look at the store must not be the last
            session.follow_run(False)
            qtbot.waitUntil(lambda seen=count: len(told) > seen, timeout=PATIENCE)
            qtbot.waitUntil(lambda: not session._is_polling, timeout=PATIENCE)
            count = len(told)
    finally:
        session.shut_down()


def test_two_runs_at_once_are_followed(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    names = [f"{number:02}.jpg" for number in range(40)]
    for name in names:
        (folder / name).touch()
    session = CaseSession(tmp_path / "cases.sqlite")
    with CaseStore.open(tmp_path / "cases.sqlite") as store:
        case = store.cases.find_or_create(folder)
        first, second = start_run(store, case), start_run(store, case)
        store.predictions.add(first.id, [said(name, 0.1) for name in names[:5]])
        try:
            session.open(folder)
            session.follow_run(True)
            model = session.model
            assert model is not None
            qtbot.waitUntil(lambda: model.counts().accepted == 5, timeout=PATIENCE)
            store.predictions.add(second.id, [said(name, 0.2) for name in names[3:10]])
            qtbot.waitUntil(lambda: model.counts().accepted == 10, timeout=PATIENCE)
            store.predictions.add(first.id, [said(name, 0.1) for name in names[5:12]])
            qtbot.waitUntil(lambda: model.counts().accepted == 12, timeout=PATIENCE)
            # Of an image that both have judged, the newer run counts.
            found = [judged.run if judged else 0 for judged in model.results]
            assert found[:13] == [first.id] * 3 + [second.id] * 7 + [first.id] * 2 + [0]
        finally:
            session.shut_down()


def test_another_model_begins_anew(qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    (folder / "a.jpg").touch()
    session = CaseSession(tmp_path / "cases.sqlite")
    with CaseStore.open(tmp_path / "cases.sqlite") as store:
        case = store.cases.find_or_create(folder)
        store.predictions.add(start_run(store, case).id, [said("a.jpg", 0.1)])
        try:
            session.open(folder)
            model = session.model
            assert model is not None
            qtbot.waitUntil(lambda: model.counts().accepted == 1, timeout=PATIENCE)
            start_run(store, case, precision=Precision.BF16)
            session.follow_run(False)
            qtbot.waitUntil(lambda: model.counts().pending == 1, timeout=PATIENCE)
            start_run(store, case)
            session.follow_run(False)
            qtbot.waitUntil(lambda: model.counts().accepted == 1, timeout=PATIENCE)
        finally:
            session.shut_down()


def start_run(store: CaseStore, case: Case, precision: Precision = Precision.F32) -> Run:
    return store.runs.start(
        case.id,
        model="m",
        model_sha256="0",
        precision=precision,
        device="CPU",
        settings={},
        images=[],
    )


def said(name: str, distance: float) -> Prediction:
    return Prediction(
        name, "", Decision.ACCEPT, "m", Precision.F32, label="monocyte", distance=distance
    )


def test_what_changed_before_it_was_watched_is_found(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "1.jpg").touch()
    watch = FolderWatch()
    try:
        listed: list[list[str]] = []
        watch.listed.connect(lambda _, listing: listed.append(listing.files))
        generation = watch.open(tmp_path)
        assert watch._thread is not None
        watch._thread.join()  # listed, but nobody was told yet: nothing is watched
        (tmp_path / "2.jpg").touch()
        qtbot.waitUntil(lambda: ["1.jpg", "2.jpg"] in listed, timeout=PATIENCE)
        assert watch.generation == generation
    finally:
        watch.close()


def test_a_folder_that_stays_as_it_is_is_listed_once(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.jpg").touch()
    watch = FolderWatch()
    try:
        with qtbot.waitSignal(watch.listed, timeout=PATIENCE):
            watch.open(tmp_path)
        assert not watch._debounce.isActive()
    finally:
        watch.close()


def test_a_folder_that_gets_another_name_is_missed_and_found_again(
    qtbot: QtBot, tmp_path: Path
) -> None:
    case, away = tmp_path / "case", tmp_path / "away"
    case.mkdir()
    (case / "1.jpg").touch()
    watch = FolderWatch()
    try:
        with qtbot.waitSignal(watch.listed, timeout=PATIENCE):
            watch.open(case)
        with qtbot.waitSignal(watch.failed, timeout=PATIENCE) as missed:
            case.rename(away)
        assert "case" in missed.args[1].message
        case.mkdir()  # another one of the same name, with its own files
        with qtbot.waitSignal(watch.listed, timeout=PATIENCE) as back:
            (case / "2.jpg").touch()
        listed = [back.args[1].files]
        watch.listed.connect(lambda _, listing: listed.append(listing.files))
        qtbot.waitUntil(lambda: listed[-1] == ["2.jpg"], timeout=PATIENCE)
        (case / "3.jpg").touch()
        qtbot.waitUntil(lambda: listed[-1] == ["2.jpg", "3.jpg"], timeout=PATIENCE)
    finally:
        watch.close()


def test_what_is_told_first_is_in_its_final_order(tmp_path: Path) -> None:
    for name in ("b/x/2.png", "b/x/10.png", "b/a.png", "b.png", "a.png", "c10/1.png", "c9/1.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    told: list[str] = []
    listing = list_images(tmp_path, told.extend)
    assert told == listing.files
    assert len(told) == 7


def test_what_takes_long_to_tell_is_told_seldom(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "a.jpg").touch()
    session = CaseSession(tmp_path / "cases.sqlite")

    def show() -> None:
        until = time.perf_counter() + 0.05
        while time.perf_counter() < until:
            pass

    try:
        usual = session._change_timer.interval()
        session.changed.connect(show)
        with qtbot.waitSignal(session.changed, timeout=PATIENCE):
            session.open(tmp_path / "case")
        assert 5 * usual <= session._change_timer.interval() <= 1000
        session.changed.disconnect(show)

        def is_quick_again() -> bool:
            session._schedule_change()  # one that a busy machine interrupts takes long, too
            return session._change_timer.interval() == usual

        qtbot.waitUntil(is_quick_again, timeout=PATIENCE)
    finally:
        session.shut_down()


def test_a_store_that_a_worker_upgraded_is_opened_anew(qtbot: QtBot, tmp_path: Path) -> None:
    store_of_version_2 = write_version_2(tmp_path / "cases.sqlite")
    thread = StoreThread(store_of_version_2)
    numbers: list[int] = []

    def count(store: CaseStore | None) -> None:
        assert store is not None
        numbers.append(len([*store.cells.stream(1)]))

    try:
        thread.submit(count)
        qtbot.waitUntil(lambda: numbers == [0], timeout=PATIENCE)
        with CaseStore.open(store_of_version_2) as worker:
            worker.cells.draw(1, "a.jpg", "", Box(1, 1, 8, 8))
            thread.submit(count)
            qtbot.waitUntil(lambda: numbers == [0, 1], timeout=PATIENCE)
    finally:
        thread.close()
