"""A finer feature map, pooled over the cell: in Keras, in numpy, in the graph and in a package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.errors import UserError
from trainer.inference.place_weights import place_weights
from trainer.models.export.feature_extractor import digest_of_weights, extractor_of
from trainer.models.export.runtime import run_graph
from trainer.models.package.card import Card, FeatureMapSpec, ReceptiveFieldGrid
from trainer.models.package.layout import Package, open_package
from trainer.testing import random_card, random_package

OVER_CELL = FeatureMapSpec(output_stride=16, pooling="cell_mean")
SIZE = 64


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("packages") / "over-cell"
    random_package(folder, input_size=SIZE, feature_map=OVER_CELL)
    return open_package(folder)


@pytest.fixture(scope="module")
def views() -> np.ndarray:
    """Cells of several sizes on plain grey, one at the edge, and a view without a cell."""
    rng = np.random.default_rng(0)
    drawn = np.full((5, SIZE, SIZE, 3), 128, np.uint8)
    for view, (top, left, side) in zip(
        drawn, [(10, 20, 30), (24, 24, 9), (50, 0, 14), (0, 0, SIZE)], strict=False
    ):
        part = (slice(top, top + side), slice(left, left + side))
        view[part] = rng.integers(0, 256, view[part].shape)
    return drawn


def test_the_map_is_finer_and_each_place_counts_by_its_share_of_the_cell(
    package: Package, views: np.ndarray
) -> None:
    outputs = run_graph(package.graph, views)
    assert package.card.grid == ReceptiveFieldGrid(first=15.5, step=16)
    weights = place_weights(views, package.card.grid)
    assert weights.shape == outputs["features"].shape[:3] == (5, 4, 4)
    expected = (outputs["features"] * weights[..., None]).sum(axis=(1, 2))
    np.testing.assert_allclose(outputs["pooled"], expected, atol=1e-4 * np.abs(expected).max())
    logits = package.head().logits(outputs["pooled"])
    np.testing.assert_allclose(outputs["logits"], logits, atol=1e-4)


@pytest.mark.slow
def test_keras_graph_and_the_file_alone_compute_the_same(
    package: Package, views: np.ndarray
) -> None:
    import keras

    from trainer.models.network.load import load_network

    expected = run_graph(package.graph, views)["pooled"]
    for network in (
        load_network(package),
        keras.saving.load_model(package.network, compile=False),
    ):
        found = network.predict_on_batch(views.astype(np.float32))["pooled"]
        np.testing.assert_allclose(found, expected, atol=1e-3 * np.abs(expected).max())


def test_the_same_weights_pooled_otherwise_are_another_extractor(package: Package) -> None:
    assert extractor_of(package).feature_map == OVER_CELL
    assert extractor_of(package).digest != digest_of_weights(package.network)


@pytest.mark.slow
def test_files_do_not_depend_on_what_was_built_before(package: Package, tmp_path: Path) -> None:
    again = random_package(tmp_path / "over-cell", input_size=SIZE, feature_map=OVER_CELL)
    for name in ("model.keras", "graph.xml", "graph.bin"):
        assert (again.path / name).read_bytes() == (package.path / name).read_bytes(), name


def test_weights_of_the_backbone_fit_as_they_are() -> None:
    from trainer.models.network.build import build_network

    fine, plain = (
        build_network("MobileNetV2", 2, 32, feature_map=each) for each in (OVER_CELL, None)
    )
    assert [each.shape for each in fine.weights] == [each.shape for each in plain.weights]


def test_a_backbone_without_a_finer_map_says_so() -> None:
    from trainer.models.network.build import build_network

    with pytest.raises(UserError, match="no finer feature map"):
        build_network("VGG16", 2, 32, feature_map=OVER_CELL)
    with pytest.raises(ValueError, match="no finer feature map"):
        random_card("fine", "VGG16", feature_map=OVER_CELL)


def test_cards_state_what_differs_from_the_default_only() -> None:
    def record(feature_map: FeatureMapSpec | None) -> dict[str, Any]:
        return random_card("any", "MobileNetV2", feature_map=feature_map).model_dump(mode="json")

    assert "feature_map" not in record(None)
    stated = record(OVER_CELL)
    assert stated["feature_map"] == {"output_stride": 16, "pooling": "cell_mean"}
    assert Card.model_validate(stated).feature_map == OVER_CELL


def test_the_mean_over_the_cell_needs_the_usual_grey() -> None:
    record = random_card("any", "MobileNetV2", feature_map=OVER_CELL).model_dump(mode="json")
    record["view"]["grey"] = 90
    with pytest.raises(ValueError, match="usual grey"):
        Card.model_validate(record)
