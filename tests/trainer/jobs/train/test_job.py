"""From labelled images to a package that classifies; small and from random weights."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.trainer.jobs.labelled_cells import KINDS, PER_KIND
from tests.trainer.jobs.program import run_trainer
from tests.trainer.tiny_backbone import TINY
from trainer.atomic_files import sha256_of
from trainer.domain import ClassRole, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.common.training_images import load_training_images
from trainer.jobs.train import job as train
from trainer.models.package.layout import CARD_TEXT, Package, open_package
from trainer.protocol.training_requests import TrainRequest

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.fixture(scope="module")
def first(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the first training returned; its data folder lies beside the package."""
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEUKO_CACHE_DIR", str(folder / "cache"))
        return trained(data, folder / "first", **with_all(data))


def request(data: Path, out: Path, **more: Any) -> TrainRequest:
    values: dict[str, Any] = {
        "data": str(data),
        "backbone": TINY,
        "weights": "none",
        "out": str(out),
        "name": out.name,
        "steps": 4,
        "other_classes": ["lymphocyte"],
        "recipe": {"input_size": 64, "batch": 8, "average_every": 1, "warm_up": 1},
        "data_dir": str(out.parent / "data"),
    }
    return TrainRequest(**{**values, **more})


def trained(*given: Any, **more: Any) -> dict[str, object]:
    said: list[Any] = []
    return train.run(request(*given, **more), said.append, never_stop)


def with_all(data: Path) -> dict[str, Any]:
    """What a training can be told beside that which it needs."""
    about = {"licence": "CC0", "tried": ["this"], "roles": {"monocyte": "beside_white"}}
    about |= {"elsewhere": ["There 9 of 10 were right."]}
    return {"about": about, "holdouts": {"elsewhere": str(data)}, "command": "typed"}


@pytest.mark.slow
def test_a_package_from_labelled_images(data: Path, first: dict[str, Any], tmp_path: Path) -> None:
    package = open_package(Path(first["folder"]))
    card = package.card
    assert first["model"] == card.id == "first"
    assert card.classes == ("monocyte", "seg_neutrophil")
    assert card.other_classes == ("lymphocyte",)
    assert card.data.counts["train"] == dict.fromkeys(sorted(KINDS), 6)
    assert {source.name for source in card.sources} == {"warm", "cool"}
    assert all(source.red_cell_diameter for source in card.sources)
    assert {"test", "test, warm", "test, cool", "elsewhere"} <= set(card.metrics["accuracy"])
    assert 0 <= card.metrics["unknown_auroc_other_classes"]["test"].value <= 1
    assert (card.licence, card.tried, card.command) == ("CC0", ("this",), "typed")
    assert card.classes_with_role(ClassRole.BESIDE_WHITE) == ("monocyte",)
    assert card.thresholds.unknown_distance
    assert [each.text for each in card.elsewhere] == ["There 9 of 10 were right."]
    tested = {
        name: sum(row.accepted.values()) + row.not_accepted for name, row in card.confusion.items()
    }
    assert tested == {"monocyte": 4, "seg_neutrophil": 4}
    assert card.recipe["steps"] == 4
    figures = json.loads((package.path / "metrics.json").read_text(encoding="utf-8"))
    assert figures["test"]["cells"] == 8
    assert len((package.path / "history.csv").read_text(encoding="utf-8").splitlines()) == 5
    assert str(data.parent) not in (package.path / "manifest.csv").read_text(encoding="utf-8")

    pictures = load_training_images(
        package.path.parent / "data", sha256_of(package.path / "card.json")
    )
    names = package.reference().images.tolist()
    assert [pictures.find(name) for name in names] == [data.parent / name for name in names]

    images = data.parent
    out = ("--out", tmp_path / "out", "--data-dir", tmp_path / "data", "--device", "cpu")
    run_trainer("classify", images, *out, "--model", package.path)
    with (tmp_path / "out" / "predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(PER_KIND.values()) * len(KINDS)
    assert {row["label"] for row in rows} <= set(card.classes)


# What differs between two packages of one kind; the notes say how long it took.
NAMED = {"id", "created", "files", "notes"}


def same_package(one: Package, other: Package) -> bool:
    """Whether all but name and time is alike, every file to the byte."""
    files = [
        {name: sha for name, sha in each.card.files.items() if name != CARD_TEXT}
        for each in (one, other)
    ]
    cards = [each.card.model_dump(mode="json", exclude=NAMED) for each in (one, other)]
    return files[0] == files[1] and cards[0] == cards[1]


@pytest.mark.slow
def test_a_gpu_that_fails_costs_the_steps_since_the_last_saved_state(
    data: Path, tmp_path: Path
) -> None:
    """The error is raised between two steps, as a framework does that waits for a lost card."""
    steps: list[int] = []

    def emit(said: Any) -> None:
        steps.extend([said.done] if getattr(said, "stage", "") == "training" else [])

    def lose_gpu() -> bool:
        if steps == [1, 2, 3]:
            raise RuntimeError("CUDA_ERROR_LAUNCH_FAILED: unspecified launch failure")
        return False

    recipe = {"input_size": 64, "batch": 8, "check_every": 2}
    asked = request(data, tmp_path / "model", preset="full", recipe=recipe)
    with pytest.raises(UserError, match="GPU failed") as caught:
        train.run(asked, emit, lose_gpu)
    assert caught.value.can_go_on
    del steps[:]
    train.run(asked.model_copy(update={"resume": True}), emit, never_stop)
    assert steps == [3, 4]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_package_broken_off_or_not(
    data: Path, first: dict[str, Any], tmp_path: Path
) -> None:
    steps: list[Any] = []

    def emit(said: Any) -> None:
        steps.extend([said] if getattr(said, "stage", "") == "training" else [])

    broken = request(data, tmp_path / "second", **with_all(data))
    with pytest.raises(Cancelled):
        train.run(broken, emit, lambda: bool(steps))
    assert not (tmp_path / "second").exists()
    train.run(broken.model_copy(update={"resume": True}), emit, never_stop)
    assert [step.done for step in steps] == [1, 2, 3, 4]
    one = open_package(Path(first["folder"]))
    # Equal to one that was not broken off, in another run: the seed and the resumption hold.
    assert same_package(one, open_package(tmp_path / "second"))
    assert not list((tmp_path / "cache" / "training").iterdir())
    trained(data, tmp_path / "other", seed=1, **with_all(data))
    assert not same_package(one, open_package(tmp_path / "other"))


@pytest.mark.slow
def test_the_last_block_is_trained_on_from_a_model_after_its_head(
    data: Path, package: Path, tmp_path: Path
) -> None:
    from trainer.models.network.load import load_network

    short = {"batch": 16, "average_every": 1, "warm_up": 1, "cut_looks": 1}
    given = {"from_model": str(package), "backbone": "", "recipe": short, "resume": True}
    said: list[Any] = []
    train.run(request(data, tmp_path / "next", preset="finetune", **given), said.append, never_stop)
    assert any("nothing to go on with" in getattr(each, "message", "") for each in said)
    stages = {"computing features", "fitting the head", "computing activations", "training"}
    assert stages <= {getattr(each, "stage", "") for each in said}
    assert not any("not kept" in getattr(each, "message", "") for each in said)
    before, after = open_package(package), open_package(tmp_path / "next")
    assert after.card.recipe["unfreeze"] == "top"
    assert "shown in 1 varied looks" in after.card.notes[0]
    old, new = load_network(before), load_network(after)
    for layer in ("Conv1", "block_12_project"):
        assert (old.get_layer(layer).kernel == new.get_layer(layer).kernel).numpy().all()
    assert (old.get_layer("Conv_1").kernel != new.get_layer("Conv_1").kernel).numpy().any()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"backbone": "VGG99"}, "no network called"),
        ({"other_classes": ["plasma cell"]}, "no images of “plasma cell”"),
        ({"recipe": {"momentum": 1}}, "no setting “momentum”"),
        ({"recipe": {"rate": "fast"}}, "“rate” of the recipe cannot be 'fast'"),
        ({"recipe": {"batch": 0}}, "“batch” of the recipe cannot be 0"),
    ],
)
def test_what_does_not_do_is_said_at_once(
    data: Path, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        trained(data, tmp_path / "out", **change)
    with pytest.raises(UserError, match="nowhere"):
        trained(Path("nowhere.csv"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_imagenet_weights_are_never_fetched_unasked(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    with pytest.raises(UserError, match="not on this computer") as caught:
        trained(data, tmp_path / "out", weights="imagenet", backbone="VGG16")
    assert "download" in caught.value.hint


def test_a_third_of_the_images_unreadable(data: Path, tmp_path: Path) -> None:
    with data.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for index, row in enumerate(rows[1:]):
        source, target = data.parent / row[0], tmp_path / row[0]
        target.write_bytes(b"" if index % 3 == 0 else source.read_bytes())
    (tmp_path / "cells.csv").write_bytes(data.read_bytes())
    with pytest.raises(UserError, match="cannot be read"):
        trained(tmp_path / "cells.csv", tmp_path / "out")
