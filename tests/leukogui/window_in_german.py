"""Starts the program and says what is cut off or still English in it, in a process of its own.

Arguments: the data folder, whose settings ask for German, and a folder of cells.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QScrollArea,
    QWidget,
)

from leukogui.app import App
from leukogui.start.arguments import Arguments
from leukogui.start.program import run
from leukogui.widgets.elided_text import ElidedButton, ElidedLabel
from leukogui.window.main_window import MainWindow
from tests.leukogui.scaled_command_bar import fill_bar, find_clipped
from trainer.locations import resources_folder

SIZE = (1280, 720)
PATIENCE = 60.0
problems: list[str] = []


def main(data: Path, cells: Path) -> int:
    os.environ["LEUKO_DATA_DIR"] = str(data)

    def begin(assembly: App) -> None:
        QTimer.singleShot(0, assembly, lambda: tour(assembly))

    code = run(Arguments((str(cells),)), begin)
    sys.stdout.write("\n".join(dict.fromkeys(problems)))
    return 1 if problems else code


def tour(assembly: App) -> None:
    """Look at every page, and at the bar when it is full."""
    window = assembly.window
    window.resize(*SIZE)
    english = untranslated()
    try:
        check_window(window, english)
        wait_until(lambda: assembly.session.model is not None and not assembly.session.is_listing)
        if window.menuBar().actions()[0].text() != "&Fall":
            problems.append("the menu bar is not in German")
        for name in ("summary", "settings", "keys", "device", "source", "about", "review"):
            window.commands[name].trigger()
            QTest.qWait(50)
            check_window(window, english)
        window.commands["open_cell"].trigger()
        wait_until(assembly.viewer_controller.viewer.isVisible)
        check_window(window, english)
        fill_bar(window)
        QTest.qWait(50)
        problems.extend([*find_clipped(window.bar), *find_clipped(window.status)])
        if (window.width(), window.height()) != SIZE:
            problems.append(f"the window is {window.width()} x {window.height()}")
    except BaseException:  # noqa: BLE001 - told, then the end
        problems.append(traceback.format_exc())
    window.close()


def untranslated() -> set[str]:
    """Texts that are not the same in German, and are none in it."""
    file = resources_folder() / "translations" / "leukogui_de.ts"
    entries = list(ET.parse(file).getroot().iter("message"))  # noqa: S314 - our own file
    said = {each.findtext("translation") for each in entries}
    return {each.findtext("source", "") for each in entries} - said


def check_window(window: MainWindow, english: set[str]) -> None:
    for each in [*window.findChildren(QAction), *window.findChildren(QWidget)]:
        said = [text for text in texts_of(each) if text in english]
        problems.extend(f"English: {text!r} of {type(each).__name__}" for text in said)
    for widget in window.findChildren(QWidget):
        if widget.isVisible() or isinstance(widget, QHeaderView):
            problems.extend(clipped_texts(widget))


def texts_of(each: QAction | QWidget) -> Iterator[str]:
    yield each.toolTip()
    if isinstance(each, QWidget):
        yield from (each.accessibleName(), each.accessibleDescription())
    if isinstance(each, QAction | QLabel | QAbstractButton):
        yield each.text()
    if isinstance(each, QLineEdit):
        yield each.placeholderText()


def clipped_texts(widget: QWidget) -> Iterator[str]:
    """What is narrower than its words, or lower than they are when wrapped."""
    is_compact = isinstance(widget, ElidedLabel) and widget.is_compact
    if is_compact or isinstance(widget, ElidedButton):
        return  # shortened on purpose, with the whole in its tip
    if isinstance(widget, QScrollArea) and widget.horizontalScrollBar().maximum():
        yield f"{type(widget).__name__} is wider than the window"
    if isinstance(widget, QHeaderView):
        yield from narrow_columns(widget)
    if isinstance(widget, QComboBox) and widget.width() < widget.minimumSizeHint().width():
        yield f"{widget.accessibleName()!r} is too narrow for {widget.currentText()!r}"
    if isinstance(widget, QLabel) and widget.wordWrap():
        if widget.height() < widget.heightForWidth(widget.width()):
            yield f"{widget.text()!r} is cut off below"
    elif isinstance(widget, QLabel | QAbstractButton) and widget.text():
        needs = widget.minimumSizeHint().width()
        if widget.width() < needs:
            yield f"{widget.text()!r} has {widget.width()}, needs {needs}"


def narrow_columns(head: QHeaderView) -> Iterator[str]:
    for at in range(head.count()):
        room, needs = head.sectionSize(at), head.sectionSizeHint(at)
        if not head.isSectionHidden(at) and room < needs:
            yield f"a column of {head.parent()} has {room}, needs {needs}"


def wait_until(condition: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > PATIENCE:
            raise TimeoutError("the window did not come so far")
        QTest.qWait(20)


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), Path(sys.argv[2])))
