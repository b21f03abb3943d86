"""Splits that are dealt by what models knew: no test cell of them was learned from."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.program import KINDS
from tests.trainer.jobs.trained_models import notice_texts, rows_of
from trainer.atomic_files import sha256_of
from trainer.data.manifest import read_manifest
from trainer.domain import never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.common.labelled.leakage import exclude_training_images, training_history_of
from trainer.jobs.compare import job as compare
from trainer.jobs.train.data import read_data
from trainer.jobs.train.plan import build_plan
from trainer.models.package.layout import CARD, MANIFEST, open_package
from trainer.models.package.registry import Registry
from trainer.protocol.training_requests import CompareRequest, TrainRequest

SPLITS = ("train", "val", "test")
Known = Mapping[str, tuple[str, str]]  # name of the image -> split and patient


def model_knowing(package: Path, folder: Path, drawn: Path, known: Known) -> Path:
    """A copy of the model, as if it had been trained on these images."""
    shutil.copytree(package, folder)
    with (folder / MANIFEST).open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", "label", "split", "patient", "sha256"))
        for name, (split, patient) in known.items():
            table.writerow((name, "monocyte", split, patient, sha256_of(drawn / name)))
    card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    card["id"] = folder.name
    card["files"][MANIFEST] = sha256_of(folder / MANIFEST)
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    return folder


def names(drawn: Path) -> list[str]:
    """Of three images of each kind, the first ones first."""
    return sorted(path.name for path in drawn.iterdir())


def cells(drawn: Path, folder: Path, patient: Callable[[str], str] = lambda _: "") -> Path:
    """The drawn cells; nothing of splits."""
    lines = ["file,label,patient"]
    for name in names(drawn):
        kind = name.removesuffix(".jpg").split("_", 1)[1]
        lines.append(f"{drawn / name},{kind},{patient(name)}")
    (folder / "cells.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "cells.csv"


def compared(data: Path, out: Path, *models: Path) -> tuple[dict[str, str], list[str]]:
    """The splits that a comparison settles by name, and what it says of them."""
    said: list[Any] = []
    settled = out / compare.MANIFEST
    before = settled.stat().st_mtime_ns if settled.is_file() else 0
    request = CompareRequest(
        data=str(data),
        out=str(out),
        models=[str(model) for model in models],
        data_dir=str(out.parent / "data"),
    )

    def stop() -> bool:
        return settled.is_file() and settled.stat().st_mtime_ns > before

    with pytest.raises(Cancelled):
        compare.run(request, said.append, stop)
    return {Path(row["file"]).name: row["split"] for row in rows_of(settled)}, notice_texts(said)


def dealt(drawn: Path, order: tuple[str, ...] = SPLITS) -> Known:
    """One image of each kind in each split, in this order."""
    return {name: (order[n // len(KINDS)], "") for n, name in enumerate(names(drawn))}


def test_what_a_compared_model_knows_keeps_its_split(
    package: Path, drawn: Path, tmp_path: Path
) -> None:
    known = dealt(drawn, ("test", "train", "val"))
    model = model_knowing(package, tmp_path / "one", drawn, known)
    splits, said = compared(cells(drawn, tmp_path), tmp_path / "out", model)
    assert splits == {name: split for name, (split, _) in known.items()}
    assert said[0] == (
        "The data say nothing of splits. They were split by class and patient. "
        "21 of 21 images kept the split of the model one."
    )


def test_what_any_compared_model_learned_from_is_no_test_cell(
    package: Path, drawn: Path, tmp_path: Path
) -> None:
    """The second learned from three of those that the first was tested on."""
    known, torn = dealt(drawn), names(drawn)[-3:]
    one = model_knowing(package, tmp_path / "one", drawn, known)
    two = model_knowing(package, tmp_path / "two", drawn, dict.fromkeys(torn, ("train", "")))
    data = cells(drawn, tmp_path)
    splits, said = compared(data, tmp_path / "out", one, two)
    expected = {name: split for name, (split, _) in known.items()} | dict.fromkeys(torn, "train")
    assert splits == expected
    assert "21 of 21 images kept the split of the model one or two. 3 were in several" in said[0]


def test_a_model_that_joins_later_moves_no_cell(package: Path, drawn: Path, tmp_path: Path) -> None:
    """What it learned from is left out, as where the data say what the splits are."""
    one = model_knowing(package, tmp_path / "one", drawn, dealt(drawn))
    data, torn = cells(drawn, tmp_path), names(drawn)[-1]
    first, _ = compared(data, tmp_path / "out", one)
    two = model_knowing(package, tmp_path / "two", drawn, {torn: ("train", "")})
    assert compared(data, tmp_path / "out", one, two)[0] == first


def test_cells_that_a_model_was_only_tested_on_are_dealt_anew(
    package: Path, drawn: Path, tmp_path: Path
) -> None:
    known = dealt(drawn, ("test", "test", "test"))
    model = model_knowing(package, tmp_path / "one", drawn, known)
    splits, _ = compared(cells(drawn, tmp_path), tmp_path / "out", model)
    assert sorted(splits.values()) == sorted(SPLITS * len(KINDS))


def test_cells_that_were_all_learned_from_are_not_compared_on(
    package: Path, drawn: Path, tmp_path: Path
) -> None:
    known = dealt(drawn, ("train", "train", "val"))
    model = model_knowing(package, tmp_path / "one", drawn, known)
    request = CompareRequest(
        data=str(cells(drawn, tmp_path)), out=str(tmp_path / "out"), models=[str(model)]
    )
    with pytest.raises(UserError, match="Nothing to measure on is left"):
        compare.run(request, lambda _: None, lambda: False)
    assert not (tmp_path / "out").exists()


def knowing_patients(package: Path, drawn: Path, folder: Path) -> Path:
    """A model that learned from other images of the patients of the first seven cells."""
    (folder / "gone").mkdir()
    known = {}
    for number in range(len(KINDS)):
        name = f"{number}.jpg"
        data = (drawn / names(drawn)[0]).read_bytes()
        (folder / "gone" / name).write_bytes(data + bytes([number]))
        known[name] = ("train", f"P{number}")
    return model_knowing(package, folder / "parent", folder / "gone", known)


def test_new_cells_of_a_patient_who_was_learned_from_are_no_test_cells(
    package: Path, drawn: Path, tmp_path: Path
) -> None:
    model = knowing_patients(package, drawn, tmp_path)
    data = cells(drawn, tmp_path, lambda name: f"P{names(drawn).index(name)}")
    said: list[Any] = []
    request = TrainRequest(data=str(data), from_model=str(model), out=str(tmp_path / "out"))
    read = read_data(build_plan(request), said.append, never_stop)
    first = {item.split for item in read.manifest.items if item.path.name in names(drawn)[:7]}
    assert first == {"train"}
    assert [len(read.manifest.split(split)) for split in SPLITS] == [7, 7, 7]
    told = notice_texts(said)
    assert told[0] == (
        "The data say nothing of splits. They were split by class and patient. "
        "7 further ones went where a model had their patient or sample."
    )
    few = ", ".join(f"{name} (1)" for name in sorted(KINDS))
    assert told[-2].startswith(f"Few cells to measure on of {few}")
    assert told[-1].startswith("The cells to measure on are of 7 patients only")


def test_patients_who_were_learned_from_are_told_of_where_they_are_tested_on(
    package: Path, drawn: Path, tmp_path: Path
) -> None:
    """Splits that the data give are kept."""
    model = knowing_patients(package, drawn, tmp_path)
    data = cells(drawn, tmp_path, lambda name: f"P{names(drawn).index(name)}")
    rows = data.read_text(encoding="utf-8").splitlines()
    order = ("test", "val", "train")
    lines = [f"{row},{order[n // len(KINDS)]}" for n, row in enumerate(rows[1:])]
    data.write_text("\n".join([f"{rows[0]},split", *lines]), encoding="utf-8")
    request = TrainRequest(data=str(data), from_model=str(model), out=str(tmp_path / "out"))
    *_, note = read_data(build_plan(request), lambda _: None, never_stop).notes
    assert note.startswith("7 of 7 test cells are of patients or samples that the models before")
    learned = training_history_of(open_package(model), Registry(tmp_path, tmp_path))
    parted = exclude_training_images(read_manifest(data), learned, lambda _: None, lambda: False)
    assert parted.notes == (
        "7 of 21 images are of patients or samples that a model learned from, by their names: "
        "the figures may be too good.",
    )
