"""How fast work goes, how long it still takes, and how often that is worth saying."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from trainer.domain import Progress

# A person cannot read more, and a pipe need not carry it.
SECONDS_BETWEEN = 0.1


@dataclass(frozen=True)
class TimedProgress:
    """Progress with its rate, and the seconds left at that rate; None while unknown."""

    stage: str
    done: int
    total: int | None
    per_second: float | None
    seconds_left: float | None


class Pace:
    """Times the stages of one job, each from its first report.

    What was done before that report (a resumed run) does not count into the rate.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stage: str | None = None
        self._began = 0.0
        self._done_before = 0
        self._said = 0.0

    def time(self, progress: Progress) -> TimedProgress | None:
        """The progress with its times, or None where the last is too fresh to repeat.

        The first and the last of a stage are never left out.
        """
        now = self._clock()
        first = progress.stage != self._stage
        if first:
            self._stage, self._began, self._done_before = progress.stage, now, progress.done
        last = progress.done == progress.total
        if not (first or last or now - self._said >= SECONDS_BETWEEN):
            return None
        self._said = now
        return self._timed(progress, now - self._began)

    def _timed(self, progress: Progress, seconds: float) -> TimedProgress:
        rate = progress.per_second
        fresh = progress.done - self._done_before
        if rate is None and fresh > 0 and seconds > 0:
            rate = fresh / seconds
        left = None
        if rate and progress.total is not None:
            left = max(0, progress.total - progress.done) / rate
        return TimedProgress(progress.stage, progress.done, progress.total, rate, left)
