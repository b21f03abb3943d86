"""What can be known to be wrong with a training is refused before it begins, in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.jobs.labelled_cells import KINDS, write_table
from tests.trainer.jobs.trained_models import train_first_model
from tests.trainer.tiny_backbone import TINY
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.jobs.train import job as train
from trainer.jobs.train.data import LabelledData, read_data
from trainer.jobs.train.plan import build_plan
from trainer.jobs.train.requirements import refuse_flat_features
from trainer.models.head import Head
from trainer.protocol.events import JobWarning
from trainer.protocol.training_requests import TrainRequest

HEADER = ("file", "label", "split", "source")
Row = list[str]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of random weights that knows lymphocytes as outside of its classes."""
    from trainer.testing import random_package

    folder = tmp_path_factory.mktemp("models") / "parent"
    return random_package(
        folder, classes=KINDS[:2], other_classes=KINDS[2:], input_size=64, backbone=TINY
    ).path


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEUKO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(tmp_path / "cache"))


def table(data: Path, folder: Path, keep: Callable[[Row], bool]) -> Path:
    """Those of the cells that are to be kept."""
    rows = [line.split(",") for line in data.read_text("utf-8").splitlines()[1:]]
    kept = ([str(data.parent / row[0]), *row[1:]] for row in rows if keep(row))
    return write_table(folder, HEADER, kept)


def request(data: Path, out: Path, model: Path, **more: Any) -> TrainRequest:
    return TrainRequest(
        **{"data": str(data), "out": str(out), "from_model": str(model), "name": "child", **more}
    )


def read(data: Path, out: Path, model: Path, **more: Any) -> tuple[LabelledData, list[str]]:
    """The data of a training that goes on from the model, and what was told meanwhile."""
    told: list[Any] = []
    plan = build_plan(request(data, out, model, **more))
    found = read_data(plan, told.append, never_stop)
    return found, [each.message for each in told if isinstance(each, JobWarning)]


# --- classes that the model before knew as outside ---


def test_labels_in_the_data_become_classes(data: Path, model: Path, tmp_path: Path) -> None:
    found, told = read(data, tmp_path / "out", model)
    assert found.classes == KINDS, "in the order of the model before"
    assert not found.others
    assert "“lymphocyte” is a class of the new model" in " ".join(told)
    assert "--other lymphocyte" in " ".join(told)


def test_one_may_be_left_outside(data: Path, model: Path, tmp_path: Path) -> None:
    found, told = read(data, tmp_path / "out", model, other_classes=["lymphocyte"])
    assert (found.classes, found.others) == (KINDS[:2], ("lymphocyte",))
    assert not any("new model" in note for note in told)


def test_what_was_outside_and_is_in_no_image_is_told(
    data: Path, model: Path, tmp_path: Path
) -> None:
    path = table(data, tmp_path, lambda row: row[1] != "lymphocyte")
    found, told = read(path, tmp_path / "out", model)
    assert (found.classes, found.others) == (KINDS[:2], ())
    assert "“lymphocyte”, which the model before recognised as outside" in " ".join(told)


def test_one_class_and_one_that_was_outside(data: Path, model: Path, tmp_path: Path) -> None:
    path = table(data, tmp_path, lambda row: row[1] in ("monocyte", "lymphocyte"))
    found, _ = read(path, tmp_path / "out", model)
    assert (found.classes, found.others) == (("lymphocyte", "monocyte"), ())


def test_a_spelling_of_the_model_before(data: Path, model: Path, tmp_path: Path) -> None:
    path = tmp_path / "cells.csv"
    text = table(data, tmp_path, lambda row: True).read_text("utf-8")
    path.write_text(text.replace(",monocyte,", ",Mono-Cyte,"), encoding="utf-8")
    with pytest.raises(UserError, match=r"“Mono-Cyte” \(14 images\), “monocyte” \(of the model\)"):
        read(path, tmp_path / "out", model)
    found, told = read(path, tmp_path / "out", model, merge_labels=True)
    assert set(found.classes) == set(KINDS)
    assert "“Mono-Cyte” as “monocyte”" in " ".join(told)


def test_a_spelling_of_what_is_to_be_left_outside(data: Path, model: Path, tmp_path: Path) -> None:
    given = {"other_classes": ["LYMPHOCYTE"], "from_model": None, "backbone": TINY}
    with pytest.raises(UserError, match=r"“LYMPHOCYTE” \(of --other\), “lymphocyte” \(14 images\)"):
        read(data, tmp_path / "out", model, **given)
    found, _ = read(data, tmp_path / "out", model, **given, merge_labels=True)
    assert (found.classes, found.others) == (KINDS[:2], ("LYMPHOCYTE",))


def test_a_hold_out_is_named_with_its_labels(data: Path, model: Path, tmp_path: Path) -> None:
    path = table(data, tmp_path, lambda row: row[2] == "test" and row[1] == "monocyte")
    path.write_text(path.read_text("utf-8").replace(",monocyte,", ",Monocyte,"), encoding="utf-8")
    with pytest.raises(UserError, match=r"^Hold-out “elsewhere”: .* “Monocyte”"):
        read(data, tmp_path / "out", model, holdouts={"elsewhere": str(path)})


# --- refused before anything is read ---


@pytest.mark.parametrize("preset", ["head", "finetune"])
@pytest.mark.parametrize(
    ("keep", "words", "more"),
    [
        (lambda row: row[2] != "val", "no readable image of the split “val”", {}),
        (lambda row: row[2] != "test", "no readable image of the split “test”", {}),
        (
            lambda row: row[1:3] != ["monocyte", "val"],
            "no validation images of monocyte. .* to be calibrated on",
            {},
        ),
        (
            lambda row: row[1:3] != ["lymphocyte", "train"],
            "no training images of lymphocyte",
            {"other_classes": ["lymphocyte"]},
        ),
        (
            lambda row: row[1] != "monocyte",
            "two classes or more to tell apart; only one is left, “seg_neutrophil” beside",
            {"other_classes": ["lymphocyte"]},
        ),
        (
            lambda row: row[1] != "monocyte",
            "none is left",
            {"other_classes": ["lymphocyte", "seg_neutrophil"]},
        ),
        (lambda row: row[1] == "monocyte", "only one class: monocyte", {}),
    ],
)
def test_data_that_do_not_do(
    data: Path,
    model: Path,
    tmp_path: Path,
    preset: str,
    keep: Callable[[Row], bool],
    words: str,
    more: dict[str, Any],
) -> None:
    progress: list[object] = []
    given = request(table(data, tmp_path, keep), tmp_path / "out", model, preset=preset, **more)
    with pytest.raises(UserError, match=words):
        train.run(given, progress.append, never_stop)
    assert all(isinstance(each, JobWarning) for each in progress)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": "con"}, "“con” cannot be the name of a folder on every system"),
        ({"recipe": {"input_size": 16}}, "input_size: .* 32"),
        ({"recipe": {"input_size": 4000}}, "input_size: .* 2048"),
    ],
)
def test_models_that_cannot_be(
    data: Path, tmp_path: Path, more: dict[str, Any], words: str
) -> None:
    given = {"data": str(data), "backbone": TINY, "weights": "none", "name": "new"}
    with pytest.raises(UserError, match=words):
        train.run(TrainRequest(**{**given, **more}), lambda _: None, never_stop)


# --- random weights ---


def test_weights_that_the_files_cannot_hold() -> None:
    kernel = np.full((4, 2), 70_000, np.float32)
    with pytest.raises(UserError, match="Nothing can be trained on what parent sees"):
        refuse_flat_features(Head(kernel, np.zeros(2, np.float32)), "parent")
    refuse_flat_features(Head(kernel / 2, np.zeros(2, np.float32)), "parent")


@pytest.mark.slow
def test_fine_tuning_of_a_network_that_sees_no_difference(data: Path, tmp_path: Path) -> None:
    """Its head was trained, with weights of billions, on features of random weights."""
    train_first_model(data, tmp_path, backbone="MobileNetV2", other_classes=["lymphocyte"])
    given = request(
        data, tmp_path / "out", tmp_path / "models" / "first", other_classes=["lymphocyte"]
    )
    with pytest.raises(UserError, match="Nothing can be trained on what first sees"):
        train.run(given, lambda _: None, never_stop)
