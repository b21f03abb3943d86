"""The thread that holds the window's connection to the store. It only reads."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.threads.errors import report_error
from trainer.errors import StoreError, UserError

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore

Task = Callable[["CaseStore | None"], None]
FailureCallback = Callable[[], None]


def _ignore() -> None:
    """Nobody waits for a result."""


class StoreThread(QObject):
    """Runs functions of the store one after another, off the window's thread.

    Args:
        path: the store's file; a function gets None until there is one.
    """

    failed = Signal(object)  # UserError

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._tasks: SimpleQueue[tuple[Task, FailureCallback, bool] | None] = SimpleQueue()
        self._store: CaseStore | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run_tasks, name="store", daemon=True)
        self._thread.start()

    def submit(self, task: Task, on_failure: FailureCallback = _ignore) -> None:
        """Run this on the store's thread, after what was submitted before.

        Args:
            task: what to run; an error in it is reported and ends this task alone.
            on_failure: called on that thread if it fails, so that nobody waits in vain.
        """
        self._tasks.put((task, on_failure, True))

    def submit_closed(
        self, task: Callable[[Path], None], on_failure: FailureCallback = _ignore
    ) -> None:
        """As `submit`, with the store closed; the task is given its path."""
        self._tasks.put((lambda _: task(self._path), on_failure, False))

    @property
    def is_closing(self) -> bool:
        """Whether long tasks should stop."""
        return self._closing.is_set()

    def close(self) -> None:
        """Finish what runs, drop what waits, close the store."""
        self._closing.set()
        self._tasks.put(None)
        self._thread.join()

    def _run_tasks(self) -> None:
        while (submitted := self._tasks.get()) is not None:
            if not self._closing.is_set():
                self._run_task(*submitted)
        self._close_store()

    def _run_task(self, task: Task, on_failure: FailureCallback, opened: bool) -> None:
        """Run a task; whatever becomes of it, the thread serves the next."""
        try:
            if not opened:
                self._close_store()
            task(self._open() if opened else None)
        except UserError as error:
            self._on_task_failed(on_failure)
            if not self._closing.is_set():
                self.failed.emit(error)
        except Exception:  # noqa: BLE001 - reported where all errors on threads are
            self._on_task_failed(on_failure)
            report_error()

    def _on_task_failed(self, on_failure: FailureCallback) -> None:
        self._close_store()
        on_failure()

    def _open(self) -> CaseStore | None:
        if self._store is None and self._path.is_file():
            from trainer.cases.store import CaseStore  # not needed for the first second

            self._store = CaseStore.open(self._path, read_only=True, busy_seconds=5.0)
            if self._store.newer:
                self.failed.emit(StoreError(self._store.newer))
        return self._store

    def _close_store(self) -> None:
        """A store that failed is opened anew for the next task."""
        store, self._store = self._store, None
        if store is not None:
            with contextlib.suppress(UserError):  # what failed may not close in peace either
                store.close()
