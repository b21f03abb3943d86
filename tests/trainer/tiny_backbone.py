"""A backbone of four convolutions: what costs MobileNetV2 seconds to build, trace and export
takes it a fraction. For tests of what is done with a network, whichever it is."""

from __future__ import annotations

from typing import Any

from trainer.models.backbones import BACKBONES, Backbone, WeightsFile

TINY = "TinyNet"
CHANNELS = (8, 16, 24, 32)


def build_tiny(image: Any) -> Any:
    """Build the features, (N, H / 16, W / 16, 32), by layers that all backbones have."""
    from keras import layers

    x = image
    for number, channels in enumerate(CHANNELS, start=1):
        name = f"block_{number}"
        x = layers.Conv2D(
            channels, 3, strides=2, padding="same", use_bias=False, name=f"{name}_conv"
        )(x)
        x = layers.BatchNormalization(name=f"{name}_norm")(x)
        x = layers.Activation("relu", name=f"{name}_relu")(x)
    return x


def add_tiny_backbone() -> None:
    """Add the row to this process's table."""
    BACKBONES[TINY] = Backbone(
        name=TINY,
        input_size=64,
        smallest=32,
        channels=CHANNELS[-1],
        parameters=11_856,
        preprocessing="minus_one_to_one",
        top_block="block_4_conv",
        weights=WeightsFile("http://127.0.0.1/nowhere/tiny.weights.h5"),
        paper="",
        build=build_tiny,
    )
