"""Put weights from a file into the backbone of a network, layer by layer.

Two kinds of file are read, both without running anything that they hold:
- `.weights.h5` of Keras 3, saved from the bare backbone of `keras.applications`;
- the older `.h5` files that Keras Applications publishes.
Layers are matched in order, as Keras Applications does; each array must have the very
shape that the layer expects.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from trainer.errors import PackageError
from trainer.models.hdf5 import open_hdf5, read_array
from trainer.models.network import backbone_layers, set_input_statistics

_HINT = "These are the weights of another network, or of one with other layers."


@dataclass(frozen=True)
class _Stored:
    """What a file holds for one layer."""

    name: str
    datasets: tuple[Any, ...]


def load_backbone_weights(network: keras.Model, path: Path) -> None:
    """Load weights of the bare backbone into a network of `build_network`.

    Raises:
        PackageError: unreadable or unsafe file, or weights of another network; the
            message says which layer differs, and nothing has been changed.
    """
    if not path.is_file():
        raise PackageError(f"There is no file of weights “{path}”.")
    layers = [layer for layer in backbone_layers(network) if _learned(layer)]
    with open_hdf5(path, path.name) as file:
        if "layer_names" in file.attrs or "layer_names0" in file.attrs:
            stored = list(_legacy(file, path.name))
        else:
            stored = list(_keras3(file, backbone_layers(network), path.name))
        _check(network.name, layers, stored, path.name)
        for layer, entry in zip(layers, stored, strict=True):
            _assign(layer, [read_array(dataset) for dataset in entry.datasets])
    set_input_statistics(network)


def keras3_names(layers: Iterable[Any]) -> list[str]:
    """The group of each layer in a `.weights.h5` file: its class, counted per class."""
    counts: Counter[str] = Counter()
    names = []
    for layer in layers:
        plain = _snake_case(type(layer).__name__)
        names.append(f"{plain}_{counts[plain]}" if counts[plain] else plain)
        counts[plain] += 1
    return names


def variables(layer: Any) -> list[Any]:
    """A layer's own weights in the order in which Keras stores them."""
    return [*layer.trainable_variables, *layer.non_trainable_variables]


def _learned(layer: Any) -> bool:
    """Whether a layer's weights come from the file (input statistics are ours)."""
    return bool(layer.weights) and not isinstance(layer, keras.layers.Normalization)


def _snake_case(name: str) -> str:
    """As Keras names groups: `BatchNormalization` -> `batch_normalization`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _keras3(file: Any, layers: list[Any], name: str) -> Iterable[_Stored]:
    groups = file.get("layers")
    if groups is None:
        raise PackageError(f"“{name}” holds no layers.", _HINT)
    for layer, group in zip(layers, keras3_names(layers), strict=True):
        if not _learned(layer):
            continue
        values = groups.get(f"{group}/vars", {})
        yield _Stored(group, tuple(values[key] for key in sorted(values, key=int)))


def _legacy(file: Any, name: str) -> Iterable[_Stored]:
    for layer in _strings(file.attrs, "layer_names"):
        group = file.get(layer)
        if group is None:
            raise PackageError(f"“{name}” lists the layer “{layer}” but does not hold it.")
        datasets = tuple(group[key] for key in _strings(group.attrs, "weight_names"))
        if datasets and not layer.startswith("normalization"):
            yield _Stored(layer, datasets)


def _strings(attributes: Any, name: str) -> list[str]:
    """A list of names, which HDF5 may have cut into `name0`, `name1`, ..."""
    parts = [attributes[name]] if name in attributes else []
    while not parts or f"{name}{len(parts)}" in attributes:
        key = f"{name}{len(parts)}"
        if key not in attributes:
            break
        parts.append(attributes[key])
    return [item.decode() if isinstance(item, bytes) else str(item) for p in parts for item in p]


def _check(network: str, layers: list[Any], stored: list[_Stored], name: str) -> None:
    for layer, entry in zip(layers, stored, strict=False):
        expected = [tuple(variable.shape) for variable in variables(layer)]
        found = [tuple(dataset.shape) for dataset in entry.datasets]
        if expected != found:
            raise PackageError(
                f"The weights in “{name}” do not fit {network}: layer {layer.name} expects"
                f" {_shapes(expected)}, the file has {_shapes(found)} ({entry.name}).",
                _HINT,
            )
    if len(layers) != len(stored):
        raise PackageError(
            f"The weights in “{name}” do not fit {network}: it has {len(layers)} layers with"
            f" weights, the file {len(stored)}.",
            _HINT,
        )


def _shapes(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("x".join(map(str, shape)) or "a number" for shape in shapes) or "nothing"


def _assign(layer: Any, values: list[Any]) -> None:
    for variable, value in zip(variables(layer), values, strict=True):
        variable.assign(value)
