"""Faults in the middle of a run, each made for real."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.program import command, draw_folder, parse_events, run_trainer
from trainer.atomic_files import write_bytes
from trainer.cases.store import CaseStore
from trainer.commands.terminal import TextPrinter
from trainer.protocol.events import FailedEvent


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many") / "cells"
    draw_folder(folder, 120, size=128)
    return folder


def words(folder: Path, place: Path, package: Path) -> list[object]:
    return [
        *("classify", folder, "--out", place / "out", "--data-dir", place / "data"),
        *("--model", package, "--device", "cpu", "--json", "--heatmaps"),
        *("--red-cell-diameter", "28"),
    ]


def started(folder: Path, place: Path, package: Path) -> subprocess.Popen[str]:
    asked = command(*words(folder, place, package))
    return subprocess.Popen(asked, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def until_classifying(child: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """Events up to the first that says that cells are committed, and not all."""
    assert child.stdout is not None
    for line in child.stdout:
        event = json.loads(line)
        yield event
        if event["event"] == "progress" and event["stage"] == "classifying":
            assert event["done"] < event["total"]
            return
    raise AssertionError("it ended before it classified anything")


def committed(place: Path) -> dict[str, str]:
    with CaseStore.open(place / "data" / "cases.sqlite") as store:
        (run,) = store.runs.list_of_case(store.cases.list_all()[0].id)
        return store.predictions.committed_images(run.id)


def table(place: Path) -> list[dict[str, str]]:
    with (place / "out" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="no kill -9 there")
def test_kill_9_and_resume_lose_and_repeat_nothing(
    many: Path, package: Path, tmp_path: Path
) -> None:
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    with started(many, broken, package) as child:
        list(until_classifying(child))
        os.kill(child.pid, signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    before = committed(broken)
    assert 0 < len(before) < 120
    assert not (broken / "out" / "predictions.csv").exists()

    told = run_trainer(*words(many, broken, package), "--resume")
    notices = [e["message"] for e in parse_events(told.stdout) if e["event"] == "warning"]
    assert any(f"{len(before)} are done" in notice for notice in notices)
    with CaseStore.open(broken / "data" / "cases.sqlite") as store:
        (run,) = store.runs.list_of_case(store.cases.list_all()[0].id)
        assert store.predictions.count(run.id) == 120
        assert not store.audit.verify()
    assert before.items() <= committed(broken).items()

    run_trainer(*words(many, whole, package))
    assert table(broken) == table(whole)
    maps = [
        sorted(p.name for p in (place / "out" / "heatmaps").iterdir()) for place in (broken, whole)
    ]
    assert maps[0] == maps[1]
    assert len(maps[0]) == 120


@pytest.mark.slow
def test_a_folder_that_vanishes_can_be_gone_on_with(
    many: Path, package: Path, tmp_path: Path
) -> None:
    here, away = tmp_path / "cells", tmp_path / "away"
    shutil.copytree(many, here)
    with started(here, tmp_path, package) as child:
        list(until_classifying(child))
        here.rename(away)
        assert child.stdout is not None
        rest = parse_events(child.stdout.read())
    assert child.returncode == 1
    assert rest[-1]["event"] == "failed"
    assert rest[-1]["kind"] == "user"
    assert "gone" in rest[-1]["message"]
    assert "go on" in rest[-1]["hint"]
    assert rest[-1]["can_go_on"]

    away.rename(here)
    run_trainer(*words(here, tmp_path, package), "--resume")
    rows = table(tmp_path)
    assert len(rows) == 120
    assert all(row["decision"] != "failed" for row in rows)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent otherwise there")
def test_interrupt_stops_in_words(many: Path, package: Path, tmp_path: Path) -> None:
    with started(many, tmp_path, package) as child:
        list(until_classifying(child))
        child.send_signal(signal.SIGINT)
        assert child.stdout is not None
        rest = parse_events(child.stdout.read())
    assert child.returncode == 1
    assert rest[-1]["event"] == "cancelled"
    assert 0 < len(committed(tmp_path)) < 120


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
def test_a_reader_that_goes_stops_the_work_quietly(
    many: Path, package: Path, tmp_path: Path
) -> None:
    asked = command(*words(many, tmp_path, package))
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    logs = {**os.environ, "LEUKO_LOG_DIR": str(tmp_path / "logs")}
    with subprocess.Popen(asked, env=logs, **pipes) as child:
        list(until_classifying(child))
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.stderr.read() == ""
    assert child.returncode == 1
    assert 0 < len(committed(tmp_path)) < 120
    assert not list((tmp_path / "logs").glob("crash-*"))


@pytest.mark.parametrize("name", ["graph.bin", "head.npz", "card.json"])
def test_a_damaged_package_is_refused(
    name: str, drawn: Path, package: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(package, damaged)
    data = bytearray((damaged / name).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (damaged / name).write_bytes(data)
    told = run_trainer(*words(drawn, tmp_path, damaged), check=(1,))
    last = parse_events(told.stdout)[-1]
    assert (last["event"], last["kind"]) == ("failed", "user")
    assert not (tmp_path / "out").exists()


def test_a_read_only_folder_of_images(drawn: Path, package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cells"
    shutil.copytree(drawn, folder)
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o555)
    try:
        run_trainer(*words(folder, tmp_path, package))
    finally:
        folder.chmod(0o755)
    assert len(table(tmp_path)) == 21


def test_opens_no_connection(drawn: Path, package: Path, tmp_path: Path) -> None:
    spy = (
        "import sys\n"
        "def hook(name, values):\n"
        "    if name in ('socket.connect', 'socket.getaddrinfo', 'socket.bind'):\n"
        "        sys.stderr.write(f'NETWORK {name} {values}'); import os; os._exit(77)\n"
        "sys.addaudithook(hook)\n"
        "from trainer.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    asked = [sys.executable, "-c", spy, *map(str, words(drawn, tmp_path, package))]
    outcome = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stderr


def test_a_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    mount = tmp_path / "small"
    mount.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)]
    if (
        sys.platform != "linux"
        or subprocess.run(mounting, check=False, capture_output=True).returncode
    ):
        pytest.skip("a small disk cannot be mounted here")
    try:
        old = mount / "predictions.csv"
        write_bytes(old, b"old")
        with pytest.raises(Exception, match="200,000 bytes") as caught:
            write_bytes(old, bytes(200_000))
        assert "disk is full" in str(caught.value)
        assert old.read_bytes() == b"old"
        assert [path.name for path in mount.iterdir()] == ["predictions.csv"]
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_a_terminal_says_how_a_run_is_gone_on_with() -> None:
    out, err = io.StringIO(), io.StringIO()
    failed = FailedEvent(
        id="1", seq=0, message="It is gone.", hint="Go on.", kind="user", can_go_on=True
    )
    with TextPrinter(out, err) as tell:
        tell(failed)
        tell(failed.model_copy(update={"can_go_on": False}))
    assert err.getvalue().count("--resume") == 1
