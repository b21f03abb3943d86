"""Put weights from a file into the backbone of a network, layer by layer.

Two kinds of file are read, both without running anything that they hold:
- `.weights.h5` of Keras 3, saved from the bare backbone of `keras.applications`;
- the older `.h5` files that Keras Applications publishes.
Layers are matched in order, as Keras Applications does; each array must have the very
shape that the layer expects.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import keras

from trainer.errors import PackageError
from trainer.models.hdf5 import open_hdf5
from trainer.models.layer_weights import Stored, assign, read_keras3
from trainer.models.layers import backbone_layers, set_input_statistics


def load_backbone_weights(network: keras.Model, path: Path) -> None:
    """Load weights of the bare backbone into a network of `build_network`.

    Raises:
        PackageError: unreadable or unsafe file, or weights of another network; the
            message says which layer differs, and nothing has been changed.
    """
    if not path.is_file():
        raise PackageError(f"There is no file of weights “{path}”.")
    layers = backbone_layers(network)
    with open_hdf5(path, path.name) as file:
        if "layer_names" in file.attrs or "layer_names0" in file.attrs:
            stored = list(_published(file, path.name))
            # Statistics of the input are ours, and differ in number between versions.
            layers = [layer for layer in layers if not _is_statistics(layer)]
        else:
            stored = read_keras3(file, layers, path.name)
        assign(network.name, layers, stored, path.name)
    set_input_statistics(network)


def _is_statistics(layer: Any) -> bool:
    return isinstance(layer, keras.layers.Normalization)


def _published(file: Any, name: str) -> Iterable[Stored]:
    for layer in _strings(file.attrs, "layer_names"):
        group = file.get(layer)
        if group is None:
            raise PackageError(f"“{name}” lists the layer “{layer}” but does not hold it.")
        datasets = tuple(group[key] for key in _strings(group.attrs, "weight_names"))
        if datasets and not layer.startswith("normalization"):
            yield Stored(layer, datasets)


def _strings(attributes: Any, name: str) -> list[str]:
    """A list of names, which HDF5 may have cut into `name0`, `name1`, ..."""
    parts = [attributes[name]] if name in attributes else []
    while not parts or f"{name}{len(parts)}" in attributes:
        key = f"{name}{len(parts)}"
        if key not in attributes:
            break
        parts.append(attributes[key])
    return [item.decode() if isinstance(item, bytes) else str(item) for p in parts for item in p]
