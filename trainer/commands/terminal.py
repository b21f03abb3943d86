"""Printers of events: progress bars, sentences, or JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Protocol, TextIO

from tqdm import tqdm

from trainer.protocol.events import (
    CancelledEvent,
    Event,
    FailedEvent,
    MetricsEvent,
    ProgressEvent,
    ResultEvent,
    WarningEvent,
    WarningTopic,
    execution_info_of,
)

_REMEDIES: Mapping[WarningTopic, str] = {
    "": "",
    "source": "(--source NAME for this run; “leuko-trainer source FOLDER --name NAME” keeps it.)",
    "scale": (
        "(--red-cell-diameter PX for this run; “leuko-trainer source FOLDER "
        "--red-cell-diameter PX” keeps it.)"
    ),
    "files": "",
}
"""How the subject of a note can be corrected on the command line."""


class EventPrinter(Protocol):
    """Prints every event of a job; a context manager that cleans up the terminal."""

    def __call__(self, event: Event) -> None:
        """Print one event."""

    def __enter__(self) -> EventPrinter: ...

    def __exit__(self, *_: object) -> None: ...


class JsonPrinter:
    """One event a line, for programs."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout

    def __call__(self, event: Event) -> None:
        """Write one line."""
        self._out.write(event.model_dump_json() + "\n")
        self._out.flush()

    def __enter__(self) -> JsonPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.flush()


class TextPrinter:
    """Progress bars and sentences, for people. Bars only where there is a terminal."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._bar: tqdm[Any] | None = None
        self._stage = ""

    def __enter__(self) -> TextPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        self._close_bar()

    def __call__(self, event: Event) -> None:
        """Move the bar, or print a sentence."""
        match event:
            case ProgressEvent():
                self._update_bar(event)
            case MetricsEvent():
                pass  # the bar beside it goes on
            case ResultEvent():
                self._print_result(event)
            case WarningEvent():
                parts = (event.message, event.hint, _REMEDIES[event.about])
                self._print(self._err, "Note: " + " ".join(filter(None, parts)))
            case FailedEvent():
                self._print_failure(event)
            case CancelledEvent():
                self._print(self._err, "Stopped. What was done is kept.")
            case _:
                self._close_bar()

    def _update_bar(self, event: ProgressEvent) -> None:
        if event.stage != self._stage:
            self._close_bar()
            self._stage = event.stage
            self._bar = tqdm(
                total=event.total,
                desc=event.stage,
                file=self._err,
                disable=not self._err.isatty(),
                dynamic_ncols=True,
            )
        if self._bar is not None:
            self._bar.total = event.total
            self._bar.update(event.done - self._bar.n)

    def _print_result(self, event: ResultEvent) -> None:
        """Print a result; what it is computed on is a note."""
        text = str(event.data.get("text", ""))
        if execution_info_of(event.data) is None:
            self._print(self._out, text)
        elif text:
            self._print(self._err, f"Note: {text}")

    def _print_failure(self, event: FailedEvent) -> None:
        self._print(self._err, f"Error: {event.message}")
        resume = "(The same command with --resume.)" if event.can_go_on else ""
        if advice := " ".join(filter(None, (event.hint, resume))):
            self._print(self._err, advice)
        if event.report and event.report not in event.hint:
            self._print(self._err, f"A report of what happened is in {event.report}")

    def _print(self, stream: TextIO, text: str) -> None:
        self._close_bar()
        if text:
            stream.write(text + "\n")
            stream.flush()

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._stage = None, ""
