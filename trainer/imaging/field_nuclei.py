"""The nuclei of a field: what is dense and bluer than blood, as large as a nucleus."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.field_density import RED_CELL_SIDE

_LEAST_SCORE = 0.3  # red cells stay below, nuclei of pale stains reach it
_SPREADS = 6.0  # median absolute deviations above the field's median score
_RIM = 0.09  # red cells: half the width of what is no nucleus but a rim
_LOBE_GAP = 0.28  # red cells: lobes nearer than this belong to one nucleus
_SURROUNDINGS = 0.3  # red cells around a nucleus that set its threshold
_MAX_SCORE = 4.0
_MIN_NUCLEUS = 0.2  # of a red cell's area


def find_nuclei(score: NDArray[np.float32]) -> list[tuple[NDArray[np.bool_], float]]:
    """Find the nuclei of a field, each with all its lobes.

    Args:
        score: (H, W), as of `nuclear_density`, 26 px a red cell.

    Returns:
        a mask (H, W) of each nucleus, and the score's threshold there.
    """
    threshold = _field_threshold(score)
    dense = (score > threshold).astype(np.uint8)
    core = cv2.erode(dense, _disc(_RIM * RED_CELL_SIDE))
    dense &= np.asarray(cv2.dilate(core, _disc(2 * _RIM * RED_CELL_SIDE)), np.uint8)
    joined = cv2.morphologyEx(dense, cv2.MORPH_CLOSE, _disc(0.5 * _LOBE_GAP * RED_CELL_SIDE))
    count, labels = cv2.connectedComponents(joined)
    nuclei = (_refine(score, labels == label, threshold) for label in range(1, count))
    least = _MIN_NUCLEUS * np.pi / 4 * RED_CELL_SIDE**2
    return [each for each in nuclei if each[0].sum() >= least]


def _refine(
    score: NDArray[np.float32], region: NDArray[np.bool_], least: float
) -> tuple[NDArray[np.bool_], float]:
    """The nucleus in a region that may hold cytoplasm too, by Otsu's threshold there."""
    near = cv2.dilate(region.astype(np.uint8), _disc(_SURROUNDINGS * RED_CELL_SIDE)) > 0
    levels = np.clip(score[near] * (255 / _MAX_SCORE), 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(levels, 0, 255, cv2.THRESH_OTSU)
    threshold = max(least, float(otsu + 0.5) * _MAX_SCORE / 255)
    return region & (score > threshold), threshold


def _field_threshold(score: NDArray[np.float32]) -> float:
    median = float(np.median(score))
    spread = float(np.median(np.abs(score - median)))
    return max(_LEAST_SCORE, median + _SPREADS * spread)


def _disc(radius: float) -> NDArray[np.uint8]:
    side = 2 * max(round(radius), 1) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
