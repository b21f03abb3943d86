"""What the prediction of a cell of a case rests on: alone in its image, and in a field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.classified_folder import MODEL, classify_folder, install_model
from tests.trainer.jobs.labelled_fields import draw_labelled_field
from tests.trainer.jobs.program import draw_folder, run_trainer
from trainer.cases.store import CaseStore
from trainer.domain import never_stop
from trainer.errors import UserError
from trainer.inference.ablation import Part
from trainer.jobs import ablate
from trainer.protocol.cell_requests import AblateRequest


@pytest.fixture(scope="module")
def data(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_model(package, tmp_path_factory.mktemp("ablate") / "data")


@pytest.fixture(scope="module")
def folder(data: Path) -> Path:
    """Four drawn cells, one that is cut short and a field, classified."""
    folder = data.parent / "case"
    draw_folder(folder, 4)
    (folder / "cut.jpg").write_bytes(b"")
    draw_labelled_field(folder / "field.png", 0)
    classify_folder(folder, data)
    return folder


def run_ablate(folder: Path, data: Path, image: str, **more: Any) -> dict[str, Any]:
    request = AblateRequest(folder=str(folder), image=image, data_dir=str(data), **more)
    return ablate.run(request, lambda _: None, never_stop)


def test_the_prediction_is_that_of_the_run(folder: Path, data: Path) -> None:
    image = sorted(folder.iterdir())[0].name
    found = run_ablate(folder, data, image)
    with CaseStore.open(data / "cases.sqlite") as store:
        prediction = store.predictions.get(1, image)
    assert prediction is not None
    assert found["class"] == (prediction.looks_like or prediction.label)
    assert found["probability"] == pytest.approx(max(prediction.probabilities), abs=1e-4)
    assert [each["part"] for each in found["parts"]] == [part.value for part in Part]
    assert all(0 < each["probability"] <= 1 for each in found["parts"])
    assert sum(found["heat"].values()) == pytest.approx(1, abs=1e-3)
    assert 0 < found["nucleus_share"] < 1
    assert (found["image"], found["number"], found["run"]) == (image, 0, 1)
    json.dumps(found)


def test_a_cell_of_a_field_is_the_one_that_was_classified(folder: Path, data: Path) -> None:
    with CaseStore.open(data / "cases.sqlite") as store:
        cells = store.predictions.list_of_image(1, "field.png")
    assert len(cells) > 1
    for each in cells:
        found = run_ablate(folder, data, "field.png", cell=each.cell_id.letters)
        assert found["number"] == each.number
        assert found["class"] == (each.looks_like or each.label)
        assert found["probability"] == pytest.approx(max(each.probabilities), abs=1e-4)
    with pytest.raises(UserError, match="no cell ZZ"):
        run_ablate(folder, data, "field.png", cell="ZZ")


def test_the_same_cell_twice_gives_the_same(folder: Path, data: Path) -> None:
    image = sorted(folder.iterdir())[1].name
    assert run_ablate(folder, data, image) == run_ablate(folder, data, image, run=1)


def test_why_there_is_none(folder: Path, data: Path) -> None:
    with pytest.raises(UserError, match="could not be read"):
        run_ablate(folder, data, "cut.jpg")
    with pytest.raises(UserError, match="was not classified"):
        run_ablate(folder, data, "nobody.jpg")


def test_a_changed_image_has_no_prediction(folder: Path, data: Path, tmp_path: Path) -> None:
    image, other = sorted(folder.iterdir())[2:4]
    before = image.read_bytes()
    image.write_bytes(other.read_bytes())
    try:
        with pytest.raises(UserError, match="has changed"):
            run_ablate(folder, data, image.name)
    finally:
        image.write_bytes(before)


def test_another_model_of_that_name(folder: Path, data: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(ablate, "_CACHE", ablate._Cache())
    card = data / "models" / MODEL / "card.json"
    before = card.read_bytes()
    card.write_bytes(before + b"\n")
    try:
        with pytest.raises(UserError, match="not the one of run 1"):
            run_ablate(folder, data, sorted(folder.iterdir())[0].name)
    finally:
        card.write_bytes(before)


def test_from_the_command_line(folder: Path, data: Path) -> None:
    image = sorted(folder.iterdir())[0].name
    told = run_trainer("ablate", folder, image, "--data-dir", data)
    for words in ("log-odds lost without", "fine detail", "cytoplasm", "heat: nucleus"):
        assert words in told.stdout
