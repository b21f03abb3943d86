"""What of the input each place of the last feature map covers, along one side."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.models.package.card import ReceptiveFieldGrid


def place_overlap(grid: ReceptiveFieldGrid, places: int, side: int) -> NDArray[np.float32]:
    """Compute how much of each place's interval each pixel covers, along one side.

    Returns:
        float32 (places, side): lengths in units of `grid.step`; a row sums to 1 where the whole
        interval lies in the view.
    """
    pixel = np.arange(side)
    start = grid.first + grid.step * (np.arange(places) - 0.5)[:, None]
    covered = np.minimum(pixel + 1, start + grid.step) - np.maximum(pixel, start)
    return np.asarray(np.clip(covered, 0, None) / grid.step, np.float32)
