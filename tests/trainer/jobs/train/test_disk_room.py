"""A disk without room is told of before a training; one that fills up costs nothing learned."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.labelled_cells import KINDS, write_cells
from tests.trainer.tiny_backbone import TINY
from trainer.domain import Progress, never_stop
from trainer.errors import UserError
from trainer.jobs.train import job as train
from trainer.models.package.layout import open_package
from trainer.protocol.training_requests import TrainRequest


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cells(tmp_path_factory.mktemp("training"))


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEUKO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(tmp_path / "cache"))


def request(data: Path, out: Path, **more: Any) -> TrainRequest:
    quick = {"input_size": 32, "batch": 8, "check_every": 3, "average_every": 1, "warm_up": 1}
    given = {"data": str(data), "backbone": TINY, "weights": "none", "out": str(out)}
    return TrainRequest(**{**given, "steps": 4, "recipe": quick, **more})


def steps_of(request: TrainRequest, after: Callable[[int], None] = lambda _: None) -> list[int]:
    """Train; the steps that were taken."""
    steps: list[int] = []

    def emit(said: Any) -> None:
        if getattr(said, "stage", "") == "training":
            steps.append(said.done)
            after(said.done)

    train.run(request, emit, never_stop)
    return steps


@pytest.mark.parametrize("preset", ["head", "finetune"])
def test_too_little_room_for_the_package_is_told_before_the_training(
    data: Path, small_disk: Path, preset: str
) -> None:
    said: list[Any] = []
    with pytest.raises(UserError, match=r"disk is full: the training needs about [\d,]+ bytes in"):
        train.run(request(data, small_disk / "out", preset=preset), said.append, never_stop)
    assert not [event for event in said if isinstance(event, Progress)], "no cell was read for it"
    assert not list(small_disk.iterdir())


def test_too_little_room_for_the_state_is_told_before_the_training(
    data: Path, small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(small_disk / "not yet" / "cache"))
    with pytest.raises(UserError, match=r"[\d,]+ bytes in .*cache, [\d,]+ are free"):
        steps_of(request(data, tmp_path / "out"))


@pytest.mark.slow
def test_a_disk_that_fills_up_meanwhile_costs_no_step(data: Path, disk_of_a_model: Path) -> None:
    ballast = disk_of_a_model / "ballast"

    def fill(step: int) -> None:
        if step == 4:
            ballast.write_bytes(bytes(38_000_000))

    wanted = request(
        data, disk_of_a_model / "out", backbone="MobileNetV2"
    )  # larger than what is left
    with pytest.raises(UserError, match="disk is full") as caught:
        steps_of(wanted, fill)
    assert caught.value.can_go_on
    assert list(disk_of_a_model.iterdir()) == [ballast]
    ballast.unlink()
    assert steps_of(wanted.model_copy(update={"resume": True})) == []
    package = open_package(disk_of_a_model / "out")
    assert set(package.card.outputs) == set(KINDS)
    assert len((package.path / "history.csv").read_text(encoding="utf-8").splitlines()) == 5
