"""TIFF: strips or tiles, 1-16 bits, contiguous or planar, one page or a stack of planes.

The chain of pages and their tags are checked by `tiff_pages`; tifffile unpacks the samples,
which are converted to colour here.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from trainer.errors import ImageError
from trainer.imaging.codecs.base import (
    MAX_PLANES,
    DecodedImage,
    Header,
    check_size,
    damage_error,
    translate_decoder_errors,
)
from trainer.imaging.codecs.colour import (
    cmyk_to_srgb,
    composite_alpha,
    grey_to_rgb,
    to_srgb,
)
from trainer.imaging.codecs.depth import (
    DepthRule,
    depth_notes,
    estimate_depth,
    find_depth,
    to_eight_bits,
)
from trainer.imaging.codecs.downscale import downscale
from trainer.imaging.codecs.exif import read_exif_profile
from trainer.imaging.codecs.orientation import (
    apply_orientation,
    orientation_notes,
    oriented_size,
    valid_orientation,
)
from trainer.imaging.codecs.tiff_depth import read_significant_bits
from trainer.imaging.codecs.tiff_pages import PlanePages, check_page, count_directories, find_planes

_MIN_IS_WHITE, _PALETTE, _CMYK = 0, 3, 5
_ASSOCIATED, _UNASSOCIATED = 1, 2
_ICC = 34675
_COLOUR_CHANNELS = {_MIN_IS_WHITE: 1, 1: 1, 2: 3, _PALETTE: 1, _CMYK: 4, 6: 3}

ConvertedColours = tuple[NDArray[np.uint8], bool, tuple[str, ...]]
"""RGB, whether it was stored with colour, notes."""


def read_samples(group: PlanePages, data: bytes) -> NDArray[Any]:
    """Read unsigned samples (H, W, channels) of the pages that make one plane; 0 is black.

    Args:
        group: the pages.
        data: the whole file.

    Raises:
        ImageError: damaged.
    """
    if len(group) == 1:
        return _read_page(group[0], data)
    return np.concatenate([_read_page(page, data)[..., :1] for page in group], axis=-1)


def _read_page(page: Any, data: bytes) -> NDArray[Any]:
    samples = _copy_uncompressed(page, data)
    if samples is None:
        samples = np.asarray(page.asarray(maxworkers=1))
    height, width, channels = page.imagelength, page.imagewidth, page.samplesperpixel
    if samples.size != height * width * channels:
        raise damage_error("TIFF", "parts of its picture are missing")
    if page.planarconfig == 2 and channels > 1:
        samples = np.moveaxis(samples.reshape(channels, height, width), 0, -1)
    else:
        samples = samples.reshape(height, width, channels)
    if samples.dtype == np.bool_:
        samples = samples.view(np.uint8)
    if samples.dtype not in (np.uint8, np.uint16):
        raise damage_error("TIFF", "its samples are of no known kind")
    if page.photometric == _MIN_IS_WHITE:
        samples = (2**page.bitspersample - 1 - samples).astype(samples.dtype)
    return samples


def _copy_uncompressed(page: Any, data: bytes) -> NDArray[Any] | None:
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


def convert_colours(
    samples: NDArray[Any], group: PlanePages, depth: int, exif_profile: bytes = b""
) -> ConvertedColours:
    """Convert samples (H, W, channels) of `depth` bits to opaque sRGB.

    `exif_profile` is that of the colours where the page has none of its own.

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
    colours = _count_colours(group)
    if page.photometric == _PALETTE:
        rgb = _apply_palette(samples[..., 0], page)
    else:
        rgb = to_eight_bits(samples[..., :colours], depth)
    coloured = colours == 3 or page.photometric == _PALETTE
    if not coloured:
        rgb = grey_to_rgb(np.ascontiguousarray(rgb[..., 0]))
    rgb, notes = _composite_alpha(np.ascontiguousarray(rgb), samples[..., colours:], page, depth)
    if coloured:
        rgb, more = to_srgb(rgb, profile or exif_profile)
        notes += more
    return rgb, coloured, notes


def _count_colours(group: PlanePages) -> int:
    return 3 if len(group) == 3 else _COLOUR_CHANNELS[group[0].photometric]


def _apply_palette(indices: NDArray[Any], page: Any) -> NDArray[np.uint8]:
    table = page.colormap
    if table is None or table.ndim != 2 or table.shape[0] != 3:
        raise damage_error("TIFF", "its palette is missing")
    if int(indices.max()) >= table.shape[1]:
        raise damage_error("TIFF", "its palette is too short")
    # Some writers fill the palette with 8 bits instead of 16 (as libtiff allows for).
    eight = table.astype(np.uint8) if table.max() < 256 else (table >> 8).astype(np.uint8)
    return np.ascontiguousarray(eight.T[indices])


def _composite_alpha(
    rgb: NDArray[np.uint8], extra: NDArray[Any], page: Any, depth: int
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Composite on white where the first further channel is alpha."""
    if not extra.shape[2]:
        return rgb, ()
    kinds = tuple(page.extrasamples)
    if not kinds or kinds[0] not in (_ASSOCIATED, _UNASSOCIATED):
        return rgb, (f"{extra.shape[2]} further channels left out",)
    bits, premultiplied = page.bitspersample, kinds[0] == _ASSOCIATED
    return composite_alpha(rgb, extra[..., 0], depth, bits, premultiplied=premultiplied)


_ORIENTATION = 274

logging.getLogger("tifffile").addHandler(logging.NullHandler())  # the reader reports damage itself


@dataclass(frozen=True, eq=False)
class TiffDecoder:
    """A TIFF whose planes were found and checked."""

    data: bytes
    stream: BytesIO
    groups: tuple[PlanePages, ...]
    header: Header
    notes: tuple[str, ...]

    def decode(self, reduction: int, rule: DepthRule = estimate_depth) -> DecodedImage:
        """Decode all planes, once; samples of 16 bits are scaled alike in all of them.

        `rule` finds the depth of 16-bit samples of which the file states nothing.

        Raises:
            ImageError: damaged.
        """
        # tifffile's pages and file hold each other, and would hold the bytes.
        with self.stream:
            return self._decode(reduction, rule)

    def _decode(self, reduction: int, rule: DepthRule) -> DecodedImage:
        samples = self._samples()
        declared = self.header.bits
        depth, notes = declared, self.notes
        if samples[0].dtype == np.uint16 and not _is_palette(self.groups[0]):
            brightest = _find_brightest(samples, self.groups)
            depth = find_depth(brightest, declared, self.header.significant, rule)
            notes += depth_notes(depth, declared)
        profile = read_exif_profile(self.data)
        planes: list[NDArray[np.uint8]] = []
        grey = True
        for index, group in enumerate(self.groups):
            with translate_decoder_errors("TIFF"):
                rgb, coloured, more = convert_colours(samples[index], group, depth, profile)
            samples[index] = samples[index][:0]  # free each plane as soon as it is converted
            orientation = orientation_of(group[0])
            planes.append(apply_orientation(downscale(rgb, reduction), orientation))
            grey = grey and not coloured
            notes += tuple(n for n in (*more, *orientation_notes(orientation)) if n not in notes)
        return DecodedImage(tuple(planes), grey, notes)

    def _samples(self) -> list[NDArray[Any]]:
        """The samples of each plane, after all planes were checked."""
        for number, group in enumerate(self.groups, start=1):
            with _name_plane_in_errors(number, len(self.groups)):
                for page in group:
                    check_page(page, self.data)
        samples = []
        for number, group in enumerate(self.groups, start=1):
            with _name_plane_in_errors(number, len(self.groups)):
                samples.append(read_samples(group, self.data))
        return samples


def _find_brightest(samples: list[NDArray[Any]], groups: tuple[PlanePages, ...]) -> int:
    """The largest value of a colour in all planes; that of alpha may be of another depth."""
    pairs = zip(samples, groups, strict=True)
    return max(int(plane[..., : _count_colours(group)].max()) for plane, group in pairs)


@contextmanager
def _name_plane_in_errors(number: int, planes: int) -> Iterator[None]:
    try:
        with translate_decoder_errors("TIFF"):
            yield
    except ImageError as error:
        if planes == 1:
            raise
        raise ImageError(f"Plane {number}: {error.message}", error.hint) from error


def _is_palette(group: PlanePages) -> bool:
    return bool(group[0].photometric == 3)


def orientation_of(page: Any) -> int:
    """Return the orientation of a page (tag 274), 1-8."""
    return valid_orientation(page.tags.valueof(_ORIENTATION, 1))


def open_tiff(data: bytes) -> TiffDecoder:
    """Find the planes by their tags.

    Raises:
        ImageError: cut off, damaged, planes of unequal size, or of a kind that is not read.
    """
    import tifffile  # a third of a second, and most folders hold no TIFF

    if len(data) < 16:
        raise damage_error("TIFF")
    pages = count_directories(data)
    if not pages:
        raise damage_error("TIFF", "it holds no picture")
    if pages > MAX_PLANES:
        check_size(Header("TIFF", 1, 1, pages), float("inf"))
    with translate_decoder_errors("TIFF"):
        stream = BytesIO(data)
        file = tifffile.TiffFile(stream, name="image", _multifile=False, _useframes=False)
        if len(file.pages) != pages:
            raise damage_error("TIFF", "its pages cannot all be read")
        groups, notes = find_planes(file)
        first = _read_plane_header(groups[0], len(groups))
        first = replace(first, significant=read_significant_bits(file, first.bits))
        for number, group in enumerate(groups, start=1):
            _check_equal(number, group, first)
    return TiffDecoder(data, stream, tuple(groups), first, notes)


def _read_plane_header(group: PlanePages, planes: int) -> Header:
    page = group[0]
    if not isinstance(page.imagewidth, int) or not isinstance(page.imagelength, int):
        raise damage_error("TIFF", "its header makes no sense")
    size = oriented_size(page.imagewidth, page.imagelength, orientation_of(page))
    bits = page.bitspersample if isinstance(page.bitspersample, int) else 0
    return Header("TIFF", *size, planes=planes, bits=bits)


def _check_equal(number: int, group: PlanePages, first: Header) -> None:
    for page in group:
        own = _read_plane_header((page,), first.planes)
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
