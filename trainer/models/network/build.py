"""Build the network of a backbone and a head: RGB 0-255 in, three outputs out.

Backend-neutral Keras 3; made of Keras' own layers only, so that any Keras opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from trainer.errors import UserError
from trainer.models.backbones import Backbone, Preprocessing, find_backbone
from trainer.models.head import Head
from trainer.models.network.layers import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    head_layers,
    set_input_statistics,
)
from trainer.models.network.pooling import name_operations, pool_over_cell
from trainer.models.network.weights import load_backbone_weights
from trainer.models.package.card import FeatureMapSpec, HeadSpec

OUTPUTS = ("logits", "pooled", "features")
IMAGENET_BGR_MEAN = (103.939, 116.779, 123.68)


def build_network(
    backbone: str,
    outputs: int,
    input_size: int | None = None,
    head: HeadSpec | None = None,
    weights: Path | None = None,
    feature_map: FeatureMapSpec | None = None,
) -> keras.Model:
    """Build a network with its preprocessing inside.

    Args:
        backbone: name of a row of `BACKBONES`.
        outputs: C, classes and other classes together.
        input_size: side of the square input in pixels; None takes the backbone's own.
        head: layers after pooling; None takes the default.
        weights: a file of weights of the bare backbone, see `load_backbone_weights`;
            None leaves random ones (drawn from Keras' global seed).
        feature_map: how fine the last feature map is, and how it is pooled; None takes the
            default.

    Returns:
        A functional model: float32 (N, H, W, 3) RGB 0-255 to a dict of float32
        `logits` (N, C), `pooled` (N, K), `features` (N, h, w, K).

    Raises:
        UserError: no such backbone, an input too small for it, or no finer map to be had.
        PackageError: the weights are refused.
    """
    row = find_backbone(backbone)
    size = row.input_size if input_size is None else input_size
    if size < row.smallest:
        raise UserError(
            f"{row.name} needs images of at least {row.smallest} pixels; {size} were asked for."
        )
    spec = feature_map or FeatureMapSpec()
    base = _build_base(row, size)
    if spec.output_stride:
        base = _leave_out_last_stride(base, row)
    image, features = base.input, base.output
    pooled = (
        pool_over_cell(base)
        if spec.pooling == "cell_mean"
        else keras.layers.GlobalAveragePooling2D(name="pooled")(features)
    )
    logits = _build_head(pooled, outputs, head or HeadSpec())
    network = keras.Model(
        image, {"logits": logits, "pooled": pooled, "features": features}, name=row.name.lower()
    )
    name_operations(network)
    set_input_statistics(network)
    if weights is not None:
        load_backbone_weights(network, weights)
    return network


def build_preprocessing(image: Any, kind: Preprocessing) -> Any:
    """Convert RGB 0-255 to what the backbone was trained on, by Keras' own layers.

    Equal to `preprocess_input` of the same module of `keras.applications`.
    """
    if kind == "minus_one_to_one":
        return keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="preprocess")(image)
    if kind == "imagenet_mean_std":
        mean = [255 * value for value in IMAGENET_MEAN]
        variance = [(255 * value) ** 2 for value in IMAGENET_STD]
        return keras.layers.Normalization(mean=mean, variance=variance, name="preprocess")(image)
    if kind == "imagenet_bgr_mean":
        bgr = keras.ops.flip(image, axis=-1)
        mean = list(IMAGENET_BGR_MEAN)
        return keras.layers.Normalization(mean=mean, variance=[1.0] * 3, name="preprocess")(bgr)
    return image


def head_of(network: keras.Model) -> Head:
    """Copy the head of a network of `build_network` to numpy."""
    layers = {layer.name: layer for layer in head_layers(network)}
    kernel, bias = _arrays(layers["logits"])
    arrays: dict[str, Any] = {"kernel": kernel, "bias": bias}
    if "head_hidden" in layers:
        arrays["hidden_kernel"], arrays["hidden_bias"] = _arrays(layers["head_hidden"])
    if "head_norm" in layers:
        gamma, beta, mean, variance = (a.astype(np.float64) for a in _arrays(layers["head_norm"]))
        scale = gamma / np.sqrt(variance + layers["head_norm"].epsilon)
        arrays["scale"] = scale.astype(np.float32)
        arrays["shift"] = (beta - mean * scale).astype(np.float32)
    return Head(**arrays)


def _build_base(row: Backbone, size: int) -> keras.Model:
    """The network from the image to the last feature map."""
    image = keras.Input((size, size, 3), dtype="float32", name="image")
    inputs = build_preprocessing(image, row.preprocessing)
    if row.build is not None:
        return keras.Model(image, row.build(inputs))
    application = getattr(keras.applications, row.name)
    base = application(
        include_top=False, weights=None, input_tensor=inputs, input_shape=(size, size, 3)
    )
    return keras.Model(image, base.output)


def _leave_out_last_stride(base: keras.Model, row: Backbone) -> keras.Model:
    """The same layers with weights of the same shapes, the last convolution of stride 2 at 1."""
    if row.last_stride is None:
        raise UserError(
            f"{row.name} has no finer feature map than its own.", "Leave output_stride out."
        )
    padding, convolution = row.last_stride
    changed: dict[str, dict[str, Any]] = {
        padding: {"padding": ((1, 1), (1, 1))},
        convolution: {"strides": (1, 1)},
    }

    def clone(layer: Any) -> Any:
        return type(layer).from_config({**layer.get_config(), **changed.get(layer.name, {})})

    return keras.models.clone_model(base, clone_function=clone)


def _build_head(pooled: Any, outputs: int, spec: HeadSpec) -> Any:
    x = pooled
    if spec.batch_norm:
        x = keras.layers.BatchNormalization(name="head_norm")(x)
    if spec.hidden:
        x = keras.layers.Dense(spec.hidden, activation="relu", name="head_hidden")(x)
    x = keras.layers.Dropout(spec.dropout, name="head_dropout")(x)
    return keras.layers.Dense(outputs, dtype="float32", name="logits")(x)


def _arrays(layer: Any) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    return [keras.ops.convert_to_numpy(weight) for weight in layer.weights]
