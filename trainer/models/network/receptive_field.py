"""The receptive field grid: where on the input the positions of the last feature map lie.

A position lies in the middle of its receptive field. Strides with one-sided padding move it.
In MobileNetV2 at 128 pixels the first of the four positions in a row lies at pixel 31.5, not at
16, so that a heat map spread evenly over the input would lie half a step too far up and left.
The arithmetic is that of Araujo, Norris and Sim, "Computing receptive fields of convolutional
neural networks", Distill 2019.
"""

from __future__ import annotations

from typing import Any

import keras

from trainer.models.package.card import ReceptiveFieldGrid


def receptive_field_grid(network: keras.Model) -> ReceptiveFieldGrid:
    """Compute the grid of a network's `features`, or single output, in pixels of its input."""
    grids: dict[int, ReceptiveFieldGrid] = {
        id(network.input): ReceptiveFieldGrid(first=0.5, step=1.0)
    }
    for layer in network.operations:  # the layers, and what is none: a flip of colours
        if id(layer.output) not in grids:
            grids[id(layer.output)] = _layer_grid(layer, grids)
    return grids[id(_features_of(network))]


def _features_of(network: keras.Model) -> Any:
    output = network.output
    return output["features"] if isinstance(output, dict) else output


def _layer_grid(layer: Any, grids: dict[int, ReceptiveFieldGrid]) -> ReceptiveFieldGrid:
    before = _merged_input_grid(layer, grids)
    if isinstance(layer, keras.layers.ZeroPadding2D):
        left = layer.padding[1][0]
        return ReceptiveFieldGrid(first=before.first - left * before.step, step=before.step)
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None or len(layer.output.shape) != 4:
        return before
    kernel, stride = window[1], layer.strides[1]
    left = _padding(layer.input.shape[2], kernel, stride) if layer.padding == "same" else 0
    first = before.first + ((kernel - 1) / 2 - left) * before.step
    return ReceptiveFieldGrid(first=first, step=before.step * stride)


def _merged_input_grid(layer: Any, known: dict[int, ReceptiveFieldGrid]) -> ReceptiveFieldGrid:
    """The mean over the branches that meet here, less those without positions (attention)."""
    inputs = layer.input if isinstance(layer.input, list) else [layer.input]
    same = [x for x in inputs if x.shape[1:3] == layer.output.shape[1:3]] or inputs[:1]
    grids = [known[id(x)] for x in same]
    return ReceptiveFieldGrid(
        first=sum(grid.first for grid in grids) / len(grids),
        step=max(grid.step for grid in grids),
    )


def _padding(size: int, kernel: int, stride: int) -> int:
    """Zeros that "same" padding puts before the first pixel."""
    positions = -(-size // stride)
    return int(max((positions - 1) * stride + kernel - size, 0) // 2)
