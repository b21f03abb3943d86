"""Notices are read whole, and leave what lies beside the gallery free."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from leukogui.window.notifications import Notifications
from tests.leukogui.window_fixtures import PATIENCE


@pytest.fixture
def over(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.resize(1280, 720)
    widget.show()
    return widget


def test_the_longest_name_is_read_to_its_end(qtbot: QtBot, over: QWidget) -> None:
    notices = Notifications(over)
    message = "x" * 250 + " is done."
    notices.show(message)
    (notice,) = notices.shown
    assert notice.message == notice.accessibleName() == message
    (label,) = notice.findChildren(QLabel)

    def is_whole() -> bool:
        flag = Qt.TextFlag.TextWordWrap
        metrics, width = label.fontMetrics(), label.width()
        lines = metrics.boundingRect(0, 0, width, 10_000, flag, label.text())
        return lines.width() <= width and lines.height() <= label.height()

    qtbot.waitUntil(is_whole, timeout=PATIENCE)
    assert label.text().replace("\u200b", "") == message


@pytest.mark.parametrize("width", [1280, 1920, 3840])
def test_notices_stand_in_the_middle(over: QWidget, width: int) -> None:
    over.resize(width, 720)
    notices = Notifications(over)
    notices.show("One.")
    (notice,) = notices.shown
    left, right = notice.x(), width - notice.geometry().right()
    assert left >= 250
    assert right >= 250
