"""Hold-outs: read and checked before a training begins, and free of what it learned from."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.tiny_backbone import TINY
from trainer.domain import never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.train import job as train
from trainer.models.package.layout import open_package
from trainer.protocol.events import JobWarning
from trainer.protocol.training_requests import TrainRequest

pytestmark = pytest.mark.usefixtures("warm_cache")
KIND = "monocyte"


def trained(data: Path, out: Path, holdouts: Mapping[str, Path], preset: str = "head") -> list[Any]:
    """Train; all that was said."""
    said: list[Any] = []
    request = TrainRequest.model_validate(
        {
            "data": str(data),
            "backbone": TINY,
            "preset": preset,
            "weights": "none",
            "out": str(out),
            "steps": 2,
            "other_classes": ["lymphocyte"],
            "holdouts": {name: str(place) for name, place in holdouts.items()},
            "recipe": {"input_size": 64, "batch": 8, "average_every": 1, "warm_up": 1},
            "data_dir": str(out.parent / "data"),
        }
    )
    try:
        train.run(request, said.append, never_stop)
    except UserError as error:
        assert not {getattr(each, "stage", "") for each in said} - {"", "reading hold-outs"}
        assert not out.exists()
        raise error
    return said


def elsewhere(data: Path, folder: Path, label: str = KIND, count: int = 4) -> Path:
    """Test cells of one kind as a folder of that one class."""
    place = folder / label
    place.mkdir(parents=True)
    for number in range(count):
        name = f"test_{KIND}_{number}.png"
        shutil.copyfile(data.parent / name, place / name)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("preset", ["head", "finetune"])
def test_a_holdout_of_one_class(data: Path, tmp_path: Path, preset: str) -> None:
    held = elsewhere(data, tmp_path / "held")
    trained(data, tmp_path / "out", {"elsewhere": held}, preset)
    metrics = open_package(tmp_path / "out").card.metrics
    assert metrics[f"sensitivity_{KIND}"]["elsewhere"].n == 4
    assert "elsewhere" not in metrics["balanced_accuracy"]


def test_what_is_trained_on_is_left_out(data: Path, tmp_path: Path) -> None:
    held = elsewhere(data, tmp_path / "held")
    for name in (f"train_{KIND}_0.png", f"val_{KIND}_0.png"):
        shutil.copyfile(data.parent / name, held / KIND / f"renamed {name}")
    said = trained(data, tmp_path / "out", {"elsewhere": held})
    (told,) = (s.message for s in said if isinstance(s, JobWarning) and "elsewhere" in s.message)
    assert told.startswith("Hold-out “elsewhere”: Left out: 2 images that a model learned from")
    assert open_package(tmp_path / "out").card.metrics[f"sensitivity_{KIND}"]["elsewhere"].n == 4


def broken(data: Path, folder: Path) -> Path:
    held = elsewhere(data, folder)
    (held / KIND / f"test_{KIND}_0.png").write_bytes(b"no image")
    return held


def learned(data: Path, folder: Path) -> Path:
    (folder / KIND).mkdir(parents=True)
    shutil.copyfile(data.parent / f"train_{KIND}_0.png", folder / KIND / "other name.png")
    return folder


@pytest.mark.parametrize(
    ("name", "make", "words"),
    [
        ("elsewhere", lambda data, folder: folder / "nowhere", "no folder or file"),
        ("elsewhere", lambda data, folder: elsewhere(data, folder, "cat"), "only “cat”"),
        ("elsewhere", broken, "1 of 4 images cannot be read"),
        ("elsewhere", learned, "of 1 image every one was learned from"),
        ("test", elsewhere, "cannot be called “test”"),
    ],
)
def test_a_holdout_that_does_not_do_is_said_at_once(
    data: Path, tmp_path: Path, name: str, make: Any, words: str
) -> None:
    good = elsewhere(data, tmp_path / "good")
    with pytest.raises(UserError, match=words):
        trained(data, tmp_path / "out", {"good": good, name: make(data, tmp_path / "held")})


def test_reading_holdouts_can_be_stopped(data: Path, tmp_path: Path) -> None:
    held = elsewhere(data, tmp_path / "held")
    request = TrainRequest(
        data=str(data),
        backbone=TINY,
        weights="none",
        out=str(tmp_path / "out"),
        holdouts={"elsewhere": str(held)},
        data_dir=str(tmp_path / "data"),
    )
    with pytest.raises(Cancelled):
        train.run(request, lambda _: None, lambda: True)
    assert not (tmp_path / "out").exists()
