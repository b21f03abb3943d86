"""What goes on from a model keeps its splits, so that no test cell was learned from before."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.trainer.jobs.labelled_cells import KINDS, PER_KIND
from tests.trainer.jobs.trained_models import rows_of, train_first_model, train_head
from trainer.atomic_files import sha256_of
from trainer.data.synthetic import draw_cell
from trainer.errors import UserError
from trainer.models.package.layout import MANIFEST

CELLS = len(KINDS) * sum(PER_KIND.values())
NEW = 4  # of each kind


@pytest.fixture(scope="module")
def folder(data: Path, trained_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the model “first” in it, all kinds of the data its classes."""
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(trained_data / "cache", folder / "cache")
    return train_first_model(data, folder)


@pytest.fixture(autouse=True)
def cache_of_the_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(folder / "cache"))


def splits_of(folder: Path, model: str) -> dict[str, str]:
    """The split of each image of a model, by its bytes."""
    return {row["sha256"]: row["split"] for row in rows_of(folder / "models" / model / MANIFEST)}


def table_of(folder: Path, rows: list[tuple[Path, str]]) -> Path:
    """Images with their labels; nothing of splits."""
    lines = ["file,label", *(f"{path},{label}" for path, label in rows)]
    (folder / "cells.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder / "cells.csv"


def labelled(data: Path) -> list[tuple[Path, str]]:
    return [(data.parent / row["file"], row["label"]) for row in rows_of(data)]


def new_cells(folder: Path) -> list[tuple[Path, str]]:
    rng = np.random.default_rng(5)
    rows = []
    for kind in KINDS:
        for number in range(NEW):
            path = folder / f"new {kind} {number}.png"
            cv2.imwrite(str(path), draw_cell(kind, rng, size=160)[..., ::-1])
            rows.append((path, kind))
    return rows


@pytest.mark.slow
def test_corrected_cells_keep_their_split_and_new_ones_are_dealt(
    data: Path, folder: Path, tmp_path: Path
) -> None:
    corrected = {"train_monocyte_0.png", "val_monocyte_0.png", "test_monocyte_0.png"}
    rows = [
        (path, "lymphocyte" if path.name in corrected else label) for path, label in labelled(data)
    ]
    added = new_cells(tmp_path)
    told = train_head(table_of(tmp_path, rows + added), folder, "taught", from_model="first")
    assert any(
        f"{CELLS} of {CELLS + len(added)} images kept the split of the model first" in note
        for note in told
    )
    assert not any("learned from" in note for note in told)
    before, after = splits_of(folder, "first"), splits_of(folder, "taught")
    assert {sha: after[sha] for sha in before} == before
    # 18, 12 and 12 cells were dealt before: the 12 new ones bring train nearer to its share.
    counts = [list(after.values()).count(name) for name in ("train", "val", "test")]
    assert counts == [30, 12, 12]


@pytest.mark.slow
def test_what_an_earlier_model_learned_from_becomes_no_test_cell(
    data: Path, folder: Path, tmp_path: Path
) -> None:
    """The second model does not know some cells that the first was trained on."""
    held = [row for row in rows_of(data) if row["split"] != "train" or "_0" not in row["file"]]
    lines = ["file,label,split"]
    lines += [f"{data.parent / row['file']},{row['label']},{row['split']}" for row in held]
    (tmp_path / "held.csv").write_text("\n".join(lines), encoding="utf-8")
    train_head(tmp_path / "held.csv", folder, "second", from_model="first")
    table = table_of(tmp_path, labelled(data) + new_cells(tmp_path))
    told = train_head(table, folder, "third", from_model="second")
    assert any(f"{len(held)} of " in note and "the model second" in note for note in told)
    assert not any("learned from" in note for note in told)
    second, third = splits_of(folder, "second"), splits_of(folder, "third")
    assert {sha: third[sha] for sha in second} == second
    gone = [path for path, _ in labelled(data) if sha256_of(path) not in second]
    assert len(gone) == len(KINDS)
    assert "test" not in {third[sha256_of(path)] for path in gone}


def test_a_class_that_would_not_be_learned_is_said_at_once(
    data: Path, folder: Path, tmp_path: Path
) -> None:
    """Of the new kind all cells were test cells, and stay so."""
    rows = [
        (path, "blast" if path.name.startswith("test_monocyte") else label)
        for path, label in labelled(data)
    ]
    with pytest.raises(UserError, match="No image of “blast” would be in the split “train”"):
        train_head(table_of(tmp_path, rows), folder, "blasts", from_model="first")
    assert not (folder / "models" / "blasts").exists()


def test_a_class_without_test_cells_is_told_and_in_the_card(
    data: Path, folder: Path, tmp_path: Path
) -> None:
    """Of the new kind all cells were learned from, and are not tested on."""
    chosen = {f"{split}_monocyte_{number}.png" for split in ("train", "val") for number in (0, 1)}
    rows = [(path, "blast" if path.name in chosen else label) for path, label in labelled(data)]
    told = train_head(table_of(tmp_path, rows), folder, "untested", from_model="first")
    words = "No test cell is of “blast”: figures are of the other classes."
    assert words in told
    assert words in (folder / "models" / "untested" / "card.json").read_text(encoding="utf-8")
