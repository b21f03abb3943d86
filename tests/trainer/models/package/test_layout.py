"""Packages written, opened and refused: every refusal is made for real."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from trainer.errors import PackageError
from trainer.models.package.card import HeadSpec
from trainer.models.package.layout import FILES, open_package
from trainer.models.safe_files.npz import read_arrays, write_arrays

Reseal = Callable[[Path], None]


def rewrite(folder: Path, **changes: Any) -> None:
    """Change fields of a card as text, past its own checks."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card.update(changes)
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")


@pytest.mark.slow
def test_a_package_holds_what_the_contract_says(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {"card.json", *FILES}
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_a_package_comes_back_with_the_same_figures(made: Path) -> None:
    import keras

    from trainer.models.export.acceptance import check_parity
    from trainer.models.network.build import head_of
    from trainer.models.network.load import load_network
    from trainer.testing import draw_blots

    package = open_package(made)
    network = load_network(package)
    images = draw_blots(64, 0)
    assert check_parity(network, package.graph, images).disagreements == 0
    pooled = keras.ops.convert_to_numpy(network(images, training=False)["pooled"])
    np.testing.assert_array_equal(package.head().logits(pooled), head_of(network).logits(pooled))
    np.testing.assert_allclose(package.reference().pooled, pooled, rtol=2e-3, atol=1e-3)


def test_keras_itself_opens_the_network(made: Path) -> None:
    import keras

    from trainer.models.network.load import load_network
    from trainer.testing import draw_blots

    images = draw_blots(64, 0)
    plain = keras.models.load_model(made / "model.keras")(images, training=False)
    ours = load_network(open_package(made))(images, training=False)
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(plain["logits"]), keras.ops.convert_to_numpy(ours["logits"])
    )


@pytest.mark.slow
def test_equal_seeds_give_equal_weights(made: Path, tmp_path: Path) -> None:
    from tests.trainer.models.conftest import OTHERS
    from trainer.testing import random_package

    spec = HeadSpec(batch_norm=True, hidden=12)
    again = random_package(tmp_path / "tiny", other_classes=OTHERS, input_size=64, head=spec)
    one, two = read_arrays(made / "head.npz"), read_arrays(again.path / "head.npz")
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert (made / "graph.bin").read_bytes() == again.graph.with_suffix(".bin").read_bytes()


def test_the_card_is_told_for_people(made: Path) -> None:
    text = (made / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "not a medical device" in text
    assert "eosinophil, lymphocyte" in text
    assert "seg_neutrophil" in text


@pytest.mark.parametrize("name", [*FILES, "card.json"])
def test_a_missing_file_is_named(package: Path, name: str) -> None:
    (package / name).unlink()
    with pytest.raises(PackageError, match=name.replace(".", r"\.")):
        open_package(package)


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_named(package: Path, name: str) -> None:
    with (package / name).open("ab") as stream:
        stream.write(b"\0")
    with pytest.raises(PackageError, match=rf"^{name} of the model “tiny” was changed"):
        open_package(package)


def test_a_file_that_is_a_link_is_refused(package: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.csv"
    shutil.move(package / "history.csv", elsewhere)
    (package / "history.csv").symlink_to(elsewhere)
    with pytest.raises(PackageError, match=r"lacks its file history\.csv"):
        open_package(package)


def test_a_card_of_a_newer_format_asks_for_a_newer_program(package: Path) -> None:
    rewrite(package, format=2)
    with pytest.raises(PackageError, match="of format 2; this program reads 1"):
        open_package(package)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": ["a"]}, "classes"),
        ({"classes": ["a", "a", "b"]}, "not all different"),
        ({"classes": ["a", "b"], "other_classes": ["b"]}, "not all different"),
        ({"backbone": "AlexNet"}, "there is no network AlexNet"),
        ({"preprocessing": "inside"}, "takes preprocessing minus_one_to_one"),
        ({"temperature": 0}, "temperature"),
        ({"id": "../../etc"}, "id"),
        ({"id": "con"}, "name of a folder"),
        ({"files": {"../card.json": "0" * 64}}, "files"),
        ({"surprise": 1}, "surprise"),
        ({"input_size": 10**9}, "input_size"),
    ],
)
def test_a_card_that_makes_no_sense_is_refused(
    package: Path, changes: dict[str, Any], message: str
) -> None:
    rewrite(package, **changes)
    with pytest.raises(PackageError, match=message):
        open_package(package)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", "null", "[" * 100_000])
def test_a_damaged_card_is_refused(package: Path, text: str) -> None:
    (package / "card.json").write_text(text, encoding="utf-8")
    with pytest.raises(PackageError, match="card"):
        open_package(package)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"classes": ["a", "b", "c"]}, "the card says 5 classes, the head has 7"),
        ({"input_size": 96}, "images of 96 x 96 x 3, the graph takes 64 x 64 x 3"),
        ({"head": {"hidden": 5, "batch_norm": True}}, "hidden layer of 12 .* the card says 5"),
    ],
)
def test_parts_that_do_not_belong_together_are_refused(
    package: Path, changes: dict[str, Any], message: str
) -> None:
    rewrite(package, **changes)
    with pytest.raises(PackageError, match=message):
        open_package(package)


def test_another_order_of_classes_is_another_model(package: Path) -> None:
    """The order is the card's, so the card tells the two apart."""
    before = open_package(package).card
    rewrite(package, classes=list(reversed(before.classes)))
    assert open_package(package).card.outputs != before.outputs


def test_reference_cells_of_unknown_classes_are_refused(package: Path, reseal: Reseal) -> None:
    arrays = read_arrays(package / "reference.npz")
    write_arrays(package / "reference.npz", {**arrays, "labels": np.full(8, 7, np.int16)})
    reseal(package)
    with pytest.raises(PackageError, match="name class 7, the card has 7"):
        open_package(package)


def test_reference_cells_of_another_network_are_refused(package: Path, reseal: Reseal) -> None:
    arrays = read_arrays(package / "reference.npz")
    write_arrays(package / "reference.npz", {**arrays, "pooled": np.zeros((8, 512), np.float16)})
    reseal(package)
    with pytest.raises(PackageError, match=r"has 1280 features, the reference cells .* have 512"):
        open_package(package)
