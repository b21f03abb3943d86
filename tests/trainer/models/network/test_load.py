"""The network of a package: weights that a forger made fit the hashes."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from trainer.errors import PackageError
from trainer.models.package.card import HeadSpec
from trainer.models.package.layout import open_package

Reseal = Callable[[Path], None]


def rezip(path: Path, **members: bytes | None) -> None:
    """Replace, add or (None) drop members of a zip file."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held.update({name.replace("__", "."): data for name, data in members.items() if data})
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, data)


def network_refused(package: Path, reseal: Reseal, message: str) -> None:
    from trainer.models.network.load import load_network

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
    from trainer.models.export.keras import save_network
    from trainer.models.network.build import build_network

    spec = HeadSpec(batch_norm=True, hidden=12)
    save_network(build_network("MobileNetV2", 6, 64, spec), package / "model.keras")
    network_refused(package, reseal, "layer logits expects 12x7, 7, the file has 12x6, 6")


@pytest.mark.slow
def test_weights_of_another_network_are_refused(package: Path, reseal: Reseal) -> None:
    from trainer.models.export.keras import save_network
    from trainer.models.network.build import build_network

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


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("layers", "holds no layers of a network"),
        ("layers/dense_1", "expects 12x7, 7, the file has nothing"),
        ("layers/dense_1/vars", "no list of weights for the layer dense_1"),
        ("layers/dense_1/vars/kernel", "no list of weights for the layer dense_1"),
        ("layers/dense_1/vars/0/inner", "no list of weights for the layer dense_1"),
    ],
)
def test_weights_at_odd_places_are_refused(
    package: Path, reseal: Reseal, tmp_path: Path, place: str, message: str
) -> None:
    def misplace(weights: h5py.File) -> None:
        if place in weights or place.startswith(LOGITS):
            del weights[place.removesuffix("/inner")]
        weights[place] = np.arange(3, dtype=np.float32)

    spoil_weights(package, tmp_path, misplace)
    network_refused(package, reseal, message)


def test_no_weights_are_drawn_only_to_be_replaced(package: Path) -> None:
    """To draw them takes JAX longer than all the rest of loading."""
    from trainer.models.network.load import _build_with_zeros, load_network

    opened = open_package(package)
    assert not any(np.asarray(weight).any() for weight in _build_with_zeros(opened.card).weights)
    loaded = load_network(opened)
    assert sum(bool(np.asarray(weight).any()) for weight in loaded.weights) > 100
