"""Measuring a model on labelled cells, from the command line and by the job itself."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path
from typing import Any

import cv2
import pytest
from sklearn import metrics as sklearn_metrics

from tests.trainer.jobs.labelled_cells import cell_drawer, write_table
from tests.trainer.jobs.program import run_trainer
from trainer.data.synthetic import COOL, WARM
from trainer.domain import never_stop
from trainer.errors import Cancelled, UserError
from trainer.evaluation.corruptions import CORRUPTIONS
from trainer.jobs.evaluate import job as evaluate
from trainer.jobs.evaluate.duration import count_batches, describe_duration
from trainer.models.package.card import read_card
from trainer.protocol.training_requests import EvaluateRequest

KINDS = ("basophil", "monocyte", "myeloblast", "eosinophil")
NAMES = {"eosinophil": "mast cell"}  # which no model of ours was taught
PER_KIND = 12


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn cells of two labs; one kind that no model was taught, odd names."""
    folder = tmp_path_factory.mktemp("labelled")
    draw = cell_drawer(folder, seed=5, size=128)
    rows = []
    for kind in KINDS:
        for index in range(PER_KIND):
            lab, style = (("warm", WARM), ("cool", COOL))[index % 2]
            name = f"{kind} <b>{index}&.png"
            draw(name, kind, style)
            rows.append((name, NAMES.get(kind, kind), lab))
    return write_table(folder, ("file", "label", "source"), rows)


def measured(data: Path, package: Path, out: Path, **more: Any) -> dict[str, Any]:
    request = EvaluateRequest(data=str(data), model=str(package), out=str(out), **more)
    evaluate.run(request, lambda _: None, never_stop)
    record: dict[str, Any] = json.loads((out / "metrics.json").read_text("utf-8"))
    return record


@pytest.mark.slow
def test_from_the_command_line(data: Path, package: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    told = run_trainer("evaluate", data, "--model", package, "--out", out)
    announced = re.search(r"which takes about \d+ (s|min)\.", told.stdout)
    assert announced
    assert announced.start() < told.stdout.index("cells judged by")
    record = json.loads((out / "metrics.json").read_text("utf-8"))
    assert record["cells"] == len(KINDS) * PER_KIND
    assert set(record["figures"]) == {"all", "source: cool", "source: warm"}
    assert len(record["perturbations"]) == 1 + sum(len(p.levels) for p in CORRUPTIONS.values())
    assert 0 <= record["explanations"]["deletion"] <= 1
    assert any("was not taught “mast cell”" in note for note in record["notes"])
    assert any("Patients are not known" in note for note in record["notes"])
    for name in ("confusion", "roc", "precision_recall", "reliability", "risk_coverage"):
        assert cv2.imread(str(out / "figures" / f"{name}.png")) is not None
    page = (out / "report.html").read_text("utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:)|@import|url\(", page)
    assert "<b>0&.png" not in page


def test_what_the_closer_looks_take() -> None:
    """The bundled model was given 540 and 1656 batches of 8 for so many sampled cells."""
    assert count_batches(48, 30, 8) == pytest.approx(540, rel=0.05)
    assert count_batches(88, 55, 8) == pytest.approx(1656, rel=0.05)
    assert describe_duration(0.2).endswith("about 1 s.")
    assert describe_duration(300).endswith("about 5 min.")


@pytest.mark.slow
def test_figures_are_those_of_classify(data: Path, package: Path, tmp_path: Path) -> None:
    """The same probabilities as `classify` writes, and scikit-learn's figures of them."""
    record = measured(data, package, tmp_path / "out", thorough=False)
    with data.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    classes = read_card(package / "card.json").classes
    for lab in ("warm", "cool"):
        # A case has one source: each lab by itself, at the scale that is measured on it.
        folder, out = tmp_path / lab, tmp_path / f"{lab} results"
        folder.mkdir()
        own = {row["file"]: row["label"] for row in rows if row["source"] == lab}
        for name in own:
            shutil.copy(data.parent / name, folder)
        run_trainer("classify", folder, "--model", package, "--device", "cpu", "--out", out)
        with (out / "predictions.csv").open(encoding="utf-8", newline="") as file:
            said = [row for row in csv.DictReader(file) if own[row["image"]] in classes]
        right = sum(own[row["image"]] == row["label"] for row in said)
        figures = record["figures"][f"source: {lab}"]
        assert figures["cells"] == len(said)
        assert figures["accuracy"]["value"] == pytest.approx(right / len(said))
        truth = [row["image"] for row in said]
        labels = sorted({own[name] for name in truth})
        balanced = sklearn_metrics.recall_score(
            [own[name] for name in truth],
            [row["label"] for row in said],
            labels=labels,
            average="macro",
        )
        assert figures["balanced_accuracy"]["value"] == pytest.approx(balanced)


def test_patients_are_drawn_as_a_whole(data: Path, package: Path, tmp_path: Path) -> None:
    with data.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    by_patient = data.with_name("patients.csv")
    with by_patient.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "label", "patient"))
        writer.writerows((row["file"], row["label"], f"P{n % 3}") for n, row in enumerate(rows))
    record = measured(by_patient, package, tmp_path / "out", thorough=False)
    assert set(record["figures"]) == {"all", "patient: P0", "patient: P1", "patient: P2"}
    with (tmp_path / "out" / "cells.csv").open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    patients = {row["file"]: f"P{n % 3}" for n, row in enumerate(rows)}
    assert {Path(cell["file"]).name: cell["patient"] for cell in cells} == patients
    known = [cell for cell in cells if cell["label"] in record["classes"]]
    right = sum(cell["label"] == cell["predicted"] for cell in known)
    assert record["figures"]["all"]["accuracy"]["value"] == pytest.approx(right / len(known))
    assert all(Path(cell["file"]).is_file() for cell in cells)
    assert record["cost"]["milliseconds"] > 0
    assert record["cost"]["parameters"] > 1e6
    assert not any("Patients are not known" in note for note in record["notes"])


def test_cells_of_one_class(data: Path, package: Path, tmp_path: Path) -> None:
    """How many of them are found can be measured; what needs two classes is left out."""
    (tmp_path / "cells" / "monocyte").mkdir(parents=True)
    for picture in data.parent.glob("monocyte*.png"):
        shutil.copy(picture, tmp_path / "cells" / "monocyte")
    out = tmp_path / "out"
    record = measured(tmp_path / "cells", package, out)
    figures = record["figures"]["all"]
    assert figures["cells"] == PER_KIND
    assert record["alert"] is None
    assert 0 <= figures["sensitivity_monocyte"]["value"] <= 1
    assert not {"balanced_accuracy", "mcc", "roc_auc", "specificity_monocyte"} & set(figures)
    assert record["perturbations"] == []
    assert 0 <= record["explanations"]["deletion"] <= 1
    assert any("are of one class" in note for note in record["notes"])
    charts = {path.stem for path in (out / "figures").iterdir()}
    assert charts == {"confusion", "reliability", "risk_coverage"}
    page = (out / "report.html").read_text("utf-8")
    assert "are of one class" in page
    assert "What it bears" not in page
    assert "nan" not in re.sub(r"data:[^\"]*", "", page)


def test_possible_blasts_are_held_as_by_classify(
    data: Path, alerting: Path, tmp_path: Path
) -> None:
    """The model accepts everything, and holds whatever it does not call a myeloblast."""
    quick = {"thorough": False}
    off = measured(data, alerting, tmp_path / "off", alert="off", **quick)
    on = measured(data, alerting, tmp_path / "on", **quick)
    cells = len(KINDS) * PER_KIND
    assert off["figures"]["all"]["accepted_cells"] == cells
    assert (off["alert"]["level"], on["alert"]["level"]) == ("off", "balanced")
    assert on["alert"]["effects"] == off["alert"]["effects"]
    assert on["alert"]["classes"] == ["myeloblast"]
    assert on["alert"]["applies_to_sources"] == ["cool", "warm"]
    assert on["alert"]["effects"].keys() == {"all", "source: cool", "source: warm"}
    levels = on["alert"]["effects"]["all"]
    assert levels["balanced"]["held"] == cells - on["figures"]["all"]["accepted_cells"]
    missed = levels["off"]["lost"]
    assert missed["of"] == PER_KIND
    assert levels["balanced"]["held_of_alert_classes"] == missed["cells"]
    assert levels["balanced"]["lost"]["cells"] == 0
    assert levels["off"]["to_look_at"]["cells"] == 0
    page = (tmp_path / "on" / "report.html").read_text("utf-8")
    assert "<h2>Possible blasts</h2>" in page
    assert "balanced, chosen" in page
    assert "are not in the card: cool, warm." in page


def test_what_cannot_be_measured_is_told(data: Path, package: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no image of the split"):
        measured(data, package, tmp_path / "out", split="val")
    strange = tmp_path / "strange"
    for name, source in (("cat", "a"), ("dog", "b")):
        (strange / name).mkdir(parents=True)
        shutil.copy(next(data.parent.glob("*.png")), strange / name / f"{source}.png")
    with pytest.raises(UserError, match="knows none of the labels: “cat”, “dog”"):
        measured(strange, package, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    for name in ("basophil", "monocyte"):
        (tmp_path / "broken" / name).mkdir(parents=True)
        (tmp_path / "broken" / name / f"{name}.jpg").write_bytes(b"no image")
    with pytest.raises(UserError, match="Not one image can be read"):
        measured(tmp_path / "broken", package, tmp_path / "out")


def test_stopping_leaves_nothing_behind(data: Path, package: Path, tmp_path: Path) -> None:
    request = EvaluateRequest(data=str(data), model=str(package), out=str(tmp_path / "out"))
    with pytest.raises(Cancelled):
        evaluate.run(request, lambda _: None, lambda: True)
    assert not any((tmp_path / "out").iterdir())
