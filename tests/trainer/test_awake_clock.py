"""The clock by which paces and limits of time are measured."""

from __future__ import annotations

import time

from trainer.awake_clock import awake_seconds
from trainer.domain import Progress
from trainer.jobs.runner import ProgressTimer


def test_it_runs_as_the_clock_of_the_system_while_the_computer_is_awake() -> None:
    begun, begun_awake = time.perf_counter(), awake_seconds()
    while time.perf_counter() - begun < 0.1:
        pass
    awake = awake_seconds() - begun_awake
    assert 0 < awake <= time.perf_counter() - begun + 0.02


def test_a_clock_that_stood_still_leaves_the_time_left_as_it_was() -> None:
    """An hour of work, a night asleep: the clock leaves the night out, and so does the pace."""
    assert ProgressTimer()._clock is awake_seconds
    now = [0.0]
    timer = ProgressTimer(lambda: now[0])
    timer.time(Progress("training", 0, 100))
    now[0] = 3600.0
    before = timer.time(Progress("training", 50, 100))
    now[0] += 72.0  # the next step; the night before it was no time of this clock
    after = timer.time(Progress("training", 51, 100))
    assert before is not None
    assert after is not None
    assert before.seconds_left == 3600.0
    assert after.seconds_left is not None
    assert after.seconds_left < 3600.0
