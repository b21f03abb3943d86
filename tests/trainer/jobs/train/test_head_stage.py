"""The head alone: from labelled images to a package, and again without Keras."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.trainer.jobs.program import run_trainer
from tests.trainer.tiny_backbone import CHANNELS, TINY
from trainer.cache.results import ResultCache
from trainer.domain import ClassRole, Progress, never_stop
from trainer.errors import Cancelled, UserError
from trainer.jobs.train import job as train
from trainer.jobs.train.feature_extractor import cached_extractor
from trainer.locations import cache_folder
from trainer.models.export.feature_extractor import digest_of_weights
from trainer.models.package.layout import Package, open_package
from trainer.protocol.events import JobWarning
from trainer.protocol.records import ModelDescription
from trainer.protocol.training_requests import TrainRequest

SAME = ("graph.bin", "graph.xml", "model.keras", "head.npz", "reference.npz", "metrics.json")


@pytest.fixture(scope="module")
def first(trained_data: Path) -> Package:
    """The head fitted for the first time: network and features are computed and kept."""
    return open_package(trained_data / "models" / "first")


@pytest.fixture(scope="module")
def cache(trained_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where they are kept."""
    return Path(shutil.copytree(trained_data / "cache", tmp_path_factory.mktemp("head") / "cache"))


@pytest.fixture(autouse=True)
def cache_of_the_first(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEUKO_CACHE_DIR", str(cache))


def request(data: Path, out: Path, **more: Any) -> TrainRequest:
    values: dict[str, Any] = {
        "data": str(data),
        "backbone": TINY,
        "preset": "head",
        "weights": "none",
        "out": str(out),
        "name": out.name,
        "other_classes": ["lymphocyte"],
        "recipe": {"input_size": 64},
        "data_dir": str(out.parent / "data"),
    }
    return TrainRequest(**{**values, **more})


def from_parent(data: Path, out: Path, parent: Package, **more: Any) -> TrainRequest:
    given = {"from_model": str(parent.path), "backbone": "", "recipe": {}, "other_classes": []}
    return request(data, out, **{**given, **more})


def relabelled(data: Path, folder: Path, change: Callable[[list[str]], None]) -> Path:
    """The same images, with rows of the CSV changed."""
    with data.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    for row in rows:
        row[0] = str(data.parent / row[0])
        change(row)
    table = folder / "cells.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return table


@pytest.mark.slow
def test_the_card_says_that_the_head_alone_was_trained(first: Package) -> None:
    card = first.card
    assert card.recipe["preset"] == "head"
    assert card.other_classes == ("lymphocyte",)
    assert "Only the head was trained" in card.notes[0]
    assert {"test", "test, warm", "test, cool"} <= set(card.metrics["accuracy"])
    assert card.thresholds.unknown_distance
    assert "val_loss" in (first.path / "history.csv").read_text(encoding="utf-8")


def test_a_second_training_needs_no_keras_and_gives_the_same_bytes(
    data: Path, first: Package, tmp_path: Path
) -> None:
    words = ["--backbone", TINY, "--preset", "head", "--weights", "none"]
    words += ["--other", "lymphocyte", "--recipe", "input_size=64"]
    out = tmp_path / "second"
    words += ["--out", str(out), "--name", "second", "--data-dir", str(tmp_path / "data")]
    run_trainer("train", data, *words, KERAS_BACKEND="no such")
    second = open_package(out)
    for name in SAME:
        assert second.card.files[name] == first.card.files[name], name


def test_what_is_kept_of_a_network_is_what_its_file_says(first: Package, tmp_path: Path) -> None:
    with ResultCache(cache_folder() / train.RESULT_CACHE_FILE) as kept:
        known = cached_extractor(first, kept)
    with ResultCache(tmp_path / "empty.sqlite") as empty:
        assert cached_extractor(first, empty).digest == known.digest
        assert known.digest == digest_of_weights(first.network)
    (unread := tmp_path / "unread").mkdir()
    for name in ("card.json", "graph.xml"):
        shutil.copy(first.path / name, unread)
    with ResultCache(cache_folder() / train.RESULT_CACHE_FILE) as kept:
        assert cached_extractor(Package(unread, first.card), kept).digest == known.digest


def test_changed_labels_are_learned_from_the_model_at_hand(
    data: Path, first: Package, tmp_path: Path
) -> None:
    def swap(row: list[str]) -> None:
        if row[1] != "lymphocyte":
            row[1] = "monocyte" if row[1] == "seg_neutrophil" else "seg_neutrophil"

    told: list[Any] = []
    swapped = relabelled(data, tmp_path, swap)
    free = {"other_classes": ["lymphocyte"], "recipe": {"head_fit": "free"}}
    train.run(from_parent(swapped, tmp_path / "next", first, **free), told.append, never_stop)
    stages = {said.stage for said in told if isinstance(said, Progress)}
    assert stages == {"fitting the head"}, "no image is read again"
    following = open_package(tmp_path / "next")
    assert following.card.parent == "first"
    assert following.card.outputs == first.card.outputs
    assert following.card.view == first.card.view
    old, new = first.head(), following.head()
    assert np.abs(old.kernel[:, [1, 0, 2]] - new.kernel).max() < 0.05 * np.abs(old.kernel).max()


def test_head_is_held_to_that_of_the_model_before(
    data: Path, first: Package, tmp_path: Path
) -> None:
    """Fitted on the training cells alone; what lies outside is kept without cells of it."""

    def drop_outside(row: list[str]) -> None:
        if row[1] == "lymphocyte":
            row[1] = "monocyte"

    table = relabelled(data, tmp_path, drop_outside)
    told: list[Any] = []
    train.run(from_parent(table, tmp_path / "next", first), told.append, never_stop)
    assert not any("by their distance alone" in getattr(said, "message", "") for said in told)
    after = open_package(tmp_path / "next")
    assert after.card.outputs == first.card.outputs
    assert "and held to that of first." in after.card.notes[0]
    assert "head_fit" not in after.card.recipe
    old, new = first.head(), after.head()
    assert np.array_equal(old.kernel[:, 2], new.kernel[:, 2])
    assert not np.array_equal(old.kernel[:, :2], new.kernel[:, :2])
    assert np.abs(old.kernel - new.kernel).max() < 0.5 * np.abs(old.kernel).max()


def test_a_head_may_be_free_of_the_model_before(data: Path, first: Package, tmp_path: Path) -> None:
    given = {"other_classes": ["lymphocyte"], "recipe": {"head_fit": "free"}}
    train.run(from_parent(data, tmp_path / "free", first, **given), lambda _: None, never_stop)
    free = open_package(tmp_path / "free")
    assert free.card.recipe["head_fit"] == "free"
    assert free.card.files["head.npz"] == first.card.files["head.npz"], "the same cells again"


def test_a_turned_copy_of_a_training_cell_in_the_test_split_is_told_and_in_the_card(
    data: Path, first: Package, tmp_path: Path
) -> None:
    copy = tmp_path / "again.jpg"
    told: list[Any] = []
    pixels = cv2.imread(str(data.parent / "train_monocyte_0.png"))
    cv2.imwrite(str(copy), np.rot90(np.asarray(pixels)))
    table = relabelled(data, tmp_path, lambda _: None)
    with table.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow((copy, "monocyte", "test", "warm"))
    train.run(from_parent(table, tmp_path / "next", first), told.append, never_stop)
    notes = [said.message for said in told if isinstance(said, JobWarning)]
    beginning = "1 of 13 test images look like copies of images that are learned from"
    (note,) = (note for note in notes if note.startswith(beginning))
    assert note in open_package(tmp_path / "next").card.notes


@pytest.mark.slow
def test_a_class_not_to_be_missed_gets_the_scores_of_its_alert(
    data: Path, first: Package, tmp_path: Path
) -> None:
    """What is stated of a class changes nothing else."""
    about = ModelDescription(roles={"monocyte": ClassRole.ALERT})
    train.run(from_parent(data, tmp_path / "next", first, about=about), lambda _: None, never_stop)
    following = open_package(tmp_path / "next")
    alert = following.card.thresholds.alert
    assert alert is not None
    assert alert.careful.score <= alert.balanced.score
    assert alert.careful.reviewed >= alert.balanced.reviewed
    assert following.card.classes_with_role(ClassRole.ALERT) == ("monocyte",)
    assert "possible monocyte" in (following.path / "MODEL_CARD.md").read_text(encoding="utf-8")
    train.run(from_parent(data, tmp_path / "plain", first), lambda _: None, never_stop)
    plain = open_package(tmp_path / "plain").card
    assert plain.thresholds.alert is None
    assert following.card.thresholds.model_copy(update={"alert": None}) == plain.thresholds
    assert following.card.metrics == plain.metrics


def test_a_model_is_adapted_to_other_classes(data: Path, first: Package, tmp_path: Path) -> None:
    def three(row: list[str]) -> None:
        row[1] = f"kind of {row[1]}"

    adapted = relabelled(data, tmp_path, three)
    train.run(from_parent(adapted, tmp_path / "other", first), lambda _: None, never_stop)
    card = open_package(tmp_path / "other").card
    assert len(card.classes) == 3
    assert card.other_classes == ()


def test_what_was_computed_before_a_stop_is_kept(
    data: Path, warm_cache: Path, tmp_path: Path
) -> None:
    told: list[Any] = []

    def computed() -> list[Progress]:
        return [said for said in told if getattr(said, "stage", "") == "computing features"]

    with pytest.raises(Cancelled):
        train.run(request(data, tmp_path / "out"), told.append, lambda: bool(computed()))
    (stopped,) = computed()
    told.clear()
    train.run(request(data, tmp_path / "out"), told.append, never_stop)
    assert computed()[0].total == (stopped.total or 0) - stopped.done
    assert not list(tmp_path.glob(".*"))


def change(cache: Path, how: str) -> None:
    """Change what is kept, by an SQL statement."""
    with closing(sqlite3.connect(cache / train.RESULT_CACHE_FILE)) as database, database:
        database.execute(how)


def trained(data: Path, out: Path) -> tuple[Package, list[Any]]:
    """A package, and what was said meanwhile."""
    told: list[Any] = []
    train.run(request(data, out), told.append, never_stop)
    return open_package(out), told


def test_features_that_no_longer_hold_are_computed_again(
    data: Path, first: Package, cache: Path, tmp_path: Path
) -> None:
    assert 4 * CHANNELS[-1] == 128  # pooled features: a float32 of each channel
    change(cache, "UPDATE kept SET value = zeroblob(length(value)) WHERE length(value) = 128")
    again, told = trained(data, tmp_path / "again")
    assert any(isinstance(said, JobWarning) and "computed again" in said.message for said in told)
    assert again.card.files["head.npz"] == first.card.files["head.npz"]


def test_views_that_are_not_kept_are_cut_again(
    data: Path, first: Package, cache: Path, tmp_path: Path
) -> None:
    change(cache, "UPDATE kept SET value = x'00' WHERE substr(value, 2, 3) = x'504e47'")
    again, told = trained(data, tmp_path / "again")
    stages = {said.stage for said in told if isinstance(said, Progress)}
    assert stages == {"fitting the head", "reading cells"}
    for name in SAME:
        assert again.card.files[name] == first.card.files[name], name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"backbone": "VGG16"}, "is a TinyNet, not a VGG16"),
        ({"recipe": {"hidden": 9}}, "has hidden=0"),
        ({"from_model": "nobody"}, "nobody"),
    ],
)
def test_what_does_not_go_with_the_parent_is_refused(
    data: Path, first: Package, tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        train.run(from_parent(data, tmp_path / "out", first, **change), lambda _: None, never_stop)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "My model"}, "cannot be called"),
        ({"recipe": {"stain": 1.5}}, "setting of the network"),
        ({"recipe": {"white": 300}}, "setting of the network"),
        ({"recipe": {"view": "half"}}, "setting of the network"),
        ({"recipe": {"hidden": -1}}, "setting of the network"),
        ({"recipe": {"input_size": "wide"}}, "setting of the network"),
    ],
)
def test_what_no_model_can_be_is_refused_before_anything_is_read(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(UserError, match=words):
        train.run(request(tmp_path, tmp_path / "out", **change), lambda _: None, never_stop)
    assert not (tmp_path / "out").exists()


def test_a_class_without_training_cells_is_refused(
    data: Path, first: Package, tmp_path: Path
) -> None:
    def never_taught(row: list[str]) -> None:
        if row[2] == "test" and row[1] == "monocyte":
            row[1] = "band"

    table = relabelled(data, tmp_path, never_taught)
    with pytest.raises(UserError, match="no training images of band"):
        train.run(from_parent(table, tmp_path / "out", first), lambda _: None, never_stop)
