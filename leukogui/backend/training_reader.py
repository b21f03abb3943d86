"""What a person sees of each background training, from its folder; on whichever thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import JsonValue

from trainer.domain import ExecutionInfo
from trainer.errors import UserError
from trainer.protocol.background import Training, TrainingRecord, list_trainings, log_of
from trainer.protocol.events import (
    DeviceEvent,
    DoneEvent,
    Event,
    FailedEvent,
    FinalEvent,
    MetricsEvent,
    ProgressEvent,
    ResultEvent,
    StartedEvent,
    WarningEvent,
)
from trainer.protocol.training_requests import TUNING_STAGE
from trainer.protocol.validation import Request
from trainer.training_metrics import TrainingMetrics

MAX_POINTS = 400
"""Of a curve: more cannot be told apart on a screen."""

ShownState = Literal[
    "waiting", "running", "stopping", "paused", "interrupted", "cancelled", "failed", "done"
]


@dataclass(frozen=True)
class FoundRecipe:
    """What a tuning came to.

    Attributes:
        settings: of the recipe.
        loss: balanced log-loss on the folds, in nats.
        trials: how many recipes were tried.
    """

    settings: Mapping[str, JsonValue]
    loss: float
    trials: int


@dataclass(frozen=True)
class ShownTraining:
    """One training as it is now.

    Attributes:
        state: "stopping" while it has an order; "interrupted" where its process was killed.
        began: when it was put in the queue first, ISO 8601 in UTC.
        request: None where it cannot be read.
        progress: of the stage that it is in.
        curve: loss and accuracy of batches, thinned out, by step.
        checks: on validation cells, by step.
        messages: warnings and results so far, as the worker wrote them.
        failure, hint: why it failed, as the worker wrote it; else empty.
        model: id of the model that came of it; empty before.
        recipe: that a tuning found; else None.
        balanced_accuracy: on its test cells; None before, or where it was not measured.
        log, report: files; of the process, and of a crash ("" for none).
    """

    id: str
    folder: Path
    title: str
    began: str
    state: ShownState
    request: Request | None
    log: Path
    progress: ProgressEvent | None = None
    execution: ExecutionInfo | None = None
    curve: tuple[TrainingMetrics, ...] = ()
    checks: tuple[TrainingMetrics, ...] = ()
    messages: tuple[str, ...] = ()
    failure: str = ""
    hint: str = ""
    report: str = ""
    model: str = ""
    recipe: FoundRecipe | None = None
    balanced_accuracy: float | None = None

    @property
    def is_going(self) -> bool:
        """Whether its process works."""
        return self.state in ("running", "stopping")

    @property
    def is_active(self) -> bool:
        """Whether it changes by itself."""
        return self.is_going or self.state == "waiting"

    @property
    def is_tuning(self) -> bool:
        """Whether a recipe comes of it, and no model."""
        return self.request is not None and self.request.job == "tune"

    @property
    def has_best(self) -> bool:
        """Whether there is something to keep if it is stopped now."""
        if not self.is_tuning:
            return bool(self.checks)
        progress = self.progress
        return progress is not None and progress.stage == TUNING_STAGE and progress.done > 0

    @property
    def can_go_on(self) -> bool:
        """Whether it can be put in the queue again."""
        return self.state in ("paused", "interrupted", "failed", "cancelled")


class TrainingReader:
    """Reads the folder of trainings again and again; of each only what is new."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, _TrainingHistory] = {}

    def read(self) -> tuple[ShownTraining, ...]:
        """All trainings, the newest first."""
        found = {}
        for training in list_trainings(self._root):
            history = self._known.get(training.id) or _TrainingHistory(training)
            if (shown := history.read()) is not None:
                found[training.id] = history, shown
        self._known = {name: history for name, (history, _) in found.items()}
        return tuple(shown for _, shown in reversed(found.values()))


@dataclass
class _TrainingHistory:
    """What the events of one training have come to so far."""

    training: Training
    offset: int = 0
    record: TrainingRecord | None = None
    shown: ShownTraining | None = None
    curve: dict[int, TrainingMetrics] = field(default_factory=dict)
    checks: dict[int, TrainingMetrics] = field(default_factory=dict)

    def read(self) -> ShownTraining | None:
        """The training as it is now; None where it is damaged."""
        record = self.training.record()
        if record is None:
            return None
        if self.shown is None:
            self.shown = self._begin(record.name)
        events, self.offset = self.training.events(self.offset)
        for event in events:
            self.shown = self._take_in(self.shown, event)
        if any(isinstance(event, MetricsEvent) for event in events):
            self.shown = replace(
                self.shown,
                curve=thin_out([self.curve[step] for step in sorted(self.curve)]),
                checks=tuple(self.checks[step] for step in sorted(self.checks)),
            )
        if record != self.record or record.state == "running":
            self.shown = replace(self.shown, state=self._state(record))
        self.record = record
        return self.shown

    def _begin(self, name: str) -> ShownTraining:
        training = self.training
        request: Request | None
        try:
            request = training.request()
        except UserError:
            request = None
        return ShownTraining(
            training.id,
            training.folder,
            name,
            _time_of(training.id),
            "waiting",
            request,
            log_of(training),
        )

    def _state(self, record: TrainingRecord) -> ShownState:
        if record.state != "running":
            return record.state
        if not self.training.is_running():
            # Its end may have been written since the record was read.
            again = self.training.record()
            return "interrupted" if again is None or again.state == "running" else again.state
        return "stopping" if self.training.order() else "running"

    def _take_in(self, shown: ShownTraining, event: Event) -> ShownTraining:
        changes: dict[str, Any] = {}
        match event:
            case StartedEvent():
                changes = {"failure": "", "hint": "", "report": "", "messages": ()}
            case ProgressEvent():
                return replace(shown, progress=event)
            case DeviceEvent():
                changes = {"execution": event.execution}
            case MetricsEvent():
                self._add_metrics(event.metrics)
            case WarningEvent():
                changes = _with_message(shown, f"{event.message} {event.hint}".strip())
            case ResultEvent():
                changes = _with_message(shown, str(event.data.get("text", "")))
            case FailedEvent():
                changes = {"failure": event.message, "hint": event.hint, "report": event.report}
            case DoneEvent():
                changes = _result_of(event)
        if isinstance(event, FinalEvent | StartedEvent):
            changes["progress"] = None
        return replace(shown, **changes) if changes else shown

    def _add_metrics(self, metrics: TrainingMetrics) -> None:
        """A step that was taken again after an interruption replaces the one before."""
        self.curve[metrics.step] = metrics
        if metrics.recall:
            self.checks[metrics.step] = metrics


def _with_message(shown: ShownTraining, text: str) -> dict[str, Any]:
    return {"messages": (*shown.messages, text)} if text else {}


def _result_of(event: DoneEvent) -> dict[str, Any]:
    accuracy = event.result.get("balanced_accuracy")
    return {
        "model": str(event.result.get("model", "")),
        "recipe": _recipe_of(event.result),
        "balanced_accuracy": float(accuracy) if isinstance(accuracy, int | float) else None,
    }


def _recipe_of(result: Mapping[str, Any]) -> FoundRecipe | None:
    settings, loss, trials = (result.get(name) for name in ("settings", "value", "trials"))
    if not (isinstance(settings, dict) and isinstance(loss, float) and isinstance(trials, int)):
        return None
    return FoundRecipe(settings, loss, trials)


def thin_out(
    points: Sequence[TrainingMetrics], limit: int = MAX_POINTS
) -> tuple[TrainingMetrics, ...]:
    """At most `limit` points: means of loss and accuracy over steps side by side."""
    if len(points) <= limit:
        return tuple(points)
    size = -(-len(points) // limit)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    return tuple(
        replace(
            group[-1],
            loss=sum(each.loss for each in group) / len(group),
            accuracy=sum(each.accuracy for each in group) / len(group),
        )
        for group in groups
    )


def _time_of(training_id: str) -> str:
    """The time in a training's id, ISO 8601."""
    day, time = training_id[:8], training_id[9:15]
    return f"{day[:4]}-{day[4:6]}-{day[6:]}T{time[:2]}:{time[2:4]}:{time[4:]}Z"
