"""Test images that look like training images are told of, while the images are read anyway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.trainer.jobs.labelled_cells import write_cells
from tests.trainer.jobs.trained_models import notice_texts
from tests.trainer.tiny_backbone import TINY
from trainer.cache.results import ResultCache
from trainer.data.manifest import Manifest, file_hashes, read_manifest
from trainer.errors import Cancelled
from trainer.imaging import read_image
from trainer.jobs.common.labelled.near_duplicates import FingerprintCache, describe_near_duplicates
from trainer.jobs.train import job as train
from trainer.protocol.training_requests import TrainRequest


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cells(tmp_path_factory.mktemp("training"))


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[ResultCache]:
    with ResultCache(tmp_path / "kept.sqlite") as results:
        yield results


def mirrored(data: Path, folder: Path, split: str) -> Path:
    """The data with a training cell once more in a split: mirrored, and encoded anew."""
    pixels = cv2.imread(str(data.parent / "train_monocyte_0.png"))
    cv2.imwrite(str(folder / "again.jpg"), np.asarray(pixels)[:, ::-1])
    lines = data.read_text(encoding="utf-8").splitlines()
    rows = [lines[0], *(f"{data.parent}/{line}" for line in lines[1:])]
    rows.append(f"{folder / 'again.jpg'},monocyte,{split},warm")
    (folder / "cells.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder / "cells.csv"


def told_of(manifest: Manifest, kept: ResultCache) -> tuple[str, ...]:
    """What is said once all images were read."""
    hashes = dict(zip([i.path for i in manifest.items], file_hashes(manifest), strict=True))
    prints = FingerprintCache(kept)
    for item in manifest.items:
        image = read_image(item.path)
        prints.note(image.sha256, image.pixels)
    prints.save()
    return describe_near_duplicates(manifest, hashes, kept)


def test_a_mirrored_copy_of_a_training_cell_is_told_of(
    data: Path, tmp_path: Path, kept: ResultCache
) -> None:
    (note,) = told_of(read_manifest(mirrored(data, tmp_path, "test")), kept)
    assert note.startswith("1 of 13 test images look like copies of images that are learned from")
    assert "“again.jpg”" in note


def test_cells_that_are_no_copies_raise_no_alarm(
    data: Path, tmp_path: Path, kept: ResultCache
) -> None:
    """Nor does a copy that is learned from, too."""
    assert told_of(read_manifest(data), kept) == ()
    assert told_of(read_manifest(mirrored(data, tmp_path, "train")), kept) == ()


def test_images_that_were_not_looked_at_are_passed_over(data: Path, kept: ResultCache) -> None:
    manifest = read_manifest(data)
    hashes = dict(zip([i.path for i in manifest.items], file_hashes(manifest), strict=True))
    assert describe_near_duplicates(manifest, hashes, kept) == ()


def test_a_training_tells_of_them_before_its_first_step(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(tmp_path / "cache"))
    said: list[Any] = []
    request = TrainRequest(
        data=str(mirrored(data, tmp_path, "test")),
        backbone=TINY,
        preset="finetune",
        weights="none",
        out=str(tmp_path / "out"),
        recipe={"input_size": 32},
    )
    told = "look like copies of images"
    with pytest.raises(Cancelled):
        train.run(request, said.append, lambda: told in " ".join(notice_texts(said)))
    assert sum(told in note for note in notice_texts(said)) == 1
    assert not any(getattr(each, "stage", "") == "training" for each in said)
