"""What a fine-tuning learns from, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.training.dataset import CellDataset
from trainer.training.recipe import Recipe


@dataclass(frozen=True, eq=False)
class ValidationSet:
    """Validation cells as the network gets them.

    Attributes:
        views: uint8 (N, S, S, 3), or float16 activations at the freeze point (N, ...), where the
            network's upper part learns alone.
        labels: intp (N,), index of the output.
    """

    views: NDArray[np.uint8] | NDArray[np.float16]
    labels: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class FineTuneTask:
    """What is learned from, and how.

    Attributes:
        cells: `outputs` in the order of the logits.
        other_classes: those of the outputs that are other classes.
        validation: validation cells that choose the best moment and the end; None: none.
        activations: float16 (N, L, ...), L augmented views of each of the cells as activations
            at the freeze point, and then `validation` holds such activations, too (see
            `cache_activations`); None: cells are augmented anew at every step.
    """

    cells: CellDataset
    recipe: Recipe
    other_classes: Sequence[str] = ()
    validation: ValidationSet | None = None
    activations: NDArray[np.float16] | None = None
