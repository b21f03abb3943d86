from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.paths import JOBS
from trainer.jobs.runner import run_in_process
from trainer.protocol.client import WorkerProcess
from trainer.protocol.events import (
    CancelledEvent,
    DoneEvent,
    Event,
    FailedEvent,
    ProgressEvent,
    ResultEvent,
    StartedEvent,
    WarningEvent,
)
from trainer.protocol.messages import LineReader, RunMessage, decode_event, encode
from trainer.protocol.outcome import Outcome, describe_exit
from trainer.protocol.requests import DemoRequest, PingRequest

ODD_WORKER = [sys.executable, str(JOBS / "odd_worker.py")]
MIDDLE = JOBS / "parent_process.py"
posix_only = pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "Protokolle ü"
    monkeypatch.setenv("LEUKO_LOG_DIR", str(folder))
    return folder


@pytest.fixture
def odd() -> Iterator[WorkerProcess]:
    with WorkerProcess(ODD_WORKER) as worker:
        yield worker


def run_odd(worker: WorkerProcess, deed: str) -> tuple[Outcome, list[Event]]:
    events: list[Event] = []
    return worker.run(PingRequest(echo=deed), events.append), events


def assert_still_serves(worker: WorkerProcess) -> None:
    outcome, _ = run_odd(worker, "say still here")
    assert outcome.result == {"images": ["still here"]}


def test_the_worker_of_this_program_answers_and_starts_fast() -> None:
    with WorkerProcess() as worker:
        outcome = worker.run(PingRequest(echo="Zellbild \N{MICROSCOPE} שלום"))
        times = psutil.Process(worker.pid).cpu_times()
        assert outcome.kind == "done"
        assert outcome.result == {"echo": "Zellbild \N{MICROSCOPE} שלום"}
        # 0.2 s of a processor, however busy the machine is; TensorFlow alone takes over 5 s.
        assert times.user + times.system < 1
    assert worker.outcome(None).returncode == 0


def test_a_worker_and_this_process_draw_the_same_files_at_odd_paths(tmp_path: Path) -> None:
    folders = [tmp_path / name / "ü \N{MICROSCOPE} שלום 'x'" for name in ("here", "there")]
    here, there = (DemoRequest(folder=str(each), per_kind=1, seed=3) for each in folders)
    final = run_in_process(here, lambda _: None)
    with WorkerProcess() as worker:
        outcome = worker.run(there)
    assert isinstance(final, DoneEvent)
    assert outcome.kind == "done", outcome
    assert outcome.result == final.result | {"folder": str(folders[1])}
    files = [
        {path.relative_to(each): path.read_bytes() for path in each.rglob("*.jpg")}
        for each in folders
    ]
    assert len(files[0]) >= 5
    assert files[0] == files[1]


def test_events_are_numbered_and_complete(odd: WorkerProcess) -> None:
    _, events = run_odd(odd, "say a/ü.jpg")
    started, progress, warning, result, done = events
    assert [event.seq for event in events] == [0, 1, 2, 3, 4]
    assert {event.id for event in events} == {"1"}
    assert isinstance(started, StartedEvent)
    assert started.job == "ping"
    assert psutil.pid_exists(started.pid)
    assert isinstance(progress, ProgressEvent)
    assert (progress.done, progress.total, progress.per_second) == (1, 4, 1.5)
    assert progress.seconds_left == 2.0
    assert isinstance(warning, WarningEvent)
    assert warning.hint == "Update its driver."
    assert isinstance(result, ResultEvent)
    assert result.data == {"image": "a/ü.jpg"}
    assert isinstance(done, DoneEvent)


def test_a_job_is_cancelled_while_it_works_and_the_worker_goes_on(odd: WorkerProcess) -> None:
    request_id = odd.send(PingRequest(echo="count"))
    seen: list[Event] = []
    for event in odd.events(request_id):
        seen.append(event)
        if isinstance(event, ProgressEvent):
            odd.cancel(request_id)
    assert isinstance(seen[-1], CancelledEvent)
    assert_still_serves(odd)


def test_a_job_that_waits_is_cancelled_before_it_begins(odd: WorkerProcess) -> None:
    first, second, third = (odd.send(PingRequest(echo=deed)) for deed in ("count", "count", "say"))
    odd.cancel(second)
    odd.cancel(first)
    odd.cancel("never heard of")
    assert isinstance(list(odd.events(first))[-1], CancelledEvent)
    assert [type(event) for event in odd.events(second)] == [CancelledEvent]
    assert isinstance(list(odd.events(third))[-1], DoneEvent)


def test_a_bug_is_reported_and_the_worker_lives_on(odd: WorkerProcess, logs: Path) -> None:
    outcome, _ = run_odd(odd, "bug")
    assert outcome.kind == "failed"
    assert "LookupError" in outcome.message
    report = Path(outcome.report)
    assert report.parent == logs
    assert outcome.report in outcome.hint
    text = report.read_text(encoding="utf-8")
    for part in ("a bug \N{BUG}", "odd_worker.py", '"echo": "bug"', "python 3.", "job ping failed"):
        assert part in text
    assert "a bug \N{BUG}" in Path(outcome.log).read_text(encoding="utf-8")
    assert_still_serves(odd)


@pytest.mark.parametrize(
    ("deed", "kind", "words"),
    [
        ("user", "user", "The folder is empty."),
        ("memory", "memory", "memory ran out"),
        ("nan", "bug", "finite number"),
        ("sysexit", "bug", "SystemExit"),
    ],
)
def test_a_failure_is_told_by_its_kind(
    odd: WorkerProcess, deed: str, kind: str, words: str
) -> None:
    _, events = run_odd(odd, deed)
    final = events[-1]
    assert isinstance(final, FailedEvent)
    assert (final.kind, bool(final.report)) == (kind, kind == "bug")
    assert words in final.message
    assert_still_serves(odd)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_no_bug(odd: WorkerProcess) -> None:
    outcome, _ = run_odd(odd, "disk")
    assert outcome.message == "The disk is full."
    assert not outcome.report


def test_prints_of_libraries_do_not_spoil_the_stream(odd: WorkerProcess) -> None:
    outcome, events = run_odd(odd, "print")
    assert outcome.kind == "done"
    numbers = [event.data["number"] for event in events if isinstance(event, ResultEvent)]
    assert numbers == list(range(100))
    assert not odd.invalid_lines


def test_big_results_come_through(odd: WorkerProcess) -> None:
    outcome, events = run_odd(odd, "big 1000000")
    assert outcome.result == {"text": "ü" * 1_000_000}
    result = events[1]
    assert isinstance(result, ResultEvent)
    assert result.data == {"text": "\N{MICROSCOPE}" * 1_000_000}


def test_a_job_finds_its_standard_input_empty(odd: WorkerProcess) -> None:
    outcome, _ = run_odd(odd, "stdin")
    assert outcome.result == {"read": ""}


def test_a_line_that_is_no_event_is_kept_and_harms_nothing(tmp_path: Path) -> None:
    """A child that speaks out of turn, as one would without the private channel."""
    script = tmp_path / "noisy.py"
    script.write_text(
        "import sys; print('hello', flush=True)\n"
        "from trainer.jobs.worker import main; raise SystemExit(main())",
        encoding="utf-8",
    )
    with WorkerProcess([sys.executable, str(script)]) as worker:
        assert worker.run(PingRequest(echo="x")).kind == "done"
        assert [line.text for line in worker.invalid_lines] == ["hello"]


def test_malformed_messages_are_answered_and_the_worker_lives_on() -> None:
    lines = [
        b"rubbish\n",
        b'{"type":"run","id":"a","request":{"job":"nap"}}\n',
        b'{"type":"run","id":"b","request":{"job":"ping","loud":true}}\n',
        b'{"type":"cancel"}\n',
        encode(RunMessage(id="c", request=PingRequest(echo="fine"))),
        b'{"type":"shutdown"}\n',
    ]
    events = talk([sys.executable, "-m", "trainer.jobs.worker"], b"".join(lines))
    failed = [event for event in events if isinstance(event, FailedEvent)]
    assert [event.id for event in failed] == ["", "a", "b", ""]
    assert "no job called 'nap'" in failed[1].message
    assert "no setting 'loud'" in failed[2].message


def test_an_id_that_is_in_use_is_refused() -> None:
    line = encode(RunMessage(id="a", request=PingRequest(echo="count")))
    events = talk(ODD_WORKER, line + line + b'{"type":"cancel","id":"a"}\n{"type":"shutdown"}\n')
    (refused,) = (event for event in events if isinstance(event, FailedEvent))
    assert (refused.id, "not over yet" in refused.message) == ("", True)
    assert len([event for event in events if isinstance(event, CancelledEvent)]) == 1


def has_ended(process: psutil.Process, seconds: float = 20) -> bool:
    """Whether it ends in time; an orphan that nobody has waited for yet has ended, too."""
    deadline = time.monotonic() + seconds
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            return False
        with contextlib.suppress(psutil.TimeoutExpired):
            process.wait(0.02)
    return True


def talk(command: list[str], said: bytes) -> list[Event]:
    """The events of a worker that is told all of `said` at once."""
    child = subprocess.run(command, input=said, capture_output=True, check=True, timeout=60)
    lines = [line for line in LineReader().feed(child.stdout) if isinstance(line, bytes)]
    events = list(map(decode_event, lines))
    assert all(isinstance(event, Event) for event in events)
    return events  # type: ignore[return-value]


@pytest.mark.parametrize("deed", ["exit 7", "segfault"])
def test_a_crash_of_the_child_is_told_in_words(odd: WorkerProcess, deed: str) -> None:
    outcome, _ = run_odd(odd, deed)
    assert outcome.kind == "crashed"
    assert "stopped" in outcome.message
    assert outcome.log in outcome.hint
    assert Path(outcome.log).is_file()
    if deed == "segfault":
        assert outcome.returncode != 0
        assert "odd_worker.py" in Path(outcome.report).read_text(encoding="utf-8")
        assert outcome.report in outcome.hint
    else:
        assert outcome.returncode == 7
        assert not outcome.report


@posix_only
def test_a_child_killed_by_force_is_told_in_words(odd: WorkerProcess) -> None:
    request_id = odd.send(PingRequest(echo="count"))
    seen: list[Event] = []
    for event in odd.events(request_id):
        seen.append(event)
        if isinstance(event, ProgressEvent):
            os.kill(odd.pid, signal.SIGKILL)
    outcome = odd.outcome(None)
    assert isinstance(seen[-1], ProgressEvent)
    assert (outcome.kind, outcome.returncode) == ("crashed", -signal.SIGKILL)
    assert "SIGKILL" in outcome.message
    late = odd.run(PingRequest(echo="say"))
    assert late.kind == "crashed", "whoever asks a dead worker is told, not left waiting"


def test_ending_a_child_ourselves_is_no_crash(odd: WorkerProcess) -> None:
    events = odd.events(odd.send(PingRequest(echo="deaf")))
    next(events)
    odd.terminate()
    rest = list(events)
    assert not any(isinstance(event, FailedEvent) for event in rest)
    assert odd.outcome(None).kind == "terminated"
    assert not psutil.pid_exists(odd.pid)


def test_closing_lets_the_job_stop_by_itself(tmp_path: Path) -> None:
    told = tmp_path / "told"
    with WorkerProcess(ODD_WORKER) as worker:
        next(worker.events(worker.send(PingRequest(echo=f"count {told}"))))
    assert told.read_text(encoding="utf-8") == "stopped"
    assert worker.outcome(None).returncode == 0


def test_a_child_does_not_outlive_its_client() -> None:
    worker = WorkerProcess(ODD_WORKER)
    next(worker.events(worker.send(PingRequest(echo="deaf"))))
    child = psutil.Process(worker.pid)
    del worker
    gc.collect()
    assert has_ended(child)


@pytest.mark.parametrize("deed", ["count", "deaf", "stuck"])
def test_a_worker_ends_in_mid_run_when_its_stdin_closes(deed: str) -> None:
    child = subprocess.Popen(
        ODD_WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(encode(RunMessage(id="1", request=PingRequest(echo=deed))))
        child.stdin.flush()
        assert b"started" in child.stdout.readline()
        child.stdin.close()
        assert child.wait(60) == (0 if deed == "count" else 3)


@posix_only
@pytest.mark.parametrize("keep", ["", "keep"], ids=["pipes close", "pipes stay open"])
@pytest.mark.parametrize("deed", ["count", "deaf"])
def test_a_worker_ends_when_its_parent_is_killed(deed: str, keep: str) -> None:
    command = [sys.executable, str(MIDDLE), deed, keep]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as middle:
        assert middle.stdout is not None
        pid, keeper = map(int, middle.stdout.readline().split())
        worker = psutil.Process(pid)
        middle.kill()
    try:
        assert has_ended(worker)
    finally:
        if keeper:
            os.kill(keeper, signal.SIGKILL)


def test_a_worker_whose_log_cannot_be_written_works_all_the_same(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.write_text("", encoding="utf-8")
    with WorkerProcess(ODD_WORKER, log=in_the_way / "worker.log") as worker:
        assert_still_serves(worker)


def test_old_logs_are_deleted(logs: Path) -> None:
    logs.mkdir(parents=True)
    notes = logs / "notes.txt"
    notes.write_text("", encoding="utf-8")
    os.utime(notes, (0, 0))
    for number in range(60):
        old = logs / f"worker-2020-{number:02}.log"
        old.write_text("", encoding="utf-8")
        os.utime(old, (number, number))
    with WorkerProcess(ODD_WORKER) as worker:
        assert_still_serves(worker)
    left = sorted(path.name for path in logs.iterdir())
    assert len(left) <= 42
    assert "worker-2020-59.log" in left
    assert "worker-2020-00.log" not in left
    assert "notes.txt" in left, "not ours to delete"


@pytest.mark.parametrize(
    ("returncode", "words"),
    [
        (-9, "memory ran out (SIGKILL)"),
        (-11, "SIGSEGV"),
        (-250, "signal 250"),
        (0xC0000005, "not its own (0xC0000005)"),
        (1, "code 1"),
    ],
)
def test_return_codes_in_words(returncode: int, words: str) -> None:
    assert words in describe_exit(returncode)
