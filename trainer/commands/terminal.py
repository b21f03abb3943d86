"""How events are told on a terminal: progress bars, sentences, or JSON lines."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Protocol, TextIO

from tqdm import tqdm

from trainer.protocol.events import (
    About,
    CancelledEvent,
    Event,
    FailedEvent,
    ProgressEvent,
    ResultEvent,
    WarningEvent,
    heard_of,
)

_WAYS: Mapping[About, str] = {
    "": "",
    "source": "(--source NAME for this run; “leuko-trainer source FOLDER --name NAME” keeps it.)",
    "scale": (
        "(--red-cell-diameter PX for this run; “leuko-trainer source FOLDER "
        "--red-cell-diameter PX” keeps it.)"
    ),
}
"""How what a note is about can be put right from a command line."""


class Teller(Protocol):
    """Gets every event of a job; a context manager that tidies the terminal."""

    def __call__(self, event: Event) -> None:
        """Tell of one event."""

    def __enter__(self) -> Teller: ...

    def __exit__(self, *_: object) -> None: ...


class JsonTeller:
    """One event a line, for programs."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout

    def __call__(self, event: Event) -> None:
        """Write one line."""
        self._out.write(event.model_dump_json() + "\n")
        self._out.flush()

    def __enter__(self) -> JsonTeller:
        return self

    def __exit__(self, *_: object) -> None:
        self._out.flush()


class WordTeller:
    """Progress bars and sentences, for people. Bars only where there is a terminal."""

    def __init__(self, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._bar: tqdm[Any] | None = None
        self._stage = ""

    def __enter__(self) -> WordTeller:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def __call__(self, event: Event) -> None:
        """Move the bar, or say a sentence."""
        match event:
            case ProgressEvent():
                self._progress(event)
            case ResultEvent():
                self._result(event)
            case WarningEvent():
                words = (event.message, event.hint, _WAYS[event.about])
                self._say(self._err, "Note: " + " ".join(filter(None, words)))
            case FailedEvent():
                self._failed(event)
            case CancelledEvent():
                self._say(self._err, "Stopped. What was done is kept.")
            case _:
                self._close()

    def _progress(self, event: ProgressEvent) -> None:
        if event.stage != self._stage:
            self._close()
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

    def _result(self, event: ResultEvent) -> None:
        """What it computes on is a note; all else is what was asked for."""
        text = str(event.data.get("text", ""))
        if heard_of(event.data) is None:
            self._say(self._out, text)
        elif text:
            self._say(self._err, f"Note: {text}")

    def _failed(self, event: FailedEvent) -> None:
        self._say(self._err, f"Error: {event.message}")
        way = "(The same command with --resume.)" if event.can_go_on else ""
        if words := " ".join(filter(None, (event.hint, way))):
            self._say(self._err, words)
        if event.report and event.report not in event.hint:
            self._say(self._err, f"A report of what happened is in {event.report}")

    def _say(self, where: TextIO, text: str) -> None:
        self._close()
        if text:
            where.write(text + "\n")
            where.flush()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar, self._stage = None, ""
