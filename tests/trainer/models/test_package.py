"""Packages written, opened and refused: every refusal is made for real."""

from __future__ import annotations

import errno
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from trainer.errors import PackageError, UserError
from trainer.models.arrays import read_arrays, write_arrays
from trainer.models.card import Card, HeadSpec, read_card, write_card
from trainer.models.package import FILES, open_package
from trainer.models.weights import FOLDER_VARIABLE

Reseal = Callable[[Path], None]


def rewrite(folder: Path, **changes: Any) -> None:
    """Change fields of a card as text, past its own checks."""
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    card.update(changes)
    (folder / "card.json").write_text(json.dumps(card), encoding="utf-8")


def rezip(path: Path, **members: bytes | None) -> None:
    """Replace, add or (None) drop members of a zip file."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held.update({name.replace("__", "."): data for name, data in members.items() if data})
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, data)


def test_a_package_holds_what_the_contract_says(made: Path) -> None:
    assert {path.name for path in made.iterdir()} == {"card.json", *FILES}
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_a_package_comes_back_with_the_same_figures(made: Path) -> None:
    import keras

    from trainer.models.gates import check_parity
    from trainer.models.loading import load_network
    from trainer.models.network import head_of
    from trainer.models.random_package import stained_blots

    package = open_package(made)
    network = load_network(package)
    images = stained_blots(64, 0)
    assert check_parity(network, package.graph, images).disagreements == 0
    pooled = keras.ops.convert_to_numpy(network(images, training=False)["pooled"])
    np.testing.assert_array_equal(package.head().logits(pooled), head_of(network).logits(pooled))
    np.testing.assert_allclose(package.reference().pooled, pooled, rtol=2e-3, atol=1e-3)


def test_keras_itself_opens_the_network(made: Path) -> None:
    import keras

    from trainer.models.loading import load_network
    from trainer.models.random_package import stained_blots

    images = stained_blots(64, 0)
    plain = keras.models.load_model(made / "model.keras")(images, training=False)
    ours = load_network(open_package(made))(images, training=False)
    np.testing.assert_array_equal(
        keras.ops.convert_to_numpy(plain["logits"]), keras.ops.convert_to_numpy(ours["logits"])
    )


def test_equal_seeds_give_equal_weights(made: Path, tmp_path: Path) -> None:
    from tests.trainer.models.conftest import OTHERS
    from trainer.models.random_package import random_package

    spec = HeadSpec(batch_norm=True, hidden=12)
    again = random_package(tmp_path / "tiny", other_classes=OTHERS, input_size=64, head=spec)
    one, two = read_arrays(made / "head.npz"), read_arrays(again.path / "head.npz")
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert (made / "graph.bin").read_bytes() == again.graph.with_suffix(".bin").read_bytes()


def test_the_card_is_told_for_people(made: Path) -> None:
    text = (made / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "Not a medical device" in text
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


# The network of a package: weights that a forger made fit the hashes.


def network_refused(package: Path, reseal: Reseal, message: str) -> None:
    from trainer.models.loading import load_network

    reseal(package)
    with pytest.raises(PackageError, match=message):
        load_network(open_package(package))


def lambda_network(path: Path) -> None:
    import keras

    inputs = keras.Input((4,))
    outputs = keras.layers.Lambda(lambda x: x * 2, name="evil")(inputs)
    keras.Model(inputs, outputs).save(path)


def test_a_lambda_layer_is_refused(package: Path, reseal: Reseal) -> None:
    lambda_network(package / "model.keras")
    network_refused(package, reseal, r"holds a Lambda layer \(“evil”\)")


def test_a_foreign_class_is_refused(package: Path, reseal: Reseal) -> None:
    config = {"class_name": "Popen", "module": "subprocess", "config": {}}
    rezip(package / "model.keras", config__json=json.dumps({"layers": [config]}).encode())
    network_refused(package, reseal, r"foreign code subprocess\.Popen")


def test_a_registered_class_is_refused(package: Path, reseal: Reseal) -> None:
    import keras

    @keras.saving.register_keras_serializable(package="Foreign")
    class Twice(keras.layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return x * 2

    inputs = keras.Input((4,))
    keras.Model(inputs, Twice()(inputs)).save(package / "model.keras")
    network_refused(package, reseal, "foreign code")


def test_a_pickle_beside_the_weights_is_refused(package: Path, reseal: Reseal) -> None:
    rezip(package / "model.keras", extra__pkl=b"\x80\x04K\x01.")
    network_refused(package, reseal, "pickled objects")


def test_a_network_that_is_no_archive_is_refused(package: Path, reseal: Reseal) -> None:
    (package / "model.keras").write_bytes(b"\x80\x04K\x01.")
    network_refused(package, reseal, "damaged or not a Keras model")


def test_weights_of_another_head_are_refused(package: Path, reseal: Reseal) -> None:
    from trainer.models.network import build_network
    from trainer.models.network_parts import save_network

    spec = HeadSpec(batch_norm=True, hidden=12)
    save_network(build_network("MobileNetV2", 6, 64, spec), package / "model.keras")
    network_refused(package, reseal, "layer logits expects 12x7, 7, the file has 12x6, 6")


def test_weights_of_another_network_are_refused(package: Path, reseal: Reseal) -> None:
    from trainer.models.network import build_network
    from trainer.models.network_parts import save_network

    save_network(build_network("VGG16", 7, 64), package / "model.keras")
    network_refused(package, reseal, "weights of another network")


def spoil_weights(package: Path, tmp_path: Path, change: Callable[[h5py.File], None]) -> None:
    file = tmp_path / "weights.h5"
    with zipfile.ZipFile(package / "model.keras") as archive:
        file.write_bytes(archive.read("model.weights.h5"))
    with h5py.File(file, "r+") as weights:
        change(weights)
    rezip(package / "model.keras", model__weights__h5=file.read_bytes())


LOGITS = "layers/dense_1/vars/0"


def test_a_link_to_another_file_is_refused(package: Path, reseal: Reseal, tmp_path: Path) -> None:
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as other:
        other["kernel"] = np.zeros((12, 7), np.float32)

    def link(weights: h5py.File) -> None:
        del weights[LOGITS]
        weights[LOGITS] = h5py.ExternalLink(str(secret), "kernel")

    spoil_weights(package, tmp_path, link)
    network_refused(package, reseal, "points to something outside of itself")


def test_weights_kept_in_another_file_are_refused(
    package: Path, reseal: Reseal, tmp_path: Path
) -> None:
    (tmp_path / "raw").write_bytes(bytes(12 * 7 * 4))

    def outsource(weights: h5py.File) -> None:
        del weights[LOGITS]
        external = [(str(tmp_path / "raw"), 0, h5py.h5f.UNLIMITED)]
        weights.create_dataset(LOGITS, (12, 7), np.float32, external=external)

    spoil_weights(package, tmp_path, outsource)
    network_refused(package, reseal, "in another file")


def test_a_virtual_dataset_is_refused(package: Path, reseal: Reseal, tmp_path: Path) -> None:
    def imagine(weights: h5py.File) -> None:
        del weights[LOGITS]
        layout = h5py.VirtualLayout((12, 7), np.float32)
        layout[:] = h5py.VirtualSource("elsewhere.h5", "kernel", (12, 7))
        weights.create_virtual_dataset(LOGITS, layout)

    spoil_weights(package, tmp_path, imagine)
    network_refused(package, reseal, "in another file")


def test_a_shape_bomb_is_refused(package: Path, reseal: Reseal, tmp_path: Path) -> None:
    def inflate(weights: h5py.File) -> None:
        del weights[LOGITS]
        weights.create_dataset(LOGITS, (200_000, 200_000), np.float32, chunks=(100, 100))

    spoil_weights(package, tmp_path, inflate)
    network_refused(package, reseal, "announces 160,0.* MB of weights")


def test_weights_that_are_text_are_refused(package: Path, reseal: Reseal, tmp_path: Path) -> None:
    def write(weights: h5py.File) -> None:
        del weights[LOGITS]
        weights[LOGITS] = "import os"

    spoil_weights(package, tmp_path, write)
    network_refused(package, reseal, "no array of numbers")


def test_damaged_weights_are_refused(package: Path, reseal: Reseal) -> None:
    rezip(package / "model.keras", model__weights__h5=b"\x89HDF\r\n\x1a\n" + bytes(200))
    network_refused(package, reseal, "damaged or of another kind")


# Writing.


@pytest.fixture(scope="module")
def contents(made: Path) -> Any:
    from trainer.models.loading import load_network
    from trainer.models.packing import Contents
    from trainer.models.random_package import stained_blots

    package = open_package(made)
    return Contents(load_network(package), stained_blots(64, 0), package.reference())


def card_like(folder: Path, **changes: Any) -> Card:
    card = read_card(folder / "card.json")
    return card.model_copy(update={"created": datetime.now(UTC), **changes})


def test_a_package_is_never_written_over_another(made: Path, contents: Any) -> None:
    from trainer.models.packing import write_package

    before = (made / "card.json").read_bytes()
    with pytest.raises(UserError, match="already a model “tiny”"):
        write_package(made, card_like(made), contents)
    assert (made / "card.json").read_bytes() == before


def test_a_network_of_other_classes_is_not_packed(
    made: Path, contents: Any, tmp_path: Path
) -> None:
    from trainer.models.packing import write_package

    card = card_like(made, other_classes=("eosinophil",))
    with pytest.raises(PackageError, match="not the one that the card of “tiny” describes"):
        write_package(tmp_path / "new", card, contents)
    assert not list(tmp_path.iterdir())


def test_nothing_is_left_where_the_graph_does_not_agree(
    made: Path, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.models import gates
    from trainer.models.packing import write_package

    monkeypatch.setattr(gates, "MAX_DP", -1.0)
    with pytest.raises(PackageError, match="does not compute what the network computes"):
        write_package(tmp_path / "new", card_like(made), contents)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_nothing_and_says_what_is_needed(
    made: Path, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.models import packing

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(packing, "write_card", full)
    with pytest.raises(UserError, match=r"disk is full: the model needs up to \d+ MB"):
        packing.write_package(tmp_path / "new", card_like(made), contents)
    assert not list(tmp_path.iterdir())


def test_too_little_room_is_noticed_before_anything_is_written(
    made: Path, contents: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trainer.models import disk, packing

    usage = shutil.disk_usage(tmp_path)._replace(free=1_000_000)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(UserError, match="1 MB are free"):
        packing.write_package(tmp_path / "new", card_like(made), contents)
    assert not list(tmp_path.iterdir())


def test_gates_and_versions_are_written_into_the_card(
    made: Path, contents: Any, tmp_path: Path
) -> None:
    from trainer.models.openvino_runtime import native_precisions
    from trainer.models.packing import FAST, write_package

    card = write_package(tmp_path / "new", card_like(made, id="new"), contents).card
    assert read_card(tmp_path / "new" / "card.json") == card
    assert {gate.precision for gate in card.precisions} == native_precisions() & set(FAST)
    assert {"keras", "openvino", "numpy", "python", "leukogui"} <= card.software.keys()


def test_a_card_comes_back_from_its_file(made: Path, tmp_path: Path) -> None:
    card = read_card(made / "card.json")
    write_card(card, tmp_path / "card.json")
    assert read_card(tmp_path / "card.json") == card
    assert b"\r" not in (tmp_path / "card.json").read_bytes()


REAL = Path(os.environ.get(FOLDER_VARIABLE, "")) / "mobilenet_v2_imagenet_notop.weights.h5"


@pytest.mark.skipif(not REAL.is_file(), reason="needs the ImageNet weights of MobileNetV2")
def test_real_weights_pass_the_gate_and_stay_small(tmp_path: Path) -> None:
    import keras

    from trainer.models.export import export_graph, round_to_float16
    from trainer.models.gates import check_parity
    from trainer.models.network import build_network
    from trainer.models.network_parts import save_network
    from trainer.models.random_package import stained_blots

    keras.utils.set_random_seed(0)
    network = build_network("MobileNetV2", 9, 128, weights=REAL)
    round_to_float16(network)
    graph = export_graph(network, tmp_path)
    assert check_parity(network, graph, stained_blots(128, 1)).max_dp <= 1e-4
    save_network(network, tmp_path / "model.keras")
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 11e6
