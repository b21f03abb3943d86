"""The boundary of the cell around a nucleus: the best closed curve in polar coordinates.

Every pixel votes for the cell or against it (glass against; stained pixels for, unless
they resemble the red cells further off). Around the nucleus, the closed curve that gathers
the most votes with the least bending is found exactly, by dynamic programming over angles:
so a touching red cell is cut off where it would bend the outline.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from trainer.imaging.segmentation.nucleus import LOBE_GAP

_ANGLES = 48
_RADII = 56
_OVERLAP_ANGLES = 16  # angles walked before and after the round, so that the curve closes
_MAX_JUMP = 3  # radii that the curve may move from one angle to the next
_STIFFNESS = 0.6
_WEIGHTS = np.array([0.3, 0.5, 0.2], np.float32)  # green shows pale cytoplasm best
_BLUR = 4.0  # px within which the boundary is set to half of the cell's density
_REDNESS_NOISE = 0.03  # density; keeps the discriminant sane on flat colours
# Mahalanobis distances at which a rim is no cytoplasm and surely one.
_DISTANCE_RANGE = (0.6, 1.4)
# Row k: the angles that lie k - 2 further on.
_NEIGHBOURS = (np.arange(_ANGLES) + np.arange(-2, 3)[:, None]) % _ANGLES
_POLAR = cv2.INTER_LINEAR + cv2.WARP_FILL_OUTLIERS


@dataclass(frozen=True, eq=False)
class _Surroundings:
    """What lies around a nucleus; all arrays (S, S)."""

    density: NDArray[np.float32]  # one channel, glass at 0
    stained: float  # the density from which on a pixel is no glass
    pale: float  # a typical density next to the nucleus
    hull: NDArray[np.bool_]
    gap: NDArray[np.float32]  # px from the hull
    radius: float  # of the disc with the hull's area, px


def trace_boundary(
    density: NDArray[np.float32],
    score: NDArray[np.float32],
    threshold: float,
    nucleus: NDArray[np.bool_],
    unexposed: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Trace the mask of the cell that a nucleus belongs to.

    Args:
        density: (S, S, 3), smoothed optical density.
        score: (S, S), and `threshold`: from `trainer.imaging.segmentation.nucleus`.
        nucleus: (S, S), not empty.
        unexposed: (S, S), True where nothing was photographed.

    Returns:
        (S, S), star-shaped around the nucleus's middle, and all of the nucleus.
    """
    around = _measure_surroundings(density, threshold, nucleus)
    votes = _compute_votes(density, around, nucleus, unexposed)
    votes[(score > threshold) & ~nucleus & (around.gap > LOBE_GAP * len(score))] = -1.0
    votes[nucleus] = 1.0
    if unexposed is not None:
        votes[unexposed] = -1.0
    mask = _fit_contour(votes, around) | nucleus
    return mask if unexposed is None else mask & ~unexposed


def _measure_surroundings(
    density: NDArray[np.float32], threshold: float, nucleus: NDArray[np.bool_]
) -> _Surroundings:
    hull = convex_hull(nucleus)
    gap = cv2.distanceTransform((~hull).astype(np.uint8), cv2.DIST_L2, 5)
    radius = float(np.sqrt(hull.sum() / np.pi))
    single = density @ _WEIGHTS
    glass, noise = _estimate_glass(single, threshold)
    single = single - glass
    rim = single[(gap <= 0.3 * radius) & ~nucleus & (single > 0.05)]
    pale = float(np.percentile(rim, 40)) if len(rim) > 20 else 0.2
    stained = max(2.5 * noise, 0.05, min(0.3 * pale, 0.15))
    return _Surroundings(single, stained, pale, hull, np.asarray(gap, np.float32), radius)


def _estimate_glass(single: NDArray[np.float32], threshold: float) -> tuple[float, float]:
    """Density of the empty slide, and its spread there (from the brighter side)."""
    low = single[single < 0.5 * min(max(threshold, 0.1), 1.0)]
    low = low if len(low) >= 100 else single.ravel()
    counts, edges = np.histogram(low, 40)
    fullest = int(counts.argmax())
    level = float(edges[fullest] + edges[fullest + 1]) / 2
    brighter = level - low[low < level]
    noise = 1.48 * float(np.median(brighter)) if len(brighter) > 20 else 0.02
    return min(level, 0.08), min(noise, 0.04)


def _compute_votes(
    density: NDArray[np.float32],
    around: _Surroundings,
    nucleus: NDArray[np.bool_],
    unexposed: NDArray[np.bool_] | None,
) -> NDArray[np.float32]:
    """-1 to 1 for every pixel: against or for its being of the cell."""
    votes = np.clip((around.density - around.stained) / 0.06, -1.0, 1.0)
    stained = votes > 0
    if unexposed is not None:
        stained &= ~unexposed
    likeness, distance = _discriminate_cytoplasm(density, around, stained, nucleus)
    worth = _compute_rim_weight(around, unexposed)
    worth = min(worth, float(np.interp(distance, _DISTANCE_RANGE, [0.0, 0.35])))
    trust = np.clip(worth + 0.65 * likeness, -0.6, 1.0)
    votes = np.where(votes > 0, votes * trust, votes)
    far = np.maximum(around.gap - 0.7 * around.radius, 0) / max(around.radius, 8.0)
    return np.asarray(votes - 0.25 * far, dtype=np.float32)


def _compute_rim_weight(around: _Surroundings, unexposed: NDArray[np.bool_] | None) -> float:
    """The vote of a stained pixel before its colour counts, -0.3 to 0.35.

    Cytoplasm runs all around a nucleus. Where only a part of the rim is stained, what
    lies there is a neighbour that touches.
    """
    rim = (around.gap > 2.5) & (around.gap <= 0.25 * around.radius + 2.5)
    if unexposed is not None:
        rim &= ~unexposed
    covered = float((around.density[rim] > around.stained).mean()) if rim.any() else 1.0
    return float(np.interp(covered, [0.5, 0.9], [-0.3, 0.35]))


def _discriminate_cytoplasm(
    density: NDArray[np.float32],
    around: _Surroundings,
    stained: NDArray[np.bool_],
    nucleus: NDArray[np.bool_],
) -> tuple[NDArray[np.float32], float]:
    """-1 (as the red cells further off) to 1 (as what lies next to the nucleus).

    Fisher's linear discriminant between the two, and their Mahalanobis distance; 0 and
    infinity where one of them is missing.
    """
    near = stained & (around.gap <= 0.35 * around.radius) & ~nucleus
    far = stained & (around.gap > around.radius) & ~nucleus
    ours, theirs = density[near], density[far]
    if len(ours) <= 20 or len(theirs) <= 80:
        return np.zeros(stained.shape, np.float32), float("inf")
    first, second = ours.mean(axis=0), theirs.mean(axis=0)
    spread = 0.5 * (_covariance(ours, first) + _covariance(theirs, second))
    spread += _REDNESS_NOISE**2 * np.eye(3)
    direction = np.linalg.solve(spread, (first - second).astype(np.float64))
    middle = float(0.5 * (first + second) @ direction)
    odds = density @ direction.astype(np.float32) - np.float32(middle)
    distance = float(np.sqrt(max((first - second) @ direction, 0.0)))
    return np.asarray(np.clip(odds / 2, -1.0, 1.0), dtype=np.float32), distance


def _covariance(rows: NDArray[np.float32], mean: NDArray[np.float32]) -> NDArray[np.float64]:
    centred = (rows - mean).astype(np.float64)
    return np.asarray(centred.T @ centred / max(len(rows) - 1, 1), dtype=np.float64)


def _fit_contour(votes: NDArray[np.float32], around: _Surroundings) -> NDArray[np.bool_]:
    """The inside of the best curve around the hull."""
    rows, columns = np.nonzero(around.hull)
    centre = (float(columns.mean()), float(rows.mean()))
    side = votes.shape[0]
    reach = min(2.4 * around.radius + 0.10 * side, 0.75 * side)
    rays = cv2.warpPolar(votes, (_RADII, _ANGLES), centre, reach, _POLAR)
    hull = around.hull.astype(np.float32)
    inner = cv2.warpPolar(hull, (_RADII, _ANGLES), centre, reach, _POLAR) > 0.5
    least = np.where(inner, np.arange(_RADII), 0).max(axis=1)
    step = reach / _RADII
    cost = -np.where(inner, 1.0, rays).cumsum(axis=1) * step
    cost[np.arange(_RADII) < least[:, None]] = 1e3
    path = _find_minimum_cost_path(cost, step)
    density = cv2.warpPolar(around.density, (_RADII, _ANGLES), centre, reach, _POLAR)
    radii = (path + 0.5 - _measure_edge_offset(density, path, least, around.pale, step)) * step
    return _fill_polygon(_smooth_radii(radii), centre, votes.shape)


def _find_minimum_cost_path(cost: NDArray[np.float64], step: float) -> NDArray[np.int64]:
    """(angles,): the radius index at each angle of the cheapest closed curve."""
    order = np.arange(-_OVERLAP_ANGLES, _ANGLES + _OVERLAP_ANGLES) % _ANGLES
    bend = (_STIFFNESS * step * np.abs(np.arange(-_MAX_JUMP, _MAX_JUMP + 1)) ** 1.5)[:, None]
    padded = np.full(_RADII + 2 * _MAX_JUMP, 1e6)
    total = padded[_MAX_JUMP:-_MAX_JUMP]
    total[:] = cost[order[0]]
    before = sliding_window_view(padded, _RADII)  # row: jump, column: radius; follows `total`
    options = np.empty(before.shape)
    jumps = np.zeros((len(order), _RADII), np.int64)
    for i, angle in enumerate(order[1:], start=1):
        np.add(before, bend, out=options)
        options.argmin(axis=0, out=jumps[i])
        np.add(options.min(axis=0), cost[angle], out=total)
    path = np.zeros(len(order), np.int64)
    path[-1] = total.argmin()
    for i in range(len(order) - 1, 0, -1):
        path[i - 1] = path[i] + jumps[i, path[i]] - _MAX_JUMP
    return path[_OVERLAP_ANGLES:-_OVERLAP_ANGLES]


def _measure_edge_offset(
    polar_density: NDArray[np.float32],
    path: NDArray[np.int64],
    inner_radii: NDArray[np.int64],
    rim_density: float,
    step: float,
) -> NDArray[np.int64]:
    """Radii by which the curve lies outside of the half density of the cell's rim."""
    back = np.arange(int(np.ceil(_BLUR / step)) + 1)
    angles = np.arange(_ANGLES)[:, None]
    inward = polar_density[angles, np.maximum(path[:, None] - back, 0)]
    rim = np.minimum(inward.max(axis=1, keepdims=True), max(1.5 * rim_density, 0.1))
    outside = (inward >= 0.5 * rim).argmax(axis=1)
    return np.asarray(np.minimum(outside, np.maximum(path - inner_radii + 1, 0)), dtype=np.int64)


def _smooth_radii(radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Median over five neighbours, then a small average, around the circle."""
    middle = np.median(radii[_NEIGHBOURS], axis=0)
    left, right = middle[_NEIGHBOURS[1]], middle[_NEIGHBOURS[3]]
    return np.asarray(0.25 * left + 0.5 * middle + 0.25 * right, np.float64)


def _fill_polygon(
    radii: NDArray[np.float64], centre: tuple[float, float], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    turn = np.arange(_ANGLES) * (2 * np.pi / _ANGLES)
    inner = np.maximum(radii - 0.5, 0.0)  # OpenCV also fills the pixels under the line
    points = np.stack([inner * np.cos(turn), inner * np.sin(turn)], axis=1) + centre
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 1, shift=4)
    return mask.astype(np.bool_)


def convex_hull(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The convex hull of a mask (S, S), not empty."""
    outlines, _ = cv2.findContours(
        mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE
    )
    filled = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(filled, cv2.convexHull(np.concatenate(outlines)), 1)
    return filled.astype(np.bool_)
