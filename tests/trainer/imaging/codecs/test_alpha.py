"""An alpha channel that says nothing is left alone: zero everywhere, or opaque at some depth."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from tests.trainer.imaging.image_files import build_png, encode_picture, encode_tiff, picture
from trainer.imaging import decode_image

PICTURE = picture()
UNUSED = "alpha is zero everywhere, taken as unused"
ZERO = np.zeros((48, 64, 1), np.uint8)


def with_alpha(alpha: int, dtype: type = np.uint8, factor: int = 1) -> np.ndarray:
    """The picture with an alpha that is the same everywhere."""
    colours = PICTURE.astype(dtype) * dtype(factor)
    return np.dstack([colours, np.full((48, 64), alpha, dtype)])


def build_bmp(bgra: np.ndarray, masks: bool) -> bytes:
    """A bitmap of 32 bits from the top down, with the masks of a V4 header or without."""
    size, compression = (108, 3) if masks else (40, 0)
    head = struct.pack("<IiiHHIIiiII", size, 64, -48, 1, 32, compression, 0, 0, 0, 0, 0)
    colours = struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) if masks else b""
    head = (head + colours).ljust(size, b"\0")
    body = bgra.tobytes()
    return b"BM" + struct.pack("<IHHI", 14 + size + len(body), 0, 0, 14 + size) + head + body


def rows(samples: np.ndarray) -> bytes:
    return b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)


@pytest.mark.parametrize("kind", ["unassalpha", "assocalpha"])
@pytest.mark.parametrize("planar", [False, True])
@pytest.mark.parametrize(("dtype", "factor"), [(np.uint8, 1), (np.uint16, 257)])
def test_a_tiff_alpha_of_zeros_is_unused(kind, planar, dtype, factor) -> None:
    samples, options = with_alpha(0, dtype, factor), {}
    if planar:
        samples = np.ascontiguousarray(np.moveaxis(samples, -1, 0))
        options = {"planarconfig": "separate"}
    data = encode_tiff(samples, photometric="rgb", extrasamples=[kind], **options)
    image = decode_image(data, "x.tif")
    assert UNUSED in image.notes
    assert "transparent, shown on white" not in image.notes
    assert np.abs(image.pixels.astype(int) - PICTURE).max() <= 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.png", encode_picture(with_alpha(0), "PNG")),
        ("deep.png", build_png(64, 48, 16, 6, rows(with_alpha(0, np.uint16, 257)))),
        ("x.webp", encode_picture(with_alpha(0), "WebP", lossless=True, exact=True)),
        ("x.bmp", build_bmp(with_alpha(0)[..., [2, 1, 0, 3]], masks=True)),
    ],
)
def test_an_alpha_of_zeros_is_unused(name: str, data: bytes) -> None:
    image = decode_image(data, name)
    assert image.notes[-1] == UNUSED
    assert np.abs(image.pixels.astype(int) - PICTURE).max() <= 1


def test_grey_with_an_alpha_of_zeros_is_grey() -> None:
    image = decode_image(encode_picture(np.dstack([PICTURE[..., 1:2], ZERO]), "PNG"), "x.png")
    assert image.grey
    assert (image.pixels[..., 0] == PICTURE[..., 1]).all()
    assert image.notes == (UNUSED,)


@pytest.mark.parametrize("alpha", [0, 255])
def test_the_fourth_byte_of_a_plain_bitmap_is_no_alpha(alpha: int) -> None:
    data = build_bmp(with_alpha(alpha)[..., [2, 1, 0, 3]], masks=False)
    image = decode_image(data, "x.bmp")
    assert (image.pixels == PICTURE).all()
    assert image.bits == 8


@pytest.mark.parametrize("alpha", [255, 4095, 65535])
def test_an_opaque_alpha_of_any_depth_changes_nothing(alpha: int) -> None:
    samples = with_alpha(alpha, np.uint16, 16)
    samples[0, 0, :3] = 4095
    for data in (
        build_png(64, 48, 16, 6, rows(samples)),
        encode_tiff(samples, photometric="rgb", extrasamples=["unassalpha"]),
    ):
        image = decode_image(data, "x")
        assert not any("transparent" in note for note in image.notes)
        assert np.abs(image.pixels[1:].astype(int) - PICTURE[1:]).max() <= 1
