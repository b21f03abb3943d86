"""A worker that nobody waits for goes away.

The end of its stdin tells it at once; this watch is for the cases in which the pipe
outlives the parent, because another process has inherited its other end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def watch_parent(pid: int, on_gone: Callable[[], None], seconds_between: float = 0.5) -> None:
    """Call `on_gone` once, from a thread of its own, when process `pid` is gone."""
    threading.Thread(
        target=_watch, args=(pid, on_gone, seconds_between), name="parent-watch", daemon=True
    ).start()


def _watch(pid: int, on_gone: Callable[[], None], seconds_between: float) -> None:
    import psutil  # here, because it need not hold up the start

    try:
        parent = psutil.Process(pid)
        # is_running compares start times: a number given to a new process is not the parent.
        while parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE:
            time.sleep(seconds_between)
    except psutil.NoSuchProcess:
        pass  # gone, which is what we wait for
    on_gone()
