"""The common scale: how wide a source's red cells are, in pixels.

Red cells are the ruler that every smear brings along: 7.5 um wide in almost anybody. An
isolated one can be measured in only a part of the images, so the median is taken over a
whole source, never over one image.
"""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, SourceProfile
from trainer.imaging.segment import GRID, Cell, find_cell
from trainer.imaging.stain import background_colour, optical_density

_SIDE = 256  # px of the shorter side at which red cells are looked for
_LEAST_CELLS = 5  # fewer measured cells than this are no measurement
# Neutrophils, monocytes and blasts on a smear measure 12-16 um, a red cell 7.5 um.
_WHITE_TO_RED = 1.8


def measure_red_cells(rgb: NDArray[np.uint8], cell: Cell | None = None) -> list[float]:
    """Diameters of the isolated red cells of an image.

    Args:
        rgb: (H, W, 3).
        cell: its white cell, if already found.

    Returns:
        Diameters of equal area, in pixels of `rgb`; often empty.
    """
    cell = find_cell(rgb) if cell is None else cell
    small, factor = _small(rgb)
    density = cv2.GaussianBlur(optical_density(small, background_colour(small)), (0, 0), 1.0)
    green = density[..., 1]
    stained = (green > max(0.5 * _otsu(green), 0.06)).astype(np.uint8)
    found, _ = cv2.findContours(stained, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    white = _white_cell(cell, factor, small.shape[:2])
    diameters = [_diameter(c, small.shape[:2], white) for c in found]
    return [d / factor for d in diameters if d > 0]


def profile_source(
    images: Iterable[NDArray[np.uint8]], scales: Iterable[float] | None = None
) -> SourceProfile:
    """The profile of one source, from a sample of its images.

    Args:
        images: (H, W, 3) each.
        scales: array px / original px of each; 1 if not given.

    Returns:
        `red_cell_diameter` in pixels of the original images. Its origin is "measured",
        or "assumed" where too few red cells stand alone: then it is the median diameter of
        the white cells divided by 1.8.
    """
    red: list[float] = []
    white: list[float] = []
    for rgb, scale in _scaled(images, scales):
        cell = find_cell(rgb)
        red.extend(d / scale for d in measure_red_cells(rgb, cell))
        if cell.state is CellState.FOUND:
            white.append(cell.diameter / scale)
        else:
            white.append(0.5 * cell.square.side / scale)
    if len(red) >= _LEAST_CELLS:
        median = float(np.median(red))
        return SourceProfile(red_cell_diameter=median, origin="measured", measured_cells=len(red))
    if not white:
        return SourceProfile()
    return SourceProfile(red_cell_diameter=float(np.median(white)) / _WHITE_TO_RED)


def _scaled(
    images: Iterable[NDArray[np.uint8]], scales: Iterable[float] | None
) -> Iterable[tuple[NDArray[np.uint8], float]]:
    if scales is None:
        return ((image, 1.0) for image in images)
    return zip(images, scales, strict=True)


def _small(rgb: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    factor = _SIDE / min(rgb.shape[:2])
    if factor >= 1:
        return rgb, 1.0
    size = (round(rgb.shape[1] * factor), round(rgb.shape[0] * factor))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.asarray(small, dtype=np.uint8), factor


def _white_cell(cell: Cell, factor: float, shape: tuple[int, int]) -> NDArray[np.uint8]:
    """The white cell's mask over the whole of the small image."""
    step = cell.square.side / GRID * factor
    matrix = np.array(
        [[step, 0, cell.square.x * factor], [0, step, cell.square.y * factor]], np.float64
    )
    mask = cell.mask.astype(np.uint8)
    return np.asarray(cv2.warpAffine(mask, matrix, shape[::-1], flags=cv2.INTER_NEAREST))


def _diameter(
    contour: NDArray[np.int32], shape: tuple[int, int], white: NDArray[np.uint8]
) -> float:
    """Diameter of a component that looks like a whole red cell standing alone, else 0."""
    x, y, width, height = cv2.boundingRect(contour)
    side = min(shape)
    if x <= 1 or y <= 1 or x + width >= shape[1] - 1 or y + height >= shape[0] - 1:
        return 0.0
    area = cv2.contourArea(contour) + 0.5 * len(contour)
    diameter = 2 * np.sqrt(area / np.pi)
    if not 0.06 * side < diameter < 0.5 * side:
        return 0.0
    hull = cv2.contourArea(cv2.convexHull(contour)) + 0.5 * len(contour)
    _, (a, b), _ = cv2.minAreaRect(contour)
    if area / hull < 0.93 or min(a, b) / max(a, b) < 0.8:
        return 0.0
    part = np.zeros(shape, np.uint8)
    cv2.drawContours(part, [contour], -1, 1, cv2.FILLED)
    return 0.0 if (part & white).any() else float(diameter)


def _otsu(values: NDArray[np.float32]) -> float:
    levels = np.clip(values * 100, 0, 255).astype(np.uint8).reshape(1, -1)
    return float(cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]) / 100
