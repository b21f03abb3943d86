"""Pieces of nuclear stain: those of one nucleus joined, those of several taken apart.

A piece is a lobe, a nucleus, or several nuclei that touch; or it is cytoplasm so blue that
it stands out by itself. Sizes are given in red cells, so that they hold for every source.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.fields.density import RED_CELL_SIDE

RED_CELL_AREA = np.pi / 4 * RED_CELL_SIDE**2  # px

_LOBE_GAP = 0.28  # red cells: lobes nearer than this may belong to one nucleus
_PALE = 0.67  # of a neighbour's excess: below it, a piece is that one's cytoplasm
_PALE_AREA = 1.0  # red cells' area: paler pieces that are larger and round are nuclei
_ROUND = 0.95  # solidity of a whole round nucleus, at least
_WHOLE_NUCLEUS = 0.65  # red cells' area of a whole round nucleus, at least
_JOINT_AREA = 2.6  # red cells' area of a nucleus of several pieces, at most
_JOINT_LENGTH = 2.6  # red cells
_HOLE = 0.05  # of a red cell's area
_NECK = 0.75  # width of a neck over that of the narrower nucleus, at most
_NUCLEUS_RADIUS = 0.3  # red cells: no nucleus that touches another is smaller
_SLIM = 1.6  # length over width of two nuclei in one piece, at least


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected piece of nuclear stain in a field.

    Attributes:
        mask: (h, w), over the piece's own box.
        corner: x and y of the box's top left corner, in pixels of the reduced field.
        excess: median of the azure excess on it.
        outline: (N, 2), its boundary, x and y in pixels of the reduced field.
        area: in areas of a red cell.
    """

    mask: NDArray[np.bool_]
    corner: tuple[int, int]
    excess: float
    outline: NDArray[np.float32]
    area: float

    @property
    def solidity(self) -> float:
        """Area over that of the convex hull, 0-1."""
        hull = cv2.contourArea(cv2.convexHull(self.outline))
        return min(cv2.contourArea(self.outline) / max(hull, 1.0), 1.0)


def build_piece(
    mask: NDArray[np.bool_], corner: tuple[int, int], excess: NDArray[np.float32]
) -> Piece:
    """Build a piece from its mask.

    Args:
        mask: (h, w), not empty.
        corner: x and y of its top left corner in the field.
        excess: (h, w), the azure excess over the same part.
    """
    found, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    outline = np.asarray(max(found, key=len)[:, 0] + np.asarray(corner), dtype=np.float32)
    area = float(mask.sum()) / RED_CELL_AREA
    return Piece(mask, corner, float(np.median(excess[mask])), outline, area)


def split_piece(piece: Piece, excess: NDArray[np.float32]) -> list[Piece]:
    """Take apart nuclei that touch, at the necks between them.

    Args:
        piece: as found.
        excess: (h, w), the azure excess over its box.

    Returns:
        The piece itself where it has no neck, or is not as long as two nuclei.
    """
    _, sides, _ = cv2.minAreaRect(piece.outline)
    if max(sides) < _SLIM * min(sides) and piece.area < _JOINT_AREA * _SLIM:
        return [piece]
    filled = np.pad(_fill_holes(piece.mask), 1)
    depth = cv2.distanceTransform(filled, cv2.DIST_L2, 5)[1:-1, 1:-1]
    cores = _find_cores(np.asarray(depth, np.float32), 0.3 * _NUCLEUS_RADIUS * RED_CELL_SIDE)
    if len(cores) < 2:
        return [piece]
    beside = np.ones(piece.mask.shape, np.uint8)
    for core in cores:
        beside[core] = 0
    _, nearest = cv2.distanceTransformWithLabels(
        beside, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_CCOMP
    )
    parts = (piece.mask & (nearest == label) for label in range(1, int(nearest.max()) + 1))
    return [_crop_piece(part, piece.corner, excess) for part in parts if part.any()]


def _fill_holes(mask: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """A mask without its small holes, which are granules and pale chromatin."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < _HOLE * RED_CELL_AREA
    small[0] = False
    return np.asarray(mask | small[labels], dtype=np.uint8)


def _find_cores(depth: NDArray[np.float32], level: float) -> list[NDArray[np.bool_]]:
    """Find the middles of nuclei with necks between them, masks like `depth`.

    Args:
        depth: (h, w), px from the outline; 0 beside the piece.
        level: depth from which on necks are searched.
    """
    radius = _NUCLEUS_RADIUS * RED_CELL_SIDE
    while level < _NECK * float(depth.max()):
        count, labels = cv2.connectedComponents((depth > level).astype(np.uint8), connectivity=4)
        peaks = np.zeros(count, np.float32)
        np.maximum.at(peaks, labels.ravel(), depth.ravel())
        deep = np.flatnonzero(peaks >= max(radius, level / _NECK)).tolist()
        apart = [labels == label for label in deep if label > 0]
        level += 1.0
        if len(apart) > 1:
            parts = (np.where(core, depth, np.float32(0.0)) for core in apart)
            return [core for part in parts for core in _find_cores(part, level)]
    return [depth > level - 1.0]


def _crop_piece(
    mask: NDArray[np.bool_], corner: tuple[int, int], excess: NDArray[np.float32]
) -> Piece:
    x, y, width, height = cv2.boundingRect(mask.astype(np.uint8))
    box = np.s_[y : y + height, x : x + width]
    part = np.ascontiguousarray(mask[box])
    return build_piece(part, (corner[0] + x, corner[1] + y), excess[box])


def group_pieces(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group the pieces that are lobes of one nucleus, without those that are cytoplasm."""
    pieces = _drop_cytoplasm(pieces)
    groups: dict[int, list[Piece]] = {index: [piece] for index, piece in enumerate(pieces)}
    owner = list(range(len(pieces)))
    for _, first, second in _find_neighbours(pieces):
        one, other = owner[first], owner[second]
        if one != other and _is_one_nucleus(groups[one], groups[other]):
            groups[one] += groups.pop(other)
            owner = [one if each == other else each for each in owner]
    return list(groups.values())


def _drop_cytoplasm(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces that are not much paler than one that they lie beside."""
    dropped: set[int] = set()
    for _, first, second in _find_neighbours(pieces):
        pale, dark = sorted((first, second), key=lambda index: pieces[index].excess)
        piece = pieces[pale]
        whole = piece.area > _PALE_AREA and piece.solidity > 0.9
        if piece.excess < _PALE * pieces[dark].excess and not whole:
            dropped.add(pale)
    return [piece for index, piece in enumerate(pieces) if index not in dropped]


def _find_neighbours(pieces: Sequence[Piece]) -> list[tuple[float, int, int]]:
    """Pairs of pieces near enough to be lobes: gap in px and their indices, the nearest first."""
    reach = _LOBE_GAP * RED_CELL_SIDE
    lows = np.array([piece.outline.min(axis=0) for piece in pieces]).reshape(-1, 2)
    highs = np.array([piece.outline.max(axis=0) for piece in pieces]).reshape(-1, 2)
    pairs: list[tuple[float, int, int]] = []
    for second, piece in enumerate(pieces):
        near = (highs[:second] >= lows[second] - reach) & (lows[:second] <= highs[second] + reach)
        for first in np.flatnonzero(near.all(axis=1)).tolist():
            gap = _measure_gap(piece.outline, pieces[first].outline)
            if gap <= reach:
                pairs.append((gap, first, second))
    return sorted(pairs)


def _measure_gap(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Smallest distance between two outlines, px."""
    away = one[:, None] - other[None]
    return float(np.sqrt((away * away).sum(axis=2).min()))


def _is_one_nucleus(one: list[Piece], other: list[Piece]) -> bool:
    """Whether two groups may be lobes of one nucleus: together small, and not both whole."""
    together = [*one, *other]
    points = np.concatenate([piece.outline for piece in together])
    _, sides, _ = cv2.minAreaRect(points)
    if sum(piece.area for piece in together) > _JOINT_AREA:
        return False
    whole = all(len(group) == 1 and _is_whole(group[0]) for group in (one, other))
    return bool(max(sides) <= _JOINT_LENGTH * RED_CELL_SIDE) and not whole


def _is_whole(piece: Piece) -> bool:
    return piece.area > _WHOLE_NUCLEUS and piece.solidity > _ROUND
