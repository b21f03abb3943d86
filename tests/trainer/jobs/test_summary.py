"""The figures of a case: one run, several that count together, one that does not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.classify.test_job import classified, rows_of
from tests.trainer.jobs.program import draw_folder, parse_events, run_trainer
from trainer.cases import NewReview
from trainer.cases.current_runs import current_predictions, current_runs_of
from trainer.cases.store import CaseStore
from trainer.domain import Decision, Precision, Prediction, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs import summary
from trainer.locations import STORE_NAME
from trainer.protocol.requests import SummaryRequest


def figures(folder: Path, data: Path, **more: Any) -> dict[str, Any]:
    asked = SummaryRequest(folder=str(folder), data_dir=str(data), **more)
    return summary.run(asked, lambda _: None, never_stop)


@pytest.fixture
def cells(drawn: Path, tmp_path: Path) -> Path:
    """Copies of the drawn cells, and an image that cannot be read."""
    folder = tmp_path / "cells"
    shutil.copytree(drawn, folder)
    (folder / "cut.jpg").write_bytes((folder / "000_basophil.jpg").read_bytes()[:900])
    return folder


def test_the_figures_are_those_of_summary_json(
    cells: Path, accepting: Path, tmp_path: Path
) -> None:
    classified([cells], tmp_path / "out", accepting, source="ours")
    written = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    found = json.loads(json.dumps(figures(cells, tmp_path / "data", compare=True)))
    assert written.pop("seconds") > 0 < found["seconds"]
    assert {key: found[key] for key in written} == written
    assert sum(found["histogram"]["accept"]) == found["decisions"]["accept"] == 21
    assert [each["image"] for each in found["failed_images"]] == ["cut.jpg"]
    assert "cut off" in found["failed_images"][0]["error"]
    assert [(run["id"], run["state"], run["judged"]) for run in found["runs"]] == [
        (1, "finished", 22)
    ]
    probabilities = [float(row["probability"]) for row in rows_of(tmp_path / "out") if row["label"]]
    assert found["histogram"]["accept"][3] == sum(0.15 <= p < 0.2 for p in probabilities)


def test_what_persons_reviewed_is_in_every_summary(
    cells: Path, accepting: Path, tmp_path: Path
) -> None:
    classified([cells], tmp_path / "out", accepting)
    with CaseStore.open(tmp_path / "data" / STORE_NAME) as store:
        case = store.cases.find(cells)
        assert case is not None
        (run,) = store.runs.list_of_case(case.id)
        judged = [each for _, each in current_predictions(store, [run]) if each.label]
        reviews = [NewReview(each.image, each.sha256, "myeloblast") for each in judged[:10]]
        store.reviews.add(case.id, reviews, reviewer="A")
    found = figures(cells, tmp_path / "data")
    reviewed = found["differential"]["reviewed"]
    assert (reviewed["reviewed_cells"], reviewed["all_cells"]) == (10, 21)
    assert reviewed["percent"]["myeloblast"]["value"] == 100.0
    assert found["differential"]["heading"] == "of what persons reviewed"
    assert any("10 of 21 cells were reviewed" in note for note in found["notes"])
    assert any("does not hold for images" in note for note in found["notes"])
    # A later run over the same case writes it, too.
    classified([cells], tmp_path / "again", accepting, red_cell_diameter=70.0)
    written = json.loads((tmp_path / "again" / "summary.json").read_text(encoding="utf-8"))
    assert written["differential"]["reviewed"]["reviewed_cells"] == 10


def test_a_mended_image_that_is_judged_again_counts_anew(
    cells: Path, accepting: Path, tmp_path: Path
) -> None:
    inner = cells / "deep"
    draw_folder(inner, 1)
    (inner / "cut.jpg").write_bytes((cells / "cut.jpg").read_bytes())
    classified([cells], tmp_path / "out", accepting)
    before = figures(cells, tmp_path / "data")
    assert before["decisions"] == {"accept": 22, "review": 0, "unknown": 0, "failed": 2}
    shutil.copy(inner / "000_basophil.jpg", inner / "cut.jpg")
    classified([inner / "cut.jpg"], tmp_path / "again", accepting, root=str(cells))
    after = figures(cells, tmp_path / "data")
    assert after["decisions"] == {"accept": 23, "review": 0, "unknown": 0, "failed": 1}
    assert after["images"] == before["images"] == 24
    assert [run["counts"] for run in after["runs"]] == [True, True]
    # At the scale of the whole case, so it is judged as its twin was, which lies beside it.
    rows = {row["image"]: row for row in rows_of(tmp_path / "out") + rows_of(tmp_path / "again")}
    ours, twin = rows["deep/cut.jpg"], rows["deep/000_basophil.jpg"]
    assert ours["sha256"] == twin["sha256"]
    assert float(ours["probability"]) == pytest.approx(float(twin["probability"]), abs=0.01)
    assert figures(cells, tmp_path / "data", run=1)["decisions"]["failed"] == 2
    assert figures(cells, tmp_path / "data", run=2)["images"] == 1


def test_runs_of_another_model_do_not_mix(
    cells: Path, accepting: Path, package: Path, tmp_path: Path
) -> None:
    classified([cells], tmp_path / "first", accepting)
    classified([cells / "000_basophil.jpg"], tmp_path / "second", package)
    found = figures(cells, tmp_path / "data")
    assert found["images"] == 1
    assert [run["counts"] for run in found["runs"]] == [False, True]
    assert figures(cells, tmp_path / "data", run=1)["images"] == 22


def test_a_model_that_is_gone_does_not_take_the_figures_with_it(
    cells: Path, accepting: Path, tmp_path: Path
) -> None:
    lent = tmp_path / "lent"
    shutil.copytree(accepting, lent)
    classified([cells], tmp_path / "out", lent)
    shutil.rmtree(lent)
    assert figures(cells, tmp_path / "data")["decisions"]["accept"] == 21


def test_changed_images_are_named_and_a_lost_folder_is_told(
    cells: Path, package: Path, tmp_path: Path
) -> None:
    classified([cells], tmp_path / "out", package)
    (cells / "000_basophil.jpg").write_bytes(b"something else")
    (cells / "001_erythroblast.jpg").unlink()
    found = figures(cells, tmp_path / "data", compare=True)
    assert found["changed_since_judged"] == ["000_basophil.jpg", "001_erythroblast.jpg"]
    assert figures(cells, tmp_path / "data")["changed_since_judged"] is None
    shutil.rmtree(cells)
    said: list[Any] = []
    asked = SummaryRequest(folder=str(cells), data_dir=str(tmp_path / "data"), compare=True)
    assert summary.run(asked, said.append, never_stop)["images"] == 22
    assert any("is gone" in getattr(each, "message", "") for each in said)


def test_what_cannot_be_summed_up_is_said(cells: Path, package: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="was not classified yet"):
        figures(cells, tmp_path / "data")
    classified([cells], tmp_path / "out", package)
    with pytest.raises(UserError, match="was not classified yet"):
        figures(tmp_path, tmp_path / "data")
    with pytest.raises(UserError, match="no run 7"):
        figures(cells, tmp_path / "data", run=7)
    asked = SummaryRequest(folder=str(cells), data_dir=str(tmp_path / "data"))
    with pytest.raises(Cancelled):
        summary.run(asked, lambda _: None, lambda: True)


@pytest.mark.slow
def test_the_command_line(cells: Path, accepting: Path, tmp_path: Path) -> None:
    classified([cells], tmp_path / "out", accepting)
    data = ("--data-dir", tmp_path / "data")
    told = run_trainer("summary", cells, *data).stdout
    assert "22 images: 21 accepted, 0 to review, 0 unknown, 1 failed." in told
    assert "failed: cut.jpg: " in told
    assert "not a medical device" in told
    done = parse_events(run_trainer("summary", cells, "--run", 1, "--json", *data).stdout)[-1]
    expected = json.loads(json.dumps(figures(cells, tmp_path / "data", run=1)))
    assert done["result"] == expected
    assert "no run 9" in run_trainer("summary", cells, "--run", 9, *data, check=(1,)).stderr


def test_the_newest_prediction_of_an_image_counts(tmp_path: Path) -> None:
    """Names in the store's own order, which is that of their bytes, not of Python's text."""
    names = ["a.jpg", "b.jpg", "é.jpg", "\uffee.jpg", "\U0001f600.jpg"]
    with CaseStore.open(tmp_path / "cases.sqlite") as store:
        case = store.cases.find_or_create(tmp_path)
        runs = []
        for number, part in enumerate((names, names[1:4], [names[4], "z.jpg"])):
            run = store.runs.start(
                *(case.id,),
                model="m",
                model_sha256="0",
                precision=Precision.F32,
                device="CPU",
                settings={},
                images=part,
            )
            store.predictions.add(run.id, [_prediction(name, number) for name in part])
            runs.append(run)
        assert [run.id for run in current_runs_of(store.runs.list_of_case(case.id))] == [1, 2, 3]
        found = [(run.id, each.image, each.plane) for run, each in current_predictions(store, runs)]
    assert found == [
        (1, "a.jpg", 0),
        (2, "b.jpg", 1),
        (3, "z.jpg", 2),
        (2, "é.jpg", 1),
        (2, "\uffee.jpg", 1),
        (3, "\U0001f600.jpg", 2),
    ]


def _prediction(name: str, number: int) -> Prediction:
    return Prediction(name, "0", Decision.ACCEPT, "m", Precision.F32, "monocyte", plane=number)
