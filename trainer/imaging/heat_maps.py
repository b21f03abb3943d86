"""Heat maps as a prediction holds them, and as they are drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.domain import Prediction


def heat_maps_of(prediction: Prediction) -> NDArray[np.float32] | None:
    """Decode the maps of all outputs: float32 (C, h, w); None where there are none."""
    if not prediction.heat:
        return None
    maps = np.frombuffer(prediction.heat, dtype="<f2").reshape(prediction.heat_shape)
    return maps.astype(np.float32)


def are_contributions(maps: NDArray[np.float32]) -> bool:
    """Whether maps (C, h, w) are contributions; those of older versions are Grad-CAM, unsigned.

    What speaks for one class speaks against another, so there are always both signs.
    """
    return bool((maps < 0).any())


def contrast_of(
    maps: NDArray[np.floating], probabilities: ArrayLike, first: int, second: int
) -> NDArray[np.float32]:
    """Compute what each place contributes to one class against another from stored maps.

    For (1 - p_c) e_c = r_c - sum_j p_j r_j, where r are the parts of the logits
    (`trainer.inference.contribution`).

    Args:
        maps: (C, h, w), contributions to the margin of each class over the rest.
        probabilities: (C,).

    Returns:
        float32 (h, w), in units of logits.
    """
    rest = 1 - np.asarray(probabilities, np.float64)
    found = rest[first] * maps[first] - rest[second] * maps[second]
    return np.asarray(found, np.float32)


@dataclass(frozen=True, eq=False)
class MapPair:
    """The maps of two classes and their difference, float32 (h, w), in units of logits.

    Attributes:
        first, second: contributions to the margin of each class over all others.
        difference: to the first class against the second.
    """

    first: NDArray[np.float32]
    second: NDArray[np.float32]
    difference: NDArray[np.float32]

    @property
    def peak(self) -> float:
        """The largest size of all three, which is full colour on their common scale."""
        return max(float(np.abs(each).max()) for each in self.maps)

    @property
    def maps(self) -> tuple[NDArray[np.float32], ...]:
        """First, second, difference."""
        return self.first, self.second, self.difference


def pair_maps(prediction: Prediction, first: int, second: int) -> MapPair | None:
    """Read the maps of two outputs of the model; None where they cannot be compared.

    That is where there are none, or those of an older version.
    """
    maps = heat_maps_of(prediction)
    if maps is None or not are_contributions(maps) or not max(first, second) < len(maps):
        return None
    return MapPair(
        maps[first],
        maps[second],
        contrast_of(maps, prediction.probabilities, first, second),
    )


def normalize_heatmaps(heat: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each map divided by its own largest size, -1 to 1; a map without heat stays zero.

    Args:
        heat: (..., h, w).
    """
    peak = np.abs(heat).max(axis=(-2, -1), keepdims=True)
    share = np.divide(heat, peak, out=np.zeros_like(heat), where=peak > 0)
    return np.asarray(share)
