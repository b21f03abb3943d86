"""A Keras network as one function from uint8 cells to its outputs, on Keras' backend.

Keras' own `predict_on_batch` is not used: it takes float32, four times the bytes on the way
to a card, and takes all weights out of the network and puts them back at every call.

The arithmetic is f32 to the letter. Left alone, the backends multiply in TF32 on newer
NVIDIA cards, with 10 bits of mantissa, and still call it float32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Forward = Callable[[NDArray[np.uint8]], Mapping[str, Any]]
"""uint8 (N, S, S, 3) to float32 arrays of the backend by output; may return before they are
computed. It is not to be called by two threads at once."""


def forward_pass(network: Any) -> Forward:
    """The function of a network of `build_network`; compiled once for each N where it can be."""
    import keras

    makers = {"jax": _by_jax, "torch": _by_torch, "tensorflow": _by_tensorflow}
    return makers[keras.config.backend()](network)


def _by_jax(network: Any) -> Forward:
    import jax

    weights = [each.value for each in network.trainable_variables]
    others = [each.value for each in network.non_trainable_variables]

    def run(weights: Any, others: Any, cells: Any) -> Any:
        with jax.default_matmul_precision("highest"):
            return network.stateless_call(weights, others, cells.astype("float32"), training=False)[
                0
            ]

    compiled = jax.jit(run)
    return lambda cells: compiled(weights, others, cells)


def _by_torch(network: Any) -> Forward:
    import torch

    device = network.variables[0].value.device

    def run(cells: NDArray[np.uint8]) -> Any:
        # Cells always come in the same number, so trying convolutions out pays.
        exact = torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=False)
        with torch.inference_mode(), exact:
            return network(torch.as_tensor(cells).to(device).float(), training=False)

    return run


def _by_tensorflow(network: Any) -> Forward:
    import tensorflow as tf

    tf.config.experimental.enable_tensor_float_32_execution(False)

    def run(cells: Any) -> Any:
        return network(tf.cast(cells, tf.float32), training=False)

    compiled = tf.function(run)
    return lambda cells: compiled(tf.convert_to_tensor(cells))
