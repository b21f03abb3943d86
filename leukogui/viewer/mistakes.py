"""A mistake on one of the viewer's threads costs the picture at hand, not the thread."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reported_mistakes() -> Iterator[None]:
    """Report what the block raises where all mistakes on threads are reported, and go on."""
    try:
        yield
    except Exception:  # noqa: BLE001 - reported
        kind, error, trace = sys.exc_info()
        assert kind is not None
        arguments = (kind, error, trace, threading.current_thread())
        threading.excepthook(threading.ExceptHookArgs(arguments))
