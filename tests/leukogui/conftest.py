from __future__ import annotations

import gc
import os

# Before Qt is imported: no screen is needed.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from leukogui.look.theme import Theme
from leukogui.start.plain_imports import restore_imports
from leukogui.window.assembly import Assembly, open_settings
from trainer import locations
from trainer.data.samples import write_demo

restore_imports()
HERE = Path(__file__).parent
MODEL = "random-small"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A warning of Qt is a fault of ours."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            # Said of every window that has a smallest size; the plugin has no screen.
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """No thread of ours and no process outlives its test."""
    before = set(threading.enumerate())
    children = set(psutil.Process().children(recursive=True))
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and _ours(thread)]
    assert not left
    alive = [each for each in psutil.Process().children(recursive=True) if each not in children]
    assert not alive


def _ours(thread: threading.Thread) -> bool:
    return not isinstance(thread, threading._DummyThread)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that recognises nothing, made in another process: it takes TensorFlow."""
    folder = tmp_path_factory.mktemp("models") / MODEL
    code = (
        "import sys; from pathlib import Path; from trainer.models.random_package import "
        "random_package; random_package(Path(sys.argv[1]), other_classes=('lymphocyte',))"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "cells"
    images = write_demo(folder, per_kind=2, size=256)
    cut = images[0].read_bytes()
    (folder / "cut.jpg").write_bytes(cut[: len(cut) // 3])
    for other in folder.glob("cut_short.jpg"):
        other.unlink()
    return folder


@pytest.fixture
def drawn(drawn_once: Path, tmp_path: Path) -> Path:
    """Drawn cells of 256 px, and a file that is cut short."""
    folder = tmp_path / "smear 7"
    shutil.copytree(drawn_once, folder)
    return folder


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, for this process and its workers."""
    folder = tmp_path / "data"
    monkeypatch.setenv("LEUKO_DATA_DIR", str(folder))
    monkeypatch.delenv("LEUKO_LOG_DIR", raising=False)
    monkeypatch.delenv("LEUKO_CACHE_DIR", raising=False)
    return folder


@pytest.fixture
def with_model(data: Path, package: Path) -> Path:
    """The data folder with the random model in it."""
    shutil.copytree(package, data / "models" / MODEL)
    return data


Program = Callable[[], Assembly]


@pytest.fixture
def program(qapp: QApplication, qtbot: QtBot, data: Path, tmp_path: Path) -> Iterator[Program]:
    """Starts the whole window; what it started is ended after the test."""
    started: list[Assembly] = []

    def start() -> Assembly:
        settings = open_settings(data)
        assembly = Assembly(
            Theme(qapp, "light"),
            settings,
            data=data,
            cache=locations.cache_folder(),
            logs=locations.log_folder(),
            resources=tmp_path / "no-bundled-models",
        )
        started.append(assembly)
        qtbot.addWidget(assembly.window)
        assembly.window.show()
        assembly.shelf.load()
        return assembly

    yield start
    while started:
        started.pop().shut_down()
    # Now and here: a thread of the next test must not collect what belongs to Qt.
    gc.collect()
