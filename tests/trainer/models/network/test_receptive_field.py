"""The grid of the heat maps, against where the gradient of a place really lies."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.models.backbones import BACKBONES


def evenly(weights: np.ndarray, *, per_channel: bool) -> np.ndarray:
    """Weights that take the mean over what they see; no bias."""
    if weights.ndim == 1:
        return np.zeros_like(weights)
    return np.full_like(weights, 1 / np.prod(weights.shape[: 2 if per_channel else 3]))


@pytest.mark.slow
@pytest.mark.parametrize("backbone", ["ResNet50", "DenseNet201", "EfficientNetB3"])
def test_a_place_looks_where_its_gradient_lies(backbone: str) -> None:
    import keras
    import tensorflow as tf

    from trainer.models.network.build import build_network
    from trainer.models.network.receptive_field import receptive_field_grid

    keras.utils.set_random_seed(0)
    size = 544  # wide enough for the field of view of a place in the middle
    network = build_network(backbone, 2, size)
    for layer in network.layers:
        # All weights alike and positive: the gradient is as symmetric as the paddings let it be.
        if isinstance(layer, keras.layers.DepthwiseConv2D | keras.layers.Conv2D):
            own = isinstance(layer, keras.layers.DepthwiseConv2D)
            layer.set_weights([evenly(w, per_channel=own) for w in layer.get_weights()])
    # Noise, because the maximum of equal values is the first of them.
    noise = np.random.default_rng(0).uniform(150, 250, (1, size, size, 3))
    image = tf.constant(noise.astype(np.float32))
    with tf.GradientTape() as tape:
        tape.watch(image)
        features = network(image, training=False)["features"]
        place = features.shape[2] // 2
        value = tf.reduce_sum(features[0, place, place])
    weight = np.abs(tape.gradient(value, image).numpy()[0]).sum(axis=(0, 2))
    assert weight.any()
    middle = float((weight * (np.arange(size) + 0.5)).sum() / weight.sum())
    grid = receptive_field_grid(network)
    assert grid.step == pytest.approx(32)
    assert grid.first + place * grid.step == pytest.approx(middle, abs=6)


@pytest.mark.parametrize(
    ("backbone", "size", "first"),
    [
        # Five strides of 2, each with its one zero behind: 0 -> 1 -> 3 -> 7 -> 15 -> 31.
        ("MobileNetV2", 128, 31.5),
        # Five poolings of two by two: the middle of the first 32 pixels.
        ("VGG16", 224, 16.0),
    ],
)
def test_by_hand(backbone: str, size: int, first: float) -> None:
    from trainer.models.network.build import build_network
    from trainer.models.network.receptive_field import receptive_field_grid

    grid = receptive_field_grid(build_network(backbone, 2, size))
    assert (grid.first, grid.step) == (first, 32)


@pytest.mark.parametrize("backbone", BACKBONES)
def test_the_grid_lies_on_the_input(backbone: str) -> None:
    from trainer.models.network.build import build_network
    from trainer.models.network.receptive_field import receptive_field_grid

    network = build_network(backbone, 2)
    grid, places = receptive_field_grid(network), network.output["features"].shape[2]
    assert grid.step == 32
    assert grid.first >= 0
    assert grid.first + (places - 1) * grid.step <= network.input_shape[2] + 16
