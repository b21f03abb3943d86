"""BMP, decoded by Pillow after its header was read here.

The plugin is called by name, so that no other format can be taken for it, and Pillow's
own size warnings, which know nothing of our limit, never come up.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin
from PIL import Image as Pillow

from trainer.imaging.colour import on_white
from trainer.imaging.faults import damaged, truncated, words_for_damage
from trainer.imaging.header import Decoded, Header
from trainer.imaging.reduction import reduce

_PLAIN, _BIT_FIELDS = 0, 3


@dataclass(frozen=True, eq=False)
class OpenedBmp:
    """A bitmap whose header was found plausible."""

    data: bytes
    header: Header

    def decode(self, reduction: int) -> Decoded:
        """Decode fully, then reduce.

        Raises:
            ImageError: damaged.
        """
        _check_length(self.data, self.header)
        with words_for_damage("BMP"), BmpImagePlugin.BmpImageFile(BytesIO(self.data)) as file:
            if file.size != (self.header.width, self.header.height):
                raise damaged("BMP")
            file.load()
            rgb, notes = _opaque_rgb(file)
            return Decoded((reduce(rgb, reduction),), file.mode in ("1", "L"), notes)


def _opaque_rgb(picture: Pillow.Image) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    if not picture.has_transparency_data:
        return np.asarray(picture.convert("RGB")), ()
    rgba = np.asarray(picture.convert("RGBA"))
    if rgba[..., 3].min() == 255:
        return np.ascontiguousarray(rgba[..., :3]), ()
    return on_white(rgba[..., :3], rgba[..., 3]), ("transparent, shown on white",)


def open_bmp(data: bytes) -> OpenedBmp:
    """Read the header of a Windows or OS/2 bitmap.

    Raises:
        ImageError: cut off or damaged.
    """
    if len(data) < 30:
        raise truncated("BMP")
    if data[14] == 12:
        width, height, _, bits = struct.unpack_from("<HHHH", data, 18)
    else:
        width, height, _, bits = struct.unpack_from("<iiHH", data, 18)
    return OpenedBmp(data, Header("BMP", width, abs(height), bits=bits))


def _check_length(data: bytes, header: Header) -> None:
    """Plainly stored pixels take rows of whole 32-bit words."""
    (pixels_at,) = struct.unpack_from("<I", data, 10)
    compression = int.from_bytes(data[30:34], "little") if data[14] >= 40 else _PLAIN
    plain = compression in (_PLAIN, _BIT_FIELDS)
    least = (header.width * header.bits + 31) // 32 * 4 * header.height if plain else 1
    if pixels_at + least > len(data):
        raise truncated("BMP")
