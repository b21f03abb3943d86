"""The diameter of red cells, which sets the common scale of all images of a source.

Red cells are the ruler that every smear brings along: 7.5 um wide in almost anybody. One
that is whole, round and isolated can be measured in only a part of the images, so the median
is taken over a whole source, never over one image. Images of one source all have the same
scale; where a folder mixes images of different pixel sizes, each size that has enough red
cells is a source of its own.

Contours are taken at several densities; of those that outline the same cell, the one on
the steepest edge counts. So a cell is measured at its rim in any stain, and one that
touches its neighbour only with its blurred edge still counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, SourceProfile
from trainer.imaging.nucleus import nuclear_density
from trainer.imaging.segmentation import MASK_SIDE, Cell, segment_cell
from trainer.imaging.stain import background_colour, measure_density

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

# White cells' masks over red cells, the median over the classes of two labs (1.3 for
# erythroblasts, 1.5 for lymphocytes, 1.9 for granulocytes and blasts, 2.1 for monocytes).
WHITE_TO_RED = 1.85
# Of the shorter side, where not even a white cell was found: between 0.20 and 0.26 in
# the single-cell images of two labs.
RED_TO_SIDE = 0.22
MIN_RED_CELLS = 3  # a median of fewer could be one mistake
MIN_RED_CELLS_PER_SIZE = 8  # red cells that give a pixel size a profile of its own

ImageSize = tuple[int, int]
"""Width and height in pixels."""


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
    scene = _build_scene(rgb, cell)
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


def _build_scene(rgb: NDArray[np.uint8], cell: Cell) -> _Scene:
    small, factor = _downscale(rgb)
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
    slope = np.hypot(cv2.Sobel(single, cv2.CV_32F, 1, 0), cv2.Sobel(single, cv2.CV_32F, 0, 1))
    return _Scene(factor, single, score, slope, taken, bluest, smallest, largest)


def _downscale(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    factor = _SIDE / min(rgb.shape[:2])
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
    chosen: list[_Candidate] = []
    for one in sorted(found, key=lambda one: -one.steepness):
        apart = (
            np.hypot(one.x - other.x, one.y - other.y) > 0.5 * max(one.diameter, other.diameter)
            for other in chosen
        )
        if all(apart):
            chosen.append(one)
    return chosen


@dataclass(frozen=True)
class RedCellMeasurement:
    """Measurements in one image of its source's scale; lengths in pixels of the original.

    Attributes:
        size: width and height of the image.
        red_cells: diameters of its isolated red cells.
        white_cell: diameter of its white cell; None unless surely found.
        background: RGB of the empty slide.
    """

    size: ImageSize
    red_cells: tuple[float, ...]
    white_cell: float | None
    background: tuple[float, float, float]


def measure_image(
    rgb: NDArray[np.uint8], *, scale: float = 1.0, cell: Cell | None = None
) -> RedCellMeasurement:
    """Measure one image.

    Args:
        rgb: (H, W, 3), decoded at `scale`.
        scale: pixels of `rgb` over pixels of the original image.
        cell: its white cell, if already found.
    """
    cell = segment_cell(rgb) if cell is None else cell
    red, green, blue = (float(v) for v in background_colour(rgb))
    return RedCellMeasurement(
        size=(round(rgb.shape[1] / scale), round(rgb.shape[0] / scale)),
        red_cells=tuple(diameter / scale for diameter in measure_red_cells(rgb, cell)),
        white_cell=cell.diameter / scale if cell.state is CellState.FOUND else None,
        background=(red, green, blue),
    )


def build_profile_from_images(
    images: Iterable[NDArray[np.uint8]], scales: Iterable[float] | None = None
) -> SourceProfile:
    """Build the profile of one source from a sample of its images.

    Args:
        images: (H, W, 3) each; 50 to 100 are plenty.
        scales: array px / original px of each; 1 if not given.

    Returns:
        As `build_profile`.
    """
    if scales is None:
        return build_profile([measure_image(image) for image in images])
    pairs = zip(images, scales, strict=True)
    return build_profile([measure_image(image, scale=scale) for image, scale in pairs])


def build_profile(measurements: Sequence[RedCellMeasurement]) -> SourceProfile:
    """Build one profile from images of one scale.

    Returns:
        `red_cell_diameter` in pixels of the original images. Its origin is "measured"
        where at least three red cells agree, or fewer that fit the white cells; else
        "assumed": the white cells' median diameter over 1.85, or 0.22 of the shorter
        side where no white cell was found; None only for no images at all.
    """
    if not measurements:
        return SourceProfile()
    assumed = _assume_diameter(measurements)
    red = _reject_outliers([d for each in measurements for d in each.red_cells])
    measured = float(np.median(red)) if len(red) else 0.0
    fits = 1 / 1.5 < measured / assumed < 1.5
    trusted = len(red) >= MIN_RED_CELLS or (len(red) > 0 and fits)
    backgrounds = np.median([each.background for each in measurements], axis=0)
    return SourceProfile(
        red_cell_diameter=measured if trusted else assumed,
        origin="measured" if trusted else "assumed",
        measured_cells=len(red) if trusted else 0,
        background=(float(backgrounds[0]), float(backgrounds[1]), float(backgrounds[2])),
    )


def build_profiles(
    measurements: Sequence[RedCellMeasurement],
) -> Mapping[ImageSize | None, SourceProfile]:
    """Build a profile for every pixel size with enough red cells, and one for the rest.

    Returns:
        By width and height of the original images; under None the profile for images
        of any other size: from the red cells of these, else that of all measurements.
    """
    by_size: dict[ImageSize, list[RedCellMeasurement]] = {}
    for each in measurements:
        by_size.setdefault(each.size, []).append(each)
    profiles: dict[ImageSize | None, SourceProfile] = {}
    rest: list[RedCellMeasurement] = []
    for size, group in sorted(by_size.items()):
        if sum(len(each.red_cells) for each in group) >= MIN_RED_CELLS_PER_SIZE:
            profiles[size] = build_profile(group)
        else:
            rest.extend(group)
    others = build_profile(rest)
    everyone = build_profile(measurements)
    own = others.origin == "measured" or everyone.origin == "assumed"
    profiles[None] = others if own and rest else everyone
    return profiles


def profile_for(
    profiles: Mapping[ImageSize | None, SourceProfile], size: ImageSize
) -> SourceProfile:
    """The profile that holds for images of this width and height."""
    return profiles.get(size, profiles[None])


def _assume_diameter(measurements: Sequence[RedCellMeasurement]) -> float:
    white = [s.white_cell for s in measurements if s.white_cell is not None]
    if white:
        return float(np.median(white)) / WHITE_TO_RED
    return RED_TO_SIDE * float(np.median([min(each.size) for each in measurements]))


def _reject_outliers(diameters: list[float]) -> NDArray[np.float64]:
    """The diameters within two thirds and three halves of their median, computed twice."""
    chosen = np.asarray(diameters, dtype=np.float64)
    for _ in range(2):
        if len(chosen) == 0:
            break
        middle = np.median(chosen)
        everything = np.asarray(diameters, dtype=np.float64)
        chosen = everything[(everything > middle / 1.5) & (everything < middle * 1.5)]
    return chosen
