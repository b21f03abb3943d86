"""Pages are grouped by what they show: a partition, whatever they are, in any order."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trainer.data.synthetic.scene import draw_cell_with_truth, draw_stack
from trainer.errors import ImageError
from trainer.imaging.pages.content import PageContent, PageSketch, sketch_page
from trainer.imaging.pages.focal_planes import choose_planes, group_pages
from trainer.imaging.pages.focus import plane_notes

SIZE = 96
RNG = np.random.default_rng(2)
KINDS = ("basophil", "monocyte", "erythroblast", "seg_neutrophil", "myeloblast")
STACKS = [draw_stack(kind, RNG, planes=4, size=SIZE) for kind in KINDS]
SCENES = [[sketch_page(plane, 255) for plane in stack] for stack in STACKS]


def draw_others() -> list[np.ndarray]:
    """Masks, overlays, noise, gradients, blank pages and odd shapes."""
    truth = draw_cell_with_truth("basophil", np.random.default_rng(7), size=SIZE)
    mask = np.repeat(np.where(truth.cell, 255, 0).astype(np.uint8)[..., None], 3, axis=2)
    heat = cv2.applyColorMap(cv2.GaussianBlur(mask, (0, 0), 9)[..., 0], cv2.COLORMAP_JET)
    slope = np.linspace(0, 255, SIZE).astype(np.uint8)
    noise = RNG.integers(0, 256, (SIZE, SIZE, 3), np.uint8)
    return [
        *(mask, 255 - mask, np.asarray(heat), noise, noise // 40),
        np.broadcast_to(slope[:, None, None], (SIZE, SIZE, 3)).copy(),
        *(np.full((SIZE, SIZE, 3), value, np.uint8) for value in (0, 128, 255)),
        np.where(mask > 0, STACKS[0][0] // 2, STACKS[0][0]).astype(np.uint8),
        *(noise[:1, :1], noise[:1], noise[:, :1], noise[:2, :3]),
    ]


OTHERS = [sketch_page(page, 255) for page in draw_others()]
PAGES = [page for scene in SCENES for page in scene] + OTHERS
CALM = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
ANY_PAGES = st.lists(st.integers(0, len(PAGES) - 1), max_size=12)


def pick(indices: list[int]) -> list[PageSketch]:
    return [PAGES[index] for index in indices]


@CALM
@given(ANY_PAGES)
def test_groups_part_the_pages(indices: list[int]) -> None:
    groups = group_pages(pick(indices))
    assert sorted(index for group in groups for index in group) == list(range(len(indices)))
    assert all(group == tuple(sorted(group)) for group in groups)


@CALM
@given(ANY_PAGES, st.randoms())
def test_groups_do_not_depend_on_the_order(indices: list[int], random: object) -> None:
    shuffled = list(range(len(indices)))
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    groups = {frozenset(group) for group in group_pages(pick(indices))}
    moved = group_pages(pick([indices[i] for i in shuffled]))
    assert {frozenset(shuffled[i] for i in group) for group in moved} == groups


@CALM
@given(ANY_PAGES, ANY_PAGES)
def test_groups_stay_when_unrelated_pages_are_added(indices: list[int], more: list[int]) -> None:
    """What joins no group of the old pages changes none of them."""
    old = group_pages(pick(indices))
    every = group_pages(pick(indices + more))
    related = [g for g in every if g[0] < len(indices) <= g[-1]]
    if not related:
        assert [g for g in every if g[0] < len(indices)] == old
    for group in old:  # and what does join one parts none of them
        assert any(set(group) <= set(other) for other in every)


@CALM
@given(ANY_PAGES.filter(bool))
def test_a_choice_parts_the_pages_or_is_refused(indices: list[int]) -> None:
    try:
        choice = choose_planes(pick(indices))
    except ImageError as error:
        assert "scenes" in error.message
        return
    assert choice.planes
    assert sorted((*choice.planes, *choice.left_out)) == list(range(len(indices)))


@pytest.mark.parametrize("count", range(2, 6))
def test_scenes_are_told_apart(count: int) -> None:
    pages = [page for planes in zip(*SCENES[:count], strict=True) for page in planes]
    groups = group_pages(pages)
    assert groups == [tuple(range(first, 4 * count, count)) for first in range(count)]


def test_no_page_is_in_no_group() -> None:
    assert group_pages([]) == []


def test_contents_are_named() -> None:
    contents = [page.content for page in OTHERS]
    assert contents[:3] == [PageContent.DRAWING] * 3
    assert contents[6:9] == [PageContent.EMPTY] * 3
    assert {page.content for scene in SCENES for page in scene} == {PageContent.PHOTOGRAPH}
    flat = np.full((SIZE, SIZE, 3), (235, 225, 230), np.uint8)
    flat[30:60, 30:60] = 110, 70, 150
    assert sketch_page(flat, 255).content is PageContent.FLAT


def test_a_long_stack_is_grouped_in_time() -> None:
    pages = [page for scene in SCENES for page in scene] * 15
    groups = group_pages(pages)
    assert [len(group) for group in groups] == [60] * 5


def test_one_plane_has_no_note() -> None:
    assert plane_notes(1, 0) == ()
    assert plane_notes(4, 2) == ("4 focal planes, plane 3 judged",)
