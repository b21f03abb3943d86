"""Names that are no text: on Linux a name is any bytes, and a training must not fail at its end."""

from __future__ import annotations

import csv
import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.trainer.jobs.labelled_cells import write_cells
from tests.trainer.tiny_backbone import TINY
from trainer.atomic_files import sha256_of
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.jobs.train import job as train
from trainer.models.package.layout import MANIFEST, Package, open_package
from trainer.protocol.training_requests import TrainRequest

pytestmark = [
    pytest.mark.usefixtures("warm_cache"),
    pytest.mark.skipif(sys.platform != "linux", reason="Elsewhere every name is text."),
]
ODD = os.fsdecode(b"caf\xe9")


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """The table of drawn cells in a folder with an odd name."""
    (tmp_path / "drawn").mkdir()
    table = write_cells(tmp_path / "drawn")
    # OpenCV cannot write to such a folder.
    return table.parent.rename(tmp_path / ODD) / table.name


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def linked(cells: Path, folder: Path) -> Path:
    """A table that leads to the cells through a link, for a table is text and cannot name them."""
    link = folder / "link"
    link.symlink_to(cells.parent)
    lines = [f"{link / row['file']},{row['label']},{row['split']}" for row in rows_of(cells)]
    (folder / "table").mkdir()
    table = folder / "table" / "cells.csv"
    table.write_text("\n".join(["file,label,split", *lines]), encoding="utf-8")
    return table


def trained(data: Path, out: Path, preset: str = "head") -> Package:
    request = TrainRequest(
        data=str(data),
        backbone=TINY,
        preset=preset,
        weights="none",
        out=str(out),
        steps=2,
        command=f"train {data} --note {ODD}",
        recipe={"input_size": 64, "batch": 8, "average_every": 1, "warm_up": 1},
        data_dir=str(out.parent / "store"),
    )
    train.run(request, lambda _: None, never_stop)
    return open_package(out)


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["head", "finetune"])
def test_images_in_an_odd_folder_are_written_down(cells: Path, tmp_path: Path, preset: str) -> None:
    package = trained(linked(cells, tmp_path), tmp_path / "out", preset)
    named = {row["file"]: row["sha256"] for row in rows_of(package.path / MANIFEST)}
    for row in rows_of(cells):
        spelled = str(cells.parent / row["file"]).replace(ODD, r"caf\udce9")
        assert named[spelled] == sha256_of(cells.parent / row["file"])


@pytest.mark.slow
def test_data_in_an_odd_folder_are_trained_on(cells: Path, tmp_path: Path) -> None:
    package = trained(cells, tmp_path / "out")
    assert package.card.command.endswith(r"cells.csv --note caf\udce9")
    learned = {row["sha256"] for row in rows_of(package.path / MANIFEST)}
    assert learned == {sha256_of(cells.parent / row["file"]) for row in rows_of(cells)}


@pytest.mark.parametrize("odd", ["file", "class"])
def test_what_cannot_be_named_is_said_at_once(cells: Path, tmp_path: Path, odd: str) -> None:
    for row in rows_of(cells):
        label = ODD if odd == "class" and row["label"] == "monocyte" else row["label"]
        name = f"{ODD} {row['file']}" if odd == "file" else row["file"]
        place = tmp_path / "data" / row["split"] / label
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy(cells.parent / row["file"], place / name)
    with pytest.raises(UserError, match=r"caf\?.* is not valid text"):
        trained(tmp_path / "data", tmp_path / "out")
    assert not (tmp_path / "out").exists()
