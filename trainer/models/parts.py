"""The files of a package that hold its network, whatever writes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Precision
from trainer.models.card import Card, Grid


@dataclass(frozen=True, eq=False)
class Written:
    """What was found out while the files were written.

    Attributes:
        grid: where the places of the feature map look.
        logits: by precision, (N, C): what the graph says of the cells on which precisions
            are measured, as far as it is known already.
    """

    grid: Grid
    logits: Mapping[Precision, NDArray[np.float32]] = field(default_factory=dict)


class Parts(Protocol):
    """What writes the files of the network: a Keras network, or a stem with a new head."""

    @property
    def bytes_needed(self) -> int:
        """An upper bound of what is written."""

    @property
    def software(self) -> Mapping[str, str]:
        """Versions of what made the network."""

    def write(self, folder: Path, card: Card, cells: NDArray[np.generic]) -> Written:
        """Write `model.keras`, the graph and `head.npz`, and check them on the cells."""
