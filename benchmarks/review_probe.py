"""Drives one window through a review; started by `review.py`, prints JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window_probe import FirstPaint, StallProbe, pause, until

from leukogui.case.cells import FAILED
from leukogui.start.arguments import Arguments
from leukogui.start.program import run
from trainer.domain import CellId, Decision

if TYPE_CHECKING:
    from leukogui.app import App

WRONG_ACCEPTED, WRONG_OPEN = 12, 8
DIGITS = (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5)


class Painted(QObject):
    """Whether the gallery was painted since it was asked last."""

    def __init__(self, app: App) -> None:
        super().__init__(app)
        self.done = False
        app.window.review.gallery.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.done |= event.type() == QEvent.Type.Paint
        return super().eventFilter(watched, event)


class Reviewer:
    """A person at the keyboard."""

    def __init__(self, app: App, arguments: argparse.Namespace) -> None:
        self._app, self._arguments = app, arguments
        self._review = app.window.review
        self._gallery, self._cells = self._review.gallery, self._review.cells
        self._painted, self._probe = Painted(app), StallProbe(app)
        self._results: dict[str, object] = {}
        self._keys = 0

    def live(self) -> None:
        """Live it; an error ends the window, whose own hook would only report it."""
        try:
            self._open()
            (self._measure_keys if self._arguments.mode == "speed" else self._work_by_hand)()
        except BaseException:  # noqa: BLE001 - printed, then the end
            traceback.print_exc()
            os._exit(1)
        print(json.dumps(self._results), flush=True)
        self._app.window.close()

    @property
    def _model(self):  # noqa: ANN202
        model = self._app.session.model
        assert model is not None
        return model

    def _open(self) -> None:
        begun = time.perf_counter()
        with self._probe.phase("opening"):
            self._app.case_controller.open_paths([str(self._arguments.folder)])
            until(lambda: self._cells.rowCount() > 0 and self._painted.done)
            self._results["opened"] = time.perf_counter() - begun
            until(lambda: not self._app.session.is_listing and self._model.counts().pending == 0)
            self._results["results"] = time.perf_counter() - begun
        self._gallery.setFocus()
        self._results["cells"] = len(self._model)
        pause(2.0)

    def _press(self, key: Qt.Key) -> float:
        """Press a key; returns how long it took until the gallery was painted, in ms."""
        self._painted.done = False
        self._keys += 1
        begun = time.perf_counter()
        QTest.keyClick(self._gallery, key)
        while not self._painted.done:
            QApplication.processEvents()
        return 1000 * (time.perf_counter() - begun)

    def _measure_keys(self) -> None:
        times: dict[str, list[float]] = {"a class by key": [], "Enter": [], "Ctrl+Z": []}
        rng = np.random.default_rng(0)
        count = self._arguments.keys
        with self._probe.phase("keys"):
            for number in range(count):
                if number % 20 == 0:  # somewhere else in the gallery
                    position = int(rng.integers(self._cells.rowCount()))
                    self._gallery.setCurrentIndex(self._cells.index(position))
                    pause(0.1)
                key = DIGITS[int(rng.integers(5))] if number % 3 else Qt.Key.Key_Return
                times["a class by key" if number % 3 else "Enter"].append(self._press(key))
                pause(0.05)
        self._wait_for_store()
        self._results["stored"] = self._count_stored()
        with self._probe.phase("undo"):
            for _ in range(count // 10):
                times["Ctrl+Z"].append(self._undo())
                pause(0.05)
        self._results |= {
            "times": times,
            "keys": count,
            "stalls": self._probe.summary(),
        }

    def _undo(self) -> float:
        """From the key until the store has answered and the gallery is painted, in ms."""
        answers: list[object] = []
        connection = self._app.reviews.undone.connect(lambda *_: answers.append(True))
        begun = time.perf_counter()
        QTest.keyClick(self._gallery, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        while not answers:
            QApplication.processEvents()
        self._painted.done = False
        self._gallery.viewport().update()
        while not self._painted.done:
            QApplication.processEvents()
        self._app.reviews.undone.disconnect(connection)
        return 1000 * (time.perf_counter() - begun)

    def _wait_for_store(self) -> None:
        done: list[bool] = []
        self._app.session.submit_to_store(lambda _: done.append(True))
        until(lambda: bool(done))

    def _count_stored(self) -> int:
        found: list[int] = []

        def task(store) -> None:  # noqa: ANN001
            case = store.cases.find(self._arguments.folder)
            found.append(sum(1 for _ in store.reviews.history(case.id)))

        self._app.session.submit_to_store(task)
        until(lambda: bool(found))
        return found[0]

    # The hand's work

    def _work_by_hand(self) -> None:
        """First all open cells by key, then, with the mouse over it, each accepted wrong one."""
        truth = self._invent_truth()
        model, wrong_keys, accepted_keys, moves = self._model, 0, 0, 0
        self._press(Qt.Key.Key_F3)
        seen = 0
        while (cell := self._gallery.current_cell()) is not None and self._is_open(cell):
            given = self._given(cell)
            before = self._keys
            right = truth[cell] == given
            self._press(Qt.Key.Key_Return if right else self._key_of(truth[cell]))
            wrong_keys += 0 if right else self._keys - before
            seen += 1
        for cell, label in truth.items():
            row = model.row(cell)
            assert row is not None
            if model.reviewed[row] or self._given(cell) == label:
                continue
            self._point_at(cell)
            moves += 1
            before = self._keys
            self._press(self._key_of(label))
            wrong_keys += self._keys - before
        left = [cell for cell, label in truth.items() if self._verdict(cell) != label]
        self._results |= {
            "wrong": WRONG_ACCEPTED + WRONG_OPEN,
            "open": seen,
            "keys": self._keys,
            "keys_for_wrong": wrong_keys,
            "keys_for_accepted": accepted_keys,
            "clicks": moves,
            "left_wrong": len(left),
        }

    def _invent_truth(self) -> dict[CellId, str]:
        """As the model gives it, but for some cells; unknown ones are unknown."""
        model, rng = self._model, np.random.default_rng(1)
        cells = [model.cell(row) for row in range(len(model))]
        truth = {cell: self._given(cell) for cell in cells}
        accepted = [cell for cell in cells if not self._is_open(cell)]
        others = [cell for cell in cells if self._is_open(cell)]
        for some, count in ((accepted, WRONG_ACCEPTED), (others, WRONG_OPEN)):
            for at in rng.choice(len(some), count, replace=False).tolist():
                names = [name for name in model.card_classes if name != truth[some[at]]]
                truth[some[at]] = names[int(rng.integers(len(names)))]
        return truth

    def _is_open(self, cell: CellId) -> bool:
        row = self._model.row(cell)
        assert row is not None
        result = self._model.results[row]
        waits = result is not None and result.decision in (Decision.REVIEW, Decision.UNKNOWN)
        return waits and not self._model.reviewed[row]

    def _given(self, cell: CellId) -> str:
        result = self._model.result(cell)
        assert result is not None
        return "unknown" if result.decision is Decision.UNKNOWN else result.label

    def _verdict(self, cell: CellId) -> str:
        row = self._model.row(cell)
        assert row is not None
        group = self._model.groups[row]
        return self._model.classes[group] if group < FAILED - 10 else "unknown"

    def _key_of(self, label: str) -> Qt.Key:
        return DIGITS[self._model.card_classes.index(label)]

    def _point_at(self, cell: CellId) -> None:
        index = self._cells.index(self._cells.positions_of({cell})[0])
        self._gallery.scrollTo(index)
        place = QPointF(self._gallery.visualRect(index).center())
        none = Qt.MouseButton.NoButton
        there = QPointF(self._gallery.viewport().mapToGlobal(place))
        modifiers = Qt.KeyboardModifier.NoModifier
        move = QMouseEvent(QEvent.Type.MouseMove, place, there, none, none, modifiers)
        QApplication.sendEvent(self._gallery.viewport(), move)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--begun", type=float, required=True, help="time.time() of the start")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--mode", choices=("speed", "hand"), required=True)
    parser.add_argument("--keys", type=int, default=300)
    arguments = parser.parse_args()

    def on_assembled(app: App) -> None:
        FirstPaint(app, lambda: Reviewer(app, arguments).live())

    return run(Arguments(), on_assembled)


if __name__ == "__main__":
    sys.exit(main())
