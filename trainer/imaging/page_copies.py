"""Pages that are copies of another page of the file, with something drawn on or laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.page_content import PageContent, PageSketch
from trainer.imaging.page_correlation import ALIKE, correlate_pages

_EQUAL_SHARE, _FOLLOWED = 0.3, 0.6
_MIN_TEXTURED = 40
_PURE_SHARE, _PURE_FACTOR = 0.004, 20
_STEP = 0.06
_MORE = 1.1
_COMPARED_ALL, _COMPARED = 40, 8
"""In longer stacks a page is compared with so many that follow."""


class _Edit(Enum):
    """How a page was made from another."""

    NONE = "not"
    DRAWN_ON = "changed in some places"
    LAID_OVER = "mixed with colours everywhere"


def find_copies(sketches: Sequence[PageSketch]) -> set[int]:
    """Find the pages that are copies of another and changed by much in some places.

    Two photographs never agree to the bit where there is texture, because of their noise. Under
    colours that are laid over a page, its finest texture still follows that of the page. Where
    the copy was compressed, pure colours tell that it was drawn on.

    Args:
        sketches: of pages of one size.

    Returns:
        Their indices; that with pure, more even or more colours is the copy, else the later.
    """
    photographs = [i for i, s in enumerate(sketches) if s.content is PageContent.PHOTOGRAPH]
    least = min((sketches[i].saturated for i in photographs), default=0.0)
    limit = max(_PURE_SHARE, _PURE_FACTOR * least)
    copies = {i for i in photographs if sketches[i].saturated > limit}
    reach = len(photographs) if len(photographs) <= _COMPARED_ALL else _COMPARED
    for place, i in enumerate(photographs):
        for j in photographs[place + 1 : place + 1 + reach]:
            if copies.isdisjoint((i, j)):
                edit = _find_edit(sketches[i], sketches[j])
                if edit is not _Edit.NONE:
                    copies.add(j if _is_first_original(sketches[i], sketches[j], edit) else i)
    return copies


def _find_edit(one: PageSketch, other: PageSketch) -> _Edit:
    textured = np.asarray(one.steps.any(axis=-1) & other.steps.any(axis=-1))
    comparable = one.points.dtype == other.points.dtype and textured.sum() >= _MIN_TEXTURED
    if not comparable or one.digest == other.digest:
        return _Edit.NONE
    apart = np.abs(one.points.astype(np.int32) - other.points).max(axis=-1)
    if apart.any() and float(np.median(apart[apart > 0])) < _STEP * int(one.points.max()):
        return _Edit.NONE
    if float((apart == 0)[textured].mean()) > _EQUAL_SHARE:
        return _Edit.DRAWN_ON
    alike = float(correlate_pages([one.structure, other.structure])[0, 1]) >= ALIKE
    followed = _correlate_texture(one, other, textured) > _FOLLOWED
    return _Edit.LAID_OVER if followed and not alike else _Edit.NONE


def _correlate_texture(one: PageSketch, other: PageSketch, where: NDArray[np.bool_]) -> float:
    first, second = (s.steps.sum(axis=-1)[where].astype(np.float64) for s in (one, other))
    scale = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum()) / max(scale, 1e-6)


def _is_first_original(first: PageSketch, second: PageSketch, edit: _Edit) -> bool:
    if abs(first.saturated - second.saturated) > _PURE_SHARE:
        return first.saturated < second.saturated
    differs = (first.points != second.points).any(axis=-1)
    points = [sketch.points[differs] for sketch in (first, second)]
    if edit is _Edit.DRAWN_ON:
        even = [max(np.unique(each, axis=0, return_counts=True)[1], default=0) for each in points]
        if max(even) > 2 * min(even):
            return bool(even[0] < even[1])
    colour = [_measure_colour(each) for each in points]
    return colour[0] <= _MORE * colour[1]


def _measure_colour(points: NDArray[np.generic]) -> float:
    """Mean saturation (of HSV) of points (N, C)."""
    values = points.astype(np.float64)
    most = values.max(axis=-1, initial=1)
    return float(((most - values.min(axis=-1)) / most).mean()) if len(values) else 0.0
