"""Which planes of a TIFF may be focal planes of one scene, by their tags: readable, of one size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from trainer.errors import ImageError
from trainer.imaging.codecs.base import EXPORT_HINT, MAX_PLANES, Header, check_size, damage_error
from trainer.imaging.codecs.orientation import oriented_size, valid_orientation
from trainer.imaging.codecs.tiff_pages import check_extent, check_kind
from trainer.imaging.codecs.tiff_series import PlanePages, is_preview, list_planes

_ORIENTATION = 274
_GREY, _PALETTE = (0, 1), 3
_ROUNDING, _ROUNDED_SHARE = 1.0, 0.01
_SCANNER_FLAGS = ("is_svs", "is_ndpi", "is_scn", "is_bif", "is_qpi", "is_philips")
_VOLUME_FLAGS = ("is_vista", "is_lsm")

Size = tuple[int, int]
"""Width and height in pixels, upright."""


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
    size: Size
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


def find_candidates(
    file: Any, size: int, choose_size: Callable[[list[Size], list[PlaneCandidate]], Size]
) -> tuple[list[PlaneCandidate], list[PlaneCandidate], tuple[str, ...]]:
    """Find what may be focal planes, all of one size.

    Args:
        file: of tifffile.
        size: of the file in bytes.
        choose_size: chooses one of the sizes, the likeliest first, of the candidates.

    Returns:
        The candidates, those of other sizes, and notes on what was left out.

    Raises:
        ImageError: a whole slide, a stack whose axes are not those of focal planes, cut off,
            or of a kind that is not read.
    """
    _refuse_slides(file)
    groups, notes = list_planes(file, size)
    if len(groups) > MAX_PLANES:
        check_size(Header("TIFF", 1, 1, len(groups)), float("inf"))
    for group in groups:
        for page in group:
            check_extent(page, size)
    previews = [group for group in groups if is_preview(group[0])]
    if len(previews) == len(groups):
        previews = previews[1:]
    if previews:
        notes += (f"{len(previews)} preview{'s' if len(previews) > 1 else ''} left out",)
    kept = [(n, g) for n, g in enumerate(groups, start=1) if not any(g is p for p in previews)]
    candidates, more = _leave_out_unread(kept)
    chosen = choose_size(_order_sizes(candidates), candidates)
    others = [candidate for candidate in candidates if candidate.size != chosen]
    sizes = tuple(
        f"page {other.number} left out: {_compare_sizes(*other.size, *chosen)}" for other in others
    )
    same = [candidate for candidate in candidates if candidate.size == chosen]
    return same, others, notes + more + sizes


def _compare_sizes(width: int, height: int, chosen_width: int, chosen_height: int) -> str:
    return f"{width:,} x {height:,} pixels, not {chosen_width:,} x {chosen_height:,}"


def _refuse_slides(file: Any) -> None:
    """A slide has levels in tiles; a region that was exported from one has only its text."""
    first = file.pages.first
    if any(getattr(first, flag, False) for flag in _VOLUME_FLAGS):
        raise ImageError("The TIFF is a volume, not a stack of planes.", EXPORT_HINT)
    scanned = any(getattr(first, flag, False) for flag in _SCANNER_FLAGS)
    if scanned and _has_levels([page.aspage() for page in file.pages]):
        raise ImageError(
            "The file is a scan of a whole slide, not an image of cells.",
            "Classify it as a slide, or export fields or single cells from it as TIFF or JPEG.",
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


def _leave_out_unread(
    numbered: list[tuple[int, PlanePages]],
) -> tuple[list[PlaneCandidate], tuple[str, ...]]:
    """Leave out pages of kinds that are not read, if others are: label images, probabilities.

    Raises:
        ImageError: none can be read.
    """
    candidates: list[PlaneCandidate] = []
    notes: list[str] = []
    reason: ImageError | None = None
    for number, group in numbered:
        try:
            for page in group:
                check_kind(page)
        except ImageError as error:
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


def _order_sizes(candidates: list[PlaneCandidate]) -> list[Size]:
    """The size of the first page in colour, or of a larger picture of the same shape, then others.

    Those others follow by rank and place.
    """
    ranked = sorted(candidates, key=lambda candidate: candidate.rank)
    sizes = [each.size for each in ranked if each.rank == ranked[0].rank]
    chosen = sizes[0]
    for size in sizes:
        larger = size[0] * size[1] > chosen[0] * chosen[1]
        if larger and sizes.count(size) >= sizes.count(chosen) and _is_same_shape(size, chosen):
            chosen = size
    return list(dict.fromkeys([chosen, *(each.size for each in ranked)]))
