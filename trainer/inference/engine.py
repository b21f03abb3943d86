"""What one forward pass gives for a batch of cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision


@dataclass(frozen=True, eq=False)
class Outputs:
    """Raw outputs of the graph for N cells.

    Attributes:
        logits: float32 (N, C), `classes` followed by `other_classes`.
        pooled: float32 (N, K), the features averaged over their grid.
        features: float32 (N, h, w, K), the last feature map of the backbone.
    """

    logits: NDArray[np.float32]
    pooled: NDArray[np.float32]
    features: NDArray[np.float32]

    def first(self, count: int) -> Outputs:
        """The outputs of the first `count` cells, where the rest was padding."""
        return Outputs(self.logits[:count], self.pooled[:count], self.features[:count])


def join_outputs(parts: Sequence[Outputs]) -> Outputs:
    """Join the outputs of batches, one or more."""
    logits, pooled, features = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("logits", "pooled", "features")
    )
    return Outputs(logits, pooled, features)


class OutputsFuture(Protocol):
    """A forward pass under way."""

    def result(self) -> Outputs:
        """Wait for the pass and return its outputs."""


class Engine(Protocol):
    """Runs a package's graph on a device. Cells go in as uint8 (N, S, S, 3) RGB, N <= batch."""

    precision: Precision
    device: str
    batch: int
    in_flight: int

    def submit(self, cells: NDArray[np.uint8]) -> OutputsFuture:
        """Start a forward pass; at most `in_flight` may be pending at once."""
