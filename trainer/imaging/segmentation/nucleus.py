"""The nucleus: what is dense and bluer than blood, near the middle of the image.

Azure dyes absorb red, haemoglobin and eosin absorb blue. So optical density in red less
that in blue separates a nucleus from a red cell where density alone does not: under poor
optics, in thick or pale stains, in another lab's colours.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

# Chroma is blurred this much (px of 128): lenses shift the channels against one another,
# which draws a red and a blue rim around every red cell; the two cancel.
_CHROMA_BLUR = 2.5
_CHROMA_WEIGHT = 2.0
_MIN_CONTRAST = 0.2  # of the mean densities on and off the nucleus
_MIN_WIDTH = 0.35  # parts narrower than this share of the nucleus are red cells' rims
LOBE_GAP = 0.055  # of the side: lobes nearer than this belong to one nucleus
_MIN_NUCLEUS = 0.002  # share of the image
_MIN_LOBE = 0.0015
_CENTRE_SPREAD = 0.22  # of the side: how far from the middle the cell is expected
_BINS = 128
_MAX_SCORE = 4.0


def nuclear_density(
    density: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Score how nuclear each pixel is.

    Args:
        density: (S, S, 3), optical density in R, G, B.

    Returns:
        the score (S, S), about 0 on glass, under 0.5 on red cells and over 1 on nuclei;
        and the density, smoothed (sigma 1).
    """
    smooth = np.asarray(cv2.GaussianBlur(density, (0, 0), 1.0), dtype=np.float32)
    chroma = cv2.GaussianBlur(density[..., 0] - density[..., 2], (0, 0), _CHROMA_BLUR)
    score = 0.5 * (smooth[..., 0] + smooth[..., 1]) + _CHROMA_WEIGHT * chroma
    return np.asarray(score, dtype=np.float32), smooth


def find_nucleus(score: NDArray[np.float32]) -> tuple[NDArray[np.bool_], float]:
    """Find the nucleus with all its lobes.

    Args:
        score: (S, S), as `nuclear_density` gives it.

    Returns:
        (S, S), empty where nothing stands out; and the score's threshold.
    """
    nothing = np.zeros(score.shape, dtype=np.bool_)
    weights = centre_weights(score.shape[0])
    threshold, contrast = _otsu_threshold(score, weights)
    if contrast < _MIN_CONTRAST:
        return nothing, threshold
    dense = _remove_rims(score > threshold, weights)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(dense, connectivity=4)
    if count < 2:
        return nothing, threshold
    mass = np.bincount(labels.ravel(), ((score - threshold) * weights).ravel(), count)
    mass[0] = -1.0
    chosen = int(mass.argmax())
    areas = stats[:, cv2.CC_STAT_AREA] / score.size
    if areas[chosen] < _MIN_NUCLEUS:
        return nothing, threshold
    return _join_lobes(labels, areas, chosen), threshold


@cache
def centre_weights(side: int) -> NDArray[np.float32]:
    """(side, side), read-only: how likely the cell is found here; 1 in the middle."""
    away = (np.arange(side, dtype=np.float32) + 0.5) / side - 0.5
    bell = np.exp(-0.5 * (away / _CENTRE_SPREAD) ** 2)
    weights = np.outer(bell, bell).astype(np.float32)
    weights.flags.writeable = False
    return weights


def _otsu_threshold(
    score: NDArray[np.float32], weights: NDArray[np.float32]
) -> tuple[float, float]:
    """Otsu's threshold (IEEE Trans SMC 9, 1979) weighted to the middle; class distance."""
    index = np.clip(score * (_BINS / _MAX_SCORE), 0, _BINS - 1).astype(np.int32).ravel()
    counts = np.bincount(index, weights.ravel(), _BINS)
    values = (np.arange(_BINS) + 0.5) * (_MAX_SCORE / _BINS)
    below, sums = counts.cumsum(), (counts * values).cumsum()
    above = below[-1] - below
    low = sums / np.maximum(below, 1e-9)
    high = (sums[-1] - sums) / np.maximum(above, 1e-9)
    best = int((below * above * (high - low) ** 2).argmax())
    return (best + 1) * _MAX_SCORE / _BINS, float(high[best] - low[best])


def _remove_rims(dense: NDArray[np.bool_], weights: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Opened by a disc in proportion to the thickest part near the middle."""
    mask = dense.astype(np.uint8)
    depth = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
    radius = max(_MIN_WIDTH * float((depth * weights).max()), 1.0)
    core = (depth <= radius).astype(np.uint8)
    near = cv2.distanceTransform(core, cv2.DIST_L2, 5) <= radius
    return np.asarray(near & dense, dtype=np.uint8)


def _join_lobes(
    labels: NDArray[np.int32], areas: NDArray[np.float64], nucleus_label: int
) -> NDArray[np.bool_]:
    nucleus: NDArray[np.bool_] = labels == nucleus_label
    lobes = areas > _MIN_LOBE
    lobes[0] = False
    if lobes.sum() < 2:
        return nucleus
    joined = np.zeros(len(areas), dtype=np.bool_)
    joined[nucleus_label] = True
    for _ in range(3):
        gap = cv2.distanceTransform((~nucleus).astype(np.uint8), cv2.DIST_L2, 3)
        near = np.zeros(len(areas), dtype=np.bool_)
        near[labels[gap <= LOBE_GAP * labels.shape[0]]] = True
        more = joined | (near & lobes)
        if (more == joined).all():
            break
        joined = more
        nucleus = joined[labels]
    return nucleus
