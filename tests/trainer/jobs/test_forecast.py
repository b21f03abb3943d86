"""What a training would learn and take, by a short trial on its own cells."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.program import run_trainer
from tests.trainer.tiny_backbone import TINY
from trainer.domain import never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs import forecast
from trainer.models.backbones import BACKBONES
from trainer.protocol.events import Result
from trainer.protocol.training_requests import BACKBONE_NAMES, ForecastRequest, TrainRequest

pytestmark = pytest.mark.usefixtures("own_cache")


def forecast_of(
    data: Path, folder: Path, tuning: Mapping[str, Any] | None = None, **more: Any
) -> tuple[dict[str, Any], str]:
    """The result, and what is said."""
    values: dict[str, Any] = {"backbone": TINY, "weights": "none", "recipe": {"input_size": 64}}
    values |= {"data": str(data), "data_dir": str(folder), "name": "new", **more}
    said: list[Any] = []
    request = ForecastRequest(training=TrainRequest(**values), **(tuning or {}))
    result = forecast.run(request, said.append, never_stop)
    texts = [each.data["text"] for each in said if isinstance(each, Result)]
    return result, str(texts[-1])


def test_names_of_backbones_are_those_of_the_table() -> None:
    assert set(BACKBONES) == {*BACKBONE_NAMES, TINY}


@pytest.mark.slow
def test_of_a_head(data: Path, tmp_path: Path) -> None:
    found, said = forecast_of(data, tmp_path, preset="head", other_classes=["lymphocyte"])
    assert list(found["classes"]) == ["monocyte", "seg_neutrophil"]
    assert found["classes"]["monocyte"] == {"train": 6, "val": 4, "test": 4}
    assert found["outside"] == ["lymphocyte"]
    assert found["judged_on"] == 12
    assert 0 < found["seconds"] < 60
    assert found["disk"] > 0
    assert found["memory"] > 10_000_000
    assert said.startswith("It takes at most about ")
    assert not (tmp_path / "models" / "new").exists()


@pytest.mark.slow
def test_of_a_tuning(data: Path, tmp_path: Path) -> None:
    """As many trainings as it makes, none of them shorter than a head's with most views."""
    one, _ = forecast_of(data, tmp_path, preset="head")
    found, _ = forecast_of(data, tmp_path, tuning={"trials": 50, "folds": 4}, preset="head")
    assert found["seconds"] > 50 * one["seconds"]
    assert found["judged_on"] == one["judged_on"]
    limit = {"trials": 10_000, "minutes": 0.1}
    limited, _ = forecast_of(data, tmp_path, tuning=limit, preset="head")
    assert 6 < limited["seconds"] < found["seconds"]


@pytest.mark.slow
def test_of_a_fine_tuning_that_goes_on_from_a_model(trained_data: Path, data: Path) -> None:
    few, _ = forecast_of(
        data, trained_data, backbone="", from_model="first", preset="full", steps=100, recipe={}
    )
    many, _ = forecast_of(
        data, trained_data, backbone="", from_model="first", preset="full", steps=10_000, recipe={}
    )
    assert many["seconds"] > 10 * few["seconds"]
    assert few["became_classes"] == ["lymphocyte"], "the model has it outside of its classes"
    assert few["lost"] == []


def test_what_cannot_be_trained_is_refused_as_by_the_training(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no model “nowhere”"):
        forecast_of(data, tmp_path, from_model="nowhere")


@pytest.mark.slow
def test_command_line(data: Path, tmp_path: Path) -> None:
    words = ("--backbone", TINY, "--weights", "none", "--preset", "head", "--data-dir", tmp_path)
    done = run_trainer("forecast", data, *words, "--recipe", "input_size=64", "--trials", 20)
    assert "It takes at most about" in done.stdout


def test_it_can_be_stopped(data: Path, tmp_path: Path) -> None:
    request = ForecastRequest(
        training=TrainRequest(
            data=str(data), backbone=TINY, weights="none", name="new", data_dir=str(tmp_path)
        )
    )
    with pytest.raises(Cancelled):
        forecast.run(request, lambda _: None, lambda: True)
