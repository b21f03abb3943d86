"""TIFF: strips or tiles, 1-16 bits, contiguous or planar, one page or a stack of planes.

The chain of pages and their tags are checked here; tifffile unpacks the pixels.

The samples of a TIFF page, and what they mean as colour.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from trainer.errors import ImageError
from trainer.imaging.codecs.base import (
    MAX_PLANES,
    Decoded,
    Header,
    check_size,
    damaged,
    words_for_damage,
)
from trainer.imaging.codecs.colour import (
    cmyk_to_srgb,
    depth_notes,
    on_white,
    premultiplied_on_white,
    three_channels,
    to_eight_bits,
    to_srgb,
    true_depth,
)
from trainer.imaging.codecs.downscale import reduce
from trainer.imaging.codecs.orientation import orientation_notes, sensible, turned, turned_size
from trainer.imaging.codecs.tiff_pages import Group, check_page, count_directories, planes_of

_MIN_IS_WHITE, _PALETTE, _CMYK = 0, 3, 5
_ASSOCIATED, _UNASSOCIATED = 1, 2
_ICC = 34675
_COLOURS = {_MIN_IS_WHITE: 1, 1: 1, 2: 3, _PALETTE: 1, _CMYK: 4, 6: 3}

Colours = tuple[NDArray[np.uint8], bool, tuple[str, ...]]
"""RGB, whether it was stored with colour, notes."""


def raw_samples(group: Group, data: bytes) -> NDArray[Any]:
    """Unsigned samples (H, W, channels) of the pages that make one plane; 0 is black.

    Args:
        group: the pages.
        data: the whole file.

    Raises:
        ImageError: damaged.
    """
    if len(group) == 1:
        return _page_samples(group[0], data)
    return np.concatenate([_page_samples(page, data)[..., :1] for page in group], axis=-1)


def _page_samples(page: Any, data: bytes) -> NDArray[Any]:
    samples = _as_stored(page, data)
    if samples is None:
        samples = np.asarray(page.asarray(maxworkers=1))
    height, width, channels = page.imagelength, page.imagewidth, page.samplesperpixel
    if samples.size != height * width * channels:
        raise damaged("TIFF", "parts of its picture are missing")
    if page.planarconfig == 2 and channels > 1:
        samples = np.moveaxis(samples.reshape(channels, height, width), 0, -1)
    else:
        samples = samples.reshape(height, width, channels)
    if samples.dtype == np.bool_:
        samples = samples.view(np.uint8)
    if samples.dtype not in (np.uint8, np.uint16):
        raise damaged("TIFF", "its samples are of no known kind")
    if page.photometric == _MIN_IS_WHITE:
        samples = (2**page.bitspersample - 1 - samples).astype(samples.dtype)
    return samples


def _as_stored(page: Any, data: bytes) -> NDArray[Any] | None:
    """A copy of samples that lie in one piece and need no unpacking; else None.

    NumPy copies without Python's lock, which a large page would otherwise hold for so long
    that a window beside it would stand still.
    """
    whole = page.is_contiguous and page.predictor == 1 and page.fillorder == 1
    if not whole or page.dtype not in (np.uint8, np.uint16):
        return None
    stored = page.dtype.newbyteorder(page.parent.byteorder)
    count, offset = math.prod(page.shape), page.dataoffsets[0]
    return np.array(np.frombuffer(data, stored, count, offset), page.dtype).reshape(page.shape)


def colours_of(samples: NDArray[Any], group: Group, depth: int) -> Colours:
    """Samples (H, W, channels) of `depth` bits as opaque sRGB.

    Raises:
        ImageError: the tags contradict the samples.
    """
    page = group[0]
    profile = page.tags.valueof(_ICC, b"")
    profile = bytes(profile) if isinstance(profile, bytes) else b""
    if page.photometric == _CMYK:
        size = (samples.shape[1], samples.shape[0])
        inks = np.ascontiguousarray(samples[..., :4]).tobytes()
        rgb, notes = cmyk_to_srgb(Pillow.frombytes("CMYK", size, inks), profile)
        return rgb, True, notes
    colours = 3 if len(group) == 3 else _COLOURS[page.photometric]
    if page.photometric == _PALETTE:
        rgb = _looked_up(samples[..., 0], page)
    else:
        rgb = to_eight_bits(samples[..., :colours], depth)
    coloured = colours == 3 or page.photometric == _PALETTE
    if not coloured:
        rgb = three_channels(np.ascontiguousarray(rgb[..., 0]))
    rgb, notes = _opaque(np.ascontiguousarray(rgb), samples[..., colours:], page)
    if coloured:
        rgb, more = to_srgb(rgb, profile)
        notes += more
    return rgb, coloured, notes


def _looked_up(indices: NDArray[Any], page: Any) -> NDArray[np.uint8]:
    table = page.colormap
    if table is None or table.ndim != 2 or table.shape[0] != 3:
        raise damaged("TIFF", "its palette is missing")
    if int(indices.max()) >= table.shape[1]:
        raise damaged("TIFF", "its palette is too short")
    # Some writers fill the palette with 8 bits instead of 16 (as libtiff allows for).
    eight = table.astype(np.uint8) if table.max() < 256 else (table >> 8).astype(np.uint8)
    return np.ascontiguousarray(eight.T[indices])


def _opaque(
    rgb: NDArray[np.uint8], extra: NDArray[Any], page: Any
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Composite on white where the first further channel is alpha."""
    if not extra.shape[2]:
        return rgb, ()
    kinds = tuple(page.extrasamples)
    if not kinds or kinds[0] not in (_ASSOCIATED, _UNASSOCIATED):
        return rgb, (f"{extra.shape[2]} further channels left out",)
    alpha = to_eight_bits(np.ascontiguousarray(extra[..., 0]), page.bitspersample)
    if alpha.min() == 255:
        return rgb, ()
    mix = premultiplied_on_white if kinds[0] == _ASSOCIATED else on_white
    return mix(rgb, alpha), ("transparent, shown on white",)


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
