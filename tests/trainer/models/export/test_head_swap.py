"""A network given another head without Keras, and what Keras then says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trainer.domain import Precision
from trainer.errors import PackageError
from trainer.models.export.feature_extractor import (
    FeatureExtractor,
    digest_of_weights,
    extractor_of,
    open_extractor,
)
from trainer.models.export.head_swap import (
    HeadSwap,
    StaleFeaturesError,
    round_head,
    write_graph_with_head,
)
from trainer.models.export.package_writer import PackageContents, write_package
from trainer.models.head import Head
from trainer.models.package.card import Card, HeadSpec
from trainer.models.package.layout import Package, open_package
from trainer.models.package.reference_cells import ReferenceCells
from trainer.testing import draw_blots, random_package

CLASSES = ("this", "that", "other")
CELLS = draw_blots(64, 3)


@pytest.fixture(scope="module", params=[HeadSpec(), HeadSpec(batch_norm=True, hidden=6)])
def parent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Package:
    folder = tmp_path_factory.mktemp("parents") / "parent"
    random_package(folder, input_size=64, head=request.param)
    return open_package(folder)


def new_head(stem: FeatureExtractor, rng: np.random.Generator) -> Head:
    def drawn(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    channels, hidden = 1280, stem.head.hidden
    parts = {"kernel": drawn(hidden or channels, len(CLASSES)), "bias": drawn(len(CLASSES))}
    if hidden:
        parts |= {"hidden_kernel": drawn(channels, hidden), "hidden_bias": drawn(hidden)}
    if stem.head.batch_norm:
        parts |= {"scale": drawn(channels), "shift": drawn(channels)}
    return round_head(Head(**parts))


def pooled_of(package: Package) -> np.ndarray:
    from trainer.models.export.runtime import run_graph

    return run_graph(package.graph, CELLS)["pooled"]


def contents_of(parent: Package, head: Head, pooled: np.ndarray) -> PackageContents:
    cells = parent.reference()
    reference = ReferenceCells(cells.pooled, cells.labels % len(CLASSES), cells.images)
    shown = np.arange(len(CELLS))
    network = HeadSwap(extractor_of(parent), head, {Precision.F32: pooled}, shown)
    return PackageContents(network, CELLS, reference)


def child_card(parent: Package) -> Card:
    changes = {"id": "child", "classes": CLASSES, "other_classes": (), "files": {}}
    return parent.card.model_copy(update=changes)


@pytest.mark.slow
def test_keras_graph_and_numpy_agree_on_the_new_head(parent: Package, tmp_path: Path) -> None:
    import keras

    from trainer.models.network.load import load_network

    stem, pooled = extractor_of(parent), pooled_of(parent)
    head = new_head(stem, np.random.default_rng(1))
    contents = contents_of(parent, head, pooled)
    child = write_package(tmp_path / "child", child_card(parent), contents)
    opened = open_package(child.path)
    expected = opened.head().logits(pooled)
    found = keras.ops.convert_to_numpy(load_network(opened)(CELLS, training=False)["logits"])
    assert np.abs(found - expected).max() < 1e-3
    assert child.card.grid == parent.card.grid
    assert child.card.software["keras"] == parent.card.software["keras"]
    assert digest_of_weights(child.network) == digest_of_weights(parent.network)
    plain = keras.saving.load_model(child.network, compile=False)
    assert plain.output["logits"].shape[-1] == len(CLASSES)


@pytest.mark.parametrize("hidden", [0, 6])
def test_the_head_cut_out_of_a_graph_says_to_the_bit_what_the_graph_says(
    parent: Package, tmp_path: Path, hidden: int
) -> None:
    from trainer.models.export.head_swap import HeadGraph
    from trainer.models.export.runtime import native_precisions, run_graph

    stem = replace(extractor_of(parent), head=HeadSpec(hidden=hidden))
    graph = write_graph_with_head(stem, new_head(stem, np.random.default_rng(1)), tmp_path)
    head = HeadGraph(graph)
    for precision in native_precisions() - {Precision.INT8}:
        whole = run_graph(graph, CELLS, precision)
        found = head.logits(whole["pooled"], precision)
        np.testing.assert_array_equal(found, whole["logits"], str(precision))


def test_features_that_no_longer_hold_are_noticed(parent: Package, tmp_path: Path) -> None:
    stem, pooled = extractor_of(parent), pooled_of(parent)
    head = new_head(stem, np.random.default_rng(1))
    contents = contents_of(parent, head, pooled * 1.1)
    with pytest.raises(StaleFeaturesError):
        write_package(tmp_path / "child", child_card(parent), contents)
    assert not list(tmp_path.iterdir())


def test_a_head_of_another_kind_is_refused(parent: Package, tmp_path: Path) -> None:
    pooled, rng = pooled_of(parent), np.random.default_rng(1)
    hidden = rng.normal(size=(1280, 9)).astype(np.float32)
    nine = np.zeros(9, np.float32)
    head = Head(np.zeros((9, 3), np.float32), nine[:3], hidden_kernel=hidden, hidden_bias=nine)
    contents = contents_of(parent, head, pooled)
    with pytest.raises(PackageError, match="not the one that the card of “child” describes"):
        write_package(tmp_path / "child", child_card(parent), contents)


def test_what_is_measured_of_a_cell_does_not_depend_on_how_many_come_with_it(
    parent: Package,
) -> None:
    from trainer.models.export.runtime import run_graph

    many = run_graph(parent.graph, np.concatenate([CELLS] * 4))
    alone = [run_graph(parent.graph, cell[None]) for cell in CELLS]
    for name, found in many.items():
        assert len(found) == 4 * len(CELLS)
        for row, one in enumerate(alone * 4):
            np.testing.assert_array_equal(found[row], one[name][0])


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["VGG16", "EfficientNetB3"])
def test_a_stem_is_made_once_and_read_back(backbone: str, tmp_path: Path) -> None:
    import keras

    from trainer.models.export.feature_extractor import write_extractor
    from trainer.models.export.openvino import round_to_float16
    from trainer.models.network.build import build_network

    keras.utils.set_random_seed(0)
    network = build_network(backbone, 2, 64)
    round_to_float16(network)
    stem = write_extractor(network, backbone, HeadSpec(), tmp_path / "stem", lambda: CELLS[:2])
    assert open_extractor(tmp_path / "stem") == stem
    assert [path.name for path in tmp_path.iterdir()] == ["stem"]
    (tmp_path / "stem" / "model.keras").unlink()
    assert open_extractor(tmp_path / "stem") is None


def test_kernels_beyond_float16_are_left_as_they_are() -> None:
    kernel = np.array([[1.0001, 2.0]], np.float32)
    head = Head(kernel, np.zeros(2, np.float32))
    assert round_head(head).kernel[0, 0] == 1.0
    large = Head(kernel * np.float32(1e6), np.zeros(2, np.float32))
    assert (round_head(large).kernel == large.kernel).all()
