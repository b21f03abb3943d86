"""Runs over parts of a folder, in stores of their own, become the run over the whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.trainer.jobs.program import draw_folder, run_trainer
from trainer.cases.records import RunState
from trainer.cases.store import CaseStore
from trainer.data.synthetic import draw_field
from trainer.domain import never_stop
from trainer.errors import Cancelled, StoreError, UserError
from trainer.jobs.classify import job as classify
from trainer.jobs.export import job as export
from trainer.jobs.store import job as store_job
from trainer.protocol.case_requests import StoreRequest
from trainer.protocol.requests import ClassifyRequest, ExportRequest

PARTS = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five cells, two fields and a field without cells."""
    root = tmp_path_factory.mktemp("shards") / "smear"
    draw_folder(root, 5, size=160)
    for seed, kinds in enumerate((("monocyte", "lymphocyte"), ("seg_neutrophil",), ())):
        rng = np.random.default_rng(seed)
        field = draw_field(kinds, rng, size=(480, 360), red_cell_diameter=36.0)
        cv2.imwrite(str(root / f"field{seed}.png"), field.pixels[..., ::-1])
    return root


def classify_into(data: Path, folder: Path, package: Path, **more: Any) -> None:
    values = {"paths": [str(folder)], "out": str(data / "out"), "model": str(package)}
    request = ClassifyRequest(
        **values, data_dir=str(data), device="cpu", red_cell_diameter=36.0, **more
    )
    classify.run(request, lambda _: None, never_stop)


@pytest.fixture(scope="module")
def stores(folder: Path, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folders: "whole" with one run over everything, "1" to "3" with a part each."""
    root = tmp_path_factory.mktemp("stores")
    classify_into(root / "whole", folder, package)
    for part in range(1, PARTS + 1):
        classify_into(root / str(part), folder, package, shard=f"{part}/{PARTS}")
    return root


@pytest.fixture
def parts(stores: Path, tmp_path: Path) -> list[str]:
    """Copies of the stores with a part each."""
    for part in range(1, PARTS + 1):
        shutil.copytree(stores / str(part), tmp_path / str(part))
    return [str(tmp_path / str(part)) for part in range(1, PARTS + 1)]


def merge(
    data: Path, files: list[str], emit: Any = lambda _: None, stop: Any = never_stop
) -> list[dict[str, Any]]:
    request = StoreRequest(action="merge", files=tuple(files), data_dir=str(data))
    merged: Any = store_job.run(request, emit, stop)["merged"]
    return list(merged)


def exported(data: Path, folder: Path, out: Path) -> dict[str, bytes]:
    formats = ("csv", "json")
    request = ExportRequest(folder=str(folder), out=str(out), formats=formats, data_dir=str(data))
    export.run(request, lambda _: None, never_stop)
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix == ".csv"}


def test_parts_become_the_whole_to_the_byte(
    stores: Path, parts: list[str], folder: Path, tmp_path: Path
) -> None:
    (merged,) = merge(tmp_path / "all", parts)
    assert (merged["folder"], merged["images"]) == (str(folder), 8)
    whole = exported(stores / "whole", folder, tmp_path / "expected")
    assert whole
    assert exported(tmp_path / "all", folder, tmp_path / "out") == whole
    with (
        CaseStore.open(tmp_path / "all" / "cases.sqlite") as ours,
        CaseStore.open(stores / "whole" / "cases.sqlite", read_only=True) as theirs,
    ):
        assert ours.audit.verify() == []
        one, other = (each.runs.list_of_case(1)[-1] for each in (ours, theirs))
        assert (one.state, one.settings) == (RunState.FINISHED, other.settings)
        assert [*ours.predictions.stream(one.id)] == [*theirs.predictions.stream(other.id)]
        assert [*ours.fields.stream(one.id)] == [*theirs.fields.stream(other.id)]
        features = [
            {(each.image, each.number): each.pooled for each in store.features.list_after(run.id)}
            for store, run in ((ours, one), (theirs, other))
        ]
        assert features[0] == features[1]
        assert [*ours.cells.stream(1)] == [*theirs.cells.stream(1)]
    # Once more: nothing is merged twice.
    assert merge(tmp_path / "all", parts)[0]["run"] == merged["run"]


def test_a_store_takes_the_other_parts_to_its_own(parts: list[str], folder: Path) -> None:
    own, *others = parts
    (merged,) = merge(Path(own), others)
    assert merged["images"] == 8
    with CaseStore.open(Path(own) / "cases.sqlite") as store:
        assert [run.settings["shard"] for run in store.runs.list_of_case(1)] == ["1/3", None]
        assert store.audit.verify() == []


def test_what_was_broken_off_goes_on(parts: list[str], tmp_path: Path) -> None:
    asks: Iterator[bool] = chain([False, True], repeat(False))
    with pytest.raises(Cancelled):
        merge(tmp_path / "all", parts, stop=lambda: next(asks))
    with CaseStore.open(tmp_path / "all" / "cases.sqlite") as store:
        (run,) = store.runs.list_of_case(1)
        assert run.state is RunState.CANCELLED
        assert 0 < store.predictions.count(run.id) < 8
    (merged,) = merge(tmp_path / "all", parts)
    assert (merged["run"], merged["images"]) == (run.id, 8)


def test_a_part_that_lacks_is_named(parts: list[str], tmp_path: Path) -> None:
    told: list[Any] = []
    with pytest.raises(UserError, match="in all its parts"):
        merge(tmp_path / "all", [parts[0], parts[2]], told.append)
    assert "2/3 lack" in told[0].message
    with pytest.raises(UserError, match="No other store"):
        merge(tmp_path / "all", [])
    with pytest.raises(StoreError):
        merge(tmp_path / "all", [str(tmp_path / "nowhere")])


def test_an_altered_store_is_refused(parts: list[str], tmp_path: Path) -> None:
    with CaseStore.open(Path(parts[1]) / "cases.sqlite") as store:
        connection = store._db.connection
        connection.execute("DROP TRIGGER predictions_no_update")
        connection.execute("UPDATE predictions SET label = 'basophil'")
    with pytest.raises(UserError, match="is not merged"):
        merge(tmp_path / "all", parts)
    with CaseStore.open(tmp_path / "all" / "cases.sqlite") as store:
        assert store.cases.list_all() == []


def test_from_the_command_line(parts: list[str], tmp_path: Path) -> None:
    told = run_trainer("store", "merge", *parts, "--data-dir", tmp_path / "all")
    assert "8 images of" in told.stdout
    assert "from 3 parts" in told.stdout
