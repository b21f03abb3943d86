"""Drives one window through its day and tells how long it let a person wait.

Started by `window.py`, one process for each window; prints JSON.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import os
import sys
import time
import traceback
from array import array
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QEventLoop, QItemSelection, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from leukogui.start.arguments import Arguments
from leukogui.start.program import run

if TYPE_CHECKING:
    from leukogui.app import App

TICK = 0.002
PATIENCE = 600.0
TYPED = "Cell_12 sl"


CLOCKS = ("wall", "own", "cpu")


class StallProbe(QObject):
    """A timer of two milliseconds on the window's thread; how late it comes is a stall.

    Three clocks: wall time; "own", the same without the time in which the thread was ready
    and other processes had the processors (where the system reports it, as Linux does); and
    the thread's processor time, which also leaves out waiting for Python's lock.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._queue = WaitingForProcessor()
        self._times = {clock: array("d") for clock in CLOCKS}
        self.phases: dict[str, dict[str, array[float]]] = {}
        self._timer = QTimer(self, interval=round(TICK * 1000))
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self._tick()
        start = len(self._times["wall"]) - 1
        yield
        self._tick()
        spans = {clock: gaps(times[start:]) for clock, times in self._times.items()}
        before = self.phases.get(name, {clock: array("d") for clock in CLOCKS})
        self.phases[name] = {clock: before[clock] + spans[clock] for clock in CLOCKS}

    def _tick(self) -> None:
        now = time.perf_counter()
        self._times["wall"].append(now)
        self._times["own"].append(now - self._queue.seconds())
        self._times["cpu"].append(time.thread_time())

    def summary(self) -> dict[str, dict[str, float]]:
        return {name: summarize(spans) for name, spans in self.phases.items()}


class WaitingForProcessor:
    """Seconds that this thread was ready to run and did not; 0 where the system is silent."""

    def __init__(self) -> None:
        try:
            self._file = os.open("/proc/thread-self/schedstat", os.O_RDONLY)
        except OSError:
            self._file = -1

    def seconds(self) -> float:
        return int(os.pread(self._file, 100, 0).split()[1]) / 1e9 if self._file >= 0 else 0.0


def gaps(times: array[float]) -> array[float]:
    return array("d", (late - early for early, late in itertools.pairwise(times)))


def summarize(spans: dict[str, array[float]]) -> dict[str, float]:
    """Summarize stalls, in milliseconds; `busy` is the share of the time that the thread worked."""
    total = sum(spans["wall"])
    figures = {"median": waited(spans["wall"], 0.5, total), "busy": sum(spans["cpu"]) / total}
    for clock in CLOCKS:
        figures[f"p99_{clock}"] = waited(spans[clock], 0.99, total)
        figures[f"longest_{clock}"] = 1000 * max(spans[clock])
    return figures


def waited(spans: array[float], share: float, total: float) -> float:
    """How long, at most, an event waits that comes at any moment, in this share of cases, ms.

    In a span in which the thread handles none, events that come at its beginning wait for
    all of it, those at its end not at all: a long span counts by its length, not as one of
    many. This is stricter than the percentile over the turns of the event loop.
    """
    low, high = 0.0, max(spans)
    for _ in range(40):
        middle = (low + high) / 2
        longer = sum(span - middle for span in spans if span > middle)
        low, high = (middle, high) if longer > (1 - share) * total else (low, middle)
    return 1000 * high


class FirstPaint(QObject):
    """Calls back at the first idle turn of the event loop after the window was painted."""

    def __init__(self, app: App, then: Callable[[], object]) -> None:
        super().__init__(app)
        self._window, self._then = app.window, then
        self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self, self._then)
        return super().eventFilter(watched, event)


class FirstScreen(QObject):
    """When the gallery first painted thumbnails, and when it painted a screen full of them."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self._app = app
        self._begun = time.perf_counter()
        self.first = self.full = 0.0
        app.window.review.gallery.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint and not self.full:
            self._check()
        return super().eventFilter(watched, event)

    def _check(self) -> None:
        gallery, cells = self._app.window.review.gallery, self._app.window.review.cells
        there = [
            self._app.thumbnails.get(cells.thumbnail(at)) is not None for at in gallery.visible()
        ]
        now = time.perf_counter() - self._begun
        if any(there):
            self.first = self.first or now
        if there and all(there):
            self.full = now


class Day:
    """What a person does, one thing after another."""

    def __init__(self, app: App, arguments: argparse.Namespace) -> None:
        self._app, self._arguments = app, arguments
        self._window, self._session = app.window, app.session
        self._gallery = self._window.review.gallery
        self._results: dict[str, object] = {"interactive": time.time() - arguments.begun}
        self._probe = StallProbe(app)

    def live(self) -> None:
        """Live it; an error ends the window, whose own hook would only report it."""
        try:
            self._live()
        except BaseException:  # noqa: BLE001 - printed, then the end
            traceback.print_exc()
            os._exit(1)

    def _live(self) -> None:
        if self._arguments.folder is not None:
            self._open(self._arguments.folder)
            self._scroll("scrolling")
            self._scroll_back()
            self._type()
            if self._arguments.run:
                self._run()
                self._scroll("scrolling afterwards")
            model = self._session.model
            assert model is not None
            self._results["cells"] = len(model)
            self._results["counts"] = vars(model.counts())
            self._results["objects"] = len(gc.get_objects())
        self._results["stalls"] = self._probe.summary()
        self._results["heavy"] = sorted({"tensorflow", "keras", "openvino"} & set(sys.modules))
        print(json.dumps(self._results), flush=True)
        self._window.close()

    def _open(self, folder: Path) -> None:
        with self._probe.phase("opening"):
            screen = FirstScreen(self._app)
            self._app.case_controller.open_paths([str(folder)])
            until(lambda: bool(screen.full) and not self._session.is_listing)
            self._results["first"], self._results["full"] = screen.first, screen.full
            until(self._is_quiet)

    def _is_quiet(self) -> bool:
        model = self._session.model
        assert model is not None
        return model.counts().pending + self._arguments.judged <= len(model)

    def _scroll(self, name: str) -> None:
        """The wheel, in steps of a hand; then the bar, dragged from one end to the other."""
        bar, viewport = self._gallery.verticalScrollBar(), self._gallery.viewport()
        with self._probe.phase(name):
            for _ in range(self._arguments.steps):
                turn(viewport, -120)
                pause(0.016)
            for step in range(self._arguments.steps):
                bar.setValue(bar.maximum() * step // self._arguments.steps)
                pause(0.016)
        pause(0.5)

    def _scroll_back(self) -> None:
        """The bar, dragged back to the start, over what was shown before."""
        bar = self._gallery.verticalScrollBar()
        with self._probe.phase("scrolling back"):
            for step in reversed(range(self._arguments.steps)):
                bar.setValue(bar.maximum() * step // self._arguments.steps)
                pause(0.016)
        pause(0.5)

    def _type(self) -> None:
        """Into the search field, waiting for each letter's cells; then all of it back."""
        field = self._app.filter_controller.panel.search
        with self._probe.phase("typing a filter"):
            for letter in TYPED:
                QTest.keyClick(field, letter)
                pause(0.25)
            for _ in TYPED:
                QTest.keyClick(field, Qt.Key.Key_Backspace)
                pause(0.25)
        pause(0.5)

    def _run(self) -> None:
        """A run on the first cells; a person steps and scrolls meanwhile."""
        commands, queue = self._window.commands, self._app.queue
        self._gallery.verticalScrollBar().setValue(0)
        self._select(self._arguments.run)
        until(commands["run_selection"].isEnabled)
        begun = time.perf_counter()
        outcomes: list[object] = []
        queue.ended.connect(lambda _, outcome: outcomes.append(outcome))
        with self._probe.phase("a run is on"):
            commands["run_selection"].trigger()
            while not outcomes and not self._is_ending():
                commands["next"].trigger()
                turn(self._gallery.viewport(), -120)
                until(self._is_ending, 0.25)
        with self._probe.phase("a run ends"):
            until(lambda: bool(outcomes))
            self._results["rate"] = self._arguments.run / (time.perf_counter() - begun)
            pause(3.0)
        self._results["outcome"] = getattr(outcomes[0], "kind", "")

    def _is_ending(self) -> bool:
        progress = self._app.queue.progress
        if progress is None:
            return self._app.queue.current is None
        return bool(progress.total) and progress.done >= progress.total > 100

    def _select(self, count: int) -> None:
        cells = self._window.review.cells
        chosen = QItemSelection(cells.index(0), cells.index(min(count, cells.rowCount()) - 1))
        flag = self._gallery.selectionModel().SelectionFlag.ClearAndSelect
        self._gallery.selectionModel().select(chosen, flag)


def turn(viewport: QObject, angle: int) -> None:
    """Turn the wheel over a widget by eighths of a degree."""
    position, none = QPointF(200, 200), Qt.KeyboardModifier.NoModifier
    event = QWheelEvent(
        position,
        position,
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        none,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.postEvent(viewport, event)


def until(condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Let the window live until something is so, or the time is over."""
    loop = QEventLoop()
    checking, over = QTimer(interval=10), QTimer(singleShot=True, interval=round(seconds * 1000))
    checking.timeout.connect(lambda: condition() and loop.quit())
    over.timeout.connect(loop.quit)
    checking.start()
    over.start()
    if not condition():
        loop.exec()
    if seconds == PATIENCE and not condition():
        sys.exit("the window did not come to an end")


def pause(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
    loop.exec()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--begun", type=float, required=True, help="time.time() of the start")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--judged", type=int, default=0, help="cells that the store knows")
    parser.add_argument("--run", type=int, default=0, help="cells to run a model on")
    parser.add_argument("--steps", type=int, default=300)
    arguments = parser.parse_args()

    def on_assembled(app: App) -> None:
        FirstPaint(app, lambda: Day(app, arguments).live())

    return run(Arguments(), on_assembled)


if __name__ == "__main__":
    sys.exit(main())
