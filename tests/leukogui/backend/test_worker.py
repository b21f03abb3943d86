from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from leukogui.backend import worker as bridge_module
from leukogui.backend.command_line import classify_arguments, command_line
from leukogui.backend.run_queue import RunOptions, build_run_spec
from leukogui.backend.saved_run import run_spec_from_json, run_spec_to_json
from leukogui.backend.worker import Job, QtWorker
from tests.leukogui.window_fixtures import PATIENCE
from tests.paths import JOBS
from trainer.commands.parser import build_parser, request_of
from trainer.protocol.requests import ClassifyRequest, PingRequest

ODD_WORKER = JOBS / "odd_worker.py"
ODD = [sys.executable, str(ODD_WORKER)]


@pytest.fixture
def bridge(data: Path) -> Iterator[QtWorker]:
    bridge = QtWorker(persistent=False, command=ODD)
    yield bridge
    bridge.close()


@pytest.fixture
def helper(data: Path) -> Iterator[QtWorker]:
    bridge = QtWorker(persistent=True, command=ODD)
    yield bridge
    bridge.close()


def ask(qtbot: QtBot, bridge: QtWorker, echo: str) -> Job:
    job = bridge.run(PingRequest(echo=echo))
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        pass
    return job


def test_events_come_as_signals_in_order(qtbot: QtBot, bridge: QtWorker) -> None:
    job = bridge.run(PingRequest(echo="say ü"))
    signals = [job.started, job.progressed, job.warned, job.resulted, job.ended]
    with qtbot.waitSignals(signals, order="strict", timeout=PATIENCE):
        pass
    assert job.outcome is not None
    assert job.outcome.result == {"images": ["ü"]}


@pytest.mark.parametrize(
    ("echo", "kind"),
    [("user", "failed"), ("bug", "failed"), ("exit 7", "crashed"), ("segfault", "crashed")],
)
def test_every_ending_is_told(qtbot: QtBot, bridge: QtWorker, echo: str, kind: str) -> None:
    outcome = ask(qtbot, bridge, echo).outcome
    assert outcome is not None
    assert outcome.kind == kind
    assert outcome.message


def test_work_stops_when_it_is_cancelled(qtbot: QtBot, bridge: QtWorker) -> None:
    job = bridge.run(PingRequest(echo="count"))
    with qtbot.waitSignal(job.progressed, timeout=PATIENCE):
        pass
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        job.cancel()
    assert job.outcome is not None
    assert job.outcome.kind == "cancelled"
    assert bridge.jobs == []


def test_a_process_that_does_not_listen_is_ended(qtbot: QtBot, bridge: QtWorker) -> None:
    job = bridge.run(PingRequest(echo="deaf"))
    with qtbot.waitSignal(job.progressed, timeout=PATIENCE):
        pass
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        job.terminate()
    assert job.outcome is not None
    assert job.outcome.kind == "terminated"


def test_work_that_does_not_stop_in_time_is_ended(
    qtbot: QtBot, bridge: QtWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bridge_module, "MILLISECONDS_TO_STOP", 100)
    job = bridge.run(PingRequest(echo="deaf"))
    with qtbot.waitSignal(job.progressed, timeout=PATIENCE):
        pass
    with qtbot.waitSignal(job.ended, timeout=PATIENCE):
        job.cancel()
    assert job.outcome is not None
    assert job.outcome.kind == "terminated"


def test_one_process_answers_many_requests(qtbot: QtBot, helper: QtWorker) -> None:
    for number in range(3):
        outcome = ask(qtbot, helper, f"say {number}").outcome
        assert outcome is not None
        assert outcome.result == {"images": [str(number)]}
    assert len(psutil.Process().children()) == 1


def test_a_new_process_takes_the_place_of_a_dead_one(qtbot: QtBot, helper: QtWorker) -> None:
    assert ask(qtbot, helper, "exit 3").outcome.kind == "crashed"
    assert ask(qtbot, helper, "say x").outcome.kind == "done"


def test_closing_ends_what_runs(qtbot: QtBot, helper: QtWorker) -> None:
    job = helper.run(PingRequest(echo="deaf"))
    with qtbot.waitSignal(job.progressed, timeout=PATIENCE):
        pass
    helper.close()
    assert psutil.Process().children() == []


def test_a_program_that_is_missing_is_told(qtbot: QtBot, tmp_path: Path, data: Path) -> None:
    bridge = QtWorker(persistent=False, command=[str(tmp_path / "absent")])
    outcome = ask(qtbot, bridge, "say x").outcome
    assert outcome is not None
    assert outcome.kind == "crashed"
    bridge.close()


@pytest.mark.parametrize(
    "request_",
    [
        ClassifyRequest(paths=("/a b/ü & <c>",), out="/o ' x", model="m"),
        ClassifyRequest(
            paths=("/a", "/b"),
            out="/o",
            root="/",
            heatmaps=True,
            resume=True,
            precision="fast",
            device="gpu",
            red_cell_diameter=41.5,
            source="lab 1",
            alert="careful",
            shard="1/2",
            data_dir="/d",
        ),
    ],
)
def test_the_command_line_asks_for_the_same(request_: ClassifyRequest) -> None:
    words = classify_arguments(request_)
    assert request_of(build_parser().parse_args(words)) == request_


def test_the_command_line_is_quoted() -> None:
    request = ClassifyRequest(paths=("/a b",), out="/o")
    assert command_line(request, "linux") == "leuko-trainer classify '/a b' --out /o"
    assert '"/a b"' in command_line(request, "win32")


def test_an_order_outlives_the_program(tmp_path: Path) -> None:
    order = build_run_spec(
        tmp_path, tmp_path / "results", "m", ("a & é.jpg",), RunOptions("cpu", "fast", True)
    )
    assert run_spec_from_json(run_spec_to_json(order)) == order
    for text in ("", "[]", "{}", '{"root": 3}', run_spec_to_json(order)[:-1]):
        assert run_spec_from_json(text) is None
