"""Weights from HDF5 files into a network or its backbone, layer by layer.

Two kinds of file are read, both without running anything that they hold:
- `.weights.h5` of Keras 3, of a whole network or of a bare backbone of `keras.applications`;
- the older `.h5` files that Keras Applications publishes.
Layers are matched in order, as Keras Applications does; each array must have the very
shape that the layer expects.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.errors import PackageError
from trainer.models.safe_files.hdf5 import open_hdf5, read_array

if TYPE_CHECKING:
    import keras

_HINT = "These are the weights of another network, or of one with other layers."


@dataclass(frozen=True)
class LayerWeights:
    """The arrays of one layer in a file."""

    name: str
    datasets: tuple[Any, ...]


def read_keras3(file: Any, layers: list[Any], name: str) -> list[LayerWeights]:
    """Read the arrays of the layers that have weights from a `.weights.h5` file of Keras 3.

    Args:
        file: an inspected HDF5 file.
        layers: all layers of the network that was saved, those without weights too.
        name: of the file, for messages.

    Raises:
        PackageError: it holds no layers, or weights of layers that the network lacks.
    """
    groups = file.get("layers")
    if not isinstance(groups, Mapping):
        raise PackageError(f"“{name}” holds no layers of a network.", _HINT)
    names = keras3_names(layers)
    unknown = [key for key in groups if key not in names and layer_datasets(file, key, name)]
    if unknown:
        raise PackageError(f"“{name}” holds weights of a layer too many: {unknown[0]}.", _HINT)
    return [
        LayerWeights(group, layer_datasets(file, group, name))
        for layer, group in zip(layers, names, strict=True)
        if layer.weights
    ]


def layer_datasets(file: Any, group: str, name: str) -> tuple[Any, ...]:
    """The datasets of one layer in a file of weights, in order; none where it has none.

    Args:
        file: an inspected HDF5 file.
        group: of the layer, as of `group_names`.
        name: of the file, for messages.

    Raises:
        PackageError: what lies there is no list of arrays.
    """
    values = file.get(f"layers/{group}/vars", {})
    arrays = isinstance(values, Mapping) and all(
        key.isdecimal() and not isinstance(value, Mapping) for key, value in values.items()
    )
    if not arrays:
        raise PackageError(f"“{name}” holds no list of weights for the layer {group}.", _HINT)
    return tuple(values[key] for key in sorted(values, key=int))


def keras3_names(layers: Iterable[Any]) -> list[str]:
    """The group of each layer in a `.weights.h5` file: its class, counted per class."""
    return group_names(type(layer).__name__ for layer in layers)


def group_names(classes: Iterable[str]) -> list[str]:
    """As `keras3_names`, from the names of the layers' classes, in order."""
    counts: Counter[str] = Counter()
    names = []
    for name in classes:
        plain = _snake_case(name)
        names.append(f"{plain}_{counts[plain]}" if counts[plain] else plain)
        counts[plain] += 1
    return names


def assign_weights(
    network: str, layers: list[Any], layer_weights: list[LayerWeights], name: str
) -> None:
    """Give the layers that have weights those of a file; all are checked before any.

    Raises:
        PackageError: another number of layers or other shapes; the message names the layer.
    """
    with_weights = [layer for layer in layers if layer.weights]
    _check_shapes(network, with_weights, layer_weights, name)
    for layer, entry in zip(with_weights, layer_weights, strict=True):
        for variable, dataset in zip(_variables(layer), entry.datasets, strict=True):
            variable.assign(read_array(dataset))


def _variables(layer: Any) -> list[Any]:
    """A layer's own weights in the order in which Keras stores them."""
    return [*layer.trainable_variables, *layer.non_trainable_variables]


def _snake_case(name: str) -> str:
    """As Keras names groups: `BatchNormalization` -> `batch_normalization`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def _check_shapes(
    network: str, layers: list[Any], layer_weights: list[LayerWeights], name: str
) -> None:
    for layer, entry in zip(layers, layer_weights, strict=False):
        expected = [tuple(variable.shape) for variable in _variables(layer)]
        found = [tuple(dataset.shape) for dataset in entry.datasets]
        if expected != found:
            raise PackageError(
                f"The weights in “{name}” do not fit {network}: layer {layer.name} expects"
                f" {_format_shapes(expected)}, the file has {_format_shapes(found)} "
                f"({entry.name}).",
                _HINT,
            )
    if len(layers) != len(layer_weights):
        raise PackageError(
            f"The weights in “{name}” do not fit {network}: it has {len(layers)} layers with"
            f" weights, the file {len(layer_weights)}.",
            _HINT,
        )


def _format_shapes(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("x".join(map(str, shape)) or "a number" for shape in shapes) or "nothing"


def load_backbone_weights(network: keras.Model, path: Path) -> None:
    """Load weights of the bare backbone into a network of `build_network`.

    Raises:
        PackageError: unreadable or unsafe file, or weights of another network; the
            message names the layer, and nothing has been changed.
    """
    from trainer.models.network.layers import backbone_layers, set_input_statistics

    if not path.is_file():
        raise PackageError(f"There is no file of weights “{path}”.")
    layers = backbone_layers(network)
    with open_hdf5(path, path.name) as file:
        if "layer_names" in file.attrs or "layer_names0" in file.attrs:
            stored = list(_read_published_weights(file, path.name))
            # Statistics of the input are ours, and differ in number between versions.
            layers = [layer for layer in layers if not _is_statistics(layer)]
        else:
            stored = read_keras3(file, layers, path.name)
        assign_weights(network.name, layers, stored, path.name)
    set_input_statistics(network)


def _is_statistics(layer: Any) -> bool:
    import keras

    return isinstance(layer, keras.layers.Normalization)


def _read_published_weights(file: Any, name: str) -> Iterable[LayerWeights]:
    for layer in _read_strings(file.attrs, "layer_names"):
        group = file.get(layer)
        if group is None:
            raise PackageError(f"“{name}” lists the layer “{layer}” but does not hold it.")
        datasets = tuple(group[key] for key in _read_strings(group.attrs, "weight_names"))
        if datasets and not layer.startswith("normalization"):
            yield LayerWeights(layer, datasets)


def _read_strings(attributes: Any, name: str) -> list[str]:
    """A list of names, which HDF5 may have split into `name0`, `name1`, ..."""
    parts = [attributes[name]] if name in attributes else []
    while not parts or f"{name}{len(parts)}" in attributes:
        key = f"{name}{len(parts)}"
        if key not in attributes:
            break
        parts.append(attributes[key])
    return [item.decode() if isinstance(item, bytes) else str(item) for p in parts for item in p]
