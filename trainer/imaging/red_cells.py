"""The common scale: what a source's images show of its red cells and its glass.

Red cells are the ruler that every smear brings along: 7.5 um wide in almost anybody. An
isolated one can be measured in only a part of the images, so the median is taken over a
whole source, never over one image. Images of one source all have the same scale; where
a folder mixes images of different pixel sizes, each size that shows enough red cells is
a source of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, SourceProfile
from trainer.imaging.isolated_cells import measure_red_cells
from trainer.imaging.segment import Cell, find_cell
from trainer.imaging.stain import background_colour

# White cells' masks over red cells, the median over the classes of two labs (1.3 for
# erythroblasts, 1.5 for lymphocytes, 1.9 for granulocytes and blasts, 2.1 for monocytes).
WHITE_TO_RED = 1.85
# Of the shorter side, where not even a white cell was found: between 0.20 and 0.26 in
# the single-cell images of two labs.
RED_TO_SIDE = 0.22
ENOUGH_CELLS = 3  # a median of fewer could be one mistake
ENOUGH_FOR_SIZE = 8  # red cells that give a pixel size a profile of its own

PixelSize = tuple[int, int]

__all__ = [
    "PixelSize",
    "Sighting",
    "measure_red_cells",
    "profile_for",
    "profile_sightings",
    "profile_source",
    "profile_sources",
    "sight",
]


@dataclass(frozen=True)
class Sighting:
    """What one image shows of its source's scale; lengths in pixels of the original.

    Attributes:
        size: width and height of the image.
        red_cells: diameters of its isolated red cells.
        white_cell: diameter of its white cell; None unless surely found.
        background: RGB of the empty slide.
    """

    size: PixelSize
    red_cells: tuple[float, ...]
    white_cell: float | None
    background: tuple[float, float, float]


def sight(rgb: NDArray[np.uint8], *, scale: float = 1.0, cell: Cell | None = None) -> Sighting:
    """Measure one image.

    Args:
        rgb: (H, W, 3), decoded at `scale`.
        scale: pixels of `rgb` over pixels of the original image.
        cell: its white cell, if already found.
    """
    cell = find_cell(rgb) if cell is None else cell
    red, green, blue = (float(v) for v in background_colour(rgb))
    return Sighting(
        size=(round(rgb.shape[1] / scale), round(rgb.shape[0] / scale)),
        red_cells=tuple(diameter / scale for diameter in measure_red_cells(rgb, cell)),
        white_cell=cell.diameter / scale if cell.state is CellState.FOUND else None,
        background=(red, green, blue),
    )


def profile_source(
    images: Iterable[NDArray[np.uint8]], scales: Iterable[float] | None = None
) -> SourceProfile:
    """The profile of one source, from a sample of its images.

    Args:
        images: (H, W, 3) each; 50 to 100 are plenty.
        scales: array px / original px of each; 1 if not given.

    Returns:
        As `profile_sightings`.
    """
    if scales is None:
        return profile_sightings([sight(image) for image in images])
    pairs = zip(images, scales, strict=True)
    return profile_sightings([sight(image, scale=scale) for image, scale in pairs])


def profile_sightings(sightings: Sequence[Sighting]) -> SourceProfile:
    """One profile for images of one scale.

    Returns:
        `red_cell_diameter` in pixels of the original images. Its origin is "measured"
        where at least three red cells agree, or fewer that fit the white cells; else
        "assumed": the white cells' median diameter over 1.85, or 0.22 of the shorter
        side where no white cell was found; None only for no images at all.
    """
    if not sightings:
        return SourceProfile()
    assumed = _assumed(sightings)
    red = _of_one_kind([d for sighting in sightings for d in sighting.red_cells])
    measured = float(np.median(red)) if len(red) else 0.0
    fits = 1 / 1.5 < measured / assumed < 1.5
    trusted = len(red) >= ENOUGH_CELLS or (len(red) > 0 and fits)
    backgrounds = np.median([sighting.background for sighting in sightings], axis=0)
    return SourceProfile(
        red_cell_diameter=measured if trusted else assumed,
        origin="measured" if trusted else "assumed",
        measured_cells=len(red) if trusted else 0,
        background=(float(backgrounds[0]), float(backgrounds[1]), float(backgrounds[2])),
    )


def profile_sources(
    sightings: Sequence[Sighting],
) -> Mapping[PixelSize | None, SourceProfile]:
    """A profile for every pixel size that shows enough red cells, and one for the rest.

    Returns:
        By width and height of the original images; under None the profile for images
        of any other size: from the red cells of these, else that of all sightings.
    """
    by_size: dict[PixelSize, list[Sighting]] = {}
    for sighting in sightings:
        by_size.setdefault(sighting.size, []).append(sighting)
    profiles: dict[PixelSize | None, SourceProfile] = {}
    rest: list[Sighting] = []
    for size, group in sorted(by_size.items()):
        if sum(len(sighting.red_cells) for sighting in group) >= ENOUGH_FOR_SIZE:
            profiles[size] = profile_sightings(group)
        else:
            rest.extend(group)
    others = profile_sightings(rest)
    everyone = profile_sightings(sightings)
    own = others.origin == "measured" or everyone.origin == "assumed"
    profiles[None] = others if own and rest else everyone
    return profiles


def profile_for(
    profiles: Mapping[PixelSize | None, SourceProfile], size: PixelSize
) -> SourceProfile:
    """The profile that holds for images of this width and height."""
    return profiles.get(size, profiles[None])


def _assumed(sightings: Sequence[Sighting]) -> float:
    white = [s.white_cell for s in sightings if s.white_cell is not None]
    if white:
        return float(np.median(white)) / WHITE_TO_RED
    return RED_TO_SIDE * float(np.median([min(sighting.size) for sighting in sightings]))


def _of_one_kind(diameters: list[float]) -> NDArray[np.float64]:
    """The diameters within two thirds and three halves of their median, found twice."""
    kept = np.asarray(diameters, dtype=np.float64)
    for _ in range(2):
        if len(kept) == 0:
            break
        middle = np.median(kept)
        everything = np.asarray(diameters, dtype=np.float64)
        kept = everything[(everything > middle / 1.5) & (everything < middle * 1.5)]
    return kept
