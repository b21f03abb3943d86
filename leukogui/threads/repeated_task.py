"""A thread for something that is done now and then, never twice at once."""

from __future__ import annotations

import threading
from collections.abc import Callable


class RepeatedTask:
    """Runs the same function whenever it is started, each time on a thread of its own.

    Args:
        name: of the thread.
        task: called on the thread; it gives what it finds to the window by signals.
    """

    def __init__(self, name: str, task: Callable[[], None]) -> None:
        self._name, self._task = name, task
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, once the one before has ended."""
        self.close()
        self._thread = threading.Thread(target=self._task, name=self._name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Wait for the thread."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None
