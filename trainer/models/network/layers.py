"""Which layers of a network are the backbone's, and which are ours, by their names."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from trainer.models.head import LAYERS

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

_OWN_LAYERS = ("image", "preprocess", "pooled")


def backbone_layers(network: Any) -> list[Any]:
    """The layers between preprocessing and pooling, in order."""
    return [layer for layer in network.layers if layer.name not in (*_OWN_LAYERS, *LAYERS)]


def head_layers(network: Any) -> list[Any]:
    """The layers after pooling, in order."""
    return [layer for layer in network.layers if layer.name in LAYERS]


def set_input_statistics(network: Any) -> None:
    """Give EfficientNet's own normalisation the statistics of ImageNet.

    Keras builds the layer empty without weights; with ImageNet weights it stores the
    standard deviation as the variance and adds a second rescaling to make up for it.
    Here the layer has the true statistics, whatever weights follow.
    """
    for layer in backbone_layers(network):
        if isinstance(layer, keras.layers.Normalization):
            layer.adapt_mean.assign(np.reshape(IMAGENET_MEAN, layer.adapt_mean.shape))
            variance = np.square(IMAGENET_STD)
            layer.adapt_variance.assign(np.reshape(variance, layer.adapt_variance.shape))
            layer.finalize_state()
