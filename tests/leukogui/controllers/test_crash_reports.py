from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from leukogui.start.last_session import find_crashed_session
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.protocol import diagnostics
from trainer.protocol.diagnostics import dump_stack_on_crash, fatal_log_path, log_to_file

DIES = """
import logging, os, sys
from pathlib import Path
from trainer.protocol.diagnostics import log_to_file, dump_stack_on_crash
log = Path(sys.argv[1]) / f"window-20260101-000000-{os.getpid()}.log"
with log_to_file(log), dump_stack_on_crash(log):
    logging.getLogger().warning("the last words")
    if sys.argv[2] == "hang":
        print("ready", flush=True)
        sys.stdin.read()
    os.abort() if sys.argv[2] == "abort" else None
"""


def session(logs: Path, how: str) -> int:
    """A process with the window's log and marker; its return code."""
    command = [sys.executable, "-c", DIES, str(logs), how]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, **pipes) as process:
        if how == "hang":
            assert process.stdout is not None
            process.stdout.readline()
            assert find_crashed_session(logs) == ""  # it lives
            process.kill()
        process.wait()
    return process.returncode


def test_the_newest_report_is_shown_as_plain_text(
    qtbot: QtBot, program: Program, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = data / "logs"
    logs.mkdir(parents=True)
    for age, name in enumerate(("crash-2.txt", "crash-1.txt")):
        (logs / name).write_text(f"== error\n<b>{name}</b> ü", encoding="utf-8")
        os.utime(logs / name, (1e9 - age, 1e9 - age))
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: bool(opened.append(url)))
    assembly = program()
    assembly.window.commands["report"].trigger()
    qtbot.waitUntil(lambda: assembly.crash_report_controller.shown is not None, timeout=PATIENCE)
    shown = assembly.crash_report_controller.shown
    assert shown is not None
    assert shown.text.toPlainText() == "== error\n<b>crash-2.txt</b> ü"
    shown.copy.click()
    assert "crash-2.txt" in QGuiApplication.clipboard().text()
    next(b for b in shown.findChildren(QPushButton) if "folder" in b.text()).click()
    assert Path(opened[0].toLocalFile()) == logs


def test_without_a_report_it_says_so(qtbot: QtBot, program: Program) -> None:
    assembly = program()
    assembly.window.commands["report"].trigger()
    notices = assembly.window.notifications
    qtbot.waitUntil(lambda: any("no report" in n.message for n in notices.shown), timeout=PATIENCE)


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_crash_in_native_code_is_told_once_with_its_stack(tmp_path: Path) -> None:
    assert session(tmp_path, "abort") == -signal.SIGABRT
    log = find_crashed_session(tmp_path)
    assert "the last words" in Path(log).read_text("utf-8")
    (report,) = tmp_path.glob("crash-20260101-*.txt")
    said = report.read_text("utf-8")
    assert "Fatal Python error: Aborted" in said
    assert "the last words" in said
    assert find_crashed_session(tmp_path) == ""


def test_a_session_that_was_killed_is_told_and_a_good_end_is_not(tmp_path: Path) -> None:
    assert session(tmp_path, "well") == 0
    assert find_crashed_session(tmp_path) == ""
    session(tmp_path, "hang")
    assert find_crashed_session(tmp_path)
    (report,) = tmp_path.glob("crash-*.txt")
    assert "by force" in report.read_text("utf-8")
    assert find_crashed_session(tmp_path) == ""


def test_the_notice_leads_to_the_report(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    session(tmp_path / "data" / "logs", "hang")
    assembly = program()
    log = find_crashed_session(tmp_path / "data" / "logs")
    assembly.crash_report_controller.notify_last_session(log)
    (notice,) = assembly.window.notifications.shown
    assert log in notice.hint
    assembly.crash_report_controller.show_last()
    qtbot.waitUntil(lambda: assembly.crash_report_controller.shown is not None, timeout=PATIENCE)
    assert assembly.crash_report_controller.shown is not None
    assert "the last words" in assembly.crash_report_controller.shown.text.toPlainText()


def test_workers_leave_the_windows_files_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnostics, "MAX_FILES", 2)
    window = tmp_path / "window-20260101-000000-1.log"
    with log_to_file(window), dump_stack_on_crash(window):
        for number in range(4):
            with log_to_file(tmp_path / f"worker-{number}-1.log"):
                pass
        assert window.is_file()
        assert fatal_log_path(window).is_file()
    assert len(list(tmp_path.glob("worker-*"))) == 3
