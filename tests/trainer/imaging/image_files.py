"""Bytes of real image files, built here, whole and broken."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import cv2
import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms


def picture(height: int = 48, width: int = 64, seed: int = 0) -> NDArray[np.uint8]:
    """A smooth coloured picture without symmetry, uint8 (H, W, 3)."""
    y, x = np.mgrid[0:height, 0:width].astype(float)
    rng = np.random.default_rng(seed)
    phase = rng.uniform(0, 3)
    red = 200 - 120 * np.exp(-((x - width * 0.4) ** 2 + (y - height * 0.6) ** 2) / 90)
    green = 60 + 150 * x / width
    blue = 120 + 80 * np.sin(y / 9 + phase)
    return np.stack([red, green, blue], axis=-1).clip(0, 255).astype(np.uint8)


def defocused(pixels: NDArray[np.uint8], sigma: float) -> NDArray[np.uint8]:
    """The picture as another focal plane shows it."""
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), sigma), np.uint8)


def focal_stack(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Three focal planes of the picture, the first of which is sharp, (3, H, W, 3)."""
    return np.stack([pixels, defocused(pixels, 1), defocused(pixels, 2)])


def encode_picture(pixels: NDArray[Any] | Pillow.Image, kind: str, **options: Any) -> bytes:
    """The picture as a file, by Pillow."""
    image = pixels if isinstance(pixels, Pillow.Image) else Pillow.fromarray(pixels)
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def encode_tiff(pixels: NDArray[Any], **options: Any) -> bytes:
    """The array as a TIFF, by tifffile."""
    file = io.BytesIO()
    tifffile.imwrite(file, pixels, **options)
    return file.getvalue()


def encode_pages(*written: tuple[NDArray[Any], dict[str, Any]]) -> bytes:
    """A TIFF of several pages, each with its own options."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file) as writer:
        for pixels, options in written:
            writer.write(pixels, **{"metadata": None, **options})
    return file.getvalue()


def build_exif(orientation: int) -> bytes:
    """An EXIF block with nothing but an orientation."""
    block = Pillow.Exif()
    block[274] = orientation
    return block.tobytes()


def stored_pixels(upright: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """How a camera stores this picture under the orientation (EXIF 2.32, by definition)."""
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: upright.swapaxes(0, 1)[::-1, ::-1],
        8: np.rot90(upright, -1),
    }[orientation]
    return np.ascontiguousarray(stored)


def build_chunk(kind: bytes, body: bytes) -> bytes:
    """A PNG chunk with its checksum."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def build_png(width: int, height: int, bits: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    """A PNG by hand; `rows` with their filter bytes, `more` chunks before the pixels."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    parts = [
        build_chunk(b"IHDR", head),
        *more,
        build_chunk(b"IDAT", zlib.compress(rows)),
        build_chunk(b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def swapped_profile() -> bytes:
    """An RGB profile that differs from sRGB grossly: red and blue primaries exchanged."""
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (count,) = struct.unpack_from(">I", data, 128)
    at = {bytes(data[132 + 12 * i : 136 + 12 * i]): 136 + 12 * i for i in range(count)}
    red, blue = at[b"rXYZ"], at[b"bXYZ"]
    data[red : red + 8], data[blue : blue + 8] = data[blue : blue + 8], data[red : red + 8]
    return bytes(data)


def srgb_profile() -> bytes:
    """The standard profile."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
