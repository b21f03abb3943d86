"""One network out of many moments of its training.

The mean of the weights along the last part of a trajectory generalises better than its
end (Izmailov et al., "Averaging weights leads to wider optima and better generalization",
UAI 2018; for unseen domains Cha et al., "SWAD", NeurIPS 2021). Batch norm is frozen, so
nothing has to be measured again after averaging; where it learns, what it measures is averaged
along."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.training.trainable import trained_variables


class WeightAverage:
    """The running mean of what a network learns, in float64."""

    def __init__(self, mean: Sequence[NDArray[np.float64]] = (), count: int = 0) -> None:
        """Args:
        mean, count: where an earlier one stood.
        """
        self.mean = list(mean)
        self.count = count

    def add(self, network: keras.Model) -> None:
        """Let the weights of this moment enter the mean."""
        now = [_array(variable) for variable in trained_variables(network)]
        self.count += 1
        if not self.mean:
            self.mean = now
            return
        for mean, value in zip(self.mean, now, strict=True):
            np.add(mean, (value - mean) / self.count, out=mean)

    def apply_to(self, network: keras.Model) -> None:
        """Give the network the mean; does nothing while there is none."""
        for variable, mean in zip(trained_variables(network), self.mean, strict=False):
            variable.assign(mean.astype(np.float32))


def _array(variable: Any) -> NDArray[np.float64]:
    return np.array(keras.ops.convert_to_numpy(variable), dtype=np.float64)
