"""The thread that holds the window's connections to the store: one reads, one writes.

Reviews are written here, because a person waits for each of them; whatever takes longer is
written by a worker.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from leukogui.threads.errors import report_error
from trainer.errors import StoreError, UserError

if TYPE_CHECKING:
    from trainer.cases.store import CaseStore

Task = Callable[["CaseStore | None"], None]
_BUSY_SECONDS = 5.0
WriteTask = Callable[["CaseStore"], None]
FailureCallback = Callable[[], None]


def _ignore() -> None:
    """Nobody waits for a result."""


@dataclass(frozen=True)
class _Submitted:
    run: Callable[[], None]
    on_failure: FailureCallback
    writes: bool = False


class StoreThread(QObject):
    """Runs functions of the store one after another, off the window's thread.

    Args:
        path: the store's file; a function gets None until there is one.
    """

    failed = Signal(object)  # UserError

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self._tasks: SimpleQueue[_Submitted | None] = SimpleQueue()
        self._store: CaseStore | None = None
        self._writable: CaseStore | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run_tasks, name="store", daemon=True)
        self._thread.start()

    def submit(self, task: Task, on_failure: FailureCallback = _ignore) -> None:
        """Run this on the store's thread, after what was submitted before.

        Args:
            task: what to run; an error in it is reported and ends this task alone.
            on_failure: called on that thread if it fails, so that nobody waits in vain.
        """
        self._tasks.put(_Submitted(lambda: task(self._open()), on_failure))

    def submit_write(self, task: WriteTask, on_failure: FailureCallback = _ignore) -> None:
        """As `submit`, with a store that can be written; it is made if there is none.

        What was submitted before `close` is still written.
        """
        self._tasks.put(_Submitted(lambda: task(self._open_to_write()), on_failure, writes=True))

    def submit_closed(
        self, task: Callable[[Path], None], on_failure: FailureCallback = _ignore
    ) -> None:
        """As `submit`, with the store closed; the task is given its path."""

        def run() -> None:
            self._close_stores()
            task(self._path)

        self._tasks.put(_Submitted(run, on_failure))

    @property
    def is_closing(self) -> bool:
        """Whether long tasks should stop."""
        return self._closing.is_set()

    def close(self) -> None:
        """Finish what runs and what writes, drop what else waits, close the store."""
        self._closing.set()
        self._tasks.put(None)
        self._thread.join()

    def _run_tasks(self) -> None:
        while (submitted := self._tasks.get()) is not None:
            if submitted.writes or not self._closing.is_set():
                self._run_task(submitted)
        self._close_stores()

    def _run_task(self, submitted: _Submitted) -> None:
        """Run a task; whatever becomes of it, the thread serves the next."""
        try:
            submitted.run()
        except UserError as error:
            self._on_task_failed(submitted.on_failure)
            if not self._closing.is_set():
                self.failed.emit(error)
        except Exception:  # noqa: BLE001 - reported where all errors on threads are
            self._on_task_failed(submitted.on_failure)
            report_error()

    def _on_task_failed(self, on_failure: FailureCallback) -> None:
        self._close_stores()
        on_failure()

    def _open(self) -> CaseStore | None:
        if self._store is not None and self._store.is_upgraded:  # by a worker's first write
            self._store.close()
            self._store = None
        if self._store is None and self._path.is_file():
            from trainer.cases.store import CaseStore  # not needed for the first second

            self._store = CaseStore.open_if_made(self._path, busy_seconds=_BUSY_SECONDS)
            if self._store is not None and self._store.newer:
                self.failed.emit(StoreError(self._store.newer))
        return self._store

    def _open_to_write(self) -> CaseStore:
        if self._writable is None:
            from trainer.cases.store import CaseStore

            self._writable = CaseStore.open(self._path, busy_seconds=_BUSY_SECONDS)
        return self._writable

    def _close_stores(self) -> None:
        """A store that failed is opened anew for the next task."""
        stores = (self._store, self._writable)
        self._store = self._writable = None
        for store in stores:
            if store is not None:
                with contextlib.suppress(UserError):  # what failed may not close in peace either
                    store.close()
