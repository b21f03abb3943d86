"""The diameter of red cells, which sets the common scale of all images of a source.

Red cells are the ruler that every smear brings along: 7.5 um wide in almost anybody. One
that is whole, round and isolated can be measured in only a part of the images, so the median
is taken over a whole source, never over one image. Images of one source all have the same
scale; where a folder mixes images of different pixel sizes, each size that has enough red
cells is a source of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, SourceProfile
from trainer.imaging.scale.red_cells import measure_red_cells, measure_red_cells_of_field
from trainer.imaging.segmentation.white_cell import Cell, segment_cell
from trainer.imaging.stain import background_colour

_FINER_SIDES = (512, 1024)  # px of the shorter side, for images that show much more
_BARELY_SEEN = 0.09  # of the shorter side; smaller red cells may be the largest of smaller ones
_DOZEN = 12

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


def may_be_wide(measurement: RedCellMeasurement) -> bool:
    """Whether an image may show so much that its red cells are too small to be measured at 256 px.

    So it is where no white cell fills a good part of it, and no red cells or small ones were
    found.
    """
    smallest = _BARELY_SEEN * min(measurement.size)
    red = measurement.red_cells
    return measurement.white_cell is None and (not red or float(np.median(red)) < smallest)


def measure_wide_image(
    rgb: NDArray[np.uint8], coarse: RedCellMeasurement, *, scale: float = 1.0
) -> RedCellMeasurement:
    """Measure an image that `may_be_wide` again, on finer reductions.

    Args:
        rgb: (H, W, 3), decoded at `scale`, 512 px a side or more to be of use.
        coarse: as of `measure_image`.
        scale: pixels of `rgb` over pixels of the original image.

    Returns:
        With the red cells of the reduction that shows the most; `coarse` unless there are a
        dozen, for in an image of one cell round specks would be taken for red cells.
    """
    best: tuple[float, list[float]] = (0.0, [])
    for side in _FINER_SIDES:
        if min(rgb.shape[:2]) > 0.7 * side:
            share = _FINER_SIDES[0] / side  # a part is enough, and as quick as the whole before
            found = measure_red_cells_of_field(_cut_middle(rgb, share), side * share)
            best = max(best, (len(found) / share**2, found))
    if len(best[1]) < max(_DOZEN, len(coarse.red_cells)):
        return coarse
    return replace(coarse, red_cells=tuple(diameter / scale for diameter in best[1]))


def _cut_middle(rgb: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """The middle of an image, a share of its height and width."""
    height, width = rgb.shape[:2]
    top, left = (round((1 - share) / 2 * length) for length in (height, width))
    return rgb[top : height - top, left : width - left]


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
