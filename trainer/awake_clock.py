"""A clock that stands still while the computer sleeps.

A night asleep in the middle of a run must not count into its pace, nor into a limit of time. On
Linux and macOS `time.monotonic` leaves sleep out; on Windows it counts it (Microsoft, "Acquiring
high-resolution time stamps"), so that the time left of a run grew by days.
"""

from __future__ import annotations

import sys
import time

if sys.platform == "win32":
    import ctypes

    def awake_seconds() -> float:
        """Seconds that the computer was awake, from a moment that is not defined."""
        ticks = ctypes.c_ulonglong()
        ctypes.windll.kernel32.QueryUnbiasedInterruptTime(ctypes.byref(ticks))
        return ticks.value * 1e-7  # of 100 ns

else:

    def awake_seconds() -> float:
        """Seconds that the computer was awake, from a moment that is not defined."""
        return time.monotonic()
