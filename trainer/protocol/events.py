"""What long work says while it runs: the events, and what a job hands in to be said.

A job's events are numbered from 0: first `started`, last exactly one of `done`,
`failed` and `cancelled`.

How a job says which device and precision serve it: at its start, and when it changes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter

from trainer.domain import ExecutionInfo, Progress
from trainer.protocol.requests import ProtocolRecord

WarningTopic = Literal["", "source", "scale"]
"""The name of the source that images come from, or the size of its red cells."""


@dataclass(frozen=True)
class JobWarning:
    """Something a person should know although the work goes on: what, and what to do.

    Attributes:
        about: what can be put right, so that each side can offer its own way to it.
    """

    message: str
    hint: str = ""
    about: WarningTopic = ""


@dataclass(frozen=True)
class Result:
    """One part of the outcome, as soon as it is known: a free record of JSON values."""

    data: dict[str, object] = field(default_factory=dict)


Emit = Callable[[Progress | JobWarning | Result], None]


class EventRecord(ProtocolRecord):
    """Base of the events: whose it is, and its place in that request's order."""

    id: str
    seq: int = Field(ge=0)


class StartedEvent(EventRecord):
    """The job began, in process `pid`."""

    event: Literal["started"] = "started"
    job: str
    pid: int
    versions: dict[str, str]


class ProgressEvent(EventRecord):
    """How far a stage has come; `total`, rate and seconds left are None while unknown."""

    event: Literal["progress"] = "progress"
    stage: str
    done: int = Field(ge=0)
    total: int | None = None
    per_second: float | None = None
    seconds_left: float | None = None


class ResultEvent(EventRecord):
    """One part of the outcome."""

    event: Literal["result"] = "result"
    data: dict[str, JsonValue]


class WarningEvent(EventRecord):
    """Something a person should know although the work goes on; `about` as in `JobWarning`."""

    event: Literal["warning"] = "warning"
    message: str
    hint: str = ""
    about: WarningTopic = ""


class DoneEvent(EventRecord):
    """The job finished; `result` is what its function returned."""

    event: Literal["done"] = "done"
    result: dict[str, JsonValue]


class FailedEvent(EventRecord):
    """The job ended without its result.

    Attributes:
        kind: "user": can be put right; "memory": memory ran out; "bug": our fault.
        report: path of the crash report; empty if none was written.
        can_go_on: as of `UserError`.
    """

    event: Literal["failed"] = "failed"
    message: str
    hint: str = ""
    kind: Literal["user", "memory", "bug"]
    report: str = ""
    can_go_on: bool = False


class CancelledEvent(EventRecord):
    """The job stopped because it was asked to."""

    event: Literal["cancelled"] = "cancelled"


FinalEvent = DoneEvent | FailedEvent | CancelledEvent
Event = StartedEvent | ProgressEvent | ResultEvent | WarningEvent | FinalEvent
OnEvent = Callable[[Event], None]
EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


_EXECUTION_KEYS = ("device", "precision", "reason")


def execution_result(execution: ExecutionInfo, *, visible: bool = False) -> Result:
    """The part of the outcome that says it; `visible` to a person at a terminal, too."""
    data: dict[str, object] = {key: getattr(execution, key) for key in _EXECUTION_KEYS}
    text = f"{execution.device}, {execution.precision}: {execution.reason}."
    return Result(data | ({"text": text} if visible else {}))


def execution_info_of(data: Mapping[str, object]) -> ExecutionInfo | None:
    """What a part of the outcome says of it; None for any other part."""
    values = [data.get(key) for key in _EXECUTION_KEYS]
    return None if None in values else ExecutionInfo(*map(str, values))
