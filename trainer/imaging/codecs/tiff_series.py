"""The planes that a TIFF holds, as its directories and the texts of programs lay them out.

A stack may be written page by page, as several images (OME), or in one piece behind a single
directory (ImageJ above 4 GB, MetaMorph STK, tifffile's truncated form): all are read whole.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from trainer.errors import ImageError
from trainer.imaging.codecs.base import (
    EXPORT_HINT,
    MAX_PLANES,
    Header,
    check_size,
    truncation_error,
)
from trainer.imaging.codecs.tiff_channels import find_colour_channels, group_named_pages

PlanePages = tuple[Any, ...]
"""The pages (of tifffile) that together are one plane: one, or red, green and blue."""

_REDUCED_OR_MASK = 1 | 4
_OLD_REDUCED = 2
_NAME_TAGS, _NAME_LENGTH = (270, 285), 300
_PREVIEW_NAME = re.compile(
    r"^\s*(?:label|macro|thumbnail|overview)(?:[ _-]?image)?(?:\s+\d+ ?x ?\d+)?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
"""A line of its own: Aperio writes "label 387x463", Ventana "Label Image"."""
_STK_TAGS = (33629, 33630, 33631)
"""Of MetaMorph; each has as many values as there are planes."""
_MISSING = "Some planes of the stack lie in other files or are missing."
_NAMED_AXES = ("ome", "imagej", "shaped")


def is_preview(page: Any) -> bool:
    """Whether the page is a reduced copy or a mask (tags 254, 255), or has a preview's name."""
    kind, old = page.tags.valueof(254, 0), page.tags.valueof(255, 0)
    if bool(isinstance(kind, int) and kind & _REDUCED_OR_MASK) or old == _OLD_REDUCED:
        return True
    texts = (page.tags.valueof(code, "") for code in _NAME_TAGS)
    return any(_PREVIEW_NAME.search(text[:_NAME_LENGTH]) for text in texts if isinstance(text, str))


def list_planes(file: Any, size: int) -> tuple[list[PlanePages], tuple[str, ...]]:
    """List what the file holds, in its order, with notes on how channels were read.

    Args:
        file: of tifffile.
        size: of the file in bytes.

    Raises:
        ImageError: axes that are not those of focal planes, planes that are missing, cut off.
    """
    first = file.pages.first
    if planes := _count_stk_planes(file):
        return [(page,) for page in _cut_piece(first, planes)], ()
    if not (file.is_ome or file.is_imagej or file.is_shaped):
        return _list_single_pages(list(file.pages))
    groups: list[PlanePages] = []
    notes: tuple[str, ...] = ()
    for number, series in enumerate(_list_series(file, size)):
        try:
            found, more = _expand_series(file, series)
        except ImageError:
            if not number:
                raise
            notes += (f"image {number + 1} of the file left out",)
            continue
        groups += found
        notes += tuple(note for note in more if note not in notes)
    used = {page.index for group in groups for page in group} | {first.index}
    rest = [(page.aspage(),) for page in file.pages if page.index not in used]
    return groups + rest, notes


def _list_single_pages(pages: list[Any]) -> tuple[list[PlanePages], tuple[str, ...]]:
    """Each page on its own, or three by three where they are named so."""
    colours = group_named_pages([page for page in pages if not is_preview(page)])
    if colours is None:
        return [(page,) for page in pages], ()
    previews: list[PlanePages] = [(page,) for page in pages if is_preview(page)]
    return colours + previews, ("pages named red, green and blue, read as one picture",)


def _count_stk_planes(file: Any) -> int:
    """Planes of a MetaMorph stack, which has one directory; 0 for other files."""
    tags = [file.pages.first.tags.get(code) for code in _STK_TAGS]
    counts = [tag.count for tag in tags if tag is not None]
    return counts[0] if counts and counts[0] > 1 and len(file.pages) == 1 else 0


def _list_series(file: Any, size: int) -> list[Any]:
    """The series of the main chain; levels of a pyramid lie in chains of their own."""
    named = [series for series in file.series if series.kind in _NAMED_AXES]
    if not named and file.is_imagej:
        _check_imagej_extent(file, size)
    return [series for series in named or file.series if len(series.keyframe.treeindex) == 1]


def _check_imagej_extent(file: Any, size: int) -> None:
    """A stack in one piece that was cut off: its directory stands before the pixels."""
    page, metadata = file.pages.first, file.imagej_metadata or {}
    count = metadata.get("images", 1)
    cut = isinstance(count, int) and page.dataoffsets[0] + count * page.nbytes > size
    if cut and page.is_contiguous and page.offset < page.dataoffsets[0] and len(file.pages) == 1:
        raise truncation_error("TIFF")


def _expand_series(file: Any, series: Any) -> tuple[list[PlanePages], tuple[str, ...]]:
    """Planes of a series by its axes."""
    sizes = dict(zip(series.axes, series.shape, strict=True))
    leading = [axis for axis in series.axes if axis not in "YXS"]
    count = math.prod(sizes[axis] for axis in leading)
    if count > 3 * MAX_PLANES:
        check_size(Header("TIFF", 1, 1, count), float("inf"))
    if sizes.get("T", 1) > 1 and sizes.get("Z", 1) > 1:
        raise ImageError("The file is a time series of stacks, not one sample.", EXPORT_HINT)
    pages = _list_pages(file, series, count)
    order = np.arange(count).reshape([sizes[axis] for axis in leading])
    channels = sizes.get("C", 1)
    if channels == 1 or "S" in sizes:
        return [(pages[index],) for index in order.ravel()], ()
    planes = np.moveaxis(order, leading.index("C"), -1).reshape(-1, channels)
    first = [pages[index] for index in planes[0]]
    colours, notes = find_colour_channels(file, first, channels)
    return [tuple(pages[index] for index in plane[list(colours)]) for plane in planes], notes


def _list_pages(file: Any, series: Any, count: int) -> list[Any]:
    """The pages of a series: by its own list, by the chain, or cut from one piece.

    Raises:
        ImageError: there are fewer.
    """
    first = series.keyframe
    pages = list(series.pages) if series.kind == "ome" else list(_follow_chain(file, first, count))
    if len(pages) >= count and all(page is not None for page in pages[:count]):
        return [page.aspage() for page in pages[:count]]
    if series.kind == "ome" or len(pages) > 1:
        raise ImageError(_MISSING, EXPORT_HINT)
    return _cut_piece(first, count)


def _cut_piece(first: Any, count: int) -> list[Any]:
    """Pages that lie behind each other without directories of their own.

    Raises:
        ImageError: too many, or of a kind that cannot lie so.
    """
    if count > 3 * MAX_PLANES:
        check_size(Header("TIFF", 1, 1, count), float("inf"))
    if not (first.is_contiguous and first.compression == 1 and first.bitspersample in (8, 16)):
        raise ImageError(_MISSING, EXPORT_HINT)
    return [_move_page(first, index * first.nbytes) for index in range(count)]


def _follow_chain(file: Any, first: Any, count: int) -> Iterator[Any]:
    """Pages from the first on that are stored like it."""
    for page in file.pages[first.index : first.index + count]:
        whole = page.aspage()
        if (whole.shape, whole.dtype) != (first.shape, first.dtype):
            return
        yield whole


def _move_page(page: Any, distance: int) -> Any:
    """A page that is stored like this one, so many bytes behind it."""
    moved = copy.copy(page)
    moved.dataoffsets = tuple(offset + distance for offset in page.dataoffsets)
    return moved
