"""A training in the background: its process, its orders, and what is left when it dies."""

from __future__ import annotations

import contextlib
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.paths import JOBS
from trainer.domain import Progress, ShouldStop
from trainer.errors import UserError
from trainer.jobs.background import run_training
from trainer.protocol.background import (
    EVENTS,
    Order,
    Training,
    create_training,
    list_trainings,
    start_next,
    waiting_trainings,
)
from trainer.protocol.events import DoneEvent, Emit, StartedEvent
from trainer.protocol.requests import PingRequest
from trainer.protocol.training_requests import TrainRequest

ENDLESS = [sys.executable, str(JOBS / "background_program.py")]


@pytest.fixture
def root(own_data: Path) -> Path:
    return own_data / "trainings"


def wait(until: Callable[[], object], seconds: float = 30.0) -> None:
    """Until it is so; what is waited for comes from another process."""
    import time

    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end
        psutil.Process().cpu_percent(0.05)  # waits that long


def state_of(training: Training) -> str:
    record = training.record()
    assert record is not None
    return record.state


def children_gone() -> None:
    assert not psutil.wait_procs(psutil.Process().children(recursive=True), 30)[1]


def test_trainings_are_run_one_after_another(root: Path) -> None:
    first, second = (create_training(root, PingRequest(), name) for name in ("Ä: 1", "2"))
    assert [state_of(first), state_of(second)] == ["waiting", "waiting"]
    assert waiting_trainings(root) == [first, second]
    assert start_next(root)
    wait(lambda: state_of(second) == "done")
    children_gone()
    assert state_of(first) == "done"
    events, end = first.events()
    assert isinstance(events[0], StartedEvent)
    assert isinstance(events[-1], DoneEvent)
    assert first.events(end) == ([], end)
    assert not start_next(root)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_a_process_that_stands_still_is_not_taken_for_dead(root: Path) -> None:
    """As after a sleep of the computer, in which it wrote nothing."""
    training = create_training(root, PingRequest(), "one")
    assert start_next(root, ENDLESS)
    wait(training.is_running)
    record = training.record()
    assert record is not None
    process = psutil.Process(record.pid)
    process.suspend()
    try:
        wait(lambda: process.status() == psutil.STATUS_STOPPED)
        assert training.is_running()
        assert not training.is_interrupted()
        assert not start_next(root, ENDLESS)
        _, end = training.events()
    finally:
        process.resume()
    wait(lambda: training.events(end)[0])
    training.give_order("keep")
    wait(lambda: state_of(training) == "done")
    children_gone()


@pytest.mark.parametrize(
    ("order", "state"), [("pause", "paused"), ("cancel", "cancelled"), ("keep", "done")]
)
def test_an_order_ends_a_training(root: Path, order: Order, state: str) -> None:
    training = create_training(root, PingRequest(), "one")
    assert start_next(root, ENDLESS)
    wait(training.is_running)
    assert not start_next(root, ENDLESS)
    with pytest.raises(UserError, match="goes on"):
        training.delete()
    training.give_order(order)
    wait(lambda: state_of(training) == state)
    children_gone()
    training.put_in_queue()
    assert state_of(training) == "waiting"
    assert training.order() is None
    training.give_order("cancel")
    assert state_of(training) == "cancelled"
    training.delete()
    assert list_trainings(root) == []


def test_a_second_process_leaves_the_first_alone(root: Path) -> None:
    first = create_training(root, PingRequest(), "one")
    start_next(root, ENDLESS)
    wait(first.is_running)
    second = create_training(root, PingRequest(), "two")
    other = psutil.Popen([*ENDLESS, str(root)])
    assert other.wait(60) == 0
    assert state_of(second) == "waiting"
    second.give_order("cancel")
    first.give_order("cancel")
    wait(lambda: state_of(first) == "cancelled")
    children_gone()


def test_a_killed_training_is_known_and_goes_on(root: Path) -> None:
    training = create_training(root, PingRequest(), "one")
    start_next(root, ENDLESS)
    wait(lambda: training.events()[0])
    record = training.record()
    assert record is not None
    psutil.Process(record.pid).kill()
    wait(training.is_interrupted)
    with (training.folder / EVENTS).open("ab") as file:
        file.write(b'{"event": "prog')  # and it was writing
    training.put_in_queue()
    assert start_next(root)
    wait(lambda: state_of(training) == "done")
    children_gone()
    started = [each for each in training.events()[0] if isinstance(each, StartedEvent)]
    assert len(started) == 2


def test_what_goes_on_is_resumed(root: Path) -> None:
    training = create_training(root, TrainRequest(data="nowhere"), "one")
    training.give_order("pause")
    assert state_of(training) == "paused"
    training.put_in_queue()
    request = training.request()
    assert isinstance(request, TrainRequest)
    assert request.resume


def test_a_training_whose_folder_is_gone_is_none(root: Path) -> None:
    training = create_training(root, PingRequest(), "one")
    training.delete()
    assert training.record() is None
    assert not training.is_running()
    assert training.events() == ([], 0)
    assert list_trainings(root / "gone") == []
    with pytest.raises(UserError):
        training.give_order("pause")
    with pytest.raises(UserError):
        training.request()


def test_on_a_full_disk_none_is_started(small_disk: Path, own_data: Path) -> None:
    root = small_disk / "trainings"
    create_training(root, PingRequest(), "one")
    with pytest.raises(UserError, match="disk is full"):
        start_next(root)


def test_a_disk_that_fills_up_and_a_folder_that_goes_cost_no_training(
    small_disk: Path, own_data: Path
) -> None:
    training = create_training(small_disk / "trainings", PingRequest(), "one")

    def fill(_: PingRequest, emit: Emit, should_stop: ShouldStop) -> dict[str, object]:
        with contextlib.suppress(OSError), (small_disk / "full").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        emit(Progress("training", 1))
        shutil.rmtree(training.folder)
        emit(Progress("training", 2))
        assert not should_stop()
        return {}

    assert run_training(training, {"ping": fill}) == "done"
