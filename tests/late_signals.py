"""A plugin that delays every signal which a thread emits, to find tests that race.

    python -m pytest -p tests.late_signals tests/leukogui
    LEUKO_SIGNAL_SEED=2 python -m pytest -p tests.late_signals tests/leukogui

What a test sees between two signals of a thread is seen once in a thousand runs, on a busy
machine; with this in one of three. It slows a thread down, so it is not part of the suite.
"""

from __future__ import annotations

import os
import random
import threading
import time
from types import FrameType

_BEFORE, _AFTER = (0.0, 0.02, 0.15), (0.0, 0.12)  # seconds; one of them is drawn

_random = random.Random(int(os.environ.get("LEUKO_SIGNAL_SEED", "0")))  # noqa: S311


def _delay(_: FrameType, event: str, called: object) -> None:
    if event in ("c_call", "c_return") and getattr(called, "__name__", "") == "emit":
        time.sleep(_random.choice(_BEFORE if event == "c_call" else _AFTER))


threading.setprofile(_delay)
