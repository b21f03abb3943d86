"""Cells that a model learned from take no part in its figures, whatever they are called now."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.trained_models import Row, notice_texts, rows_of, train_head
from trainer.atomic_files import sha256_of
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.jobs.common.labelled.leakage import training_history_of
from trainer.jobs.compare import job as compare
from trainer.jobs.evaluate import job as evaluate
from trainer.models.package.layout import CARD, MANIFEST, Package, open_package
from trainer.models.package.registry import Registry
from trainer.protocol.training_requests import CompareRequest, EvaluateRequest


@pytest.fixture(scope="module")
def folder(trained_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the model “first” in it, its head trained on the data."""
    return Path(shutil.copytree(trained_data, tmp_path_factory.mktemp("learned") / "data"))


@pytest.fixture
def model(folder: Path) -> Package:
    return open_package(folder / "models" / "first")


def copied(rows: Iterable[Row], data: Path, folder: Path) -> Path:
    """The images of some rows under other names, all of them to be measured on."""
    folder.mkdir(exist_ok=True)
    lines = ["file,label,split"]
    for number, row in enumerate(rows):
        shutil.copyfile(data.parent / row["file"], folder / f"image {number}.png")
        lines.append(f"image {number}.png,{row['label']},test")
    (folder / "cells.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "cells.csv"


def parted(
    data: Path, folder: Path, splits: Mapping[str, str] | None = None, more: Sequence[str] = ()
) -> Path:
    """The data once more, with other words for their splits and with further lines."""
    lines = ["file,label,split"]
    for row in rows_of(data):
        split = (splits or {}).get(row["split"], row["split"])
        lines += [f"{data.parent / row['file']},{row['label']},{split}"]
    table = folder / "parted.csv"
    table.write_text("\n".join([*lines, *more]), encoding="utf-8")
    return table


def compared(data: Path, out: Path, folder: Path) -> dict[str, Any]:
    request = CompareRequest(data=str(data), out=str(out), models=["first"], data_dir=str(folder))
    compare.run(request, lambda _: None, never_stop)
    record: dict[str, Any] = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    return record


def measured(data: Path, model: Path, out: Path, folder: Path) -> tuple[dict[str, Any], list[str]]:
    """metrics.json, and what was told meanwhile."""
    told: list[Any] = []
    request = EvaluateRequest(
        data=str(data), model=str(model), out=str(out), thorough=False, data_dir=str(folder)
    )
    evaluate.run(request, told.append, never_stop)
    record: dict[str, Any] = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    return record, notice_texts(told)


def without_hashes(model: Package, folder: Path) -> Path:
    """The model as an older version of the program wrote it."""
    shutil.copytree(model.path, folder)
    lines = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
    short = "\n".join(line.rpartition(",")[0] for line in lines) + "\n"
    (folder / MANIFEST).write_text(short, encoding="utf-8")
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["files"][MANIFEST] = sha256_of(folder / MANIFEST)
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return folder


def test_a_package_tells_its_cells_by_their_bytes(data: Path, model: Package) -> None:
    rows = rows_of(model.path / MANIFEST)
    assert len(rows) == len(rows_of(data))
    for row in rows:
        assert row["sha256"] == sha256_of(data.parent / row["file"])


def test_renamed_training_cells_are_left_out_and_told(
    data: Path, folder: Path, model: Package, tmp_path: Path
) -> None:
    chosen = [
        row for row in rows_of(data) if row["split"] == "test" or row["file"].endswith("_0.png")
    ]
    fresh = sum(row["split"] == "test" for row in chosen)
    table = copied(chosen, data, tmp_path / "copies")
    record, told = measured(table, model.path, tmp_path / "out", folder)
    count = len(chosen) - fresh
    assert count == 6  # of each kind one that was trained on, and one of the validation
    assert record["cells"] == fresh
    assert record["left_out"]["count"] == count
    assert record["left_out"]["not_checked"] == []
    assert "image 0.png" in record["left_out"]["images"]
    (words,) = (note for note in told if "learned from" in note)
    assert words.startswith("Left out: 6 images that a model learned from")
    assert "“image 0.png”" in words
    assert words in record["notes"]
    assert words in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_nothing_but_training_cells_is_refused(
    data: Path, folder: Path, model: Package, tmp_path: Path
) -> None:
    table = copied(
        (row for row in rows_of(data) if row["split"] == "train"), data, tmp_path / "copies"
    )
    with pytest.raises(UserError, match="of 18 images every one was learned from"):
        measured(table, model.path, tmp_path / "out", folder)
    assert not (tmp_path / "out").exists()


def test_an_older_package_is_read_and_told_to_be_unchecked(
    data: Path, folder: Path, model: Package, tmp_path: Path
) -> None:
    older = without_hashes(model, tmp_path / "older")
    record, told = measured(data, older, tmp_path / "out", folder)
    assert record["cells"] == 12
    assert record["left_out"] == {"count": 0, "images": [], "not_checked": ["first"]}
    (words,) = (note for note in told if "could not be checked" in note)
    assert "“first”" in words
    assert words in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_what_the_models_before_it_learned_counts_too(
    data: Path, folder: Path, model: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(folder / "cache"))
    rows = rows_of(data)
    some = [row for row in rows if row["split"] != "train" or not row["file"].endswith("_0.png")]
    lines = ["file,label,split"]
    lines += [f"{data.parent / row['file']},{row['label']},{row['split']}" for row in some]
    (tmp_path / "some.csv").write_text("\n".join(lines), encoding="utf-8")
    train_head(tmp_path / "some.csv", folder, "next", from_model="first")
    after = open_package(folder / "models" / "next")
    own = {sha256_of(data.parent / row["file"]) for row in some if row["split"] != "test"}
    everything = {sha256_of(data.parent / row["file"]) for row in rows if row["split"] != "test"}
    learned = training_history_of(after, Registry(folder / "models", tmp_path / "none"))
    assert (learned.hashes, learned.unverified) == (everything, ())
    alone = training_history_of(after, Registry(tmp_path / "none", tmp_path / "none"))
    assert (alone.hashes, alone.unverified) == (own, ("first",))


def test_what_may_make_figures_too_good_is_told_and_in_the_card(
    data: Path, folder: Path, model: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(folder / "cache"))
    table = parted(data, tmp_path, {"train": "test", "val": "train", "test": "val"})
    header, *lines = table.read_text(encoding="utf-8").splitlines()
    rows = [f"{header},patient", *(f"{line},P1" for line in lines)]
    table.write_text("\n".join(rows), encoding="utf-8")
    told = train_head(table, folder, "doubtful", from_model="first")
    for words in (
        "18 of 18 test cells were learned from by the models before this one",
        "Cells of one patient lie in several splits (“P1”)",
    ):
        assert any(words in note for note in told)
        card = open_package(folder / "models" / "doubtful").card
        assert any(words in note for note in card.notes)


@pytest.mark.slow
def test_models_are_compared_on_cells_that_none_learned_from(
    data: Path, folder: Path, model: Package, tmp_path: Path
) -> None:
    """Two training cells of the model lie among the test cells, renamed."""
    copies = [tmp_path / f"copy {number}.png" for number in (0, 1)]
    for number, copy in enumerate(copies):
        shutil.copyfile(data.parent / f"train_monocyte_{number}.png", copy)
    table = parted(data, tmp_path, more=[f"{copy},monocyte,test" for copy in copies])
    record = compared(table, tmp_path / "out", folder)
    assert record["test_cells"] == 12
    assert record["left_out"] == {
        "count": 2,
        "images": [copy.name for copy in copies],
        "not_checked": [],
    }
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Left out: 2 images that a model learned from" in page


def test_a_comparison_on_training_cells_is_refused(
    data: Path, folder: Path, model: Package, tmp_path: Path
) -> None:
    table = parted(data, tmp_path, {"train": "test", "val": "train", "test": "val"})
    with pytest.raises(UserError, match="of 18 images every one was learned from"):
        compared(table, tmp_path / "out", folder)
    assert not (tmp_path / "out").exists()
