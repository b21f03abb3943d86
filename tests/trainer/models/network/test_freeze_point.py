"""Where a network is cut: the last array that alone leads to what learns."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from trainer.models.network.freeze_point import split_at_freeze_point

IMAGE = np.random.default_rng(0).uniform(0, 255, (2, 8, 8, 3)).astype(np.float32)


def branching() -> keras.Model:
    """a, a block of b and c with a shortcut about it, d, and the logits."""
    image = keras.Input((8, 8, 3))
    x = keras.layers.Rescaling(1 / 255)(image)
    a = keras.layers.Conv2D(4, 3, name="a")(x)
    c = keras.layers.Conv2D(4, 1, name="c")(keras.layers.Conv2D(6, 1, name="b")(a))
    d = keras.layers.Conv2D(5, 3, name="d")(keras.layers.Add(name="sum")([a, c]))
    pooled = keras.layers.GlobalAveragePooling2D()(d)
    logits = keras.layers.Dense(2, name="logits")(pooled)
    return keras.Model(image, {"logits": logits, "pooled": pooled, "features": d})


@pytest.mark.parametrize(
    ("learning", "shape"),
    [
        (("logits",), (5,)),
        (("d", "logits"), (6, 6, 4)),
        (("c", "logits"), (6, 6, 4)),  # within the block: below it
        (("b", "logits"), (6, 6, 4)),
        (("a", "logits"), None),
    ],
)
def test_a_block_is_never_cut_in_two(
    learning: tuple[str, ...], shape: tuple[int, ...] | None
) -> None:
    network = branching()
    for layer in network.layers:
        layer.trainable = layer.name in learning
    split = split_at_freeze_point(network)
    if shape is None:
        assert split is None
        return
    assert split is not None
    assert split.shape == shape
    assert {layer.name for layer in split.upper.layers} >= set(learning)
    below = {layer.name for layer in split.lower.layers}
    assert ("sum" in below) == (not {"b", "c"} & set(learning))
    expected = network(IMAGE)["logits"]
    assert np.array_equal(_array(split.upper(split.lower(IMAGE))), _array(expected))
    split.upper.get_layer("logits").bias.assign([1.0, 2.0])
    assert _array(network.get_layer("logits").bias).tolist() == [1.0, 2.0]


def _array(tensor: Any) -> Any:
    return keras.ops.convert_to_numpy(tensor)
