"""Fixtures of the window's tests: folders, a model, the whole program."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.app import App, open_settings
from leukogui.backend import worker
from leukogui.theme.theme import Theme
from tests.shared_fixtures import build_once
from trainer import locations
from trainer.data.synthetic import write_demo

MODEL = "random-small"

PATIENCE = 60_000
"""Milliseconds to wait for what must come: it comes sooner, unless the machine is very busy."""
_SECONDS_TO_GO = 30.0


@pytest.fixture(autouse=True, scope="session")
def in_english() -> None:
    """Numbers are written as the tests expect them, whatever the computer speaks."""
    QLocale.setDefault(QLocale.c())


@pytest.fixture(autouse=True, scope="module")
def frozen_objects() -> None:
    """What modules and earlier tests hold for good is not searched for garbage after every test.

    Searching it took a third of a second each time, most of what a short test took.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_left(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """No thread of ours and no process outlives its test, and no folder of the user is used.

    Python collects garbage between the tests and on this thread only: what belongs to Qt
    must not be collected by a thread of the test, or of the next one.
    """
    monkeypatch.setenv("LEUKO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("LEUKO_LOG_DIR", raising=False)
    monkeypatch.delenv("LEUKO_CACHE_DIR", raising=False)
    # A machine that is busy with other work is no worker that does not listen.
    monkeypatch.setattr(worker, "MILLISECONDS_TO_STOP", PATIENCE)
    before = set(threading.enumerate())
    children = set(psutil.Process().children(recursive=True))
    gc.disable()
    yield
    gc.collect()
    gc.enable()
    new = [thread for thread in threading.enumerate() if thread not in before and _ours(thread)]
    for thread in new:
        thread.join(_SECONDS_TO_GO)
    assert not [thread for thread in new if thread.is_alive()]
    born = [each for each in psutil.Process().children(recursive=True) if each not in children]
    assert not psutil.wait_procs(born, _SECONDS_TO_GO)[1]


def _ours(thread: threading.Thread) -> bool:
    return not isinstance(thread, threading._DummyThread)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that recognises nothing, made in another process: it takes TensorFlow."""
    code = (
        "import sys; from pathlib import Path; from trainer.testing import "
        "random_package; random_package(Path(sys.argv[1]), other_classes=('lymphocyte',))"
    )

    def build(folder: Path) -> None:
        command = [sys.executable, "-c", code, str(folder)]
        made = subprocess.run(command, check=False, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr

    return build_once(tmp_path_factory, MODEL, build)


@pytest.fixture(scope="session")
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:

    def build(folder: Path) -> None:
        images = write_demo(folder, per_kind=2, size=256)
        cut = images[0].read_bytes()
        (folder / "cut.jpg").write_bytes(cut[: len(cut) // 3])
        for other in folder.glob("cut_short.jpg"):
            other.unlink()

    return build_once(tmp_path_factory, "cells of the window", build)


@pytest.fixture
def drawn(drawn_once: Path, tmp_path: Path) -> Path:
    """Drawn cells of 256 px, and a file that is cut short."""
    folder = tmp_path / "smear 7"
    shutil.copytree(drawn_once, folder)
    return folder


@pytest.fixture
def data(nothing_left: None, tmp_path: Path) -> Path:
    """The data folder of the test's own, for this process and its workers."""
    return tmp_path / "data"


@pytest.fixture
def with_model(data: Path, package: Path) -> Path:
    """The data folder with the random model in it."""
    shutil.copytree(package, data / "models" / MODEL)
    return data


Program = Callable[..., App]


@pytest.fixture
def program(qapp: QApplication, qtbot: QtBot, data: Path, tmp_path: Path) -> Iterator[Program]:
    """Starts the whole window, with other workers if need be; all of it ends after the test."""
    started: list[App] = []

    def start(
        command: Sequence[str] | None = None, training_command: Sequence[str] | None = None
    ) -> App:
        settings = open_settings(data)
        assembly = App(
            Theme(qapp, "light"),
            settings,
            data=data,
            cache=locations.cache_folder(),
            logs=locations.log_folder(),
            resources=tmp_path / "no-bundled-models",
            command=command,
            training_command=training_command,
        )
        started.append(assembly)
        qtbot.addWidget(assembly.window)
        assembly.window.show()
        assembly.model_list.load()
        return assembly

    yield start
    while started:
        started.pop().shut_down()
    # Now and here: a thread of the next test must not collect what belongs to Qt.
    gc.collect()
