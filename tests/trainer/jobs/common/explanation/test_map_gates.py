"""The gates of heat maps, measured of a package and kept in its card."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from trainer.domain import never_stop
from trainer.errors import Cancelled
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation.map_gates import compute_contributions, measure_map_gates
from trainer.models.export.package_writer import replace_card
from trainer.models.package.layout import Package, open_package
from trainer.models.package.map_gates import MapGate, MapGates
from trainer.testing import draw_blots

GATE = MapGate(name="turn", value=0.2, low=0.1, high=0.3, threshold=0, n=40)
FAILED = GATE.model_copy(update={"name": "shift", "low": -0.1})


@pytest.fixture(scope="module")
def opened(package: Path) -> Package:
    return open_package(package)


@pytest.fixture(scope="module")
def classifier(opened: Package) -> Classifier:
    return Classifier.from_package(opened, device="cpu")


@pytest.fixture(scope="module")
def views(opened: Package) -> np.ndarray:
    size = opened.card.input_size
    return np.concatenate([draw_blots(size, seed) for seed in range(7)]).astype(np.uint8)


@pytest.mark.slow
def test_gates_are_measured_of_a_package(classifier: Classifier, views: np.ndarray) -> None:
    events: list[object] = []
    found = measure_map_gates(
        views, classifier, seed=0, source="test", on_progress=events.append, should_stop=never_stop
    )
    assert found is not None
    assert (found.cells, found.source, len(events)) == (56, "test", 56)
    assert {gate.name for gate in found.gates} == {
        "spliced_halves",
        "own_map",
        "shift",
        "turn",
        "across_classes",
    }
    assert all(gate.low <= gate.value <= gate.high for gate in found.gates)
    assert set(found.leads) == {"gaussian", "mask"}


def test_few_cells_give_no_gates(classifier: Classifier, views: np.ndarray) -> None:
    for few in (views[:9], views[:0], np.repeat(views[:1], 56, axis=0)):
        found = measure_map_gates(
            few,
            classifier,
            seed=0,
            source="",
            on_progress=lambda _: None,
            should_stop=never_stop,
        )
        assert found is None


def test_measuring_can_be_stopped(classifier: Classifier, views: np.ndarray) -> None:
    with pytest.raises(Cancelled):
        measure_map_gates(
            views,
            classifier,
            seed=0,
            source="",
            on_progress=lambda _: None,
            should_stop=lambda: True,
        )


def test_maps_lie_over_the_view(classifier: Classifier, views: np.ndarray) -> None:
    classes = np.array([[0, 1], [2, 2]])
    maps = compute_contributions(classifier, views[:2], classes)
    side = views.shape[1]
    assert maps.shape == (2, 2, side, side)
    np.testing.assert_array_equal(maps[1, 0], maps[1, 1])
    assert np.abs(maps[0, 0] - maps[0, 1]).max() > 0


def test_a_card_with_gates_is_a_card(opened: Package, tmp_path: Path) -> None:
    assert opened.card.map_gates is None
    shutil.copytree(opened.path, tmp_path / "model")
    gates = MapGates(gates=(GATE, FAILED), cells=40, source="the test split")
    copy = Package(tmp_path / "model", opened.card)
    replace_card(copy, opened.card.model_copy(update={"map_gates": gates}))
    read = open_package(tmp_path / "model")  # whose files are checked
    assert read.card.map_gates == gates
    assert [gate.name for gate in gates.failures] == ["shift"]
    text = (tmp_path / "model" / "MODEL_CARD.md").read_text("utf-8")
    assert "do not pass the gates on 40 cells of the test split" in text
    assert "0.20 (0.10 to 0.30)" in text
