"""Pages that are copies of another page of the file, with something drawn on or laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.pages.content import Array, PageContent, PageSketch, blur
from trainer.imaging.pages.correlation import ALIKE, correlate_pages, has_same_light

_EQUAL_SHARE, _FOLLOWED = 0.3, 0.6
_MIN_TEXTURED = 40
_PURE_SHARE, _PURE_FACTOR = 0.002, 20
_STEP = 0.06
_MORE, _LEAST_TEXTURE = 1.1, 0.05
_HUE_SIGMA = 3.0
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
        Their indices. The copy is the page with pure colours, else, where the two differ, that
        with more of one colour or of colour at all, or with less texture; else the later.
    """
    photographs = [i for i, s in enumerate(sketches) if s.content is PageContent.PHOTOGRAPH]
    least = min((sketches[i].pure for i in photographs), default=0.0)
    limit = max(_PURE_SHARE, _PURE_FACTOR * least)
    copies = {i for i in photographs if sketches[i].pure > limit}
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
    if _is_laid_over(one, other, textured):
        return _Edit.LAID_OVER
    return _Edit.NONE


def _is_laid_over(one: PageSketch, other: PageSketch, textured: NDArray[np.bool_]) -> bool:
    """Whether the texture of one follows that of the other, but their colours do not."""
    first, second = (s.steps.sum(axis=-1)[textured].astype(np.float64) for s in (one, other))
    energies = float((first**2).sum()), float((second**2).sum())
    followed = float((first * second).sum()) > _FOLLOWED * np.sqrt(energies[0] * energies[1])
    if not followed or min(energies) < _LEAST_TEXTURE * max(energies):
        return False
    alike = float(correlate_pages([one.structure, other.structure])[0, 1]) >= ALIKE
    return not (alike and has_same_light(_find_hues(one), _find_hues(other)))


def _find_hues(sketch: PageSketch) -> Array:
    """Shares of the channels in the light, which neither uneven light nor defocus changes much."""
    light = blur(sketch.light, _HUE_SIGMA)
    return np.asarray(light / np.maximum(light.sum(axis=-1, keepdims=True), 1e-6), np.float32)


def _is_first_original(first: PageSketch, second: PageSketch, edit: _Edit) -> bool:
    if abs(first.pure - second.pure) > _PURE_SHARE:
        return first.pure < second.pure
    if edit is _Edit.LAID_OVER:
        texture = [float((sketch.steps**2).sum()) for sketch in (first, second)]
        return texture[0] * _MORE >= texture[1]
    differs = (first.points != second.points).any(axis=-1)
    points = [sketch.points[differs] for sketch in (first, second)]
    even = [max(np.unique(each, axis=0, return_counts=True)[1], default=0) for each in points]
    if max(even) > 2 * min(even):
        return bool(even[0] < even[1])
    return _measure_saturation(points[0]) <= _MORE * _measure_saturation(points[1])


def _measure_saturation(points: NDArray[np.generic]) -> float:
    """Mean saturation (of HSV) of points (N, C), 0-1."""
    values = points.astype(np.float64)
    most = values.max(axis=-1, initial=1)
    return float(((most - values.min(axis=-1)) / most).mean()) if len(values) else 0.0
