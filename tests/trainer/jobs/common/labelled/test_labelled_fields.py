"""Annotated fields are trained on, measured on and audited, cell by cell."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.labelled_fields import KINDS, write_fields
from tests.trainer.jobs.trained_models import train_first_model
from trainer.data.item import Item
from trainer.data.manifest import read_manifest
from trainer.domain import never_stop
from trainer.imaging.view import View
from trainer.jobs.audit import job as audit
from trainer.jobs.common.labelled.cells import measure_sources, read_labelled_views
from trainer.jobs.evaluate import job as evaluate
from trainer.protocol.training_requests import AuditRequest, EvaluateRequest


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fields(tmp_path_factory.mktemp("fields"), {"train": 4, "val": 3, "test": 3})


def test_every_cell_has_a_view_of_its_own(fields: Path) -> None:
    items = [item for item in read_manifest(fields).items if item.split == "test"]
    assert {item.label for item in items} == set(KINDS)
    profiles = measure_sources(items, lambda _: None, never_stop)
    assert profiles[""].red_cell_diameter == pytest.approx(44, rel=0.15)
    views, errors = read_labelled_views(
        items, profiles, View(), 64, on_progress=lambda _: None, should_stop=never_stop
    )
    assert errors == []
    assert len({each.view.tobytes() for each in views}) == len(items) > 3


def test_measured_cell_by_cell(fields: Path, package: Path, tmp_path: Path) -> None:
    out = tmp_path / "report"
    request = EvaluateRequest(data=str(fields), model=str(package), out=str(out), thorough=False)
    evaluate.run(request, lambda _: None, never_stop)
    record: dict[str, Any] = json.loads((out / "metrics.json").read_text("utf-8"))
    assert record["cells"] == len(read_manifest(fields).split("test"))


def test_audited_cell_by_cell(fields: Path, tmp_path: Path) -> None:
    events: list[object] = []
    audit.run(AuditRequest(data=str(fields), out=str(tmp_path / "out")), events.append, never_stop)
    record = json.loads((tmp_path / "out/audit.json").read_text("utf-8"))
    # Cells of one field are no copies of each other, and their labels are no conflict.
    assert not {"label-conflicts", "duplicates", "duplicates-across-splits"} & {
        each["id"] for each in record["findings"]
    }
    assert record["failed"] == [] if "failed" in record else True


@pytest.mark.slow
def test_trained_on_cell_by_cell(fields: Path, tmp_path: Path, own_cache: Path) -> None:
    train_first_model(fields, tmp_path / "data", other_classes=["lymphocyte"])
    (manifest,) = (tmp_path / "data").rglob("manifest.csv")
    with manifest.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["label"] for row in rows} == set(KINDS)
    assert rows[0]["file"].endswith("#A")
    items: tuple[Item, ...] = read_manifest(fields).items
    assert len(rows) == len(items)
