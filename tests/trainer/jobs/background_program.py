"""A background process whose `ping` goes on until it is told otherwise."""

from __future__ import annotations

import sys

from trainer.domain import Progress, ShouldStop
from trainer.jobs.background import main
from trainer.jobs.runner import JOBS
from trainer.protocol.events import Emit
from trainer.protocol.requests import PingRequest


def run(_: PingRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    done = 0
    while not should_stop():
        emit(Progress("training", done))
        done += 1
    return {"model": "the best so far"}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:], table={**JOBS, "ping": run}))
