"""A thread that serves the newest requests only: what still waits is dropped for them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from leukogui.threads.errors import report_error

RequestT = TypeVar("RequestT")


class LatestRequests(Generic[RequestT]):
    """Serves requests one after another, on a thread that begins with the first of them.

    Args:
        name: of the thread.
        serve: called on the thread; an error in it is reported and ends this request alone.
    """

    def __init__(self, name: str, serve: Callable[[RequestT], None]) -> None:
        self._name, self._serve = name, serve
        self._changed = threading.Condition()
        self._waiting: list[RequestT] = []
        self._current: RequestT | None = None
        self._closing = False
        self._thread: threading.Thread | None = None

    @property
    def is_closing(self) -> bool:
        """Whether nobody waits for a result any more."""
        return self._closing

    def request(self, requests: Sequence[RequestT], *, again: bool = True) -> None:
        """Serve these in this order, and nothing that was requested earlier.

        Args:
            again: whether one that is being served is to be served once more.
        """
        if self._closing:
            return
        with self._changed:
            self._waiting = [each for each in requests if again or each != self._current]
            self._changed.notify()
        if self._thread is None and requests:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def release(self) -> None:
        """Called on the thread, before it hands over a result: nobody may wait for it any more.

        A result that comes when something else is shown is dropped; the request that follows
        must not be taken for the one that is being served.
        """
        with self._changed:
            self._current = None

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while True:
            with self._changed:
                self._current = None
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if self._closing:
                    return
                request = self._current = self._waiting.pop(0)
            try:
                self._serve(request)
            except Exception:  # noqa: BLE001 - reported
                report_error()
