"""Judging a model against another by two evaluations, without a network."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.evaluation.paired_judgement import Judgement
from trainer.jobs import judge as job
from trainer.jobs.evaluate.record import CELL_COLUMNS
from trainer.models.package.trail import read_trail
from trainer.protocol.events import JobWarning
from trainer.protocol.training_requests import JudgeRequest

CLASSES = ("a", "b")


def write_evaluation(
    folder: Path,
    model: str,
    predicted: list[str],
    labels: list[str],
    classes: tuple[str, ...] = CLASSES,
    patients: list[str] | None = None,
) -> Path:
    folder.mkdir()
    record = {
        "model": {"id": model, "card_sha256": model * 3},
        "classes": classes,
        "figures": {"all": {"cells": len(labels)}},
    }
    (folder / "metrics.json").write_text(json.dumps(record), encoding="utf-8")
    with (folder / "cells.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, CELL_COLUMNS, restval="")
        writer.writeheader()
        for number, (given, label) in enumerate(zip(predicted, labels, strict=True)):
            row = {"file": f"/x/{number}.png", "sha256": f"{number}", "label": label}
            row |= {"predicted": given, "probability": "0.9", "decision": "accept"}
            if patients is not None:
                row["patient"] = patients[number]
            writer.writerow(row)
    return folder


def judged(tmp_path: Path, before: str, after: str, labels: str) -> job.ModelJudgement:
    one = write_evaluation(tmp_path / "one", "old", list(before), list(labels))
    two = write_evaluation(tmp_path / "two", "new", list(after), list(labels))
    return job.judge(job.read_evaluation(two), job.read_evaluation(one))


def test_better_for_one_class_and_worse_for_another(tmp_path: Path) -> None:
    labels = "a" * 20 + "b" * 20
    found = judged(tmp_path, "b" * 20 + "b" * 20, "a" * 20 + "a" * 20, labels)
    assert found.overall.judgement is Judgement.NOT_DISTINGUISHABLE
    assert found.classes_judged(Judgement.BETTER) == ["a"]
    assert found.classes_judged(Judgement.WORSE) == ["b"]
    assert found.sentence == (
        "new is not distinguishable from old on the same 40 cells (p = 1);"
        " better for a; worse for b."
    )
    assert found.difference is not None
    assert found.difference[0] == 0.0
    assert found.to_json()["changed"] == 40


def test_worse_with_the_interval_of_the_difference(tmp_path: Path) -> None:
    labels = "a" * 20 + "b" * 20
    found = judged(tmp_path, labels, "a" * 20 + "a" * 15 + "b" * 5, labels)
    assert found.overall.judgement is Judgement.WORSE
    value, low, high = found.difference or (0, 0, 0)
    assert value == pytest.approx(-0.375)
    assert low < value < high < 0
    assert any("Patients are not known" in note for note in found.notes)


def test_a_class_that_one_lacks_counts_against_it(tmp_path: Path) -> None:
    labels = list("aabbcc")
    one = write_evaluation(tmp_path / "one", "old", list("aabbcc"), labels, ("a", "b", "c"))
    two = write_evaluation(tmp_path / "two", "new", list("aabbbb"), labels)
    found = job.judge(job.read_evaluation(two), job.read_evaluation(one))
    assert found.by_class["c"].after.value == 0
    assert any("new does not report “c”" in note for note in found.notes)


def test_only_cells_that_both_saw_count(tmp_path: Path) -> None:
    one = write_evaluation(tmp_path / "one", "old", list("ab"), list("ab"))
    two = write_evaluation(tmp_path / "two", "new", list("abb"), list("abb"))
    found = job.judge(job.read_evaluation(two), job.read_evaluation(one))
    assert found.overall.cells == 2
    assert any("Left out: 1 cells" in note for note in found.notes)


def test_cells_of_one_patient_are_drawn_together(tmp_path: Path) -> None:
    labels, patients = list("aabb") * 5, [f"p{at // 4}" for at in range(20)]
    one = write_evaluation(tmp_path / "one", "old", labels, labels, patients=patients)
    two = write_evaluation(tmp_path / "two", "new", ["a"] * 20, labels, patients=patients)
    found = job.judge(job.read_evaluation(two), job.read_evaluation(one))
    assert found.difference == (-0.5, -0.5, -0.5)
    assert any("of one patient" in note for note in found.notes)


def test_what_cannot_be_judged_is_refused_in_words(tmp_path: Path) -> None:
    one = job.read_evaluation(write_evaluation(tmp_path / "one", "old", ["a"], ["a"]))
    with pytest.raises(UserError, match="Both evaluations are of old"):
        job.judge(one, one)
    with pytest.raises(UserError, match="holds no evaluation"):
        job.read_evaluation(tmp_path / "nowhere")
    (tmp_path / "one" / "metrics.json").write_text("[]", encoding="utf-8")
    with pytest.raises(UserError, match="holds no evaluation"):
        job.read_evaluation(tmp_path / "one")


def test_the_job_writes_what_it_found(tmp_path: Path) -> None:
    labels = list("aabb")
    one = write_evaluation(tmp_path / "one", "old", list("aabb"), labels)
    two = write_evaluation(tmp_path / "two", "new", list("abbb"), labels)
    request = JudgeRequest(
        candidate=str(two), against=str(one), out=str(tmp_path / "out"), data_dir=str(tmp_path)
    )
    warnings: list[str] = []
    found = job.run(
        request,
        lambda item: warnings.append(item.message) if isinstance(item, JobWarning) else None,
        never_stop,
    )
    written = json.loads((tmp_path / "out" / "judgement.json").read_text("utf-8"))
    assert json.loads(json.dumps(found)) == found  # what a worker can send
    assert {key: found[key] for key in written} == written
    with (tmp_path / "out" / "changed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["before_predicted"], row["after_predicted"]) for row in rows] == [("a", "b")]
    assert warnings
    assert read_trail(tmp_path / "models").acts == ()  # neither is a model of the registry
