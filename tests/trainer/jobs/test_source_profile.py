"""What is known of a case's source: said, kept, used by runs, never lost to a measurement."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.classify.test_job import request, rows_of
from tests.trainer.jobs.program import draw_folder, parse_events, run_trainer
from trainer.cases.store import CaseStore
from trainer.commands.terminal import TextPrinter
from trainer.domain import SourceProfile, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs import explain, source_profile
from trainer.jobs.classify import job as classify
from trainer.jobs.export import job as export
from trainer.protocol.events import JobWarning, WarningEvent
from trainer.protocol.requests import ExplainRequest, ExportRequest, SourceRequest


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    folder = tmp_path / "cells"
    draw_folder(folder, 8)
    return folder


def source(folder: Path, data: Path, **more: Any) -> dict[str, Any]:
    asked = SourceRequest(folder=str(folder), data_dir=str(data), **more)
    return source_profile.run(asked, lambda _: None, never_stop)


def run_on(folder: Path, out: Path, package: Path, **more: Any) -> list[JobWarning]:
    said: list[Any] = []
    classify.run(request([folder], out, package, **more), said.append, never_stop)
    return [each for each in said if isinstance(each, JobWarning)]


def kept(data: Path, folder: Path) -> SourceProfile:
    with CaseStore.open(data / "cases.sqlite", read_only=True) as store:
        case = store.cases.find(folder)
        assert case is not None
        assert store.audit.verify() == []
        return case.profile


def test_nothing_is_known_and_nothing_is_made_by_asking(cells: Path, tmp_path: Path) -> None:
    found = source(cells, tmp_path / "data")
    assert found["profile"]["name"] == ""
    assert found["profile"]["red_cell_diameter"] is None
    assert (found["measured"], found["earlier"]) == (None, [])
    assert not (tmp_path / "data").exists()


def test_what_is_said_is_kept_and_the_rest_stays(cells: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    source(cells, data, name="  Lab \n A ", stain="May-Grünwald", red_cell_diameter=31.5)
    found = source(cells, data, stain="")
    assert found["profile"]["name"] == "Lab A"
    assert found["profile"]["stain"] == ""
    assert (found["profile"]["red_cell_diameter"], found["profile"]["origin"]) == (31.5, "entered")
    found = source(cells, data, pixel_size=0.25)
    assert kept(data, cells) == SourceProfile("Lab A", 30.0, "pixel size")
    assert json.loads(json.dumps(found))["profile"]["red_cell_diameter"] == 30.0
    source(cells, data, measure=True)
    assert kept(data, cells) == SourceProfile("Lab A")
    with CaseStore.open(data / "cases.sqlite") as store:
        before = store.audit.head()
    source(cells, data, name="Lab A")
    with CaseStore.open(data / "cases.sqlite") as store:
        assert store.audit.head() == before  # nothing was changed


def test_other_cases_tell_the_names_that_were_used(cells: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    for number, (name, diameter) in enumerate([("Lab A", 20.0), ("Lab B", 21.0), ("lab a", 22.0)]):
        other = tmp_path / f"other {number}"
        other.mkdir()
        source(other, data, name=name, red_cell_diameter=diameter)
    source(cells, data, name="Mine")
    earlier = source(cells, data)["earlier"]
    assert [(each["name"], each["red_cell_diameter"]) for each in earlier] == [
        ("lab a", 22.0),
        ("Lab B", 21.0),
    ]


def test_what_makes_no_sense_is_refused(cells: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="more than one way"):
        source(cells, tmp_path, red_cell_diameter=30.0, measure=True)
    with pytest.raises(UserError, match="There is no folder"):
        source(tmp_path / "nowhere", tmp_path, name="A")
    assert not (tmp_path / "cases.sqlite").exists()


def test_a_kept_scale_judges_as_the_option_does(cells: Path, package: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    run_on(cells, tmp_path / "measured", package)
    run_on(cells, tmp_path / "option", package, red_cell_diameter=40.0, source="Lab A")
    # An option holds for its run; what the first run measured is kept.
    measured = kept(data, cells)
    assert (measured.origin, measured.name) == ("measured", "")
    source(cells, data, name="Lab A", red_cell_diameter=40.0)
    notices = run_on(cells, tmp_path / "kept", package)
    assert any("source Lab A, red cells of 40 px" in each.message for each in notices)
    assert rows_of(tmp_path / "kept") == rows_of(tmp_path / "option")
    assert rows_of(tmp_path / "kept") != rows_of(tmp_path / "measured")
    with CaseStore.open(data / "cases.sqlite", read_only=True) as store:
        settings = [run.settings for run in store.runs.list_of_case(store.cases.list_all()[0].id)]
    assert settings[1] == settings[2]
    found = source(cells, data)
    assert found["measured"]["origin"] == "measured"
    assert found["measured"]["red_cell_diameter"] == measured.red_cell_diameter
    # To be measured again: what was measured last is known until then.
    source(cells, data, measure=True)
    assert kept(data, cells).red_cell_diameter == measured.red_cell_diameter
    assert kept(data, cells).name == "Lab A"


def test_a_measured_scale_takes_no_entered_ones_place(
    cells: Path, package: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"

    def enter_meanwhile(said: Any) -> None:
        if getattr(said, "stage", "") == "measuring red cells" and said.done == 1:
            source(cells, data, pixel_size=0.25)

    asked = request([cells], tmp_path / "out", package)
    classify.run(asked, enter_meanwhile, never_stop)
    assert kept(data, cells) == SourceProfile("", 30.0, "pixel size")
    run_on(cells, tmp_path / "again", package, red_cell_diameter=30.0)
    with CaseStore.open(data / "cases.sqlite", read_only=True) as store:
        runs = store.runs.list_of_case(store.cases.list_all()[0].id)
    origins = [run.settings["profile"]["origin"] for run in runs]  # type: ignore[index, call-overload]
    assert origins == ["measured", "pixel size"]  # the same number is the same statement


def test_a_run_does_not_go_on_at_another_scale(cells: Path, package: Path, tmp_path: Path) -> None:
    data, said = tmp_path / "data", list[Any]()
    with pytest.raises(Cancelled):
        classify.run(request([cells], tmp_path / "out", package), said.append, _after_one(said))
    source(cells, data, red_cell_diameter=40.0)
    notices = run_on(cells, tmp_path / "out", package, resume=True)
    assert any("No interrupted run" in each.message for each in notices)


def _after_one(said: list[Any]) -> Any:
    return lambda: any(getattr(each, "stage", "") == "classifying" for each in said)


def test_the_notices_hold_for_window_and_terminal(
    cells: Path, package: Path, tmp_path: Path
) -> None:
    notices = run_on(cells, tmp_path / "out", package, source="Lab A")
    (of_source,) = (each for each in notices if each.about == "source")
    assert "not calibrated for images of Lab A" in of_source.message
    assert "--" not in "".join(each.message + each.hint for each in notices)
    again = run_on(cells, tmp_path / "again", package, source="Random")
    assert not [each for each in again if each.about]
    asked = ExplainRequest(
        images=(str(cells / "000_basophil.jpg"),),
        out=str(tmp_path / "explained"),
        model=str(package),
        device="cpu",
        source="random",
        red_cell_diameter=40.0,
    )
    said: list[Any] = []
    explain.run(asked, said.append, never_stop)
    assert not [each for each in said if isinstance(each, JobWarning) and each.about]


def test_a_terminal_is_told_the_options() -> None:
    err = io.StringIO()
    teller = TextPrinter(err=err)
    teller(WarningEvent(id="1", seq=0, message="Too few.", hint="Say it.", about="scale"))
    teller(WarningEvent(id="1", seq=1, message="No hint."))
    first, second = err.getvalue().splitlines()
    assert first.startswith("Note: Too few. Say it. (--red-cell-diameter PX")
    assert second == "Note: No hint."


def test_the_report_says_whether_the_model_is_calibrated(
    cells: Path, package: Path, tmp_path: Path
) -> None:
    for name, expected in (("random", True), ("Lab <A>", False)):
        run_on(cells, tmp_path / "out", package, source=name)
        summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
        assert summary["calibrated_for_source"] is expected
        asked = ExportRequest(
            folder=str(cells),
            out=str(tmp_path / name.strip("<>A ")),
            formats=("html", "xlsx"),
            data_dir=str(tmp_path / "data"),
        )
        export.run(asked, lambda _: None, never_stop)
        report = (Path(asked.out) / "report.html").read_text(encoding="utf-8")
        assert ("not calibrated for images of Lab &lt;A&gt;" in report) is not expected
        assert "Calibrated for this source" in report


def test_the_command_line(cells: Path, tmp_path: Path) -> None:
    where = ["--data-dir", tmp_path / "data"]
    shown = run_trainer("source", cells, *where).stdout
    assert "not said" in shown
    assert "to be measured" in shown
    shown = run_trainer("source", cells, "--name", "Lab A", "--pixel-size", "0.25", *where).stdout
    assert "Lab A" in shown
    assert "30 px, from 0.25 µm a pixel" in shown
    final = parse_events(run_trainer("source", cells, "--json", *where).stdout)[-1]
    assert final["result"]["profile"]["origin"] == "pixel size"
    run_trainer("source", cells, "--measure", "--pixel-size", "1", check=(2,))
    refused = run_trainer("source", cells, "--red-cell-diameter", "0", *where, check=(2,))
    assert "red_cell_diameter" in refused.stderr
