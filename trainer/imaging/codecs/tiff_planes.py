"""Which pages of a TIFF may be focal planes, by their tags and by what programs wrote of them.

A stack may be written page by page, as several images (OME), or in one piece behind a single
directory (ImageJ above 4 GB, MetaMorph STK, tifffile's truncated form): all are read whole.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from trainer.errors import ImageError
from trainer.imaging.codecs.base import (
    EXPORT_HINT,
    MAX_PLANES,
    Header,
    check_size,
    damage_error,
    truncation_error,
)
from trainer.imaging.codecs.orientation import oriented_size, valid_orientation
from trainer.imaging.codecs.tiff_channels import find_colour_channels, group_named_pages
from trainer.imaging.codecs.tiff_pages import check_extent, check_kind

PlanePages = tuple[Any, ...]
"""The pages (of tifffile) that together are one plane: one, or red, green and blue."""

_REDUCED_OR_MASK = 1 | 4
_OLD_REDUCED = 2
_ORIENTATION = 274
_STK_PLANES = 33629
_GREY, _PALETTE = (0, 1), 3
_SCANNER_FLAGS = ("is_svs", "is_ndpi", "is_scn", "is_bif", "is_qpi", "is_philips")
_VOLUME_FLAGS = ("is_vista", "is_lsm")
_ROUNDING, _ROUNDED_SHARE = 1.0, 0.01
_NAMED_AXES = ("ome", "imagej", "shaped")


@dataclass(frozen=True)
class PlaneCandidate:
    """What may be a plane.

    Attributes:
        number: its place among all of the file, from 1.
        pages: one, or red, green and blue.
        size: width and height in pixels, upright.
        rank: 0 for colour, 1 for a palette, 2 for grey, 3 for grey of under 8 bits.
    """

    number: int
    pages: PlanePages
    size: tuple[int, int]
    rank: int

    @property
    def bits(self) -> int:
        """Bits of one sample."""
        bits = self.pages[0].bitspersample
        return bits if isinstance(bits, int) else 0

    @property
    def channels(self) -> tuple[int, int]:
        """Only pages with the same can be planes of one scene: rank, channels with alpha."""
        return self.rank, len(self.pages) * self.pages[0].samplesperpixel


def orientation_of(page: Any) -> int:
    """Return the orientation of a page (tag 274), 1-8."""
    return valid_orientation(page.tags.valueof(_ORIENTATION, 1))


def find_candidates(file: Any, size: int) -> tuple[list[PlaneCandidate], tuple[str, ...]]:
    """Find what may be focal planes, all of one size, with notes on what was left out.

    Args:
        file: of tifffile.
        size: of the file in bytes.

    Raises:
        ImageError: a whole slide, a stack whose axes are not those of focal planes, cut off,
            or of a kind that is not read.
    """
    _refuse_slides(file)
    groups, notes = _list_planes(file, size)
    if len(groups) > MAX_PLANES:
        check_size(Header("TIFF", 1, 1, len(groups)), float("inf"))
    previews = [group for group in groups if is_preview(group[0])]
    if len(previews) == len(groups):
        previews = previews[1:]
    if previews:
        notes += (f"{len(previews)} preview{'s' if len(previews) > 1 else ''} left out",)
    kept = [(n, g) for n, g in enumerate(groups, start=1) if not any(g is p for p in previews)]
    candidates, more = _leave_out_unread(kept, size)
    candidates, sizes = _choose_size(candidates)
    return candidates, notes + more + sizes


def _refuse_slides(file: Any) -> None:
    """A slide has levels in tiles; a region that was exported from one has only its text."""
    first = file.pages.first
    if any(getattr(first, flag, False) for flag in _VOLUME_FLAGS):
        raise ImageError("The TIFF is a volume, not a stack of planes.", EXPORT_HINT)
    scanned = any(getattr(first, flag, False) for flag in _SCANNER_FLAGS)
    if scanned and _has_levels([page.aspage() for page in file.pages]):
        raise ImageError(
            "The file is a scan of a whole slide, not an image of cells.",
            "Export fields or single cells from it as TIFF or JPEG.",
        )


def _has_levels(pages: list[Any]) -> bool:
    """Whether a tiled picture (in NDPI it has strips) is there in several sizes."""
    tiled = [page for page in pages if page.is_tiled or page.is_ndpi]
    if any(page.subifds for page in tiled):
        return True
    sizes = sorted({(page.imagewidth, page.imagelength) for page in tiled}, reverse=True)
    return any(_is_same_shape(sizes[0], other) for other in sizes[1:])


def _is_same_shape(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether the sides of two sizes are in one proportion, but for rounding."""
    across, down = one[0] / max(other[0], 1), one[1] / max(other[1], 1)
    rounding = abs(one[1] / max(across, 1e-6) - other[1])
    return rounding <= _ROUNDING or abs(across / max(down, 1e-6) - 1) <= _ROUNDED_SHARE


def is_preview(page: Any) -> bool:
    """Whether the page is a reduced copy or a mask (tags 254 and 255)."""
    kind, old = page.tags.valueof(254, 0), page.tags.valueof(255, 0)
    return bool(isinstance(kind, int) and kind & _REDUCED_OR_MASK) or old == _OLD_REDUCED


def _list_planes(file: Any, size: int) -> tuple[list[PlanePages], tuple[str, ...]]:
    """What the file holds, in its order, and notes on how channels were read."""
    if not (file.is_ome or file.is_imagej or file.is_shaped or file.is_stk):
        return _list_single_pages(list(file.pages))
    first = file.pages.first
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


def _list_series(file: Any, size: int) -> list[Any]:
    """The series of the main chain; levels of a pyramid lie in chains of their own."""
    kinds = ("stk",) if file.is_stk else _NAMED_AXES
    named = [series for series in file.series if series.kind in kinds]
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
    piece = first.is_contiguous and first.compression == 1 and first.bitspersample in (8, 16)
    if series.kind == "ome" or len(pages) > 1 or not piece:
        raise ImageError("Some planes of the stack lie in other files or are missing.", EXPORT_HINT)
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


def _leave_out_unread(
    numbered: list[tuple[int, PlanePages]], size: int
) -> tuple[list[PlaneCandidate], tuple[str, ...]]:
    """Leave out pages of kinds that are not read, if others are: label images, probabilities.

    Raises:
        ImageError: none can be read, or the file is cut off.
    """
    candidates: list[PlaneCandidate] = []
    notes: list[str] = []
    reason: ImageError | None = None
    for number, group in numbered:
        try:
            for page in group:
                check_kind(page)
        except ImageError as error:
            check_extent(group[0], size)
            reason = reason or error
            notes.append(f"page {number} left out: {error.message}")
        else:
            candidates.append(_build_candidate(number, group))
    if reason is not None and not candidates:
        raise reason
    return candidates, tuple(notes)


def _build_candidate(number: int, group: PlanePages) -> PlaneCandidate:
    page = group[0]
    if not isinstance(page.imagewidth, int) or not isinstance(page.imagelength, int):
        raise damage_error("TIFF", "its header makes no sense")
    size = oriented_size(page.imagewidth, page.imagelength, orientation_of(page))
    if len(group) == 3 or page.photometric not in (*_GREY, _PALETTE):
        rank = 0
    elif page.photometric == _PALETTE:
        rank = 1
    else:
        rank = 2 if page.bitspersample >= 8 else 3
    return PlaneCandidate(number, group, size, rank)


def _choose_size(
    candidates: list[PlaneCandidate],
) -> tuple[list[PlaneCandidate], tuple[str, ...]]:
    """Keep one size: that of the first page in colour, or of a larger picture of the same shape."""
    rank = min(candidate.rank for candidate in candidates)
    sizes = [candidate.size for candidate in candidates if candidate.rank == rank]
    chosen = sizes[0]
    for size in sizes:
        larger = size[0] * size[1] > chosen[0] * chosen[1]
        if larger and sizes.count(size) >= sizes.count(chosen) and _is_same_shape(size, chosen):
            chosen = size
    notes = tuple(
        f"page {c.number} left out: {c.size[0]:,} x {c.size[1]:,} pixels, not "
        f"{chosen[0]:,} x {chosen[1]:,}"
        for c in candidates
        if c.size != chosen
    )
    return [candidate for candidate in candidates if candidate.size == chosen], notes
