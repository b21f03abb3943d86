"""What a person does with notices, for the window's tests."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from leukogui.app import Assembly
from leukogui.window.notifications import Notice
from tests.leukogui.window_fixtures import PATIENCE


def notice(assembly: Assembly, part: str) -> Notice | None:
    """One that can be read now; most fade after a few seconds."""
    found = (n for n in assembly.window.notices.shown if part in f"{n.message} {n.hint}")
    return next(found, None)


def wait_for_notice(qtbot: QtBot, assembly: Assembly, part: str) -> Notice:
    qtbot.waitUntil(lambda: notice(assembly, part) is not None, timeout=PATIENCE)
    found = notice(assembly, part)
    assert found is not None
    return found


def click(on: Notice, part: str) -> None:
    next(each for each in on.findChildren(QToolButton) if part in each.text()).click()
