"""The program as a person starts it: `python -m leukogui`, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from leukogui.controllers.case import DEMO_NAME
from leukogui.settings.store import FILE_NAME
from leukogui.start.arguments import Arguments, read_arguments
from tests.leukogui.window_fixtures import PATIENCE

COMMAND = [sys.executable, "-m", "leukogui"]


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [*COMMAND, *arguments], stderr=subprocess.PIPE, text=True, env=environment
    ) as program:
        yield program
        program.kill()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGTERM")
def test_demo_is_drawn_and_shown_and_the_system_can_end_it(qtbot: QtBot, data: Path) -> None:
    def a_cell_is_seen() -> bool:
        assert program.poll() is None
        return any((data / "cache" / "thumbnails").glob("*/*.jpg"))

    with started("--demo") as program:
        qtbot.waitUntil(a_cell_is_seen, timeout=2 * PATIENCE)
        program.send_signal(signal.SIGTERM)
        _, said = program.communicate(timeout=PATIENCE / 1000)
    assert program.returncode == 0, said
    kept = json.loads((data / FILE_NAME).read_text("utf-8"))
    assert kept["recent_folders"] == [str(data / DEMO_NAME)]


# Says what it opens and when it is brought to the front; else as it is.
WATCHED = """
import sys
from leukogui.start.arguments import read_arguments
from leukogui.start.program import run

def watch(assembly):
    def said(what):
        print(what, flush=True)

    front = assembly.window.raise_
    assembly.window.raise_ = lambda: (said("to the front"), front())
    assembly.session.opened.connect(lambda: said(assembly.session.root))
    assembly.model_list.loaded.connect(lambda: said("ready"))

sys.exit(run(read_arguments(sys.argv[1:]), watch))
"""


def test_a_second_start_shows_the_first_window_and_says_who_it_is(
    data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "smear & <b> ü"
    folder.mkdir()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    watched = [sys.executable, "-c", WATCHED]
    with subprocess.Popen(watched, stdout=subprocess.PIPE, text=True, env=environment) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "ready\n"
        second = subprocess.run(
            [*COMMAND, str(folder)],
            capture_output=True,
            text=True,
            timeout=PATIENCE / 1000,
            check=False,
            env=environment,
        )
        assert second.returncode == 0, second.stderr
        assert f"process {first.pid}" in second.stderr
        assert first.stdout.readline() == "to the front\n"
        assert first.stdout.readline() == f"{folder}\n"
        first.kill()


def test_what_is_asked_for_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert read_arguments([]) == Arguments()
    assert read_arguments(["--demo"]) == Arguments(demo=True)
    assert read_arguments(["a b", "c"]) == Arguments(
        (str(Path.cwd() / "a b"), str(Path.cwd() / "c"))
    )
    with pytest.raises(SystemExit) as wrong:
        read_arguments(["--dem0"])
    assert wrong.value.code == 2
    assert "--dem0" in capsys.readouterr().err
