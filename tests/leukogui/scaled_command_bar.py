"""Says what is cut off in the bar and the status line, in a process of its own.

A screen's scaling is chosen when a process starts. Arguments: width and height of the
window, in pixels at 100 %.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from PySide6.QtWidgets import QApplication, QLabel, QProgressBar, QWidget

from leukogui.app import App, open_settings
from leukogui.case.results import Counts
from leukogui.theme.theme import Theme
from leukogui.widgets.elided_text import ElidedLabel
from leukogui.window.command_bar import format_progress
from leukogui.window.main_window import MainWindow
from trainer.domain import ExecutionInfo, SourceProfile
from trainer.protocol.events import ProgressEvent

LONG = "a folder & its very long name " * 8


def main(width: int, height: int, folder: Path) -> int:
    app = QApplication([])
    assembly = App(
        Theme(app, "light"),
        open_settings(folder),
        data=folder,
        cache=folder / "cache",
        logs=folder / "logs",
        resources=folder / "none",
    )
    window = assembly.window
    window.resize(width, height)
    window.show()
    fill_bar(window)
    app.processEvents()
    problems = [*find_clipped(window.bar), *find_clipped(window.status)]
    if (window.width(), window.height()) != (width, height):
        problems.append(f"the window is {window.width()} x {window.height()}")
    assembly.shut_down()
    sys.stdout.write("\n".join(problems))
    return 1 if problems else 0


def fill_bar(window: MainWindow) -> None:
    """As much as there ever is: a long name, a run with much to do, others that wait."""
    window.pages.show_page(window.review)
    window.bar.show()
    window.bar.show_folder(Path("/") / LONG, ())
    window.bar.chooser.setText("A model with a long title, of five cells and many labs")
    window.bar.source.show_source(SourceProfile("A lab with a long name", 61.5, "entered"), ["A"])
    window.bar.device.show_execution(ExecutionInfo("NVIDIA H100 80GB HBM3", "bf16"))
    progress = ProgressEvent(
        id="1",
        seq=1,
        stage="measuring red cells",
        done=99_999,
        total=100_000,
        per_second=123.4,
        seconds_left=8000,
    )
    window.bar.progress_text.setText(format_progress(progress))
    window.bar.waiting.setText("12 waiting")
    for widget in (window.bar.bar, window.bar.progress_text, window.bar.stop, window.bar.waiting):
        widget.show()
    window.status.show_counts(Counts(100_000, 70_000, 10_000, 9_000, 1_000, 10_000))


def find_clipped(bar: QWidget) -> Iterator[str]:
    """What has less room than it needs, lies outside of the bar or over another one."""
    shown = [each for each in bar.children() if isinstance(each, QWidget) and each.isVisible()]
    shown.sort(key=lambda each: each.x())
    for each in shown:
        needs = each.minimumSizeHint()
        if isinstance(each, QProgressBar):  # it holds no text
            needs = each.minimumSize()
        elif isinstance(each, QLabel) and not (isinstance(each, ElidedLabel) and each.is_compact):
            needs = each.sizeHint()
        name = f"{type(each).__name__} {each.accessibleName()[:40]!r}"
        if each.width() < needs.width() or each.height() < needs.height():
            yield f"{name} is {each.size().toTuple()}, needs {needs.toTuple()}"
        if not bar.rect().contains(each.geometry()):
            yield f"{name} reaches outside"
    for left, right in pairwise(shown):
        if left.geometry().intersects(right.geometry()):
            yield f"{type(left).__name__} lies over {type(right).__name__}"


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
