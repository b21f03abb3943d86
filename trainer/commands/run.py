"""One command from its words to its exit code."""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from trainer.commands.parser import build_parser, request_of
from trainer.commands.terminal import JsonTeller, Teller, WordTeller
from trainer.errors import UserError
from trainer.jobs.runner import run_in_process
from trainer.protocol.events import CancelledEvent, Event, FailedEvent, FinalEvent

DONE, FAILED, WRONG_USE, DONE_WITH_FAILURES = 0, 1, 2, 3


def run_command(words: Sequence[str]) -> int:
    """Run one command for a person or a script.

    Returns:
        0 done, 1 failed or stopped, 2 wrong use, 3 done with failed images.
    """
    _speak_utf8()
    arguments = build_parser().parse_args(words)
    try:
        request = request_of(arguments, f"leuko-trainer {shlex.join(words)}")
    except UserError as error:
        sys.stderr.write(f"Error: {error.message}\n{error.hint}".rstrip() + "\n")
        return WRONG_USE
    with _Reader(_teller(arguments)) as reader:
        stop = _StopOnInterrupt()
        return exit_code(run_in_process(request, reader, lambda: stop() or reader.gone))


def exit_code(final: FinalEvent) -> int:
    """What the shell is told of how a job ended."""
    if isinstance(final, FailedEvent | CancelledEvent):
        return FAILED
    return DONE_WITH_FAILURES if final.result.get("failed") else DONE


def _teller(arguments: argparse.Namespace) -> Teller:
    return JsonTeller() if arguments.json else WordTeller()


def _speak_utf8() -> None:
    """File names hold any character, whatever the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


class _Reader:
    """Tells whoever reads our output; where they have gone (`| head`), the job stops."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self.gone = False

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._unless_gone(self._teller.__exit__, None, None, None)

    def __call__(self, event: Event) -> None:
        self._unless_gone(self._teller, event)

    def _unless_gone(self, tell: Callable[..., None], *what: object) -> None:
        if self.gone:
            return
        try:
            tell(*what)
        except BrokenPipeError:
            self.gone = True
            # What is left in the buffer must not fail again at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _StopOnInterrupt:
    """True after Ctrl+C; a second Ctrl+C interrupts at once."""

    def __init__(self) -> None:
        self._stopped = False
        self._before = signal.signal(signal.SIGINT, self._interrupted)

    def __call__(self) -> bool:
        return self._stopped

    def _interrupted(self, _number: int, _frame: FrameType | None) -> None:
        self._stopped = True
        signal.signal(signal.SIGINT, self._before)
