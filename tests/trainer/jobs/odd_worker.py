"""A worker whose job `ping` misbehaves as its `echo` says; started by test_worker."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import sys
from pathlib import Path

from trainer.domain import Progress, ShouldStop
from trainer.errors import Cancelled, UserError
from trainer.jobs.runner import JOBS
from trainer.jobs.worker import main
from trainer.protocol.events import Emit, JobWarning, Result
from trainer.protocol.requests import PingRequest


def run(request: PingRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    deed, _, detail = request.echo.partition(" ")
    deeds = {
        "count": _count,
        "bug": _bug,
        "user": _user,
        "memory": _memory,
        "print": _print,
        "big": _big,
        "say": _report,
        "nan": lambda *_: {"value": float("nan")},
        "disk": _disk,
        "deaf": _never_stops,
        "stuck": _stuck,
        "segfault": lambda *_: faulthandler._sigsegv(),
        "exit": lambda *_: os._exit(int(detail)),
        "sysexit": lambda *_: sys.exit(0),
        "stdin": lambda *_: {"read": sys.stdin.read()},
    }
    return deeds[deed](detail, emit, should_stop)


def _count(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Work that ends only when it is told to; `detail` is a file that shows it was told."""
    done = 0
    while not should_stop():
        done += 1
        emit(Progress("counting", done))
    if detail:
        Path(detail).write_text("stopped", encoding="utf-8")
    raise Cancelled


def _never_stops(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Work that never asks whether it should stop."""
    emit(Progress("deaf", 0))
    while True:
        pass


def _stuck(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    """Work that fills the pipe, whoever reads."""
    while True:
        emit(Result({"filler": "x" * 10_000}))


def _bug(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    raise LookupError("a bug \N{BUG}")


def _user(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    raise UserError("The folder is empty.", "Choose another.")


def _memory(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    raise MemoryError


def _disk(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    return {"size": Path("/dev/full").write_text("x", encoding="utf-8")}


def _print(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    for number in range(100):
        sys.stdout.write("a stray print \N{GRINNING FACE}\n")
        os.write(1, b'{"event": "done"')  # no line feed: would spoil the next event
        os.write(1, b"\xff\xfe\n")
        emit(Result({"number": number}))
    subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    return {}


def _big(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    emit(Result({"text": "\N{MICROSCOPE}" * int(detail)}))
    return {"text": "ü" * int(detail)}


def _report(detail: str, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    emit(Progress("reading", 1, 4, per_second=1.5))
    emit(JobWarning("The GPU is not used.", "Update its driver."))
    emit(Result({"image": detail}))
    return {"images": [detail]}


if __name__ == "__main__":
    raise SystemExit(main(table={**JOBS, "ping": run}))
