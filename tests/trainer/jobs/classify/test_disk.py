"""Files that change, disks that fill up, stores that others hold: each made for real."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import unicodedata
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.classify.test_job import classified, request, rows_of
from tests.trainer.jobs.program import command, draw_folder, run_trainer
from trainer.cases.store import CaseStore
from trainer.domain import Progress, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.classify import job as classify


@pytest.fixture
def own(drawn: Path, tmp_path: Path) -> Path:
    """A copy of the drawn cells, to be changed."""
    folder = tmp_path / "cells"
    shutil.copytree(drawn, folder)
    return folder


def summary_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return found


def change_unseen(image: Path) -> None:
    """Other bytes, but the same length and time."""
    before, data = image.stat(), bytearray(image.read_bytes())
    data[-40] ^= 1
    image.write_bytes(data)
    os.utime(image, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_images_changed_between_a_run_and_its_resumption_are_named(
    own: Path, package: Path, tmp_path: Path
) -> None:
    asked, asks = request([own], tmp_path / "out", package), iter([False] * 22 + [True] * 9)
    with pytest.raises(Cancelled):
        classify.run(asked, lambda _: None, lambda: next(asks))
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        judged = store.predictions.committed_images(
            store.runs.list_of_case(store.cases.list_all()[0].id)[0].id
        )
    first, second, last = *sorted(judged)[:2], sorted(own.iterdir())[-1].name
    assert last not in judged
    change_unseen(own / first)
    (own / second).unlink()
    change_unseen(own / last)  # judged only afterwards, so there is nothing to tell

    said: list[Any] = []
    classify.run(asked.model_copy(update={"resume": True}), said.append, never_stop)
    told = " ".join(getattr(each, "message", "") for each in said)
    assert f"2 images changed or vanished after they were judged: {first}, {second}." in told
    assert summary_of(tmp_path / "out")["changed_since_judged"] == [first, second]
    rows = {row["image"]: row for row in rows_of(tmp_path / "out")}
    assert len(rows) == 21
    assert rows[first]["sha256"] == judged[first]


def test_an_image_that_changes_in_mid_run_is_named(
    own: Path, package: Path, tmp_path: Path
) -> None:
    first = sorted(own.iterdir())[0]
    said: list[str] = []
    committed: list[int] = []

    def emit(each: Any) -> None:
        said.append(getattr(each, "message", ""))
        if isinstance(each, Progress) and each.stage == "classifying":
            if not committed:
                change_unseen(first)
            committed.append(each.done)

    classify.run(request([own], tmp_path / "out", package), emit, never_stop)
    assert len(committed) > 1
    assert f"1 image changed or vanished after it was judged: {first.name}." in " ".join(said)
    assert summary_of(tmp_path / "out")["changed_since_judged"] == [first.name]


def test_nothing_is_said_of_images_that_stay(own: Path, package: Path, tmp_path: Path) -> None:
    classified([own], tmp_path / "out", package)
    assert summary_of(tmp_path / "out")["changed_since_judged"] == []


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_a_place_that_cannot_hold_results_is_said_before_any_work(
    place: str, drawn: Path, package: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    asked = request([drawn], tmp_path / place, package)
    data = tmp_path / "data"
    with pytest.raises(UserError, match="is no folder"):
        classify.run(asked.model_copy(update={"data_dir": str(data)}), lambda _: None, never_stop)
    assert (tmp_path / "file").read_bytes() == b"mine"
    assert not data.exists()


def test_what_resuming_and_earlier_results_come_to_is_said(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    said: list[Any] = []
    for resume in (False, True):
        said.clear()
        asked = request([drawn], tmp_path / "out", package, resume=resume)
        classify.run(asked, said.append, never_stop)
        told = " ".join(getattr(each, "message", "") for each in said)
        assert ("No interrupted run" in told) == resume
        assert ("holds the results of an earlier run" in told) == resume


@pytest.mark.skipif(sys.platform != "linux", reason="other systems forbid some of these names")
def test_names_that_other_systems_forbid(package: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "/".join(["deep" * 20] * 4)
    image = draw_folder(folder, 1)[0]
    cafe = "café.jpg"
    names = ["CON", "aux.jpg", " space .jpg ", unicodedata.normalize("NFC", cafe)]
    names += [
        unicodedata.normalize("NFD", cafe),
        "\u202egpj.exe.jpg",
        "line\nbreak.jpg",
        "a\\b.jpg",
    ]
    for name in names:
        (folder / name).write_bytes(image.read_bytes())
    image.unlink()
    assert len(str(folder)) > 300
    given = [folder / name for name in names]
    classified(given, tmp_path / "out", package, heatmaps=True)
    assert {row["image"] for row in rows_of(tmp_path / "out")} == set(names)
    maps = {path.name for path in (tmp_path / "out" / "heatmaps").iterdir()}
    assert maps == {f"{name}.jpg" for name in names}


def words(folder: Path, place: Path, package: Path) -> list[object]:
    return [
        *("classify", folder, "--out", place, "--data-dir", place.parent / "data"),
        *("--model", package, "--device", "cpu", "--red-cell-diameter", "28"),
    ]


def test_two_runs_at_once_share_a_data_folder(drawn: Path, package: Path, tmp_path: Path) -> None:
    outs = [tmp_path / "one", tmp_path / "two"]
    runs = [
        subprocess.Popen(command(*words(drawn, out, package)), stderr=subprocess.PIPE, text=True)
        for out in outs
    ]
    for run in runs:
        assert run.communicate()[1].count("Error") == 0
        assert run.returncode == 0
    assert rows_of(outs[0]) == rows_of(outs[1])
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        (case,) = store.cases.list_all()
        assert [store.predictions.count(run.id) for run in store.runs.list_of_case(case.id)] == [
            21,
            21,
        ]
        assert not store.audit.verify()


def test_a_store_of_a_newer_version_is_left_alone(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    classified([drawn], tmp_path / "first", package)
    path = tmp_path / "data" / "cases.sqlite"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    told = run_trainer(*words(drawn, tmp_path / "out", package), check=(1,))
    assert "newer version" in told.stderr
    assert "Traceback" not in told.stderr
    assert path.read_bytes() == before


def test_a_truncated_store_is_refused_and_a_backup_is_offered(
    drawn: Path, package: Path, tmp_path: Path
) -> None:
    classified([drawn], tmp_path / "first", package)
    path = tmp_path / "data" / "cases.sqlite"
    os.truncate(path, path.stat().st_size // 2)
    before = path.read_bytes()
    told = run_trainer(*words(drawn, tmp_path / "out", package), check=(1,))
    assert "damaged" in told.stderr
    assert "backup" in told.stderr
    assert "Traceback" not in told.stderr
    assert path.read_bytes() == before


def test_a_full_disk_keeps_the_old_results_and_the_work(
    drawn: Path, package: Path, small_disk: Path, tmp_path: Path
) -> None:
    out = small_disk / "out"
    out.mkdir()
    (out / "predictions.csv").write_bytes(b"old")
    ballast = small_disk / "ballast"
    with pytest.raises(OSError, match="No space"), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    data = ("--data-dir", tmp_path / "data")
    told = run_trainer(*words(drawn, out, package), *data, check=(1,))
    assert "disk is full: predictions.csv was not written" in told.stderr
    assert "Traceback" not in told.stderr
    assert (out / "predictions.csv").read_bytes() == b"old"
    assert [path.name for path in out.iterdir()] == ["predictions.csv"]

    ballast.unlink()
    told = run_trainer(*words(drawn, out, package), *data, "--resume")
    assert "21 are done" in told.stderr
    assert len(rows_of(out)) == 21


def test_a_model_is_exported_whole_or_not_at_all(package: Path, small_disk: Path) -> None:
    told = run_trainer("models", "export", package, small_disk / "model.zip", check=(1,))
    assert "disk is full: model.zip was not written" in told.stderr
    assert "Traceback" not in told.stderr
    assert list(small_disk.iterdir()) == []


# Takes the user's locale as any program of a desktop does, then classifies.
GERMAN = """
import locale, sys
locale.setlocale(locale.LC_ALL, "")
if locale.str(0.5) != "0,5":
    sys.exit(77)
from trainer.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_decimal_comma_changes_no_file(drawn: Path, package: Path, tmp_path: Path) -> None:
    compiler = shutil.which("localedef")
    if compiler is None:
        pytest.skip("a German locale cannot be made here")
    make = [compiler, "-i", "de_DE", "-f", "UTF-8", str(tmp_path / "de_DE.UTF-8")]
    if subprocess.run(make, check=False, capture_output=True).returncode:
        pytest.skip("a German locale cannot be made here")
    run_trainer(*words(drawn, tmp_path / "plain" / "out", package))
    asked = words(drawn, tmp_path / "german" / "out", package)
    environment = {**os.environ, "LOCPATH": str(tmp_path), "LC_ALL": "de_DE.UTF-8"}
    told = subprocess.run(
        [sys.executable, "-c", GERMAN, *map(str, asked)],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert told.returncode == 0, told.stderr
    plain, german = (tmp_path / place / "out" for place in ("plain", "german"))
    table = (german / "predictions.csv").read_bytes()
    assert table == (plain / "predictions.csv").read_bytes()
    ours, theirs = summary_of(german), summary_of(plain)
    assert ours.pop("seconds") > 0 < theirs.pop("seconds")
    assert ours == theirs
