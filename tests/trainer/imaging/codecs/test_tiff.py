"""Deep samples, few bits, planes and the many layouts of TIFF."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import (
    build_png,
    defocused,
    encode_pages,
    encode_picture,
    encode_tiff,
    focal_stack,
    picture,
)
from trainer.imaging import decode_image

PICTURE = picture()


def apart(a, b) -> int:
    return int(np.abs(np.asarray(a, int) - np.asarray(b, int)).max())


def test_sixteen_bits_are_scaled_by_a_recorded_rule() -> None:
    full = PICTURE.astype(np.uint16) * 257
    twelve = PICTURE.astype(np.uint16) * 16
    twelve[0, 0] = 4095
    for make in (lambda a: encode_tiff(a, photometric="rgb"), png16):
        image = decode_image(make(full), "x")
        assert apart(image.pixels, PICTURE) == 0 or full.max() < 16384
        assert "16-bit, scaled by 1/257" in image.notes
        image = decode_image(make(twelve), "x")
        assert apart(image.pixels, np.round(twelve / 4095 * 255)) == 0
        assert "12-bit in 16-bit samples, scaled by 255/4095" in image.notes


def png16(samples: np.ndarray) -> bytes:
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return build_png(samples.shape[1], samples.shape[0], 16, 2, rows)


def test_all_planes_are_scaled_alike() -> None:
    dark, bright = np.full((2, 8, 8, 3), 3000, np.uint16)
    bright[:] = 60000
    image = decode_image(encode_tiff(np.stack([dark, bright]), photometric="rgb"), "x.tif")
    assert image.planes[0].max() == 12
    assert "16-bit, scaled by 1/257" in image.notes


@pytest.mark.parametrize("bits", [1, 2, 4, 12, 16])
def test_tiff_of_few_and_many_bits(bits: int) -> None:
    most = 2**bits - 1
    values = np.linspace(0, most, 64).round().astype(np.uint16 if bits > 8 else np.uint8)
    samples = np.tile(values, (4, 1))
    data = (
        encode_tiff(samples, bitspersample=bits, photometric="minisblack")
        if bits > 1
        else encode_tiff(samples.astype(bool), photometric="minisblack")
    )
    image = decode_image(data, "x.tif")
    assert apart(image.pixels[0, :, 0], np.round(values / most * 255)) == 0
    assert image.grey


def test_white_may_be_zero() -> None:
    for samples in (PICTURE[..., 0], PICTURE[..., 0] > 128):
        white = encode_tiff(samples, photometric="miniswhite")
        black = encode_tiff(samples, photometric="minisblack")
        inverse = 255 - decode_image(black, "x.tif").pixels
        assert apart(decode_image(white, "x.tif").pixels, inverse) == 0


@pytest.mark.parametrize(
    "options",
    [
        {"tile": (16, 32)},
        {"tile": (16, 16), "compression": "deflate", "predictor": True},
        {"rowsperstrip": 7, "compression": "lzw"},
        {"bigtiff": True},
        {"byteorder": ">", "compression": "zstd"},
    ],
)
def test_tiff_layouts(options: dict) -> None:
    data = encode_tiff(PICTURE, photometric="rgb", **options)
    assert np.array_equal(decode_image(data, "x.tif").pixels, PICTURE)
    planar = np.ascontiguousarray(np.moveaxis(PICTURE, -1, 0))
    data = encode_tiff(planar, photometric="rgb", planarconfig="separate", **options)
    assert np.array_equal(decode_image(data, "x.tif").pixels, PICTURE)


@pytest.mark.parametrize("tile", [None, (16, 16)])
def test_tiff_with_jpeg_inside(tile) -> None:
    options = {"compression": "jpeg", "compressionargs": {"level": 98}}
    data = encode_tiff(PICTURE, photometric="rgb", tile=tile, **options)  # stored as YCbCr
    assert apart(decode_image(data, "x.tif").pixels, PICTURE) < 25
    data = encode_picture(PICTURE, "TIFF", compression="jpeg", quality=98)  # stored as RGB
    assert apart(decode_image(data, "x.tif").pixels, PICTURE) < 25
    data = encode_picture(PICTURE[..., 1], "TIFF", compression="jpeg", quality=98)
    assert apart(decode_image(data, "x.tif").pixels[..., 2], PICTURE[..., 1]) < 12


def test_all_planes_are_read_and_the_sharpest_found() -> None:
    stack = np.stack([defocused(PICTURE, 4), defocused(PICTURE, 1), PICTURE, defocused(PICTURE, 2)])
    data = encode_tiff(stack, photometric="rgb", compression="lzw")
    image = decode_image(data, "x.tif")
    assert [np.array_equal(a, b) for a, b in zip(image.planes, stack, strict=True)] == [True] * 4
    assert image.sharpest == 2
    assert image.pixels is image.planes[2]
    half = decode_image(data, "x.tif", min_scale=0.5)
    assert [plane.shape for plane in half.planes] == [(24, 32, 3)] * 4


def test_previews_are_left_out() -> None:
    rgb = {"photometric": "rgb"}
    small = picture(12, 16)
    data = encode_pages(
        (small, {**rgb, "subfiletype": 1}), (PICTURE, rgb), (defocused(PICTURE, 2), rgb)
    )
    image = decode_image(data, "x.tif")
    assert (len(image.planes), image.width) == (2, 64)
    assert "1 preview left out" in image.notes
    alone = decode_image(encode_pages((small, {**rgb, "subfiletype": 1})), "x.tif")
    assert alone.width == 16


def test_stacks_of_other_programs() -> None:
    stack = focal_stack(PICTURE)
    for options in (
        {"imagej": True, "metadata": {"axes": "ZYXS"}},
        {"ome": True, "metadata": {"axes": "ZYXS"}},
    ):
        image = decode_image(encode_tiff(stack, photometric="rgb", **options), "x.tif")
        assert np.array_equal(np.stack(image.planes), stack)
    channels_first = np.ascontiguousarray(np.moveaxis(stack, -1, 1))
    for options in ({"imagej": True}, {"ome": True}):
        options |= {"metadata": {"axes": "ZCYX"}, "photometric": "minisblack"}
        image = decode_image(encode_tiff(channels_first, **options), "x.tif")
        assert np.array_equal(np.stack(image.planes), stack)
        assert not image.grey
    grey = encode_tiff(channels_first[:, 0], imagej=True, metadata={"axes": "ZYX"})
    image = decode_image(grey, "x.tif")
    assert (len(image.planes), image.grey) == (3, True)


def test_animations_give_their_first_picture() -> None:
    frames = [Pillow.fromarray(PICTURE), Pillow.fromarray(PICTURE[::-1].copy())]
    for kind, options in (("WebP", {"lossless": True}), ("PNG", {})):
        data = encode_picture(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        image = decode_image(data, "x")
        assert np.array_equal(image.pixels, PICTURE)
        assert "animated, first picture read" in image.notes
