"""Which pages of a TIFF are the image, where they are of several sizes: those that show a picture.

A mask, a scale bar or a heat map may be larger than the image, or stand before it.
"""

from __future__ import annotations

from collections.abc import Sequence

from trainer.errors import ImageError
from trainer.imaging.codecs.base import translate_decoder_errors
from trainer.imaging.codecs.tiff_pages import check_page
from trainer.imaging.codecs.tiff_planes import PlaneCandidate, Size
from trainer.imaging.codecs.tiff_samples import read_samples
from trainer.imaging.codecs.tiff_scene import sketch_plane
from trainer.imaging.pages.content import PageContent, PageSketch
from trainer.imaging.pages.focal_planes import group_pages

_MAX_LOOKED_AT = 4
_LARGEST = 64 * 10**6
"""A header is read before the limit on pixels is known: larger pages are taken for pictures."""
_NO_PICTURE = (PageContent.DRAWING, PageContent.EMPTY)


def choose_size(sizes: Sequence[Size], candidates: Sequence[PlaneCandidate], data: bytes) -> Size:
    """Choose the size of the image by what the pages show.

    Args:
        sizes: width and height in pixels, the likeliest by the tags first; at least one.
        candidates: of all these sizes.
        data: the whole file.

    Returns:
        The first size, unless its pages show no picture and others do, or it has few colours, as
        a label image, and another is a photograph of something else.
    """
    if len(sizes) < 2:
        return sizes[0]
    first = _find_picture(sizes[0], candidates, data)
    if first is None or first[1].content is PageContent.PHOTOGRAPH:
        return sizes[0]
    for size in sizes[1:]:
        other = _find_picture(size, candidates, data)
        if other is not None and _is_rather(*other, *first):
            return size
    return sizes[0]


def _is_rather(
    other: PlaneCandidate, other_sketch: PageSketch, first: PlaneCandidate, first_sketch: PageSketch
) -> bool:
    """Whether a page is the image rather than the first one."""
    if first_sketch.content in _NO_PICTURE:
        return other_sketch.content not in _NO_PICTURE
    is_photograph = other_sketch.content is PageContent.PHOTOGRAPH
    comparable = is_photograph and other.channels == first.channels
    return comparable and len(group_pages([first_sketch, other_sketch])) == 2


def _find_picture(
    size: Size, candidates: Sequence[PlaneCandidate], data: bytes
) -> tuple[PlaneCandidate, PageSketch] | None:
    """The page of a size that shows most; None where that cannot be told."""
    best: tuple[PlaneCandidate, PageSketch] | None = None
    for candidate in [each for each in candidates if each.size == size][:_MAX_LOOKED_AT]:
        sketch = _sketch(candidate, data)
        if sketch is None:
            return None
        if sketch.content is PageContent.PHOTOGRAPH:
            return candidate, sketch
        if best is None or best[1].content in _NO_PICTURE:
            best = candidate, sketch
    return best


def _sketch(candidate: PlaneCandidate, data: bytes) -> PageSketch | None:
    """None where the page is too large or damaged; an error comes when it is decoded."""
    if candidate.size[0] * candidate.size[1] > _LARGEST:
        return None
    try:
        with translate_decoder_errors("TIFF"):
            for page in candidate.pages:
                check_page(page, data)
            return sketch_plane(read_samples(candidate.pages, data), candidate)
    except ImageError:
        return None
