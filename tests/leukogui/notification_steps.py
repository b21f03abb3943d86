"""What a person does with notices, for the window's tests."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.window.notifications import Notification
from tests.leukogui.window_fixtures import PATIENCE


def find_notification(assembly: App, part: str) -> Notification | None:
    """One that can be read now; most fade after a few seconds."""
    found = (n for n in assembly.window.notifications.shown if part in f"{n.message} {n.hint}")
    return next(found, None)


def wait_for_notification(qtbot: QtBot, assembly: App, part: str) -> Notification:
    qtbot.waitUntil(lambda: find_notification(assembly, part) is not None, timeout=PATIENCE)
    found = find_notification(assembly, part)
    assert found is not None
    return found


def click(on: Notification, part: str) -> None:
    next(each for each in on.findChildren(QToolButton) if part in each.text()).click()
