"""An error on one of the window's threads ends the task at hand, not the thread."""

from __future__ import annotations

import sys
import threading


def report_error() -> None:
    """Report the exception that is being handled where all errors on threads are reported."""
    kind, error, trace = sys.exc_info()
    assert kind is not None
    arguments = (kind, error, trace, threading.current_thread())
    threading.excepthook(threading.ExceptHookArgs(arguments))
