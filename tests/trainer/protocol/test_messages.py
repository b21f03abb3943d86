from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.domain import Progress
from trainer.errors import UserError
from trainer.jobs.runner import ProgressTimer
from trainer.protocol.cell_requests import SimilarRequest
from trainer.protocol.events import (
    CancelledEvent,
    DeviceEvent,
    DoneEvent,
    Event,
    FailedEvent,
    ProgressEvent,
    ResultEvent,
    StartedEvent,
    WarningEvent,
)
from trainer.protocol.messages import (
    CancelMessage,
    InvalidLine,
    LineReader,
    MessageError,
    RunMessage,
    ShutdownMessage,
    decode_event,
    decode_message,
    encode,
)
from trainer.protocol.requests import (
    ClassifyRequest,
    DemoRequest,
    ExplainRequest,
    ModelsRequest,
    PingRequest,
    split_shard,
)
from trainer.protocol.training_requests import TrainRequest
from trainer.protocol.validation import Request, decode_request

REQUESTS: list[Request] = [
    ClassifyRequest(paths=("a b", "ü😀\u2028"), out="o", shard="2/3", red_cell_diameter=41.5),
    ExplainRequest(images=("a.jpg",), out="o", class_name="monocyte", method="gradcam++"),
    TrainRequest(data="d", backbone="vgg16", recipe={"view": {"red_cells": 4.0}, "steps": None}),
    DemoRequest(folder="d", per_kind=2),
    ModelsRequest(action="import", path="x.zip"),
    SimilarRequest(folder="f", image="a/ü.jpg", run=3),
    PingRequest(echo="C:\\Bilder\\\n"),
]
EVENTS: list[Event] = [
    StartedEvent(id="1", seq=0, job="ping", pid=1, versions={"python": "3"}),
    ProgressEvent(id="1", seq=1, stage="reading", done=1, total=None, per_second=2.0),
    ResultEvent(id="1", seq=2, data={"list": [1, 2.5, None, "ü", {"a": True}]}),
    WarningEvent(id="1", seq=3, message="\u2028\r"),
    DeviceEvent(id="1", seq=3, device="GPU.0", precision="f16", reason="GPU: ü"),
    DoneEvent(id="1", seq=4, result={}),
    FailedEvent(id="", seq=0, message="no", kind="user"),
    CancelledEvent(id="😀", seq=5),
]


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: request.job)
def test_a_request_comes_through_as_it_was(request_: Request) -> None:
    message = RunMessage(id="7", request=request_)
    line = encode(message)
    assert line.count(b"\n") == 1
    assert decode_message(line) == message


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event)
def test_an_event_comes_through_as_it_was(event: Event) -> None:
    line = encode(event)
    assert line.count(b"\n") == 1
    assert decode_event(line) == event


@pytest.mark.parametrize("order", [CancelMessage(id="7"), ShutdownMessage()])
def test_an_order_comes_through_as_it_was(order: CancelMessage | ShutdownMessage) -> None:
    assert decode_message(encode(order)) == order


def test_a_file_name_that_is_no_text_comes_through() -> None:
    message = RunMessage(id="1", request=ClassifyRequest(paths=("bad\udcff😀",), out="o"))
    line = encode(message)
    line.decode("utf-8")
    assert decode_message(line) == message


@pytest.mark.parametrize(
    ("data", "words", "hint"),
    [
        ([], "not a JSON object", "job"),
        ({}, "which job", "classify, explain"),
        ({"job": "clasify"}, "no job called 'clasify'", "classify, explain"),
        ({"job": "ping", "ecko": ""}, "no setting 'ecko'", "echo"),
        ({"job": "explain", "images": ["a"]}, "needs the setting 'out'", ""),
        ({"job": "classify", "paths": [], "out": "o"}, "'paths'", ""),
        ({"job": "classify", "paths": ["a", 3], "out": "o"}, "'paths.1' cannot be 3", ""),
        ({"job": "classify", "paths": ["a"], "out": "o", "device": "tpu"}, "'cpu' or 'gpu'", ""),
        ({"job": "classify", "paths": ["a"], "out": "o", "heatmaps": 1}, "valid boolean", ""),
        ({"job": "classify", "paths": ["a"], "out": "o", "shard": "4/3"}, "such as 2/4", ""),
        ({"job": "classify", "paths": ["a"], "out": "o", "red_cell_diameter": 0}, "than 0", ""),
        ({"job": "demo", "folder": "d", "per_kind": "6"}, "'per_kind' cannot be '6'", ""),
    ],
)
def test_a_wrong_request_is_refused_in_words(data: object, words: str, hint: str) -> None:
    with pytest.raises(UserError) as caught:
        decode_request(data)
    assert words in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("shard", ["0/3", "4/3", "-1/3", "1", "1/", "a/b", "1/3/4", "²/3", " 1/3"])
def test_a_shard_that_is_no_part_is_refused(shard: str) -> None:
    with pytest.raises(ValueError, match="I/N"):
        split_shard(shard)


def test_a_shard_is_a_part_of_a_whole() -> None:
    assert split_shard("3/12") == (3, 12)


def test_the_shards_of_a_request_make_up_the_whole() -> None:
    names = tuple("abcdefg")
    shards = [
        names[ClassifyRequest(paths=("p",), out="o", shard=shard).shard_slice()]
        for shard in ("1/3", "2/3", "3/3")
    ]
    assert shards == [("a", "d", "g"), ("b", "e"), ("c", "f")]
    assert names[ClassifyRequest(paths=("p",), out="o").shard_slice()] == names


def test_a_refused_run_is_told_under_its_id() -> None:
    with pytest.raises(MessageError) as caught:
        decode_message(b'{"type":"run","id":"9","request":{"job":"nap"}}')
    assert caught.value.request_id == "9"
    assert "nap" in caught.value.message


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b"[1]",
        b'{"type":"dance"}',
        b'{"type":"run","request":{"job":"ping"}}',
        b'{"type":"run","id":"","request":{"job":"ping"}}',
        b'{"type":"run","id":"1","request":{"job":"ping"},"more":1}',
        b'{"type":"cancel","id":1}',
        b'{"type":"run","id":"1","request":{"job":"classify","paths":["a"],"out":"o",'
        b'"red_cell_diameter":NaN}}',
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_a_wrong_message_is_refused(line: bytes) -> None:
    with pytest.raises(MessageError):
        decode_message(line)


@pytest.mark.parametrize(
    "line",
    [
        b"2026-11-23 I tensorflow: hello",
        b"1",
        b'{"event":"done"}',
        b'{"event":"dance","id":"1","seq":0}',
        b'{"event":"done","id":"1","seq":0,"result":{"p":NaN}}',
        b'{"event":"done","id":"1","seq":0,"result":{},"more":1}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_no_event_is_junk(line: bytes) -> None:
    found = decode_event(line)
    assert isinstance(found, InvalidLine)
    assert found.reason


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n\r ")), max_size=5), st.data())
def test_lines_are_the_same_however_the_bytes_arrive(texts: list[str], data: st.DataObject) -> None:
    rest = "".join(f"{text}\n" for text in texts).encode("utf-8", "surrogatepass")
    reader = LineReader()
    lines = []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        lines += reader.feed(rest[:size])
        rest = rest[size:]
    assert lines == [text.encode("utf-8", "surrogatepass") for text in texts if text]
    assert reader.finish() == []


def test_a_line_that_is_too_long_is_dropped_and_the_next_is_read() -> None:
    reader = LineReader(limit=10)
    found = []
    for chunk in (b"short\n", b"x" * 8, b"x" * 8, b"x" * 10**6, b"\nnext\nexactly10b\n"):
        found += reader.feed(chunk)
    assert [line for line in found if isinstance(line, bytes)] == [b"short", b"next", b"exactly10b"]
    assert [line.reason for line in found if isinstance(line, InvalidLine)] == [
        "longer than 10 bytes"
    ]


def test_the_end_of_a_stream_in_mid_line_is_junk() -> None:
    reader = LineReader()
    assert reader.feed(b'{"event":"do') == []
    assert reader.finish() == [InvalidLine("cut short", '{"event":"do')]


def test_progress_is_timed_from_where_a_resumed_stage_began() -> None:
    seconds = iter([0.0, 0.01, 2.0, 2.01, 3.0])
    pace = ProgressTimer(clock=lambda: next(seconds))
    reports = [pace.time(Progress("reading", done, 120)) for done in (100, 101, 110, 120)]
    first, fresh, later, last = reports
    assert first is not None
    assert (first.per_second, first.seconds_left) == (None, None)
    assert fresh is None, "too soon after the first to be worth saying"
    assert later is not None
    assert (later.per_second, later.seconds_left) == (5.0, 2.0)
    assert last is not None, "the last of a stage is always said"
    assert last.seconds_left == 0.0
    assert pace.time(Progress("storing", 0)) is not None, "so is the first"


def test_the_protocol_is_light() -> None:
    code = (
        "import sys, json, trainer.protocol.messages, trainer.protocol.client, trainer.jobs.worker;"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    loaded = set(json.loads(said))
    assert "pydantic" in loaded
    heavy = {"numpy", "cv2", "tensorflow", "keras", "openvino", "scipy", "sklearn", "PySide6"}
    assert not loaded & heavy
