"""The nuclei of a field: what absorbs green far more than blue, as large as a nucleus.

Azure and eosin on chromatin absorb green and hardly any blue; haemoglobin absorbs both. So
the density in green less that in blue is several times as high on nuclei as on red cells in
every lab's stain, and the red cells' own density sets the threshold: no colour is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.fields.density import RED_CELL_SIDE, is_grey
from trainer.imaging.fields.nuclear_pieces import (
    RED_CELL_AREA,
    Piece,
    build_piece,
    group_pieces,
    split_piece,
)

_DARK = 2.0  # density in green beyond which cameras record noise
_GREY_SHARE = 0.75  # of the density, in a grey image
_BLUR = 0.15  # red cells: blur at which a nucleus still stands out and a rim does not
_FAINTEST = 0.1  # excess that a nucleus has in the palest stain
_OVER_RED = 1.5  # excess of a nucleus, at least, over the density of red cells in green
_OF_PEAK = 0.5  # share of the excess nearby from which on a pixel is of the nucleus
_NEARBY = 0.4  # red cells
_STAINED = 0.1  # density in green from which on a pixel is no glass
_PALE_RED = 0.1  # density in green of red cells where too few are seen
_RED_EXCESS = 0.6  # of the density in green: more of it is azure
_OUTLYING = 12.0  # median absolute deviations
_DOUBLED = 1.7  # times the excess of red cells
_MANY = 0.2  # share of what is stained
_DENSEST_RED = 0.45  # density in green
_RIM = 0.06  # red cells: half the width of what is no nucleus but a rim
_MIN_PIECE = 0.04  # of a red cell's area
_MIN_NUCLEUS = 0.35  # of a red cell's area
_SMALL = 1.3  # of a red cell's area: a nucleus of this size is as dense as the others
_PALE = 0.6  # of the others' excess
_TINY = 0.8  # of a red cell's area: a nucleus of this size has shrunk
_DENSE = 2.4  # excess of a shrunk nucleus, at least, over the density of red cells


@dataclass(frozen=True, eq=False)
class Nucleus:
    """A nucleus with all its lobes.

    Attributes:
        mask: (h, w), over its own box.
        corner: x and y of the box's top left corner, in pixels of the reduced field.
        excess: median of the azure excess on it.
    """

    mask: NDArray[np.bool_]
    corner: tuple[int, int]
    excess: float

    @property
    def area(self) -> float:
        """In areas of a red cell."""
        return float(np.count_nonzero(self.mask)) / RED_CELL_AREA


def find_nuclei(density: NDArray[np.float32]) -> list[Nucleus]:
    """Find the nuclei of a field, each with all its lobes.

    Args:
        density: (H, W, 3), 26 px a red cell.
    """
    excess = measure_azure_excess(density)
    red = measure_red_cells(density, excess)
    least = max(_FAINTEST, min(_OVER_RED * red.density, red.outlying_excess))
    groups = group_pieces(_find_pieces(excess, least))
    return _drop_platelets([_join(group) for group in groups], red.density)


def _drop_platelets(found: Sequence[Nucleus], red: float) -> list[Nucleus]:
    """Those that are large, or dense: what a nucleus has shrunk to is dense in every stain.

    So are small lymphocytes and late erythroblasts; the granules of platelets are not.
    """
    large = [nucleus.excess for nucleus in found if nucleus.area >= _SMALL]
    usual = _PALE * float(np.median(large)) if large else 0.0

    def is_nucleus(one: Nucleus) -> bool:
        if one.area >= _SMALL:
            return True
        least = max(usual, _DENSE * red) if one.area < _TINY else usual
        return one.area >= _MIN_NUCLEUS and one.excess >= least

    return [nucleus for nucleus in found if is_nucleus(nucleus)]


def measure_azure_excess(density: NDArray[np.float32]) -> NDArray[np.float32]:
    """Density in green less that in blue, (H, W); in a grey image, a share of the density."""
    green = np.minimum(density[..., 1], np.float32(_DARK))
    excess = _GREY_SHARE * green if is_grey(density) else green - density[..., 2]
    return np.asarray(excess, dtype=np.float32)


@dataclass(frozen=True)
class RedCellStain:
    """How the red cells of a field are stained.

    Attributes:
        density: in green, of their paler parts. In a bluish light red cells have an excess of
            their own; then it is as much as makes what lies twice over another fall below the
            threshold of nuclei.
        outlying_excess: an azure excess that no red cell reaches, by their own spread;
            infinite where too few are seen.
    """

    density: float
    outlying_excess: float = float("inf")


def measure_red_cells(density: NDArray[np.float32], excess: NDArray[np.float32]) -> RedCellStain:
    """Measure what is stained palely and widely, as red cells are."""
    green, azure, broad = (
        np.asarray(cv2.GaussianBlur(each, (0, 0), blur)[::2, ::2])
        for each, blur in (
            (np.minimum(density[..., 1], np.float32(_DARK)), 1.5),
            (excess, 1.5),
            (excess, _BLUR * RED_CELL_SIDE),
        )
    )
    stained = green > _STAINED
    count = np.count_nonzero(stained)
    if count < 0.5 * RED_CELL_AREA:
        return RedCellStain(_PALE_RED)
    red = stained & (azure < _RED_EXCESS * green)
    if np.count_nonzero(red) <= _MANY * count:
        # Next to no red cells, or all of them in a blue light.
        return RedCellStain(min(float(np.percentile(green[stained], 30)), _DENSEST_RED))
    level = float(np.percentile(green[red], 30))
    middle = float(np.median(broad[red]))
    spread = float(np.median(np.abs(broad[red] - middle)))
    doubled = _DOUBLED * float(np.median(azure[red]))
    return RedCellStain(max(level, doubled), middle + _OUTLYING * spread)


def _find_pieces(excess: NDArray[np.float32], least: float) -> list[Piece]:
    """Find what is nuclear, with touching nuclei apart."""
    fine = cv2.GaussianBlur(excess, (0, 0), 1.0)
    broad = cv2.GaussianBlur(excess, (0, 0), _BLUR * RED_CELL_SIDE)
    peak = cv2.dilate(broad, disc(_NEARBY * RED_CELL_SIDE))
    nuclear = ((peak > least) & (fine > _OF_PEAK * peak)).astype(np.uint8)
    opened = cv2.morphologyEx(nuclear, cv2.MORPH_OPEN, disc(_RIM * RED_CELL_SIDE))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opened, connectivity=4)
    pieces: list[Piece] = []
    for label in range(1, count):
        x, y, width, height, area = (int(value) for value in stats[label])
        if area < _MIN_PIECE * RED_CELL_AREA:
            continue
        box = np.s_[y : y + height, x : x + width]
        piece = build_piece(labels[box] == label, (x, y), excess[box])
        pieces.extend(split_piece(piece, excess[box]))
    return pieces


def _join(pieces: Sequence[Piece]) -> Nucleus:
    parts = [Nucleus(piece.mask, piece.corner, piece.excess) for piece in pieces]
    return join_nuclei(parts)


def join_nuclei(nuclei: Sequence[Nucleus]) -> Nucleus:
    """Join nuclei that turned out to be one."""
    lows = np.array([nucleus.corner for nucleus in nuclei])
    sizes = np.array([nucleus.mask.shape[::-1] for nucleus in nuclei])
    left, top = (int(value) for value in lows.min(axis=0))
    width, height = (int(value) for value in (lows + sizes).max(axis=0) - (left, top))
    mask = np.zeros((height, width), np.bool_)
    for nucleus in nuclei:
        x, y = nucleus.corner[0] - left, nucleus.corner[1] - top
        rows, columns = nucleus.mask.shape
        mask[y : y + rows, x : x + columns] |= nucleus.mask
    largest = max(nuclei, key=lambda nucleus: int(nucleus.mask.sum()))
    return Nucleus(mask, (left, top), largest.excess)


def disc(radius: float) -> NDArray[np.uint8]:
    """Build a disc as a structuring element, of radius 1 px or more."""
    side = 2 * max(round(radius), 1) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
