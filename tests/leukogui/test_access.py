"""Everything can be reached with the keyboard, and a screen reader can name it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from leukogui.app import App
from leukogui.window.actions import ACTIONS
from tests.leukogui.case_steps import open_ready
from tests.leukogui.window_fixtures import PATIENCE, Program

PAGES = [row.id for row in ACTIONS if row.group == "page"]


def open_case(qtbot: QtBot, assembly: App, folder: Path) -> None:
    window = open_ready(qtbot, assembly, folder).window
    qtbot.waitUntil(lambda: window.review.gallery.currentIndex().isValid(), timeout=PATIENCE)


def controls(window: QWidget) -> Iterator[QWidget]:
    """What can have the focus now, but for parts of other controls."""
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or widget.focusProxy() is not None:
            continue
        part = isinstance(widget.parent(), QAbstractSpinBox | QComboBox | QLineEdit)
        empty = isinstance(widget, QLabel) and not widget.text()
        inner = widget.objectName().startswith("qt_") or part or empty
        if widget.isVisible() and widget.isEnabled() and not inner:
            yield widget


def name_of(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton | QLabel) else ""
    return widget.accessibleName() or text


def known(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.objectName()} {name_of(widget)!r}"


@pytest.mark.parametrize("page", ["", *PAGES])
def test_every_control_has_a_name_and_is_reached_by_tab(
    qtbot: QtBot, program: Program, with_model: Path, drawn: Path, page: str
) -> None:
    assembly = program()
    window = assembly.window
    if page:
        open_case(qtbot, assembly, drawn)
        window.commands[page].trigger()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=PATIENCE)
    wanted = list(controls(window))
    assert [known(each) for each in wanted if not name_of(each)] == []

    by_tab = [each for each in wanted if each.focusPolicy() & Qt.FocusPolicy.TabFocus]
    reached: set[QWidget] = set()
    for _ in range(2 * len(by_tab) + 4):
        now = QApplication.focusWidget()
        if now is not None:
            reached.add(now)
            qtbot.keyClick(now, Qt.Key.Key_Tab)
    missed = [each for each in by_tab if each not in reached]
    assert [known(each) for each in missed if not isinstance(each, QScrollArea)] == []


def test_every_action_with_an_icon_says_what_it_does(qtbot: QtBot, program: Program) -> None:
    commands = program().window.commands
    for row in ACTIONS:
        if row.icon:
            assert commands[row.id].toolTip(), row.id
            assert not commands[row.id].icon().isNull(), row.id
