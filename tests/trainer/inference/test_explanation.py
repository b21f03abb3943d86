"""Grad-CAM from one forward pass equals what a gradient tape finds, for every network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from trainer.imaging.heat_maps import normalize_heatmaps
from trainer.inference.contribution import contribution_maps, logit_parts
from trainer.inference.explanation import (
    grad_cam,
    grad_cam_plus_plus,
    occlusion,
)
from trainer.inference.place_weights import equal_place_weights, place_weights
from trainer.models.backbones import BACKBONES
from trainer.models.package.card import FeatureMapSpec, HeadSpec
from trainer.models.probabilities import softmax

SMALLEST = {"Xception": 96}
HEADS = {
    "plain": HeadSpec(),
    "batch norm": HeadSpec(batch_norm=True),
    "hidden layer": HeadSpec(batch_norm=True, hidden=16),
}


OVER_THE_CELL = FeatureMapSpec(output_stride=16, pooling="cell_mean")


def build(backbone: str, head: HeadSpec, feature_map: FeatureMapSpec | None = None) -> Any:
    import keras

    from trainer.models.network.build import build_network

    keras.utils.set_random_seed(3)
    size = SMALLEST.get(backbone, 64)
    network = build_network(backbone, 4, size, head, feature_map=feature_map)
    for layer in network.layers:
        # Statistics of a trained network, so that batch norm does something.
        if layer.name == "head_norm":
            count = layer.moving_mean.shape[0]
            layer.moving_mean.assign(np.linspace(-0.2, 0.2, count))
            layer.moving_variance.assign(np.linspace(0.5, 2.0, count))
    return network


def tape_gradients(
    network: Any, cells: np.ndarray, at: str = "features"
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features, pooled features, and d logit / d features (N, C, h, w, K) by a tape.

    The last, at "pooled", is d logit / d pooled (N, C, K).
    """
    import keras
    import tensorflow as tf

    tail = keras.Model(network.output[at], network.output["logits"])
    outputs = network(cells, training=False)
    watched = tf.constant(outputs[at])
    gradients = []
    for index in range(outputs["logits"].shape[1]):
        with tf.GradientTape() as tape:
            tape.watch(watched)
            logit = tail(watched, training=False)[:, index]
        gradients.append(tape.gradient(logit, watched).numpy())
    features, pooled = (np.asarray(outputs[name]) for name in ("features", "pooled"))
    return features, pooled, np.stack(gradients, axis=1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backbone", "head"),
    [*((name, "plain") for name in BACKBONES), *(("MobileNetV2", name) for name in HEADS)],
)
def test_equals_a_gradient_tape(backbone: str, head: str) -> None:
    from trainer.models.network.build import head_of

    network = build(backbone, HEADS[head])
    side = network.input_shape[1]
    cells = np.random.default_rng(5).uniform(0, 255, (3, side, side, 3)).astype(np.float32)
    features, pooled, gradients = tape_gradients(network, cells)

    ours = normalize_heatmaps(grad_cam(features, head_of(network).gradient(pooled)))
    weights = gradients.mean(axis=(2, 3))
    expected = np.maximum(np.einsum("nck,nhwk->nchw", weights, features), 0)
    expected = by_peak(expected)

    assert ours.shape == (3, 4, *features.shape[1:3])
    assert ours.max() == pytest.approx(1.0)
    np.testing.assert_allclose(ours, expected, atol=1e-4)

    even = equal_place_weights(3, features.shape[1])
    plus = grad_cam_plus_plus(features, head_of(network).gradient(pooled), even)
    plus = normalize_heatmaps(plus)
    np.testing.assert_allclose(plus, plus_plus_by_definition(features, gradients), atol=1e-4)


@pytest.mark.slow
def test_equals_a_gradient_tape_with_the_mean_over_the_cell() -> None:
    from trainer.models.network.build import head_of
    from trainer.models.network.receptive_field import receptive_field_grid

    network = build("MobileNetV2", HEADS["hidden layer"], OVER_THE_CELL)
    cells = np.full((3, 64, 64, 3), 128, np.uint8)
    random = np.random.default_rng(5)
    for row, cell in enumerate(cells):
        cell[10 + row : 50, 20 : 40 + 5 * row] = random.integers(0, 120, 3)
    features, pooled, of_pooled = tape_gradients(network, cells.astype(np.float32), "pooled")
    gradient = head_of(network).gradient(pooled)
    weights = place_weights(cells, receptive_field_grid(network), features.shape[1])
    assert np.ptp(weights) > 0.02
    np.testing.assert_allclose(
        pooled, np.einsum("nhw,nhwk->nk", weights, features), rtol=1e-3, atol=1e-5
    )
    # By the chain rule through that sum.
    gradients = of_pooled[:, :, None, None] * weights[:, None, :, :, None]

    expected = gradients.mean(axis=(2, 3))  # Grad-CAM's weights, whatever a place counts
    cam = by_peak(np.maximum(np.einsum("nck,nhwk->nchw", expected, features), 0))
    ours = normalize_heatmaps(grad_cam(features, gradient))
    np.testing.assert_allclose(ours, cam, atol=1e-3)
    plus = normalize_heatmaps(grad_cam_plus_plus(features, gradient, weights))
    np.testing.assert_allclose(plus, plus_plus_by_definition(features, gradients), atol=1e-3)
    # Contributions are gradient times feature, less what the others have of it by probability.
    parts = np.einsum("nchwk,nhwk->nchw", gradients, features)
    probabilities = softmax(head_of(network).logits(pooled))
    found = contribution_maps(logit_parts(features, gradient, weights), probabilities)
    for c in range(4):
        others = np.delete(probabilities, c, axis=1)
        rest = np.einsum("nj,njhw->nhw", others, np.delete(parts, c, axis=1))
        rest /= others.sum(axis=1)[:, None, None]
        size = np.abs(parts).max()
        np.testing.assert_allclose(found[:, c], parts[:, c] - rest, atol=1e-3 * size)


def plus_plus_by_definition(features: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    """Chattopadhay et al., equations 10 and 19, place by place."""
    maps = np.moveaxis(features, -1, 1)[:, None]  # (N, 1, K, h, w)
    slope = np.moveaxis(gradients, -1, 2)  # (N, C, K, h, w)
    total = maps.sum(axis=(-2, -1), keepdims=True)
    below = 2 * slope**2 + total * slope**3
    alpha = np.where(below == 0, 0, slope**2 / np.where(below == 0, 1, below))
    weights = (alpha * np.maximum(slope, 0)).sum(axis=(-2, -1), keepdims=True)
    heat = np.maximum((weights * maps).sum(axis=2), 0)
    return by_peak(heat)


def by_peak(heat: np.ndarray) -> np.ndarray:
    peak = heat.max(axis=(-2, -1), keepdims=True)
    return heat / np.where(peak == 0, 1, peak)


def test_a_map_without_heat_stays_zero() -> None:
    features = np.ones((1, 2, 2, 3), np.float32)
    gradient = np.full((1, 2, 3), -1, np.float32)
    assert not normalize_heatmaps(grad_cam(features, gradient)).any()


def test_occlusion_finds_the_place_that_counts() -> None:
    view = np.full((64, 64, 3), 128, np.uint8)
    view[40:48, 16:24] = 255

    def probability(cells: np.ndarray) -> np.ndarray:
        bright = (cells[:, 40:48, 16:24] == 255).mean(axis=(1, 2, 3))
        return np.stack([bright, 1 - bright], axis=1).astype(np.float32)

    heat = occlusion(view, probability, grid=8)
    assert heat.shape == (2, 8, 8)
    assert np.unravel_index(heat[0].argmax(), (8, 8)) == (5, 2)
    assert heat[0, 5, 2] == 1.0
    assert not heat[0, :4].any()
    assert not heat[1].any()
