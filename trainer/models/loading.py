"""Rebuild the network of a package: architecture from our code, numbers from its file."""

from __future__ import annotations

from typing import Any

import keras

from trainer.models.card import Card
from trainer.models.hdf5 import open_hdf5
from trainer.models.keras_file import check_keras_file, read_weights
from trainer.models.layer_weights import assign, read_keras3
from trainer.models.network import build_network
from trainer.models.package import NETWORK, Package


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
    network = build_from_card(package.card)
    layers: list[Any] = list(network.layers)
    with open_hdf5(read_weights(package.network), NETWORK) as file:
        assign(network.name, layers, read_keras3(file, layers, NETWORK), NETWORK)
    for layer in layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    return network
