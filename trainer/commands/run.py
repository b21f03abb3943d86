"""One command from its arguments to its exit code."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from trainer.commands.parser import build_parser, request_of
from trainer.commands.terminal import EventPrinter, JsonPrinter, TextPrinter
from trainer.errors import UserError
from trainer.jobs.runner import run_in_process
from trainer.protocol.events import CancelledEvent, Event, FailedEvent, FinalEvent

DONE, FAILED, USAGE_ERROR, DONE_WITH_FAILURES = 0, 1, 2, 3


def run_command(argv: Sequence[str]) -> int:
    """Run one command for a person or a script.

    Returns:
        0 done, 1 failed or stopped, 2 wrong use, 3 done with failed images.
    """
    _use_utf8()
    arguments = build_parser().parse_args(argv)
    try:
        request = request_of(arguments, f"leuko-trainer {shlex.join(argv)}")
    except UserError as error:
        sys.stderr.write(f"Error: {error.message}\n{error.hint}".rstrip() + "\n")
        return USAGE_ERROR
    with _PipeGuard(_create_printer(arguments)) as guard:
        stop = _StopOnInterrupt()
        return exit_code(run_in_process(request, guard, lambda: stop() or guard.is_closed))


def exit_code(final: FinalEvent) -> int:
    """The exit code of a job, by how it ended."""
    if isinstance(final, FailedEvent | CancelledEvent):
        return FAILED
    return DONE_WITH_FAILURES if final.result.get("failed") else DONE


def _create_printer(arguments: argparse.Namespace) -> EventPrinter:
    return JsonPrinter() if arguments.json else TextPrinter()


def _use_utf8() -> None:
    """File names hold any character, whatever the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class _PipeGuard:
    """Prints events until the reader of the output is gone (`| head`); then the job stops."""

    def __init__(self, printer: EventPrinter) -> None:
        self._printer = printer
        self.is_closed = False

    def __enter__(self) -> _PipeGuard:
        return self

    def __exit__(self, *_: object) -> None:
        self._call_unless_closed(self._printer.__exit__, None, None, None)

    def __call__(self, event: Event) -> None:
        self._call_unless_closed(self._printer, event)

    def _call_unless_closed(self, function: Callable[..., None], *arguments: object) -> None:
        if self.is_closed:
            return
        try:
            function(*arguments)
        except BrokenPipeError:
            self.is_closed = True
            # What is left in the buffer must not fail again at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _StopOnInterrupt:
    """True after Ctrl+C; a second Ctrl+C interrupts at once."""

    def __init__(self) -> None:
        self._stopped = False
        self._previous_handler = signal.signal(signal.SIGINT, self._on_interrupt)

    def __call__(self) -> bool:
        return self._stopped

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True
        signal.signal(signal.SIGINT, self._previous_handler)
