"""Adobe RGB, which cameras name in EXIF and nowhere else, becomes sRGB."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import (
    encode_picture,
    picture,
    srgb_profile,
    swapped_profile,
)
from trainer.imaging import decode_image
from trainer.imaging.codecs.exif import read_exif_profile

PICTURE = picture()
NOTE = "colour profile Adobe RGB (1998) by EXIF converted to sRGB"
BEST: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 100, "subsampling": 0},
    "WebP": {"lossless": True},
    "PNG": {},
}


def build_exif(space: int | None, index: str | None, order: str = "<") -> bytes:
    """An EXIF block with a colour space and an interoperability index."""
    exif = Pillow.Exif()
    exif.endian = order
    fields: dict[int, Any] = {} if space is None else {0xA001: space}
    if index is not None:
        fields[0xA005] = {1: index}
    exif[0x8769] = fields
    return exif.tobytes()


def adobe_to_srgb(rgb: np.ndarray) -> np.ndarray:
    """By the definitions: gamma 563/256, primaries of Adobe RGB (1998), curve of sRGB; D65."""
    adobe = np.array(
        [
            [0.57667, 0.18556, 0.18823],
            [0.29734, 0.62736, 0.07529],
            [0.02703, 0.07069, 0.99134],
        ]
    )
    standard = np.array(
        [
            [3.24045, -1.53714, -0.49853],
            [-0.96927, 1.87601, 0.04156],
            [0.05564, -0.20403, 1.05723],
        ]
    )
    linear = ((rgb / 255) ** (563 / 256)) @ adobe.T @ standard.T
    linear = linear.clip(0, 1)
    curved = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(curved * 255)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
@pytest.mark.parametrize(("space", "index"), [(65535, "R03"), (2, None), (None, "R03")])
@pytest.mark.parametrize("order", ["<", ">"])
def test_adobe_rgb_by_exif_is_converted(kind: str, space, index, order) -> None:
    exif = build_exif(space, index, order)
    image = decode_image(encode_picture(PICTURE, kind, exif=exif, **BEST[kind]), "x." + kind)
    assert NOTE in image.notes
    assert np.abs(image.pixels - adobe_to_srgb(PICTURE)).max() < (12 if kind == "JPEG" else 4)
    assert np.abs(image.pixels.astype(int) - PICTURE).max() > 15


def test_adobe_rgb_by_the_exif_of_a_tiff_is_converted() -> None:
    exif = Pillow.Exif()
    exif.load(build_exif(65535, "R03"))
    data = encode_picture(PICTURE, "TIFF", exif=exif)
    # Pillow forgets the directory of interoperability, which is put behind the end here.
    at = data.index(b"\x05\xa0\x04\0\x01\0\0\0") + 8
    directory = b"\x01\0\x01\0\x02\0\x04\0\0\0R03\0\0\0\0\0"
    data = data[:at] + len(data).to_bytes(4, "little") + data[at + 4 :] + directory
    image = decode_image(data, "x.tif")
    assert NOTE in image.notes
    assert np.abs(image.pixels - adobe_to_srgb(PICTURE)).max() < 4


@pytest.mark.parametrize(
    ("space", "index"), [(1, "R98"), (1, "R03"), (65535, "R98"), (65535, None)]
)
def test_other_colour_spaces_change_nothing(space: int, index: str | None) -> None:
    data = encode_picture(PICTURE, "PNG", exif=build_exif(space, index))
    assert (decode_image(data, "x.png").pixels == PICTURE).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP"])
def test_a_profile_in_the_file_counts_more_than_exif(kind: str) -> None:
    exif = build_exif(65535, "R03")
    plain = decode_image(encode_picture(PICTURE, kind, **BEST[kind]), "x").pixels
    for profile, pixels in ((srgb_profile(), plain), (swapped_profile(), plain[..., ::-1])):
        data = encode_picture(PICTURE, kind, exif=exif, icc_profile=profile, **BEST[kind])
        image = decode_image(data, "x." + kind)
        assert NOTE not in image.notes
        assert np.abs(image.pixels.astype(int) - pixels).max() < 25


def test_blocks_that_lead_nowhere_name_no_space() -> None:
    block = build_exif(65535, "R03")
    for end in range(len(block)):
        assert read_exif_profile(block[:end]) in (b"", read_exif_profile(block))
    assert read_exif_profile(b"II*\0\x08\0\0\0" + b"\xff" * 40) == b""
