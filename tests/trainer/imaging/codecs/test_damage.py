"""Damaged files that are accepted with wrong pixels: counted, and bounded by what was measured.

Nothing notices changed bytes in a format without checksums (BMP, WebP, most of a JPEG), so the
bounds are not all zero. They were measured with the versions of `constraints.txt`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import (
    build_exif,
    encode_picture,
    encode_tiff,
    picture,
    swapped_profile,
)
from trainer.errors import ImageError
from trainer.imaging import decode_image

REPETITIONS = 200
NOISE_BYTES = 64


def grainy_picture() -> NDArray[np.uint8]:
    """A smooth picture with the grain of a camera, uint8 (H, W, 3)."""
    grain = np.random.default_rng(1).normal(0, 4, (144, 192, 3))
    return (picture(144, 192) + grain).clip(0, 255).astype(np.uint8)


def undated(profile: bytes) -> bytes:
    """The profile without the date of its making, so that every run damages the same bytes."""
    return profile[:24] + bytes(12) + profile[36:]


def camera_exif() -> bytes:
    """An EXIF block as cameras write it: an orientation among much else."""
    block = Pillow.Exif()
    block.update({271: "Maker", 272: "Camera of a microscope", 274: 6, 282: 72.0, 283: 72.0})
    block.update({296: 2, 305: "Program 3.1", 306: "2024:01:01 10:10:10", 315: "Laboratory"})
    return block.tobytes()


PICTURE = grainy_picture()
SMALL = PICTURE[:24, :32]
METADATA = {"exif": build_exif(6), "icc_profile": undated(swapped_profile())}
FILES = {
    "jpeg": encode_picture(PICTURE, "JPEG", quality=92),
    "jpeg with restarts": encode_picture(PICTURE, "JPEG", quality=92, restart_marker_blocks=2),
    "png": encode_picture(PICTURE, "PNG"),
    "lossless webp": encode_picture(PICTURE, "WebP", lossless=True),
    "lossy webp": encode_picture(PICTURE, "WebP", quality=90),
    "png of much metadata": encode_picture(SMALL, "PNG", **METADATA),
    "jpeg of much metadata": encode_picture(
        SMALL, "JPEG", quality=92, restart_marker_blocks=2, exif=camera_exif()
    ),
    "webp of much metadata": encode_picture(SMALL, "WebP", **METADATA),
    "bmp": encode_picture(PICTURE, "BMP"),
    "deflate tiff": encode_tiff(PICTURE, photometric="rgb", compression="deflate", rowsperstrip=16),
    "jpeg tiff": encode_tiff(PICTURE, photometric="rgb", compression="jpeg", rowsperstrip=16),
}
Damage = Callable[[bytes, int, np.random.Generator], bytes]


def cut_short(data: bytes, place: int, rng: np.random.Generator) -> bytes:
    return data[:place]


def zero_the_rest(data: bytes, place: int, rng: np.random.Generator) -> bytes:
    return data[:place] + bytes(len(data) - place)


def overwrite_with_noise(data: bytes, place: int, rng: np.random.Generator) -> bytes:
    return (data[:place] + rng.bytes(NOISE_BYTES) + data[place + NOISE_BYTES :])[: len(data)]


def count_wrongly_accepted(data: bytes, damage: Damage) -> int:
    """How many of the damaged files are decoded, to other pixels than the whole file's."""
    whole = decode_image(data, "x").pixels
    rng = np.random.default_rng(20)
    wrong = 0
    for _ in range(REPETITIONS):
        damaged = damage(data, int(rng.integers(1, len(data))), rng)
        try:
            found = decode_image(damaged, "x", limit_megapixels=1).pixels
        except ImageError:
            continue
        wrong += not np.array_equal(found, whole)
    return wrong


@pytest.mark.parametrize(
    ("name", "cut", "zeroed", "noise"),
    [
        ("jpeg", 0, 0, 127),
        ("jpeg with restarts", 0, 0, 60),
        ("png", 0, 0, 0),
        ("png of much metadata", 0, 0, 0),
        ("lossless webp", 0, 198, 161),
        ("lossy webp", 0, 198, 195),
        ("jpeg of much metadata", 0, 0, 35),
        ("webp of much metadata", 0, 4, 105),
        ("bmp", 0, 200, 200),
        ("deflate tiff", 0, 0, 0),
        ("jpeg tiff", 0, 0, 89),
    ],
)
def test_no_more_damaged_files_are_accepted(name: str, cut: int, zeroed: int, noise: int) -> None:
    bounds = {cut_short: cut, zero_the_rest: zeroed, overwrite_with_noise: noise}
    for damage, most in bounds.items():
        assert count_wrongly_accepted(FILES[name], damage) <= most, damage.__name__
