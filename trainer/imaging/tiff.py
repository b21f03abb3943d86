"""TIFF: strips or tiles, 1-16 bits, contiguous or planar, one page or a stack of planes.

The chain of pages and their tags are checked here; tifffile unpacks the pixels.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.colour import depth_notes, true_depth
from trainer.imaging.faults import damaged, words_for_damage
from trainer.imaging.header import MAX_PLANES, Decoded, Header, check_size
from trainer.imaging.orientation import orientation_notes, sensible, turned, turned_size
from trainer.imaging.reduction import reduce
from trainer.imaging.tiff_chain import count_directories
from trainer.imaging.tiff_pages import Group, check_page, planes_of
from trainer.imaging.tiff_pixels import colours_of, raw_samples

_ORIENTATION = 274

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # it reports faults; so do we


@dataclass(frozen=True, eq=False)
class OpenedTiff:
    """A TIFF whose planes were found and checked."""

    data: bytes
    stream: BytesIO
    groups: tuple[Group, ...]
    header: Header
    notes: tuple[str, ...]

    def decode(self, reduction: int) -> Decoded:
        """Decode all planes, once; samples of 16 bits are scaled alike in all of them.

        Raises:
            ImageError: damaged.
        """
        # tifffile's pages and file hold each other, and would hold the bytes.
        with self.stream:
            return self._decode(reduction)

    def _decode(self, reduction: int) -> Decoded:
        samples = self._samples()
        declared = self.header.bits
        depth, notes = declared, self.notes
        if samples[0].dtype == np.uint16 and not _is_palette(self.groups[0]):
            depth = true_depth(max(int(plane.max()) for plane in samples), declared)
            notes += depth_notes(depth, declared)
        planes: list[NDArray[np.uint8]] = []
        grey = True
        for index, group in enumerate(self.groups):
            with words_for_damage("TIFF"):
                rgb, coloured, more = colours_of(samples[index], group, depth)
            samples[index] = samples[index][:0]  # free each plane as soon as it is converted
            orientation = orientation_of(group[0])
            planes.append(turned(reduce(rgb, reduction), orientation))
            grey = grey and not coloured
            notes += tuple(n for n in (*more, *orientation_notes(orientation)) if n not in notes)
        return Decoded(tuple(planes), grey, notes)

    def _samples(self) -> list[NDArray[Any]]:
        """The samples of each plane, after all planes were checked."""
        for number, group in enumerate(self.groups, start=1):
            with _naming_plane(number, len(self.groups)):
                for page in group:
                    check_page(page, self.data)
        samples = []
        for number, group in enumerate(self.groups, start=1):
            with _naming_plane(number, len(self.groups)):
                samples.append(raw_samples(group, self.data))
        return samples


@contextmanager
def _naming_plane(number: int, planes: int) -> Iterator[None]:
    try:
        with words_for_damage("TIFF"):
            yield
    except ImageError as error:
        if planes == 1:
            raise
        raise ImageError(f"Plane {number}: {error.message}", error.hint) from error


def _is_palette(group: Group) -> bool:
    return bool(group[0].photometric == 3)


def orientation_of(page: Any) -> int:
    """Tag 274, 1-8."""
    return sensible(page.tags.valueof(_ORIENTATION, 1))


def open_tiff(data: bytes) -> OpenedTiff:
    """Find the planes by their tags.

    Raises:
        ImageError: cut off, damaged, planes of unequal size, or of a kind that is not read.
    """
    import tifffile  # a third of a second, and most folders hold no TIFF

    if len(data) < 16:
        raise damaged("TIFF")
    pages = count_directories(data)
    if not pages:
        raise damaged("TIFF", "it holds no picture")
    if pages > MAX_PLANES:
        check_size(Header("TIFF", 1, 1, pages), float("inf"))
    with words_for_damage("TIFF"):
        stream = BytesIO(data)
        file = tifffile.TiffFile(stream, name="image", _multifile=False, _useframes=False)
        if len(file.pages) != pages:
            raise damaged("TIFF", "its pages cannot all be read")
        groups, notes = planes_of(file)
        first = _plane_header(groups[0], len(groups))
        for number, group in enumerate(groups, start=1):
            _check_equal(number, group, first)
    return OpenedTiff(data, stream, tuple(groups), first, notes)


def _plane_header(group: Group, planes: int) -> Header:
    page = group[0]
    if not isinstance(page.imagewidth, int) or not isinstance(page.imagelength, int):
        raise damaged("TIFF", "its header makes no sense")
    size = turned_size(page.imagewidth, page.imagelength, orientation_of(page))
    bits = page.bitspersample if isinstance(page.bitspersample, int) else 0
    return Header("TIFF", *size, planes=planes, bits=bits)


def _check_equal(number: int, group: Group, first: Header) -> None:
    for page in group:
        own = _plane_header((page,), first.planes)
        if (own.width, own.height) != (first.width, first.height):
            raise ImageError(
                f"Plane {number} measures {own.width:,} x {own.height:,} pixels, "
                f"plane 1 {first.width:,} x {first.height:,}.",
                "Planes of one sample must be of one size: save them as separate files.",
            )
        if own.bits != first.bits:
            raise ImageError(
                f"Plane {number} has {own.bits} bits per channel, plane 1 {first.bits}.",
                "Save all planes with the same number of bits.",
            )
