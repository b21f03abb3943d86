"""Which pages of a file are focal planes of one scene, by what they show.

Measured on 150 images of nine sources: pages of one scene correlate by 0.85 and more, also
out of focus by 4 % of a side, under another light and shifted; pages of different cells by 0.3
in the median and 0.80 at most. Two pages are linked if they are alike, and what is linked
directly or by others is a group (single linkage), so that a stack holds together from plane
to plane, and a page that belongs to none changes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.page_content import SIDE, Array, PageContent, PageSketch

_ALIKE = 0.8
_SHIFT = 1
"""Pages may be shifted by so many pixels of the reduced copy, 3 % of a side."""
_SAME_LIGHT = 0.5
_COPY_SHARE, _LAID_OVER = 0.3, 0.6
_MIN_TEXTURED = 40
_COMPARED_ALL, _COMPARED = 40, 8
"""In longer stacks a page is compared with so many that follow, to find copies."""
_DRAWN_SHARE, _DRAWN_FACTOR = 0.004, 20
_DRAWN_STEP = 0.06

DRAWING = "a mask or drawing"
DRAWN_ON = "a copy with drawing"
GREY = "grey"
EMPTY = "empty"
"""Why a page is no focal plane."""

_RANKS = {
    PageContent.PHOTOGRAPH: 0,
    PageContent.FLAT: 1,
    PageContent.DRAWING: 2,
    PageContent.EMPTY: 3,
}


@dataclass(frozen=True)
class PlaneChoice:
    """The pages that are planes, in order, and why others are none.

    Attributes:
        planes: indices of pages.
        left_out: reason by index.
    """

    planes: tuple[int, ...]
    left_out: dict[int, str] = field(default_factory=dict)


def group_pages(sketches: Sequence[PageSketch]) -> list[tuple[int, ...]]:
    """Group pages by scene.

    Args:
        sketches: of pages with the same number of channels.

    Returns:
        Indices of the pages of each scene, in order; each page is in one group.
    """
    if not sketches:
        return []
    from scipy.sparse.csgraph import connected_components  # few files hold several pages

    _, labels = connected_components(_link_pages(sketches), directed=False)
    return [tuple(np.flatnonzero(labels == label).tolist()) for label in range(labels.max() + 1)]


def choose_planes(sketches: Sequence[PageSketch]) -> PlaneChoice:
    """Choose the pages that are focal planes of one scene.

    Args:
        sketches: of pages with the same number of channels; at least one.

    Raises:
        ImageError: they show several scenes.
    """
    left_out = dict.fromkeys(_find_copies(sketches) | _find_drawn_on(sketches), DRAWN_ON)
    rest = [index for index in range(len(sketches)) if index not in left_out]
    groups = [tuple(rest[i] for i in group) for group in group_pages([sketches[i] for i in rest])]
    scenes = _find_scenes(groups, sketches)
    if len(scenes) > 1:
        raise ImageError(
            f"The pages of the file show {len(scenes):,} scenes, not focal planes of one.",
            "Save each of them as a file of its own.",
        )
    for index in rest:
        if index not in scenes[0]:
            left_out[index] = _name_reason(sketches[index])
    return PlaneChoice(scenes[0], left_out)


def _find_scenes(
    groups: list[tuple[int, ...]], sketches: Sequence[PageSketch]
) -> list[tuple[int, ...]]:
    """The groups that rank first: of photographs, if there are any; of drawings only one."""
    ranks = [min(_rank_page(sketches[i]) for i in group) for group in groups]
    first = [group for group, rank in zip(groups, ranks, strict=True) if rank == min(ranks)]
    content = {sketches[i].content for i in first[0]}
    one_scene = content <= {PageContent.DRAWING, PageContent.EMPTY}
    return first[:1] if one_scene else first


def _rank_page(sketch: PageSketch) -> tuple[int, bool]:
    return _RANKS[sketch.content], not sketch.coloured


def _name_reason(sketch: PageSketch) -> str:
    return {PageContent.PHOTOGRAPH: GREY, PageContent.EMPTY: EMPTY}.get(sketch.content, DRAWING)


def _link_pages(sketches: Sequence[PageSketch]) -> NDArray[np.bool_]:
    """Which pages are alike, (N, N)."""
    linked = _correlate([sketch.structure for sketch in sketches]) >= _ALIKE
    for i in [i for i, s in enumerate(sketches) if s.content is not PageContent.PHOTOGRAPH]:
        for j in np.flatnonzero(linked[i]).tolist():
            same = _has_same_light(sketches[i].light, sketches[j].light)
            linked[i, j] = linked[j, i] = same
    coloured = np.array([sketch.coloured for sketch in sketches])
    empty = np.array([sketch.content is PageContent.EMPTY for sketch in sketches])
    linked &= coloured[:, None] == coloured
    return np.asarray(linked | (empty[:, None] & empty), np.bool_)


def _correlate(structures: Sequence[Array]) -> NDArray[np.float32]:
    """Largest correlation of each two pages over small shifts, (N, N)."""
    pages = np.stack(structures)
    inner = SIDE - 2 * _SHIFT
    middle = _normalize(pages[:, _SHIFT : _SHIFT + inner, _SHIFT : _SHIFT + inner])
    best = np.full((len(pages), len(pages)), -1, np.float32)
    for down in range(2 * _SHIFT + 1):
        for across in range(2 * _SHIFT + 1):
            shifted = _normalize(pages[:, down : down + inner, across : across + inner])
            np.maximum(best, shifted @ middle.T, out=best)
    return np.maximum(best, best.T)


def _normalize(pages: Array) -> Array:
    """Rows of mean 0 and length 1, (N, pixels); 0 where there is nothing."""
    flat = pages.reshape(len(pages), -1)
    flat = flat - flat.mean(axis=1, keepdims=True)
    return np.asarray(flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6))


def _has_same_light(one: Array, other: Array) -> bool:
    """Whether two reduced copies differ by less than half of what varies in them.

    A mask follows the cell, but not its colours and contrast.
    """
    varied = max(float(one.std()), float(other.std()))
    return float(np.sqrt(((one - other) ** 2).mean())) < _SAME_LIGHT * varied


def _find_copies(sketches: Sequence[PageSketch]) -> set[int]:
    """Pages that are copies of another page with something drawn on or laid over them."""
    edited: set[int] = set()
    photographs = [i for i, s in enumerate(sketches) if s.content is PageContent.PHOTOGRAPH]
    reach = len(photographs) if len(photographs) <= _COMPARED_ALL else _COMPARED
    for place, i in enumerate(photographs):
        for j in photographs[place + 1 : place + 1 + reach]:
            if edited.isdisjoint((i, j)) and _is_copy(sketches[i], sketches[j]):
                edited.add(j if _is_original(sketches[i], sketches[j]) else i)
    return edited


def _is_copy(one: PageSketch, other: PageSketch) -> bool:
    """Whether one page was made from the other and changed by much in some places.

    Two photographs never agree to the bit where there is texture, because of their noise. Under
    a colour that is laid over a page, its finest texture still follows that of the page.
    """
    if one.points.dtype != other.points.dtype or one.digest == other.digest:
        return False
    textured = one.steps.any(axis=-1) & other.steps.any(axis=-1)
    if textured.sum() < _MIN_TEXTURED:
        return False
    apart = np.abs(one.points.astype(np.int32) - other.points).max(axis=-1)
    if apart.any() and float(np.median(apart[apart > 0])) < _DRAWN_STEP * int(one.points.max()):
        return False
    if float((apart == 0)[textured].mean()) > _COPY_SHARE:
        return True
    first, second = (s.steps.sum(axis=-1)[textured].astype(np.float64) for s in (one, other))
    scale = np.sqrt((first**2).sum() * (second**2).sum())
    laid_over = float((first * second).sum()) > _LAID_OVER * scale
    return laid_over and float(_correlate([one.structure, other.structure])[0, 1]) < _ALIKE


def _is_original(first: PageSketch, second: PageSketch) -> bool:
    """Whether of two pages, one of which is a copy, it is the second.

    What is drawn has pure colours, or one more than others; what is laid over has more colour
    than blood.
    """
    if abs(first.saturated - second.saturated) > _DRAWN_SHARE:
        return first.saturated < second.saturated
    differs = (first.points != second.points).any(axis=-1)
    points = [sketch.points[differs] for sketch in (first, second)]
    even = [max(np.unique(each, axis=0, return_counts=True)[1], default=0) for each in points]
    if max(even) > 2 * min(even):
        return bool(even[0] < even[1])
    colour = [float(np.ptp(each, axis=-1).sum()) for each in points]
    return colour[0] <= 1.1 * colour[1]


def _find_drawn_on(sketches: Sequence[PageSketch]) -> set[int]:
    """Photographs with pure colours, where another has none: drawn on, then compressed."""
    photographs = [i for i, s in enumerate(sketches) if s.content is PageContent.PHOTOGRAPH]
    least = min((sketches[i].saturated for i in photographs), default=0.0)
    limit = max(_DRAWN_SHARE, _DRAWN_FACTOR * least)
    return {i for i in photographs if sketches[i].saturated > limit}
