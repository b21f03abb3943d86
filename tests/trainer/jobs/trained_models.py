"""Models whose heads are trained on small data, for the tests of what a training leaves behind."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.tiny_backbone import TINY, add_tiny_backbone
from trainer.domain import never_stop
from trainer.jobs.train import job as train
from trainer.protocol.events import JobWarning
from trainer.protocol.training_requests import TrainRequest

Row = dict[str, str]


def train_first_model(data: Path, folder: Path, **more: Any) -> Path:
    """The data folder with the model “first” in it, its head trained on the data."""
    add_tiny_backbone()  # a fixture of the session comes before that of the package which adds it
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEUKO_CACHE_DIR", str(folder / "cache"))
        given: dict[str, Any] = {"backbone": TINY, "weights": "none", "recipe": {"input_size": 64}}
        train_head(data, folder, "first", **{**given, **more})
    return folder


def train_head(data: Path, folder: Path, name: str, **more: Any) -> list[str]:
    """Train a head; what was told meanwhile."""
    told: list[Any] = []
    request = TrainRequest(data=str(data), preset="head", name=name, data_dir=str(folder), **more)
    train.run(request, told.append, never_stop)
    return notice_texts(told)


def notice_texts(events: Iterable[Any]) -> list[str]:
    return [said.message for said in events if isinstance(said, JobWarning)]


def rows_of(table: Path) -> list[Row]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
