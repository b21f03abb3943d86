"""Rebuild the network of a package: architecture from our code, numbers from its file."""

from __future__ import annotations

from typing import Any, BinaryIO

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.models.network.build import build_network
from trainer.models.network.weights import assign_weights, read_keras3
from trainer.models.package.card import Card
from trainer.models.package.layout import NETWORK, Package
from trainer.models.safe_files.hdf5 import open_hdf5
from trainer.models.safe_files.keras import read_keras_file


def build_from_card(card: Card) -> keras.Model:
    """Build the network that a card describes, with random weights."""
    return build_network(
        card.backbone,
        len(card.outputs),
        card.input_size,
        card.head,
        feature_map=card.feature_map,
    )


def load_network(package: Package) -> keras.Model:
    """Load the network of a package with its weights; nothing in the package is executed.

    Raises:
        PackageError: the file is unsafe or damaged, or its weights do not have the
            shapes that the card requires; the message names the layer.
    """
    file = read_keras_file(package.network)
    network = _build_with_zeros(package.card)
    load_weights(network, file.weights)
    return network


def _build_with_zeros(card: Card) -> keras.Model:
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


def load_weights(network: keras.Model, weights: BinaryIO) -> None:
    """Give a network the weights of a `.keras` file that was written for it.

    Raises:
        PackageError: the file is damaged, or a layer's weights have another shape.
    """
    layers: list[Any] = list(network.layers)
    with open_hdf5(weights, NETWORK) as stored:
        assign_weights(network.name, layers, read_keras3(stored, layers, NETWORK), NETWORK)
    for layer in layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
