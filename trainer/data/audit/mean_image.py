"""The mean margin of the images of each class, in which a person sees a shortcut at a glance."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.audit.appearance import margin_mask

MEAN_SIDE = 96
_GREY = 128


class MeanImages:
    """Running sums of images by label, so that no image is stored."""

    def __init__(self) -> None:
        self._sums: dict[str, NDArray[np.float64]] = {}
        self._counts: dict[str, int] = {}

    def add(self, label: str, rgb: NDArray[np.uint8]) -> None:
        """Add one image (H, W, 3), squeezed to a square."""
        small = cv2.resize(rgb, (MEAN_SIDE, MEAN_SIDE), interpolation=cv2.INTER_AREA)
        self._sums.setdefault(label, np.zeros((MEAN_SIDE, MEAN_SIDE, 3)))
        self._sums[label] += small
        self._counts[label] = self._counts.get(label, 0) + 1

    def margin(self, label: str) -> NDArray[np.uint8] | None:
        """Return the mean margin (96, 96, 3) with grey inside; None for a label without images."""
        if label not in self._sums:
            return None
        mean = np.rint(self._sums[label] / self._counts[label]).astype(np.uint8)
        mean[~margin_mask(MEAN_SIDE, MEAN_SIDE)] = _GREY
        return np.asarray(mean, np.uint8)
