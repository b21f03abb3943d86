"""The white cell in a single-cell image: nucleus first, then the cell around it.

Everything is done on the central square, reduced to 128 px, so that masks of images of
any size mean the same and cost the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, Window
from trainer.imaging.stain import background_colour, optical_density

GRID = 128  # px a side of the square that masks live on

_LEAST_DENSITY = 0.30  # a nucleus is denser than this in red light
_CROWDED = 0.22  # share of the image above which red cells must be among the dense
_LOBE_GAP = 0.055  # of the side: lobes nearer than this belong to one nucleus
_LEAST_PART = 0.002  # share of the image below which a component is a speck


@dataclass(frozen=True, eq=False)
class Cell:
    """The white cell of an image.

    Attributes:
        mask: (128, 128), True on the cell, over `square`.
        square: the central square, in pixels of the array given.
        state: how sure the outline is; NONE means that `mask` is only a centre disc.
        centroid: x, y of the mask, in pixels of the array given.
        diameter: of the disc with the mask's area, in pixels of the array given.
        nucleus: (128, 128), True on the nucleus; empty where none was found.
    """

    mask: NDArray[np.bool_]
    square: Window
    state: CellState
    centroid: tuple[float, float]
    diameter: float
    nucleus: NDArray[np.bool_]


def find_cell(rgb: NDArray[np.uint8]) -> Cell:
    """Outline the white cell nearest to the middle of an image.

    Args:
        rgb: (H, W, 3), RGB, of any size.

    Returns:
        The cell; `state` says how far to trust it. Never raises for a valid array.
    """
    square = central_square(rgb)
    small = reduced(rgb, square)
    density = cv2.GaussianBlur(optical_density(small, background_colour(small)), (0, 0), 1.0)
    nucleus = find_nucleus(density)
    if not nucleus.any():
        return _cell(_centre_disc(), square, CellState.NONE, nucleus)
    mask = grow_cell(small, nucleus)
    return _cell(mask, square, judge(mask), nucleus)


def central_square(rgb: NDArray[np.uint8]) -> Window:
    """The largest square in the middle of an image, in its pixels."""
    height, width = rgb.shape[:2]
    side = min(height, width)
    return Window((width - side) // 2, (height - side) // 2, side)


def reduced(rgb: NDArray[np.uint8], square: Window) -> NDArray[np.uint8]:
    """The central square at 128 px a side, as (128, 128, 3)."""
    x, y, side = int(square.x), int(square.y), int(square.side)
    part = rgb[y : y + side, x : x + side]
    how = cv2.INTER_AREA if side > GRID else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(part, (GRID, GRID), interpolation=how), dtype=np.uint8)


def find_nucleus(density: NDArray[np.float32]) -> NDArray[np.bool_]:
    """The dense component nearest the centre, with the lobes that lie close to it."""
    red = density[..., 0]
    threshold = max(_otsu(red), _LEAST_DENSITY)
    dense = red > threshold
    if dense.mean() > _CROWDED:
        dense = red > max(_otsu(red[dense]), threshold)
    dense = cv2.morphologyEx(dense.astype(np.uint8), cv2.MORPH_OPEN, _disc(1)).astype(bool)
    return _central_part(dense)


def _central_part(dense: NDArray[np.bool_]) -> NDArray[np.bool_]:
    count, labels, stats, centres = cv2.connectedComponentsWithStats(dense.astype(np.uint8))
    middle = np.array([GRID - 1, GRID - 1]) / 2
    areas = stats[1:, cv2.CC_STAT_AREA].astype(float)
    if count < 2 or areas.max() < _LEAST_PART * GRID * GRID:
        return np.zeros_like(dense)
    large = areas >= max(0.25 * areas.max(), _LEAST_PART * GRID * GRID)
    away = np.linalg.norm(centres[1:] - middle, axis=1)
    chosen = int(np.argmin(np.where(large, away, np.inf))) + 1
    return _with_lobes(labels, areas, chosen)


def _with_lobes(
    labels: NDArray[np.int32], areas: NDArray[np.float64], chosen: int
) -> NDArray[np.bool_]:
    nucleus: NDArray[np.bool_] = labels == chosen
    candidates = np.flatnonzero(areas >= _LEAST_PART * GRID * GRID) + 1
    for _ in range(3):
        gap = cv2.distanceTransform((~nucleus).astype(np.uint8), cv2.DIST_L2, 5)
        near = set(np.unique(labels[gap <= _LOBE_GAP * GRID])) & set(candidates)
        joined = np.isin(labels, list(near))
        if (joined == nucleus).all():
            break
        nucleus = joined
    return nucleus


def grow_cell(small: NDArray[np.uint8], nucleus: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The whole cell around a nucleus, by GrabCut (Rother et al., SIGGRAPH 2004)."""
    hull = _hull(nucleus)
    radius = float(np.sqrt(hull.sum() / np.pi))
    gap = cv2.distanceTransform((~hull).astype(np.uint8), cv2.DIST_L2, 5)
    trimap = np.full(hull.shape, cv2.GC_PR_BGD, np.uint8)
    trimap[gap <= 0.35 * radius] = cv2.GC_PR_FGD
    trimap[gap > max(0.75 * radius, 0.06 * GRID)] = cv2.GC_BGD
    trimap[hull] = cv2.GC_FGD
    if not (trimap == cv2.GC_BGD).any():
        return _closed(np.asarray(gap <= 0.35 * radius))
    lab = cv2.cvtColor(small, cv2.COLOR_RGB2LAB)
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)
    cv2.grabCut(lab, trimap, None, *models, 2, cv2.GC_INIT_WITH_MASK)
    return _closed((trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD))


def judge(mask: NDArray[np.bool_]) -> CellState:
    """FOUND, or DOUBTFUL where the mask is too small, too large or along an edge."""
    share = mask.mean()
    edges = (mask[0], mask[-1], mask[:, 0], mask[:, -1])
    along = max(float(edge.mean()) for edge in edges)
    doubtful = share < 0.02 or share > 0.60 or along > 0.35
    return CellState.DOUBTFUL if doubtful else CellState.FOUND


def outline(cell: Cell, scale: float = 1.0) -> NDArray[np.float32]:
    """The cell's border as a polygon.

    Args:
        cell: as found in an array.
        scale: array px / original px, as `Image.scale`.

    Returns:
        (N, 2), x and y in pixels of the original image.
    """
    found, _ = cv2.findContours(
        cell.mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    if not found:
        return np.zeros((0, 2), np.float32)
    longest = max(found, key=len)[:, 0].astype(np.float32) + 0.5
    step = cell.square.side / GRID
    points = (longest * step + (cell.square.x, cell.square.y)) / scale
    return np.asarray(points, dtype=np.float32)


def _cell(
    mask: NDArray[np.bool_], square: Window, state: CellState, nucleus: NDArray[np.bool_]
) -> Cell:
    step = square.side / GRID
    rows, columns = np.nonzero(mask)
    x = square.x + (columns.mean() + 0.5) * step
    y = square.y + (rows.mean() + 0.5) * step
    diameter = 2.0 * np.sqrt(mask.sum() / np.pi) * step
    return Cell(mask, square, state, (float(x), float(y)), float(diameter), nucleus)


def _otsu(values: NDArray[np.float32]) -> float:
    """Otsu's threshold (IEEE Trans SMC 9, 1979) of densities between 0 and 2.55."""
    levels = np.clip(values * 100, 0, 255).astype(np.uint8).reshape(1, -1)
    return float(cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[0]) / 100


def _hull(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    points = np.argwhere(mask)[:, ::-1].astype(np.int32)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(filled, cv2.convexHull(points), 1)
    return filled.astype(bool)


def _closed(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest component, its holes filled."""
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, [max(found, key=cv2.contourArea)], -1, 1, cv2.FILLED)
    return filled.astype(bool)


def _centre_disc() -> NDArray[np.bool_]:
    disc = np.zeros((GRID, GRID), np.uint8)
    cv2.circle(disc, (GRID // 2, GRID // 2), round(0.3 * GRID), 1, cv2.FILLED)
    return disc.astype(bool)


def _disc(radius: int) -> NDArray[np.uint8]:
    size = (2 * radius + 1, 2 * radius + 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size), dtype=np.uint8)
