from __future__ import annotations

import gc
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSysInfo
from pytestqt.qtbot import QtBot

from leukogui.start.dependency_check import (
    ALWAYS,
    ON_X11,
    describe_missing,
    find_missing,
    required_libraries,
)
from leukogui.start.exception_hook import ExceptionHook
from leukogui.start.garbage_collection import GarbageCollector
from leukogui.start.single_instance import SingleInstance
from tests.leukogui.window_fixtures import PATIENCE
from tests.paths import ROOT
from trainer.errors import Cancelled, UserError

HEAVY = "{'tensorflow', 'keras', 'openvino', 'torch', 'jax', 'sklearn', 'scipy', 'matplotlib'}"
SHOWN = f"""
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
import leukogui.start.program as program

def look(made):
    model = made.session.model
    ready = model is not None and len(model) and made.window.review.inspector.picture.image
    if not ready or made.window.review.inspector.picture.image.isNull():
        return
    print('heavy', sorted({HEAVY} & set(sys.modules)))
    print('window', made.window.isVisible())
    made.window.close()

made = program._build_app
def assemble(app, data):
    built = made(app, data)
    timer = QTimer(built, interval=50)
    timer.timeout.connect(lambda: look(built))
    timer.start()
    return built
program._build_app = assemble
from leukogui.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


def test_the_window_shows_a_cell_without_anything_heavy(data: Path, drawn: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", SHOWN, str(drawn)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.splitlines() == ["heavy []", "window True"]
    assert list((data / "logs").glob("window-*.log"))


def test_a_missing_library_is_told_by_its_package() -> None:
    def load(name: str) -> None:
        if "xcb-cursor" in name:
            raise OSError(name)

    wanted = required_libraries("linux", {"DISPLAY": ":0"})
    assert set(ON_X11) <= set(wanted)
    words = describe_missing(find_missing(wanted, load))
    assert "apt install libxcb-cursor0\n" in words
    assert "dnf install xcb-util-cursor\n" in words


def test_only_what_is_needed_here_is_looked_for() -> None:
    assert required_libraries("linux", {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}) == ALWAYS
    assert required_libraries("linux", {"WAYLAND_DISPLAY": "wayland-0"}) == ALWAYS
    assert required_libraries("win32", {}) == required_libraries("darwin", {}) == ()
    assert find_missing(required_libraries("linux", {"QT_QPA_PLATFORM": "offscreen"})) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="libraries of Linux")
def test_without_a_library_of_qt_the_other_tests_run(tmp_path: Path) -> None:
    (tmp_path / "libEGL.so.1").write_bytes(b"no library")
    files = ["tests/leukogui/gallery/test_layout.py", "tests/trainer/test_atomic_files.py"]
    outcome = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", *files],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=ROOT,
        env={**os.environ, "LD_LIBRARY_PATH": str(tmp_path)},
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    assert "apt install libegl1" in outcome.stdout
    assert "conftest.py" in outcome.stdout


def test_garbage_is_collected_by_the_windows_thread(qtbot: QtBot) -> None:
    class Circle:
        def __init__(self) -> None:
            self.own = self

    collector = GarbageCollector()
    try:
        assert not gc.isenabled()
        gone: list[threading.Thread] = []
        circle = Circle()
        weakref.finalize(circle, lambda: gone.append(threading.current_thread()))
        del circle
        collector.collect()
        assert gone == [threading.main_thread()]
    finally:
        collector.stop()
    assert gc.isenabled()


def test_a_second_window_is_told_who_has_the_data(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = SingleInstance(tmp_path), SingleInstance(tmp_path)
    assert first.acquire()
    assert not second.acquire()
    assert f"process {os.getpid()} on {QSysInfo.machineHostName()}" in second.holder()
    with qtbot.waitSignal(first.open_requested, timeout=PATIENCE) as asked:
        assert second.show_other(["/a b/ü"])
    assert asked.args == [["/a b/ü"]]
    first.release()
    assert second.acquire()
    second.release()


def test_another_data_folder_is_another_program(qtbot: QtBot, tmp_path: Path) -> None:
    first, second = SingleInstance(tmp_path / "a"), SingleInstance(tmp_path / "b")
    assert first.acquire()
    assert second.acquire()
    first.release()
    second.release()


@pytest.fixture
def funnel(qtbot: QtBot, data: Path) -> Iterator[ExceptionHook]:
    yield ExceptionHook()


def test_a_mistake_becomes_one_report_and_one_notice(
    qtbot: QtBot, funnel: ExceptionHook, data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[tuple[str, str]] = []
    funnel.reported.connect(lambda message, path: told.append((message, path)))
    for _ in range(3):
        try:
            raise ZeroDivisionError("in a paint event")
        except ZeroDivisionError as error:
            with caplog.at_level(logging.CRITICAL):
                funnel.handle(error)
    assert len(told) == 1
    assert "in a paint event" in told[0][0]
    assert "ZeroDivisionError" in Path(told[0][1]).read_text("utf-8")


def test_words_are_told_and_cancelling_is_silent(qtbot: QtBot, funnel: ExceptionHook) -> None:
    with qtbot.waitSignal(funnel.user_error) as told:
        funnel.handle(UserError("The disk is full.", "Free some space."))
    assert told.args == ["The disk is full.", "Free some space."]
    with qtbot.assertNotEmitted(funnel.reported):
        funnel.handle(Cancelled())


def test_threads_fall_into_the_same_funnel(
    qtbot: QtBot, funnel: ExceptionHook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threading, "excepthook", funnel._on_thread)

    def fail() -> None:
        raise LookupError("on a thread")

    with qtbot.waitSignal(funnel.reported) as reported:
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()
    assert "on a thread" in reported.args[0]
