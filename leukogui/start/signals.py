"""A signal of the system, or Ctrl+C in the terminal, ends the program in good order."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_MILLISECONDS_BETWEEN = 500


@contextmanager
def quit_on_signals(leave: Callable[[], None], parent: QObject) -> Iterator[None]:
    """Call `leave` on this thread, the window's, soon after a signal to end.

    Python runs its handlers between two of its own instructions, and an idle window runs
    none: a timer sees to it that there are some.
    """
    timer = QTimer(parent, interval=_MILLISECONDS_BETWEEN)
    timer.timeout.connect(lambda: None)
    before = [signal.signal(each, lambda *_: leave()) for each in _SIGNALS]
    timer.start()
    try:
        yield
    finally:
        timer.stop()
        for each, handler in zip(_SIGNALS, before, strict=True):
            signal.signal(each, handler)
