"""The samples of a TIFF page, and what they mean as colour."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from trainer.imaging.colour import (
    cmyk_to_srgb,
    on_white,
    premultiplied_on_white,
    three_channels,
    to_eight_bits,
    to_srgb,
)
from trainer.imaging.faults import damaged
from trainer.imaging.tiff_pages import Group

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
