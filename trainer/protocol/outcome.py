"""How a job ended, in one record and in words, also when its process died on the way."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field
from typing import Literal

from pydantic import JsonValue

from trainer.protocol.events import CancelledEvent, DoneEvent, FailedEvent, FinalEvent

# Windows reports how a program died by a status code.
_NT_STATUS_TEXT = {
    0xC0000005: "it reached for memory that is not its own",
    0xC0000374: "its memory was damaged",
    0xC00000FD: "its stack ran over",
    0xC0000409: "it stopped itself because its memory was damaged",
    0xC000013A: "it was ended by Ctrl+C or by closing its console",
    0xC0000017: "the computer's memory ran out",
}
_SIGNAL_TEXT = {
    "SIGKILL": "the system or a person ended it by force; often because memory ran out",
    "SIGSEGV": "it reached for memory that is not its own",
    "SIGBUS": "it reached for memory that is not there",
    "SIGABRT": "it stopped itself because of an inner error",
    "SIGILL": "it used an instruction that this processor does not have",
    "SIGFPE": "it failed in an arithmetic operation",
    "SIGTERM": "the system or a person ended it",
}


@dataclass(frozen=True)
class ProcessExit:
    """How a process ended before its job did.

    Attributes:
        returncode: as `subprocess` gives it: negative for a signal on POSIX.
        requested: whether we ended it ourselves.
        stderr: the last lines that it wrote there.
        stack: file with the stack of a crash in native code; empty if there is none.
    """

    returncode: int
    requested: bool = False
    stderr: tuple[str, ...] = ()
    stack: str = ""


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes:
        kind: "terminated": we ended the process; "crashed": it ended by itself.
        result: what the job returned, where done.
        message, hint: words for a person, where failed or crashed.
        remedy: as of `UserError`, where failed.
        report: crash report or stack; empty if there is none.
        log: log file of the process.
        returncode, stderr: of the process, where it ended.
    """

    kind: Literal["done", "failed", "cancelled", "crashed", "terminated"]
    message: str = ""
    hint: str = ""
    result: dict[str, JsonValue] = field(default_factory=dict)
    report: str = ""
    log: str = ""
    returncode: int | None = None
    stderr: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def text(self) -> str:
        """Message and hint, one behind the other."""
        return f"{self.message} {self.hint}".strip()


def outcome_of(end: FinalEvent | ProcessExit, *, log: str = "") -> Outcome:
    """Build the outcome of a job from its last event or from the exit of its process."""
    if isinstance(end, DoneEvent):
        return Outcome("done", result=end.result, log=log)
    if isinstance(end, CancelledEvent):
        return Outcome("cancelled", log=log)
    if isinstance(end, FailedEvent):
        words, remedy = (end.message, end.hint), end.remedy
        return Outcome("failed", *words, report=end.report, log=log, remedy=remedy)
    return Outcome(
        "terminated" if end.requested else "crashed",
        ""
        if end.requested
        else f"The background process stopped: {describe_exit(end.returncode)}.",
        "" if end.requested else _describe_files(end, log),
        report=end.stack,
        log=log,
        returncode=end.returncode,
        stderr=end.stderr,
    )


def describe_exit(returncode: int) -> str:
    """Describe a process's return code in words, with the code."""
    if returncode < 0:
        name = _signal_name(-returncode)
        return f"{_SIGNAL_TEXT.get(name, 'it got a signal')} ({name})"
    if returncode in _NT_STATUS_TEXT:
        return f"{_NT_STATUS_TEXT[returncode]} (0x{returncode:08X})"
    return f"it ended by itself without an answer (code {returncode})"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _describe_files(end: ProcessExit, log: str) -> str:
    sentences = ["What is committed is safe; start the work again to go on."]
    if end.stack:
        sentences.append(f"Where it happened is in {end.stack}.")
    if log:
        sentences.append(f"The log is {log}.")
    return " ".join(sentences)
