"""Possible blasts of labs that the model does not know: in the run, its files and its report."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.alerting_card import LEAST
from tests.trainer.jobs.program import draw_folder, run_trainer
from trainer.cases.store import CaseStore
from trainer.commands.parser import build_parser, request_of
from trainer.domain import never_stop
from trainer.errors import Cancelled
from trainer.jobs.classify import job as classify
from trainer.jobs.export import job as export
from trainer.protocol.client import WorkerProcess
from trainer.protocol.events import JobWarning
from trainer.protocol.requests import ExportRequest


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cells")
    draw_folder(folder, 6)
    return folder


def words(cells: Path, out: Path, package: Path, *more: str) -> list[str]:
    data = ["--data-dir", str(out.parent / "data"), "--device", "cpu"]
    return ["classify", str(cells), "--out", str(out), "--model", str(package), *data, *more]


def classified(cells: Path, out: Path, package: Path, *more: str) -> list[Any]:
    """Classify as the command line asks for it; return what was emitted."""
    emitted: list[Any] = []
    request = request_of(build_parser().parse_args(words(cells, out, package, *more)))
    classify.run(request, emitted.append, never_stop)
    return emitted


def rows_of(out: Path) -> list[dict[str, str]]:
    with (out / "predictions.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def summary_of(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return found


def test_cells_of_a_lab_that_is_not_named_are_possible_blasts(
    cells: Path, alerting: Path, tmp_path: Path
) -> None:
    classified(cells, tmp_path / "off", alerting, "--alert", "off")
    classified(cells, tmp_path / "on", alerting)
    before, after = rows_of(tmp_path / "off"), rows_of(tmp_path / "on")
    assert {row["decision"] for row in before} == {"accept"}
    for old, new in zip(before, after, strict=True):
        if old["label"] == "myeloblast":
            assert new == old
        else:
            assert new["decision"] == "review"
            assert new["reason"].startswith("possible blast: myeloblast with probability ")
            same = {"decision", "reason"}
            assert {k: v for k, v in new.items() if k not in same} == {
                k: v for k, v in old.items() if k not in same
            }
    others = sum(row["label"] != "myeloblast" for row in before)
    assert others
    found = summary_of(tmp_path / "on")
    assert found["possible_blasts"] == found["decisions"]["review"] == others
    assert found["alert"] == {
        "classes": ["myeloblast"],
        "level": "balanced",
        "applies": True,
        "score": LEAST,
    }
    off = summary_of(tmp_path / "off")
    assert off["possible_blasts"] == 0
    assert (off["alert"]["level"], off["alert"]["applies"]) == ("off", False)


def test_cells_of_the_models_own_lab_are_decided_as_ever(
    cells: Path, accepting: Path, alerting: Path, tmp_path: Path
) -> None:
    classified(cells, tmp_path / "old", accepting, "--source", "random")
    classified(cells, tmp_path / "new", alerting, "--source", " Random", "--alert", "careful")
    table = (tmp_path / "old" / "predictions.csv").read_bytes()
    assert (tmp_path / "new" / "predictions.csv").read_bytes() == table
    assert not summary_of(tmp_path / "new")["alert"]["applies"]
    assert not {"alert", "possible_blasts"} & summary_of(tmp_path / "old").keys()


def test_a_source_with_a_calibration_of_its_own(
    cells: Path, accepting: Path, tmp_path: Path
) -> None:
    """The card accepts everything; for that lab nothing but what is all but certain."""
    folder = tmp_path / "calibrated"
    shutil.copytree(accepting, folder)
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    own = {"temperature": 50.0, "review_probability": 0.99}
    card["sources"].append({"name": "north", "calibration": own})
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")
    classified(cells, tmp_path / "other", folder, "--source", "random")
    classified(cells, tmp_path / "north", folder, "--source", "North")
    other, north = rows_of(tmp_path / "other"), rows_of(tmp_path / "north")
    assert {row["decision"] for row in other} == {"accept"}
    assert {row["decision"] for row in north} == {"review"}
    assert all("under 0.99" in row["reason"] for row in north)
    for sure, unsure in zip(other, north, strict=True):
        assert float(sure["probability"]) > float(unsure["probability"])
    thresholds = [summary_of(tmp_path / name)["model"]["thresholds"] for name in ("other", "north")]
    assert [each["review_probability"] for each in thresholds] == [0.0, 0.99]


def test_an_old_card_takes_no_notice_of_the_level(
    cells: Path, accepting: Path, tmp_path: Path
) -> None:
    for level in ("careful", "off"):
        classified(cells, tmp_path / level, accepting, "--alert", level)
    tables = [(tmp_path / level / "predictions.csv").read_bytes() for level in ("careful", "off")]
    assert tables[0] == tables[1]
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        (case,) = store.cases.list_all()
        assert all("alert" not in run.settings for run in store.runs.list_of_case(case.id))


def test_a_run_is_not_resumed_at_another_level(cells: Path, alerting: Path, tmp_path: Path) -> None:
    said: list[Any] = []
    request = request_of(build_parser().parse_args(words(cells, tmp_path / "a", alerting)))
    with pytest.raises(Cancelled):  # at the first batch: the source is told once the run began
        classify.run(request, said.append, lambda: bool(warnings_in(said)))
    emitted = classified(cells, tmp_path / "b", alerting, "--resume", "--alert", "careful")
    assert any("No interrupted run" in each.message for each in warnings_in(emitted))
    emitted = classified(cells, tmp_path / "c", alerting, "--resume")
    assert any("Going on with the run" in each.message for each in warnings_in(emitted))
    with CaseStore.open(tmp_path / "data" / "cases.sqlite") as store:
        (case,) = store.cases.list_all()
        levels = [run.settings["alert"] for run in store.runs.list_of_case(case.id)]
    assert levels == ["balanced", "careful"]


def warnings_in(emitted: list[Any]) -> list[JobWarning]:
    return [each for each in emitted if isinstance(each, JobWarning)]


def test_the_report_gives_the_level(cells: Path, alerting: Path, tmp_path: Path) -> None:
    classified(cells, tmp_path / "on", alerting)
    count = summary_of(tmp_path / "on")["possible_blasts"]
    values = {"folder": str(cells), "data_dir": str(tmp_path / "data"), "formats": ["html"]}
    request = ExportRequest(**values, out=str(tmp_path / "export"))
    export.run(request, lambda _: None, never_stop)
    (page,) = (tmp_path / "export").glob("*.html")
    text = page.read_text(encoding="utf-8")
    assert "Possible blasts" in text
    assert f"balanced, from a score of -1e+06 on: {count} to review" in text


@pytest.mark.slow
def test_the_command_line_and_a_worker_do_the_same(
    cells: Path, alerting: Path, tmp_path: Path
) -> None:
    careful = words(cells, tmp_path / "here", alerting, "--alert", "careful")
    run_trainer(*careful)
    request = request_of(build_parser().parse_args(careful))
    given = {"out": str(tmp_path / "there"), "data_dir": str(tmp_path / "other data")}
    with WorkerProcess() as worker:
        outcome = worker.run(request.model_copy(update=given), lambda _: None)
    assert outcome.kind == "done", outcome.message
    assert rows_of(tmp_path / "there") == rows_of(tmp_path / "here")
    assert any(row["reason"].startswith("possible blast") for row in rows_of(tmp_path / "here"))
    assert summary_of(tmp_path / "there")["alert"] == summary_of(tmp_path / "here")["alert"]
    assert summary_of(tmp_path / "here")["alert"]["level"] == "careful"
