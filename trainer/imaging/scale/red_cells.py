"""Isolated red cells of an image, and their diameters.

Contours are taken at several densities; of those that outline the same cell, the one on
the steepest edge counts. So a cell is measured at its rim in any stain, and one that
touches its neighbour only with its blurred edge still counts.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState
from trainer.imaging.segmentation.nucleus import nuclear_density
from trainer.imaging.segmentation.white_cell import MASK_SIDE, Cell
from trainer.imaging.stain import measure_density

_SIDE = 256  # px of the shorter side at which red cells are searched
_WEIGHTS = np.array([0.2, 0.5, 0.3], np.float32)  # haemoglobin absorbs green and blue
_LEVELS = np.linspace(0.15, 0.75, 7)  # of the range of densities beside the white cell
_MIN_RANGE = 0.06  # of densities; below it there is nothing beside the white cell
_SMALLEST, _LARGEST = 0.06, 0.6  # diameter as a share of the shorter side
_RATIO_TO_WHITE = (0.28, 3.5)  # diameter over the white cell's (which may be a platelet)
_MIN_SOLIDITY = 0.95  # area over that of the convex hull
_MIN_ROUNDNESS = 0.8  # short over long axis of the fitted ellipse
_ELLIPSE_MISFIT = 0.06  # of the area
_BLUE_OVER_DENSITY = 1.6  # nuclear score over density: platelets and nuclei exceed it
_BLUE_OVER_NUCLEUS = 0.25  # nuclear score over the nucleus's


@dataclass(frozen=True, eq=False)
class _Scene:
    """A reduced image with what measuring needs; all arrays (H, W)."""

    factor: float  # px of the reduced image over px of the array given
    density: NDArray[np.float32]
    score: NDArray[np.float32]
    slope: NDArray[np.float32]
    excluded: NDArray[np.uint8]  # 1 on the white cell and on what was not photographed
    max_score: float  # the score that no red cell reaches, where it is also bluish
    smallest: float
    largest: float


@dataclass(frozen=True)
class _Candidate:
    steepness: float
    x: float
    y: float
    diameter: float


def measure_red_cells(rgb: NDArray[np.uint8], cell: Cell) -> list[float]:
    """Measure the diameters of the isolated red cells of an image.

    Args:
        rgb: (H, W, 3).
        cell: its white cell, as `segment_cell` found it.

    Returns:
        Diameters of equal area, in pixels of `rgb`; often empty.
    """
    return _find_red_cells(_build_scene(rgb, cell))


def measure_red_cells_of_field(rgb: NDArray[np.uint8], side: float) -> list[float]:
    """Measure the isolated red cells of an image on which no white cell is known.

    Args:
        rgb: (H, W, 3).
        side: px of the shorter side to which it is reduced; red cells of 15 to 46 px are found.

    Returns:
        Diameters of equal area, in pixels of `rgb`; often empty.
    """
    return _find_red_cells(_build_field_scene(rgb, side))


def _find_red_cells(scene: _Scene) -> list[float]:
    """Diameters in pixels of the array that the scene was built from."""
    beside = scene.density[scene.excluded == 0]
    if beside.size == 0:
        return []
    low, high = (float(v) for v in np.percentile(beside[::3], (3, 97)))
    if high - low < _MIN_RANGE:
        return []
    found: list[_Candidate] = []
    for level in _LEVELS:
        stained = (scene.density > low + level * (high - low)).astype(np.uint8)
        stained[scene.excluded > 0] = 0
        outlines, _ = cv2.findContours(stained, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        red = (
            _fit_red_cell(scene, outline) for outline in outlines if _is_plausible(scene, outline)
        )
        found.extend(one for one in red if one is not None)
    return [one.diameter / scene.factor for one in _suppress_overlaps(found)]


def _build_field_scene(rgb: NDArray[np.uint8], side: float) -> _Scene:
    """A field reduced to `side`, on which no cell is known yet."""
    small, factor = _downscale(rgb, side)
    density = measure_density(small)
    score, smooth = nuclear_density(density.values)
    single = np.asarray(smooth @ _WEIGHTS, dtype=np.float32)
    frame = density.unexposed
    taken = np.zeros(single.shape, np.uint8) if frame is None else frame.astype(np.uint8)
    smallest = _SMALLEST * _SIDE
    return _Scene(factor, single, score, _measure_slope(single), taken, 0.5, smallest, 3 * smallest)


def _measure_slope(density: NDArray[np.float32]) -> NDArray[np.float32]:
    across, down = (cv2.Sobel(density, cv2.CV_32F, x, 1 - x) for x in (1, 0))
    return np.asarray(np.hypot(across, down), dtype=np.float32)


def _build_scene(rgb: NDArray[np.uint8], cell: Cell) -> _Scene:
    small, factor = _downscale(rgb, _SIDE)
    density = measure_density(small)
    score, smooth = nuclear_density(density.values)
    single = np.asarray(smooth @ _WEIGHTS, dtype=np.float32)
    nucleus = _project_mask(cell.nucleus, cell, factor, single.shape)
    bluest = _BLUE_OVER_NUCLEUS * float(score[nucleus > 0].mean()) if nucleus.any() else 0.5
    side = min(single.shape)
    smallest, largest = _SMALLEST * side, _LARGEST * side
    frame = density.unexposed
    taken = np.zeros(single.shape, np.uint8) if frame is None else frame.astype(np.uint8)
    if cell.state is not CellState.NONE:
        taken |= _project_mask(cell.mask, cell, factor, single.shape)
        smallest = max(smallest, _RATIO_TO_WHITE[0] * cell.diameter * factor)
        largest = min(largest, _RATIO_TO_WHITE[1] * cell.diameter * factor)
    taken = np.asarray(cv2.dilate(taken, np.ones((5, 5), np.uint8)), np.uint8)
    return _Scene(factor, single, score, _measure_slope(single), taken, bluest, smallest, largest)


def _downscale(rgb: NDArray[np.uint8], side: float) -> tuple[NDArray[np.uint8], float]:
    factor = side / min(rgb.shape[:2])
    if factor >= 1:
        return rgb, 1.0
    size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), factor


def _project_mask(
    mask: NDArray[np.bool_], cell: Cell, factor: float, shape: tuple[int, ...]
) -> NDArray[np.uint8]:
    """A mask of the cell's square, over the whole of the reduced image."""
    step = cell.square.side / MASK_SIDE * factor
    matrix = np.array(
        [
            [step, 0, cell.square.x * factor + (step - 1) / 2],
            [0, step, cell.square.y * factor + (step - 1) / 2],
        ]
    )
    size = (shape[1], shape[0])
    spread = cv2.warpAffine(mask.astype(np.uint8), matrix, size, flags=cv2.INTER_NEAREST)
    return np.asarray(spread, dtype=np.uint8)


def _is_plausible(scene: _Scene, outline: NDArray[np.int32]) -> bool:
    """Whether an outline has a red cell's size and does not reach the image's edge: cheap."""
    if len(outline) < 2 * scene.smallest:
        return False
    x, y, width, height = cv2.boundingRect(outline)
    rows, columns = scene.density.shape
    inside = x > 1 and y > 1 and x + width < columns - 1 and y + height < rows - 1
    size = float(np.sqrt(width * height))
    right = scene.smallest < size < scene.largest
    return bool(inside and right and 0.75 < width / height < 1.33)


def _fit_red_cell(scene: _Scene, outline: NDArray[np.int32]) -> _Candidate | None:
    area = cv2.contourArea(outline)
    if area < _MIN_SOLIDITY * cv2.contourArea(cv2.convexHull(outline)):
        return None
    _, (a, b), _ = cv2.fitEllipse(outline)
    round_enough = min(a, b) >= _MIN_ROUNDNESS * max(a, b)
    if not round_enough or abs(np.pi * a * b / 4 - area) > _ELLIPSE_MISFIT * area:
        return None
    x, y, width, height = cv2.boundingRect(outline)
    part = np.zeros((height + 2, width + 2), np.uint8)
    cv2.drawContours(part, [outline - [x - 1, y - 1]], -1, 1, cv2.FILLED)
    window = np.s_[y - 1 : y + height + 1, x - 1 : x + width + 1]
    if (scene.excluded[window] & cv2.dilate(part, np.ones((3, 3), np.uint8))).any():
        return None
    inside = part > 0
    score = float(scene.score[window][inside].mean())
    dense = float(scene.density[window][inside].mean())
    if score > max(_BLUE_OVER_DENSITY * dense, scene.max_score):
        return None
    slope = scene.slope[outline[:, 0, 1], outline[:, 0, 0]]
    # The outline runs through the centres of the pixels whose slope is compared, so its
    # own area counts, not the number of the pixels in it.
    diameter = 2 * float(np.sqrt(area / np.pi))
    steepness = float(np.percentile(slope, 25))
    return _Candidate(steepness, x + width / 2, y + height / 2, diameter)


def _suppress_overlaps(found: list[_Candidate]) -> list[_Candidate]:
    """Of the outlines around one place, the one on the steepest edge."""
    ordered = sorted(found, key=lambda one: -one.steepness)
    places = np.array([(one.x, one.y, one.diameter) for one in ordered]).reshape(-1, 3)
    free = np.ones(len(ordered), np.bool_)
    chosen: list[_Candidate] = []
    for index, one in enumerate(ordered):
        if free[index]:
            chosen.append(one)
            x, y, diameter = places.T
            apart = np.hypot(x - one.x, y - one.y) > 0.5 * np.maximum(diameter, one.diameter)
            free &= apart
    return chosen
