"""Which pages of a file are focal planes of one scene, by what they show.

Two pages are linked if they are alike, and what is linked directly or by others is a group
(single linkage): a stack holds together from plane to plane, and a page that belongs to no group
changes none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.pages.content import PageContent, PageSketch
from trainer.imaging.pages.copies import find_copies
from trainer.imaging.pages.correlation import ALIKE, correlate_pages, has_same_light

DRAWING = "a mask or drawing"
DRAWN_ON = "a copy with drawing"
GREY = "without colour"
EMPTY = "an empty page"
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
    labels = _connected_components(_link_pages(sketches))
    return [tuple(np.flatnonzero(labels == label).tolist()) for label in np.unique(labels)]


def _connected_components(links: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the first page that each page is linked to, over others too, (N,).

    SciPy has it too, but takes the window half a second to load.
    """
    linked = links | links.T | np.eye(len(links), dtype=bool)
    labels = np.arange(len(links))
    while True:
        least = np.where(linked, labels, len(links)).min(axis=1)
        if np.array_equal(least, labels):
            return labels
        labels = least


def choose_planes(sketches: Sequence[PageSketch]) -> PlaneChoice:
    """Choose the pages that are focal planes of one scene.

    Args:
        sketches: of pages with the same number of channels; at least one.

    Raises:
        ImageError: they show several scenes.
    """
    left_out = dict.fromkeys(find_copies(sketches), DRAWN_ON)
    rest = [index for index in range(len(sketches)) if index not in left_out]
    groups = [tuple(rest[i] for i in group) for group in group_pages([sketches[i] for i in rest])]
    scenes = _find_scenes(groups, sketches)
    if len(scenes) > 1:
        raise build_scenes_error(len(scenes))
    for index in rest:
        if index not in scenes[0]:
            left_out[index] = _name_reason(sketches[index])
    return PlaneChoice(scenes[0], left_out)


def build_scenes_error(scenes: int) -> ImageError:
    """Build the error for a file whose pages show so many scenes."""
    return ImageError(
        f"The pages of the file show {scenes:,} scenes, not focal planes of one.",
        "Save each of them as a file of its own.",
    )


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
    linked = correlate_pages([sketch.structure for sketch in sketches]) >= ALIKE
    for i in [i for i, s in enumerate(sketches) if s.content is not PageContent.PHOTOGRAPH]:
        for j in np.flatnonzero(linked[i]).tolist():
            same = has_same_light(sketches[i].light, sketches[j].light)
            linked[i, j] = linked[j, i] = same
    coloured = np.array([sketch.coloured for sketch in sketches])
    empty = np.array([sketch.content is PageContent.EMPTY for sketch in sketches])
    linked &= coloured[:, None] == coloured
    return np.asarray(linked | (empty[:, None] & empty), np.bool_)
