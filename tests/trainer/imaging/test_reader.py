"""Whole files of every kind, read to the right pixels."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import (
    build_exif,
    encode_picture,
    encode_tiff,
    picture,
    srgb_profile,
    stored_pixels,
    swapped_profile,
)
from trainer.imaging import Header, decode_image, read_header, read_image

PICTURE = picture()


def apart(a, b) -> int:
    return int(np.abs(np.asarray(a, int) - np.asarray(b, int)).max())


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("WebP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
        ("TIFF", {"compression": "packbits"}),
    ],
)
def test_lossless_formats_give_the_very_pixels(kind: str, options: dict) -> None:
    data = encode_picture(PICTURE, kind, **options)
    image = decode_image(data, "x." + kind.lower())
    assert np.array_equal(image.pixels, PICTURE)
    assert image.pixels.dtype == np.uint8
    assert (image.format, image.width, image.height, image.scale) == (kind, 64, 48, 1.0)
    assert (image.grey, image.notes, image.sharpest) == (False, (), 0)
    assert image.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 2}])
def test_jpeg_at_all_reductions(options: dict) -> None:
    data = encode_picture(picture(203, 301), "JPEG", quality=95, **options)
    full = decode_image(data, "x.jpg")
    assert apart(full.pixels, picture(203, 301)) < 30
    for scale, size in ((0.5, (102, 151)), (0.25, (51, 76)), (0.125, (26, 38))):
        image = decode_image(data, "x.jpg", min_scale=scale)
        assert (image.scale, image.pixels.shape[:2]) == (scale, size)
        assert (image.width, image.height) == (301, 203)
        mean = decode_image(encode_picture(full.pixels, "PNG"), "x.png", min_scale=scale)
        assert (mean.scale, mean.pixels.shape) == (scale, image.pixels.shape)
        assert np.abs(mean.pixels.astype(int) - image.pixels).mean() < 2


@pytest.mark.parametrize(
    ("min_scale", "min_side", "scale"),
    [
        (1.0, 0, 1.0),
        (0.3, 0, 0.5),
        (0.25, 0, 0.25),
        (0.0, 0, 0.125),
        (0.0, 26, 0.25),
        (0.0, 201, 1),
    ],
)
def test_the_smallest_scale_that_is_allowed(min_scale: float, min_side: int, scale: float) -> None:
    data = encode_picture(picture(200, 300), "JPEG")
    image = decode_image(data, "x.jpg", min_scale=min_scale, min_side=min_side)
    assert image.scale == scale


def test_a_grey_jpeg_is_flagged() -> None:
    image = decode_image(encode_picture(PICTURE[..., 1], "JPEG"), "x.jpg")
    assert image.grey
    assert image.pixels.shape == (48, 64, 3)


def test_colour_files_with_equal_channels_are_grey() -> None:
    grey = np.repeat(PICTURE[..., :1], 3, axis=2)
    for kind in ("PNG", "BMP", "TIFF", "JPEG"):
        assert decode_image(encode_picture(grey, kind), "x").grey
    spot = grey.copy()
    spot[17, 5, 0] ^= 0x40
    assert not decode_image(encode_picture(spot, "PNG"), "x.png").grey


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WebP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_orientation_is_applied_once(kind: str, orientation: int) -> None:
    stored = stored_pixels(PICTURE, orientation)
    if kind == "TIFF":
        data = encode_tiff(stored, photometric="rgb", extratags=[(274, 3, 1, orientation, True)])
    else:
        best = {"JPEG": {"quality": 98, "subsampling": 0}, "WebP": {"lossless": True}, "PNG": {}}
        data = encode_picture(stored, kind, exif=build_exif(orientation), **best[kind])
    for scale in (1.0, 0.5):
        image = decode_image(data, "x." + kind.lower(), min_scale=scale)
        expected = decode_image(encode_picture(PICTURE, "PNG"), "x.png", min_scale=scale).pixels
        assert apart(image.pixels, expected) <= (20 if kind == "JPEG" else 0)
        assert (image.width, image.height) == (64, 48)
        assert any("upright" in note for note in image.notes) == (orientation != 1)


def test_a_senseless_orientation_changes_nothing() -> None:
    for block in (
        build_exif(1)[:9],
        b"Exif\0\0",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0" + b"x" * 99,
    ):
        image = decode_image(encode_picture(PICTURE, "JPEG", exif=block), "x.jpg")
        assert (image.width, image.notes) == (64, ())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WebP"])
def test_a_profile_is_converted_to_srgb(kind: str) -> None:
    best = {"JPEG": {"quality": 98}, "WebP": {"lossless": True}}.get(kind, {})
    data = encode_picture(PICTURE, kind, icc_profile=swapped_profile(), **best)
    image = decode_image(data, "x." + kind.lower())
    assert apart(image.pixels[..., ::-1], PICTURE) < 25  # red and blue are exchanged
    assert any("converted to sRGB" in note for note in image.notes)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WebP"])
def test_a_standard_profile_changes_nothing_and_a_broken_one_is_ignored(kind: str) -> None:
    best = {"WebP": {"lossless": True}}.get(kind, {})
    plain = decode_image(encode_picture(PICTURE, kind, **best), "x." + kind.lower())
    standard = decode_image(encode_picture(PICTURE, kind, icc_profile=srgb_profile(), **best), "x")
    assert np.array_equal(standard.pixels, plain.pixels)
    assert not any("profile" in note for note in standard.notes)
    for profile in (b"nonsense " * 20, srgb_profile()[:200], swapped_profile()[:-300]):
        broken = decode_image(encode_picture(PICTURE, kind, icc_profile=profile, **best), "x")
        assert np.array_equal(broken.pixels, plain.pixels)
        assert any("profile unusable" in note for note in broken.notes)


def test_cmyk_is_converted_and_noted() -> None:
    ink = np.zeros((16, 16, 4), np.uint8)
    ink[:, 8:, 0] = 255  # cyan on the right
    expected = np.full((16, 16, 3), 255)
    expected[:, 8:, 0] = 0
    image = Pillow.frombytes("CMYK", (16, 16), ink.tobytes())
    jpeg = decode_image(encode_picture(image, "JPEG", quality=100), "x.jpg")
    tif = decode_image(encode_picture(image, "TIFF"), "x.tif")
    assert apart(jpeg.pixels, expected) < 8
    assert apart(tif.pixels, expected) == 0
    for image_read in (jpeg, tif):
        assert any("CMYK" in note for note in image_read.notes)
    assert decode_image(encode_picture(image, "JPEG"), "x.jpg", min_scale=0.5).pixels.shape == (
        8,
        8,
        3,
    )


def test_transparency_is_shown_on_white() -> None:
    rgba = np.dstack([PICTURE, np.full((48, 64), 255, np.uint8)])
    rgba[:, :20, 3] = 0
    rgba[:, 20:30, 3] = 128
    expected = PICTURE.astype(int).copy()
    expected[:, :20] = 255
    expected[:, 20:30] = np.round((PICTURE[:, 20:30] * 128.0 + 255 * 127) / 255)
    unassociated = {"photometric": "rgb", "extrasamples": ["unassalpha"]}
    for data in (
        encode_picture(rgba, "PNG"),
        encode_picture(rgba, "WebP", lossless=True, exact=True),
        encode_tiff(rgba, **unassociated),
        encode_tiff(
            np.ascontiguousarray(np.moveaxis(rgba, -1, 0)), planarconfig="separate", **unassociated
        ),
    ):
        image = decode_image(data, "x")
        assert apart(image.pixels, expected) <= 1
        assert "transparent, shown on white" in image.notes


def test_premultiplied_transparency_is_shown_on_white() -> None:
    rgba = np.zeros((8, 8, 4), np.uint8)
    rgba[:4] = (100, 50, 0, 128)
    image = decode_image(encode_tiff(rgba, photometric="rgb", extrasamples=["assocalpha"]), "x.tif")
    assert image.pixels[0, 0].tolist() == [227, 177, 127]
    assert image.pixels[7, 7].tolist() == [255, 255, 255]


def test_palettes_grey_with_alpha_and_single_bits() -> None:
    palette = Pillow.fromarray(PICTURE).quantize(32)
    for kind in ("PNG", "TIFF", "BMP"):
        image = decode_image(encode_picture(palette, kind), "x")
        assert apart(image.pixels, palette.convert("RGB")) == 0
        assert not image.grey
    bits = Pillow.fromarray(PICTURE[..., 0] > 150)
    for kind in ("PNG", "TIFF", "BMP"):
        image = decode_image(encode_picture(bits, kind), "x")
        assert apart(image.pixels[..., 0], np.asarray(bits) * 255) == 0
        assert image.grey
    half = np.full((48, 64), 255, np.uint8)
    half[:24] = 0
    faint = Pillow.fromarray(np.dstack([PICTURE[..., 0], half]), "LA")
    assert decode_image(encode_picture(faint, "PNG"), "x.png").pixels[:24].min() == 255


def test_a_transparent_palette_entry_is_white() -> None:
    palette = Pillow.fromarray(PICTURE).quantize(8)
    image = decode_image(encode_picture(palette, "PNG", transparency=3), "x.png")
    assert (image.pixels[np.asarray(palette) == 3] == 255).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF", "WebP"])
def test_garbage_behind_the_end_is_of_no_matter(kind: str) -> None:
    data = encode_picture(PICTURE, kind)
    assert np.array_equal(
        decode_image(data + b"\xff\xd8garbage" * 50, "x").pixels, decode_image(data, "x").pixels
    )


def test_jpeg_with_restart_markers() -> None:
    data = encode_picture(picture(120, 200), "JPEG", restart_marker_blocks=3)
    assert b"\xff\xd0" in data
    plain = encode_picture(picture(120, 200), "JPEG")
    assert np.array_equal(decode_image(data, "x.jpg").pixels, decode_image(plain, "x.jpg").pixels)


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    data = encode_picture(PICTURE, "JPEG")
    for name, note in (
        ("x.png", ("named .png, holds JPEG",)),
        ("x", ("no extension, holds JPEG",)),
        ("x.JPEG", ()),
    ):
        (tmp_path / name).write_bytes(data)
        image = read_image(tmp_path / name)
        assert (image.format, image.notes) == ("JPEG", note)


def test_any_name_can_be_read(tmp_path: Path) -> None:
    data = encode_picture(PICTURE, "PNG")
    names = ["🩸.png", "תא.png", "=x.png", "CON.png", "trailing.png "]
    names += [unicodedata.normalize(form, "Zäpfchen.png") for form in ("NFC", "NFD")]
    deep = tmp_path / ("x" * 140) / ("y" * 140)
    deep.mkdir(parents=True)
    for name in names:
        (deep / name).write_bytes(data)
        assert read_image(deep / name).width == 64
        assert read_header(deep / name) == Header("PNG", 64, 48, 1, 8)


def test_probe_reads_headers_only(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(encode_tiff(np.zeros((3, 20, 30, 3), np.uint16), photometric="rgb"))
    assert read_header(path) == Header("TIFF", 30, 20, 3, 16)
    path.write_bytes(encode_picture(PICTURE, "JPEG", exif=build_exif(6)))
    assert read_header(path) == Header("JPEG", 48, 64, 1, 8)
    path.write_bytes(encode_picture(PICTURE, "BMP"))
    assert read_header(path) == Header("BMP", 64, 48, 1, 8)
    path.write_bytes(encode_picture(PICTURE, "WebP"))
    assert read_header(path) == Header("WebP", 64, 48, 1, 8)


def test_reading_twice_gives_the_same_pixels() -> None:
    data = encode_picture(picture(300, 400), "JPEG")
    first, second = (decode_image(data, "x.jpg", min_scale=0.25) for _ in range(2))
    assert np.array_equal(first.pixels, second.pixels)
