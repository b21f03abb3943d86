"""Rebuild the network of a package: architecture from our code, numbers from its file."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.models.card import Card, HeadSpec
from trainer.models.hdf5 import open_hdf5
from trainer.models.head import Head
from trainer.models.keras_file import check_keras_file, read_weights
from trainer.models.layer_weights import assign, read_keras3
from trainer.models.network import build_network
from trainer.models.package import NETWORK, Package
from trainer.models.reheading import write_network
from trainer.models.stem import Stem


def build_from_card(card: Card) -> keras.Model:
    """The network that a card describes, with random weights."""
    return build_network(card.backbone, len(card.outputs), card.input_size, card.head)


def load_network(package: Package) -> keras.Model:
    """The network of a package, with its weights; nothing in the package is executed.

    Raises:
        PackageError: the file is unsafe or damaged, or its weights do not have the
            shapes that the card asks for; says which layer differs.
    """
    check_keras_file(package.network)
    network = _unfilled(package.card)
    _load(network, package.network)
    return network


def _unfilled(card: Card) -> keras.Model:
    """The network that a card describes, with zeros for weights.

    To draw random ones only to replace them makes JAX compile a function for every shape.
    """
    with keras.StatelessScope():
        network = build_from_card(card)
        for variable in network.weights:
            variable._initializer = _zeros  # called as the scope ends
    return network


def _zeros(shape: tuple[int, ...], dtype: str) -> NDArray[np.generic]:
    return np.zeros(shape, dtype)


def load_reheaded(stem: Stem, head: Head, spec: HeadSpec) -> keras.Model:
    """The network of a stem with another head.

    Args:
        spec: the layers of `head`, with the dropout that it shall be trained with.

    Raises:
        PackageError: the stem's file is unsafe or damaged.
    """
    network = build_network(stem.backbone, head.outputs, stem.input_size, spec)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / NETWORK
        write_network(stem, head, spec.dropout, file)
        _load(network, file)
    return network


def _load(network: keras.Model, file: Path) -> None:
    layers: list[Any] = list(network.layers)
    with open_hdf5(read_weights(file), NETWORK) as stored:
        assign(network.name, layers, read_keras3(stored, layers, NETWORK), NETWORK)
    for layer in layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
