"""Where the heat of the maps of two classes lies in a cell of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.trainer.jobs.classified_folder import classify_folder, install_model
from tests.trainer.jobs.labelled_fields import draw_labelled_field
from tests.trainer.jobs.program import draw_folder, run_trainer
from trainer.cases.store import CaseStore
from trainer.domain import Prediction, never_stop
from trainer.errors import UserError
from trainer.imaging.heat_maps import heat_maps_of, pair_maps
from trainer.jobs import heat
from trainer.protocol.cell_requests import HeatRequest


@pytest.fixture(scope="module")
def data(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_model(package, tmp_path_factory.mktemp("heat") / "data")


@pytest.fixture(scope="module")
def folder(data: Path) -> Path:
    """Two drawn cells and a field, classified."""
    folder = data.parent / "case"
    draw_folder(folder, 2)
    draw_labelled_field(folder / "field.png", 0)
    classify_folder(folder, data)
    return folder


@pytest.fixture(scope="module")
def image(folder: Path) -> str:
    return sorted(path.name for path in folder.iterdir())[0]


def run_heat(folder: Path, data: Path, image: str, **more: Any) -> dict[str, Any]:
    request = HeatRequest(folder=str(folder), image=image, data_dir=str(data), **more)
    return heat.run(request, lambda _: None, never_stop)


def prediction_of(data: Path, image: str, number: int = 0) -> Prediction:
    with CaseStore.open(data / "cases.sqlite") as store:
        found = store.predictions.get(1, image, number)
    assert found is not None
    return found


def test_the_prediction_and_the_likeliest_besides(folder: Path, data: Path, image: str) -> None:
    found, prediction = run_heat(folder, data, image), prediction_of(data, image)
    assert found["first"] == (prediction.looks_like or prediction.label)
    assert found["second"] != found["first"]
    pairs = [(each["class"], each["against"]) for each in found["maps"]]
    first, second = found["first"], found["second"]
    assert pairs == [(first, ""), (second, ""), (first, second), (second, first)]
    for each in found["maps"]:
        assert each["cell"] + each["beside"] == pytest.approx(1, abs=1e-3)
        assert each["nucleus"] + each["cytoplasm"] == pytest.approx(each["cell"], abs=1e-3)
    assert found["note"] == ""


def test_a_cell_of_a_field_and_classes_by_name(folder: Path, data: Path) -> None:
    given = {"cell": "B", "class_name": "monocyte", "against": "basophil"}
    found = run_heat(folder, data, "field.png", **given)
    assert (found["number"], found["first"], found["second"]) == (2, "monocyte", "basophil")
    for wrong, message in (
        ({"class_name": "nobody"}, "has no class nobody"),
        ({"class_name": "monocyte", "against": "monocyte"}, "from itself"),
        ({"cell": "ZZ"}, "no cell ZZ"),
    ):
        with pytest.raises(UserError, match=message):
            run_heat(folder, data, "field.png", **{"cell": "B", **wrong})


@pytest.mark.usefixtures("folder")
def test_the_difference_is_that_of_the_parts_of_the_logits(data: Path, image: str) -> None:
    prediction = prediction_of(data, image)
    maps = heat_maps_of(prediction)
    pair = pair_maps(prediction, 0, 2)
    assert maps is not None and pair is not None
    rest = 1 - np.array(prediction.probabilities)
    np.testing.assert_allclose(
        pair.difference, rest[0] * maps[0] - rest[2] * maps[2], rtol=1e-4, atol=1e-6
    )
    assert pair.peak == max(np.abs(each).max() for each in pair.maps)
    swapped = pair_maps(prediction, 2, 0)
    assert swapped is not None
    np.testing.assert_allclose(swapped.difference, -pair.difference, atol=1e-6)
    assert pair_maps(prediction, 0, len(maps)) is None


def test_from_the_command_line(folder: Path, data: Path, image: str) -> None:
    command = ("heat", folder, image, "--data-dir", data)
    told = run_trainer(*command, "--class", "monocyte", "--against", "basophil").stdout
    for words in ("not why", "monocyte against all others", "monocyte against basophil", "nucleus"):
        assert words in told
