"""The samples of the pages of a TIFF, unpacked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.imaging.codecs.base import damage_error
from trainer.imaging.codecs.tiff_series import PlanePages

_MIN_IS_WHITE, _PALETTE, _CMYK = 0, 3, 5
_COLOUR_CHANNELS = {_MIN_IS_WHITE: 1, 1: 1, 2: 3, _PALETTE: 1, _CMYK: 4, 6: 3}


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


def count_colours(group: PlanePages) -> int:
    """Count the channels that hold colour, further ones aside."""
    return 3 if len(group) == 3 else _COLOUR_CHANNELS[group[0].photometric]


def apply_palette(indices: NDArray[Any], page: Any) -> NDArray[np.uint8]:
    """Look up the colours (H, W, 3) of indices (H, W).

    Raises:
        ImageError: the palette is missing or too short.
    """
    table = page.colormap
    if table is None or table.ndim != 2 or table.shape[0] != 3:
        raise damage_error("TIFF", "its palette is missing")
    if int(indices.max()) >= table.shape[1]:
        raise damage_error("TIFF", "its palette is too short")
    # Some writers fill the palette with 8 bits instead of 16 (as libtiff allows for).
    eight = table.astype(np.uint8) if table.max() < 256 else (table >> 8).astype(np.uint8)
    return np.ascontiguousarray(eight.T[indices])
