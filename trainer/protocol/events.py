"""The events of a job, as they cross the protocol, and the items that a job emits.

A job's events are numbered from 0: first `started`, last exactly one of `done`,
`failed` and `cancelled`. A job that runs a model emits a `DeviceResult` at its start, and
again when it goes on on another device.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field, JsonValue, TypeAdapter

from trainer.domain import ExecutionInfo, Progress
from trainer.protocol.records import ProtocolRecord
from trainer.training_metrics import TrainingMetrics

WarningTopic = Literal["", "source", "scale", "files"]
"""The name of the source that images come from, the size of its red cells, or files not read."""


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


@dataclass(frozen=True)
class DeviceResult(Result):
    """What a job computes on: emitted as a `device` event, and for one release as a result.

    Programs that read `--json` know the `result` with these keys.
    """

    execution: ExecutionInfo = field(kw_only=True)


@dataclass(frozen=True)
class MetricsResult(Result):
    """How well a network does while it learns: emitted as a `metrics` event alone."""

    metrics: TrainingMetrics = field(kw_only=True)


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


class DeviceEvent(EventRecord):
    """What the job computes on from now on; the fields of `ExecutionInfo`."""

    event: Literal["device"] = "device"
    device: str
    precision: str
    reason: str

    @property
    def execution(self) -> ExecutionInfo:
        """The same without its place in the job's order."""
        return ExecutionInfo(self.device, self.precision, self.reason)


class MetricsEvent(EventRecord):
    """How well a network does while it learns; the fields of `TrainingMetrics`."""

    event: Literal["metrics"] = "metrics"
    step: int = Field(ge=0)
    loss: float
    accuracy: float
    cells_per_second: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    recall: dict[str, float] = Field(default_factory=dict)

    @property
    def metrics(self) -> TrainingMetrics:
        """The same without its place in the job's order."""
        return TrainingMetrics(**self.model_dump(exclude={"event", "id", "seq"}))


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
        can_go_on, remedy: as of `UserError`.
    """

    event: Literal["failed"] = "failed"
    message: str
    hint: str = ""
    kind: Literal["user", "memory", "bug"]
    report: str = ""
    can_go_on: bool = False
    remedy: str = ""


class CancelledEvent(EventRecord):
    """The job stopped on request."""

    event: Literal["cancelled"] = "cancelled"


FinalEvent = DoneEvent | FailedEvent | CancelledEvent
Event = (
    StartedEvent
    | ProgressEvent
    | MetricsEvent
    | ResultEvent
    | DeviceEvent
    | WarningEvent
    | FinalEvent
)
OnEvent = Callable[[Event], None]
EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


_EXECUTION_KEYS = ("device", "precision", "reason")


def execution_result(execution: ExecutionInfo, *, visible: bool = False) -> DeviceResult:
    """Build the item of a device; `visible` to a person at a terminal, too."""
    data: dict[str, object] = {key: getattr(execution, key) for key in _EXECUTION_KEYS}
    text = f"{execution.device}, {execution.precision}: {execution.reason}."
    return DeviceResult(data | ({"text": text} if visible else {}), execution=execution)


def execution_info_of(data: Mapping[str, object]) -> ExecutionInfo | None:
    """The device in the data of a result; None where they are of another part."""
    values = [data.get(key) for key in _EXECUTION_KEYS]
    return None if None in values else ExecutionInfo(*map(str, values))
