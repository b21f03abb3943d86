"""Reviewed cells of cases as a CSV that a training reads."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.trainer.jobs.classified_fields import FieldCase, build_field_case
from tests.trainer.jobs.labelled_fields import draw_labelled_field
from tests.trainer.jobs.named_patients import FREE, LOCKED, name_patients
from tests.trainer.jobs.program import run_trainer
from trainer.cases.records import EXCLUDED, UNKNOWN, NewReview
from trainer.data.manifest import read_manifest
from trainer.domain import never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs import reviewed_cells
from trainer.protocol.events import JobWarning
from trainer.protocol.training_requests import ReviewedCellsRequest


@pytest.fixture
def made(tmp_path: Path) -> FieldCase:
    return build_field_case(tmp_path)


def review(made: FieldCase, labels: dict[tuple[str, int], str]) -> None:
    with made.open() as store:
        case = made.case(store)
        reviews = [
            NewReview(name, made.sha256(name), label, number=number)
            for (name, number), label in labels.items()
        ]
        store.reviews.add(case.id, reviews, reviewer="me")


def request(made: FieldCase, out: Path) -> ReviewedCellsRequest:
    return ReviewedCellsRequest(folders=(str(made.root),), out=str(out), data_dir=str(made.data))


def test_reviewed_cells_are_listed_where_they_are(made: FieldCase, tmp_path: Path) -> None:
    review(made, {("a.png", 1): "monocyte", ("a.png", 2): EXCLUDED, ("a.png", 3): UNKNOWN})
    out = tmp_path / "new" / "cells.csv"
    result = reviewed_cells.run(request(made, out), lambda _: None, never_stop)
    assert result["classes"] == {"monocyte": 1}
    manifest = read_manifest(out, min_classes=1)
    (item,) = manifest.items
    assert item.path == (made.root / "a.png").absolute()
    assert item.label == "monocyte"
    assert item.sample == "a.png", "cells of one field are not parted"
    box = made.fields["a.png"].cells[0].cell.box
    assert item.box is not None
    assert item.box.x == pytest.approx(box.x)
    assert item.box.width == pytest.approx(box.width)


def test_cells_of_an_image_that_is_gone_are_left_out(made: FieldCase, tmp_path: Path) -> None:
    review(made, {("a.png", 1): "monocyte"})
    (made.root / "a.png").unlink()
    said: list[object] = []
    with pytest.raises(UserError, match="No cell"):
        reviewed_cells.run(request(made, tmp_path / "cells.csv"), said.append, never_stop)
    assert any(isinstance(each, JobWarning) and "1 reviewed cell" in each.message for each in said)
    assert not (tmp_path / "cells.csv").exists()


def test_nothing_reviewed_no_case_and_a_stop(made: FieldCase, tmp_path: Path) -> None:
    out = tmp_path / "cells.csv"
    with pytest.raises(UserError, match="No cell"):
        reviewed_cells.run(request(made, out), lambda _: None, never_stop)
    other = request(made, out).model_copy(update={"folders": (str(tmp_path),)})
    with pytest.raises(UserError, match="is no case"):
        reviewed_cells.run(other, lambda _: None, never_stop)
    review(made, {("a.png", 1): "monocyte"})
    with pytest.raises(Cancelled):
        reviewed_cells.run(request(made, out), lambda _: None, lambda: True)


def listed(made: FieldCase, out: Path, cells: str) -> tuple[dict[str, object], list[str]]:
    """The result, and the split of each row."""
    asked = request(made, out).model_copy(update={"cells": cells})
    result = reviewed_cells.run(asked, lambda _: None, never_stop)
    return result, [item.split for item in read_manifest(out, min_classes=1).items]


def test_cells_of_a_locked_patient_are_only_judged_by(made: FieldCase, tmp_path: Path) -> None:
    review(made, {("a.png", 1): "monocyte", ("a.png", 2): "basophil"})
    with made.open() as store:
        name_patients(store, made.root, LOCKED)
    out = tmp_path / "cells.csv"
    with pytest.raises(UserError, match="of locked patients, which judge"):
        listed(made, out, "to learn")
    assert not out.exists()
    assert listed(made, out, "locked")[1] == ["test", "test"], "a training leaves them out"
    assert listed(made, out, "all")[1] == ["", ""]
    other = tmp_path / "other 0"
    draw_labelled_field(other / "b.png", 3)
    sha256 = hashlib.sha256((other / "b.png").read_bytes()).hexdigest()
    with made.open() as store:
        case = store.cases.find(other)
        assert case is not None
        store.reviews.add(case.id, [NewReview("b.png", sha256, "monocyte")], reviewer="me")
    both = request(made, out).model_copy(update={"folders": (str(made.root), str(other))})
    said: list[object] = []
    result = reviewed_cells.run(both, said.append, never_stop)
    assert (result["cells"], result["locked"]) == (1, 2)
    assert any("2 reviewed cells of locked" in str(each) for each in said)


def test_of_few_patients_none_is_locked(made: FieldCase, tmp_path: Path) -> None:
    review(made, {("a.png", 1): "monocyte"})
    out = tmp_path / "cells.csv"
    with made.open() as store:
        name_patients(store, made.root, LOCKED, others=3)
    assert listed(made, out, "to learn")[0]["cells"] == 1
    with pytest.raises(UserError, match=r"5 patients that it takes, .* name 4"):
        listed(made, out, "locked")
    with made.open() as store:
        name_patients(store, made.root, FREE, others=5)
    with pytest.raises(UserError, match="None of these cases"):
        listed(made, out, "locked")


def test_command_line(made: FieldCase, tmp_path: Path) -> None:
    review(made, {("a.png", 1): "monocyte"})
    out = tmp_path / "cells.csv"
    done = run_trainer("reviewed-cells", made.root, "--out", out, "--data-dir", made.data)
    assert "1 reviewed cell." in done.stdout
    assert out.is_file()
    words = ("--out", out, "--locked", "--data-dir", made.data)
    done = run_trainer("reviewed-cells", made.root, *words, check=(1, 2))
    assert "the details of the cases name 0." in done.stderr
