"""The table of jobs, and what the runner makes of the items that a job emits."""

from __future__ import annotations

import inspect
import json
from typing import get_args

import pytest

from trainer.domain import ExecutionInfo, ShouldStop
from trainer.jobs.export.job import FILE_NAMES
from trainer.jobs.export.writers import find_writer
from trainer.jobs.runner import JOBS, find_job, run_in_process
from trainer.protocol.events import (
    DeviceEvent,
    DoneEvent,
    Emit,
    Event,
    ResultEvent,
    StartedEvent,
    execution_result,
)
from trainer.protocol.messages import encode
from trainer.protocol.requests import ExportFormat, PingRequest
from trainer.protocol.validation import Request

GPU = ExecutionInfo("Imaginary R&D", "f16", "GPU: Imaginary R&D, by torch")


@pytest.mark.parametrize("name", JOBS)
def test_every_row_of_the_table_is_a_function_of_a_job(name: str) -> None:
    parameters = inspect.signature(find_job(name)).parameters
    assert list(parameters)[1:] == ["emit", "should_stop"]


def test_every_request_has_its_row() -> None:
    requests = get_args(get_args(Request)[0]) or get_args(Request)
    assert {each.model_fields["job"].default for each in requests} == set(JOBS)


@pytest.mark.parametrize("name", get_args(ExportFormat))
def test_every_format_has_a_writer_and_a_file_name(name: ExportFormat) -> None:
    assert list(inspect.signature(find_writer(name)).parameters) == ["path", "content"]
    assert FILE_NAMES[name]


def switch_devices(_: PingRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
    emit(execution_result(GPU, visible=True))
    emit(execution_result(ExecutionInfo("CPU", "f32", "Imaginary R&D failed")))
    return {}


def test_a_device_is_an_event_of_its_own_and_a_result_too() -> None:
    events: list[Event] = []
    run_in_process(PingRequest(), events.append, table={"ping": switch_devices})
    kinds = [StartedEvent, DeviceEvent, ResultEvent, DeviceEvent, ResultEvent, DoneEvent]
    assert [type(event) for event in events] == kinds
    assert [event.seq for event in events] == [0, 1, 2, 3, 4, 5]
    devices = [event.execution for event in events if isinstance(event, DeviceEvent)]
    assert devices == [GPU, ExecutionInfo("CPU", "f32", "Imaginary R&D failed")]
    line = json.loads(encode(events[1]))
    facts = {"device": GPU.device, "precision": GPU.precision, "reason": GPU.reason}
    assert line == {"id": "1", "seq": 1, "event": "device"} | facts
    results = [event.data for event in events if isinstance(event, ResultEvent)]
    assert results[0] == facts | {"text": f"{GPU.device}, f16: {GPU.reason}."}
    assert results[1] == {"device": "CPU", "precision": "f32", "reason": "Imaginary R&D failed"}
