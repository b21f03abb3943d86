"""One network out of many moments of its training.

The mean of the weights along the last part of a trajectory generalises better than its
end (Izmailov et al., "Averaging weights leads to wider optima and better generalization",
UAI 2018; for unseen domains Cha et al., "SWAD", NeurIPS 2021). Batch norm is frozen, so
nothing has to be measured again after averaging.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray


class WeightAverage:
    """The running mean of a network's trainable weights, in float64."""

    def __init__(self) -> None:
        self._mean: list[NDArray[np.float64]] = []
        self.count = 0

    def add(self, network: keras.Model) -> None:
        """Let the weights of this moment enter the mean."""
        now = [_array(variable) for variable in network.trainable_variables]
        self.count += 1
        if not self._mean:
            self._mean = now
            return
        for mean, value in zip(self._mean, now, strict=True):
            np.add(mean, (value - mean) / self.count, out=mean)

    def put_into(self, network: keras.Model) -> None:
        """Give the network the mean; does nothing while there is none."""
        for variable, mean in zip(network.trainable_variables, self._mean, strict=False):
            variable.assign(mean.astype(np.float32))


def mean_of_weights(several: Sequence[Sequence[NDArray[Any]]]) -> list[NDArray[np.float32]]:
    """The mean of networks fine-tuned from one start, weight by weight: a soup.

    Wortsman et al., "Model soups", ICML 2022.

    Args:
        several: `network.get_weights()` of each.
    """
    return [
        np.mean([np.asarray(w, dtype=np.float64) for w in same], axis=0).astype(np.float32)
        for same in zip(*several, strict=True)
    ]


def round_to_half(network: keras.Model) -> None:
    """Round all weights to what a 16-bit float holds, so that storing them so loses nothing.

    To be done before anything is calibrated or measured. Values beyond 65504 are left.
    """
    for variable in network.variables:
        value = keras.ops.convert_to_numpy(variable)
        if not np.issubdtype(value.dtype, np.floating):
            continue
        fits = np.abs(value) <= np.finfo(np.float16).max
        half = np.where(fits, value, 0).astype(np.float16).astype(value.dtype)
        variable.assign(np.where(fits, half, value))


def _array(variable: Any) -> NDArray[np.float64]:
    return np.array(keras.ops.convert_to_numpy(variable), dtype=np.float64)
