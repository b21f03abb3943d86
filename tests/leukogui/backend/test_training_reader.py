"""What a person sees of a training, from its events."""

from __future__ import annotations

from pathlib import Path

import pytest

from leukogui.backend.training_reader import ShownTraining, TrainingReader, thin_out
from trainer.protocol.background import EVENTS, Training, create_training
from trainer.protocol.events import (
    DoneEvent,
    Event,
    FailedEvent,
    MetricsEvent,
    StartedEvent,
    WarningEvent,
)
from trainer.protocol.messages import encode
from trainer.protocol.training_requests import TrainRequest
from trainer.training_metrics import TrainingMetrics


@pytest.fixture
def training(tmp_path: Path) -> Training:
    return create_training(tmp_path, TrainRequest(data="cells", name="ours"), "our lab")


def happen(training: Training, *events: Event) -> None:
    with (training.folder / EVENTS).open("ab") as file:
        file.writelines(map(encode, events))


def metrics(step: int, **more: float | dict[str, float]) -> MetricsEvent:
    values = {"id": "1", "seq": step, "step": step, "loss": 1.0 / step, "accuracy": 0.5, **more}
    return MetricsEvent.model_validate(values)


def read(reader: TrainingReader) -> ShownTraining:
    (shown,) = reader.read()
    return shown


def test_only_what_is_new_is_read(training: Training) -> None:
    reader = TrainingReader(training.folder.parent)
    first = read(reader)
    assert (first.title, first.state, first.curve) == ("our lab", "waiting", ())
    assert read(reader) is first
    happen(training, metrics(1), metrics(2, val_loss=0.4, recall={"one": 0.5, "other": 1.0}))
    second = read(reader)
    assert [each.step for each in second.curve] == [1, 2]
    assert [each.balanced_accuracy for each in second.checks] == [0.75]
    assert read(reader) is second


def test_steps_that_are_taken_again_replace_those_before(training: Training) -> None:
    started = StartedEvent(id="1", seq=0, job="train", pid=1, versions={})
    warning = WarningEvent(id="1", seq=1, message="Beware.")
    happen(training, started, warning, metrics(1), metrics(2), metrics(3))
    happen(training, started, warning, metrics(2, loss=7.0))
    shown = read(TrainingReader(training.folder.parent))
    assert [each.loss for each in shown.curve] == [1.0, 7.0, pytest.approx(1 / 3)]
    assert shown.messages == ("Beware.",)


def test_ends(training: Training) -> None:
    reader = TrainingReader(training.folder.parent)
    happen(training, FailedEvent(id="1", seq=0, message="No.", hint="Yes.", kind="user"))
    assert (read(reader).failure, read(reader).hint) == ("No.", "Yes.")
    happen(training, StartedEvent(id="1", seq=0, job="train", pid=1, versions={}))
    assert read(reader).failure == ""
    happen(training, DoneEvent(id="1", seq=1, result={"model": "a", "balanced_accuracy": 0.9}))
    assert (read(reader).model, read(reader).balanced_accuracy) == ("a", 0.9)


def test_a_damaged_folder_is_passed_over(training: Training) -> None:
    (training.folder / "state.json").write_text("{")
    assert TrainingReader(training.folder.parent).read() == ()


def test_long_curves_are_thinned_out() -> None:
    points = [TrainingMetrics(step, float(step), 0.5) for step in range(1, 1001)]
    thin = thin_out(points, 100)
    assert len(thin) == 100
    assert thin[0].loss == 5.5
    assert thin[-1].step == 1000
    assert thin_out(points, 1000) == tuple(points)
