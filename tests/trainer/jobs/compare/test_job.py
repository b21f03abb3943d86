"""Two networks under one protocol, tiny and from random weights; and a model that was there."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.trainer.jobs.alerting_card import set_alert
from tests.trainer.jobs.labelled_cells import cell_drawer
from tests.trainer.jobs.program import run_trainer
from tests.trainer.tiny_backbone import TINY
from trainer.data.synthetic import COOL, WARM
from trainer.domain import Interval, never_stop
from trainer.errors import Cancelled, UserError
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.selective_metrics import ScoredCells
from trainer.jobs.compare import job as compare
from trainer.jobs.compare.cost import Speed, TrainingCost
from trainer.jobs.compare.predictions import SplitPredictions
from trainer.jobs.compare.recommendations import ComparedModel
from trainer.jobs.compare.results import PairedComparison, compare_models, describe_difference
from trainer.models.export.flops import Cost
from trainer.protocol.training_requests import CompareRequest

KINDS = ("monocyte", "seg_neutrophil")
PER_KIND = {"train": 6, "val": 4, "test": 4}
# Of the sixty cells of `contender`; the last nine are too few to say anything of their lab.
LABS = ["north"] * 51 + ["south"] * 9
SMALL = {"input_size": 64, "batch": 4, "average_every": 1, "warm_up": 1}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compared")
    draw = cell_drawer(folder, seed=4, size=128)
    for split, count in PER_KIND.items():
        for kind in KINDS:
            (folder / split / kind).mkdir(parents=True)
            for index in range(count):
                draw(f"{split}/{kind}/{kind} {index}.png", kind, (WARM, COOL)[index % 2])
    return folder


def asked(data: Path, out: Path, **more: Any) -> CompareRequest:
    values: dict[str, Any] = {
        "data": str(data),
        "out": str(out),
        "backbones": [TINY],
        "weights": "none",
        "steps": 2,
        "recipe": SMALL,
        "data_dir": str(out.parent / "data"),
    }
    return CompareRequest(**{**values, **more})


@pytest.mark.slow
def test_two_networks_and_going_on(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "comparison"
    recipe = [f"--recipe={name}={value}" for name, value in SMALL.items()]
    words = ("compare", data, "--out", out, "--weights", "none", "--steps", 2, *recipe)
    run_trainer(*words, "--backbones", TINY, "--data-dir", tmp_path / "data")
    before = (out / "models" / "tinynet-seed0" / "card.json").stat().st_mtime_ns
    told = run_trainer(
        *words, "--backbones", f"{TINY},MobileNetV2", "--data-dir", tmp_path / "data"
    )
    # What was done is not done again.
    assert (out / "models" / "tinynet-seed0" / "card.json").stat().st_mtime_ns == before
    assert "Balanced accuracy on the test cells" in told.stdout
    record = json.loads((out / "comparison.json").read_text("utf-8"))
    names = {TINY, "MobileNetV2", "ensemble"}
    assert names | {"majority class", "linear probe, 16 x 16 px"} == set(record["rows"])
    assert record["test_cells"] == 2 * PER_KIND["test"]
    assert len(record["pairs"]) == 1
    parameters = {name: cost["parameters"] for name, cost in record["cost"].items()}
    assert parameters["MobileNetV2"] > 1e6 > parameters[TINY] > 0
    for cost in record["cost"].values():
        assert cost["training_seconds"][0] > 0
        assert cost["training_megabytes"][0] > 100
        assert min(cost["one"], cost["many"], cost["cold_start"]) > 0
    assert any("random weights" in note for note in record["notes"])
    with (out / "comparison.csv").open(encoding="utf-8", newline="") as file:
        assert {row["model"] for row in csv.DictReader(file)} == set(record["rows"])
    page = (out / "report.html").read_text("utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:)|@import|url\(", page)
    assert cv2.imread(str(out / "pareto.png")) is not None
    for word in ("By class", "Who is taken for whom", "Heat maps"):
        assert f"<h2>{word}</h2>" in page
    with (out / "by_class.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    networks = names | {"linear probe, 16 x 16 px"}
    assert {(line["class"], line["model"]) for line in lines} == {
        (kind, name) for kind in KINDS for name in networks
    }
    for name in networks:
        assert np.sum(record["confusions"][name], axis=1).tolist() == [PER_KIND["test"]] * 2
    heat = record["heat_maps"]
    assert heat.keys() == {TINY, "MobileNetV2"}
    for found in heat.values():
        assert found["cells"] == 2 * PER_KIND["test"]
        assert 0 < found["inside"] < 1
        assert 0 < found["deletion"] < 1


def test_another_protocol_does_not_go_on(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "comparison"
    with pytest.raises(Cancelled):
        compare.run(asked(data, out), lambda _: None, lambda: True)
    with pytest.raises(UserError, match="by another recipe"):
        compare.run(asked(data, out, steps=3), lambda _: None, never_stop)


def test_nothing_to_compare_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nothing to compare"):
        compare.run(asked(data, tmp_path / "out", backbones=[]), lambda _: None, never_stop)
    with pytest.raises(UserError, match="no network called"):
        compare.run(asked(data, tmp_path / "out", backbones=["VGG61"]), lambda _: None, never_stop)


def test_a_model_of_other_classes_is_refused(data: Path, package: Path, tmp_path: Path) -> None:
    request = asked(data, tmp_path / "out", backbones=[], models=[str(package)])
    with pytest.raises(UserError, match="cannot be compared"):
        compare.run(request, lambda _: None, never_stop)


@pytest.mark.slow
def test_models_in_folders_of_one_name_have_heat_maps_of_their_own(
    data: Path, tmp_path: Path
) -> None:
    from trainer.testing import random_package

    folders = []
    for seed, name in enumerate(("north", "south")):
        made = random_package(tmp_path / name, TINY, KINDS, seed=seed).path
        (tmp_path / f"of {name}").mkdir()
        folders.append(made.rename(tmp_path / f"of {name}" / "model"))
    set_alert(folders[0], "monocyte")
    out = tmp_path / "out"
    request = asked(data, out, backbones=[], models=[str(folder) for folder in folders])
    compare.run(request, lambda _: None, never_stop)
    record = json.loads((out / "comparison.json").read_text("utf-8"))
    north, south = record["heat_maps"].values()
    assert north != south
    of_north, of_south = (each["effects"]["all"] for each in record["alert"].values())
    assert of_north.keys() == {"off", "balanced", "careful"}
    # Its card states no alert, but monocytes are lost by it all the same.
    assert of_south.keys() == {"off"}
    assert of_south["off"]["lost"]["of"] == PER_KIND["test"]
    assert "<h2>Possible blasts</h2>" in (out / "report.html").read_text("utf-8")


def contender(name: str, called: list[int], many: float, sure: float = 0.9) -> ComparedModel:
    labels = np.repeat([0, 1, 2], 20)
    shares = np.full((60, 3), (1 - sure) / 2)
    shares[np.arange(60), called] = sure
    answered = ScoredCells(labels, shares, np.zeros(60))
    answers = SplitPredictions(
        answered, answered, tuple(map(str, range(60))), np.ones(60, dtype=bool)
    )
    speed, cost = Speed(0.1, many / 2, many), Cost(1_000_000, 0.1, 5.0)
    return ComparedModel(name, (answers,), cost, speed, (TrainingCost(10.0, 500.0),))


def test_figures_of_a_comparison() -> None:
    right = np.repeat([0, 1, 2], 20)
    worse = right.copy()
    worse[:15] = 1
    found = compare_models(
        [contender("quick", worse.tolist(), 100), contender("slow", right.tolist(), 10)],
        ("a", "b", "c"),
        None,
        LABS,
    )
    assert found.rows["slow"]["balanced_accuracy"].value == 1.0
    assert found.rows["quick"]["balanced_accuracy"].value == pytest.approx(0.75)
    assert found.rows["majority class"]["balanced_accuracy"].value == pytest.approx(1 / 3)
    assert found.pareto_optimal == ("quick", "slow")
    (pair,) = found.pairs
    assert (pair.only_first, pair.only_second) == (0, 15)
    assert pair.difference.value == pytest.approx(0.25)
    assert describe_difference(pair) == "slow is better"
    assert found.cochran is not None
    assert found.cochran < 0.001
    assert any(
        "a and b are taken for one another in 15 cells" in said for said in found.recommendations
    )
    assert any("slow tells them apart best" in said for said in found.recommendations)
    # As sure of its errors as of all else, the quick one would have to ask always.
    assert any(
        "would have to ask slow of nearly every cell" in said for said in found.recommendations
    )


def test_classes_and_sources_apart() -> None:
    right = np.repeat([0, 1, 2], 20)
    worse = right.copy()
    worse[:15] = 1
    networks = [contender("quick", worse.tolist(), 100), contender("slow", right.tolist(), 10)]
    labs = ["north"] * 30 + ["south"] * 30
    found = compare_models(networks, ("a", "b", "c"), None, labs)
    quick = {one: rows["quick"] for one, rows in found.by_class.items()}
    assert quick["a"]["sensitivity"] == clopper_pearson(5, 20)
    assert quick["b"]["ppv"] == clopper_pearson(20, 35)
    assert quick["b"]["specificity"] == clopper_pearson(25, 40)
    assert found.by_class["a"]["slow"]["sensitivity"].value == 1
    assert found.confusion_matrices["quick"].tolist() == [[5, 15, 0], [0, 20, 0], [0, 0, 20]]
    assert found.by_source["north"]["quick"] == clopper_pearson(15, 30)
    assert found.by_source["south"]["quick"] == clopper_pearson(30, 30)


def test_a_source_of_few_cells_is_not_judged() -> None:
    right = np.repeat([0, 1, 2], 20).tolist()
    (one,) = [contender("one", right, 100)]
    assert compare_models([one], ("a", "b", "c"), None, LABS).by_source.keys() == {"north"}
    assert compare_models([one], ("a", "b", "c"), None, ["north"] * 60).by_source == {}


def test_networks_that_a_linear_probe_equals_are_named() -> None:
    right = np.repeat([0, 1, 2], 20).tolist()
    probe = np.eye(3)[[0] * 20 + [1] * 20 + [1] * 20]
    lost, sound = contender("lost", [1] * 60, 100), contender("sound", right, 10)
    told = compare_models([lost, sound], ("a", "b", "c"), probe, LABS).recommendations[0]
    assert "No better than the linear probe" in told
    assert "lost" in told
    assert "sound" not in told


def test_networks_that_agree_on_nothing_are_told() -> None:
    ones = contender("one", [1] * 60, 100)
    twos = contender("two", [2] * 60, 10)
    found = compare_models([ones, twos], ("a", "b", "c"), None, LABS)
    assert "There is no cell on which all networks agree." in found.recommendations
    assert not any("nan" in said for said in found.recommendations)


def test_a_small_or_doubtful_difference_is_not_made_much_of() -> None:
    doubtful = PairedComparison("a", "b", Interval(0.01, -0.01, 0.03), 3, 5, 0.7, 0.7)
    assert describe_difference(doubtful) == "no detectable difference"
    small = PairedComparison("a", "b", Interval(-0.004, -0.006, -0.002), 40, 4, 1e-6, 1e-5)
    assert describe_difference(small) == "a is better, by too little to matter"


def test_a_manifest_of_the_lab_is_not_written_over(data: Path, tmp_path: Path) -> None:
    own = tmp_path / "manifest.csv"
    own.write_text("file,label\n", encoding="utf-8")
    with pytest.raises(UserError, match=r"already a manifest\.csv"):
        compare.run(asked(data, tmp_path), lambda _: None, never_stop)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.csv"]
    assert own.read_text(encoding="utf-8") == "file,label\n"
