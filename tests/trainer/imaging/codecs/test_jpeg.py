"""JPEG: its quality from its tables, its reductions, and silence about damage."""

from __future__ import annotations

import contextlib

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import encode_picture, picture
from trainer.errors import ImageError
from trainer.imaging import decode_image
from trainer.imaging.codecs.jpeg import estimate_jpeg_quality, open_jpeg
from trainer.imaging.codecs.jpeg_structure import JpegStructure, parse_jpeg


@pytest.mark.parametrize("quality", [20, 30, 50, 60, 75, 85, 90, 95, 98])
def test_the_setting_is_found_again(quality: int) -> None:
    found = estimate_jpeg_quality(parse_jpeg(encode_picture(picture(), "JPEG", quality=quality)))
    assert found == pytest.approx(quality, abs=0.5)


def test_tables_of_other_makers_get_a_number() -> None:
    flat = parse_jpeg(encode_picture(picture(), "JPEG", qtables=[[4] * 64, [6] * 64]))
    assert set(flat.quantisation) == {0, 1}
    assert flat.quantisation[1] == (6,) * 64
    assert 90 < estimate_jpeg_quality(flat) < 99
    assert estimate_jpeg_quality(JpegStructure()) == 0.0
    assert estimate_jpeg_quality(JpegStructure(quantisation={0: (255,) * 64})) == pytest.approx(
        11.3, abs=0.1
    )


def damage(data: bytes, number: int) -> bytes:
    """One byte of the pixels changed, a few taken away, or a few put in."""
    rng = np.random.default_rng(number)
    at, bad = int(rng.integers(len(data) // 3, len(data) - 10)), bytearray(data)
    bad[at : at + (0, 1, 7)[number % 3]] = rng.bytes((5, 1, 0)[number % 3])
    return bytes(bad)


@pytest.mark.parametrize(
    "options", [{}, {"progressive": True}, {"restart_marker_blocks": 5}, {"subsampling": 2}]
)
def test_what_libjpeg_makes_of_damage_stays_off_the_terminal(
    options: dict, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encode_picture(picture(120, 160), "JPEG", quality=90, **options)
    read = 0
    for number in range(30):
        for scale in (1.0, 0.25):
            with contextlib.suppress(ImageError):
                read += bool(decode_image(damage(data, number), "x.jpg", min_scale=scale))
    assert read  # some damage is read; libjpeg would complain of it
    assert capfd.readouterr() == ("", "")


def test_metadata_that_make_no_sense_are_passed_over() -> None:
    plain = encode_picture(picture(), "JPEG")
    blocks = (b"\xed\0\x10Photoshop 3.0\0", b"\xe2\0\x08MPF\0\xff\xff", b"\xe1\0\x0aExif\0\0I*")
    for block in blocks:
        data = plain[:2] + b"\xff" + block + plain[2:]
        assert np.array_equal(decode_image(data, "x").pixels, decode_image(plain, "x").pixels)


FLAGS = {
    1: cv2.IMREAD_COLOR_RGB,
    2: cv2.IMREAD_COLOR_RGB | cv2.IMREAD_REDUCED_GRAYSCALE_2,
    4: cv2.IMREAD_COLOR_RGB | cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_COLOR_RGB | cv2.IMREAD_REDUCED_GRAYSCALE_8,
}


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (7, 9), (17, 1100), (1100, 17), (90, 121)])
@pytest.mark.parametrize("options", [{"subsampling": 0}, {"subsampling": 2, "progressive": True}])
def test_all_reductions_are_those_of_libjpeg(size: tuple[int, int], options: dict) -> None:
    data = encode_picture(picture(*size), "JPEG", **options)
    for reduction, flags in FLAGS.items():
        pixels = open_jpeg(data).decode(reduction).planes[0]
        assert pixels.shape == (-(-size[0] // reduction), -(-size[1] // reduction), 3)
        assert pixels.flags.writeable
        if reduction <= min(size):
            assert np.array_equal(pixels, cv2.imdecode(np.frombuffer(data, np.uint8), flags))


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_large_images_are_decoded_alike_and_as_strictly(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = Pillow.fromarray(picture(90, 121)).convert(mode)
    for options in ({"subsampling": 0}, {"subsampling": 2, "progressive": True}):
        data = encode_picture(image, "JPEG", **options)
        small = open_jpeg(data).decode(1).planes[0]
        monkeypatch.setattr("trainer.imaging.codecs.jpeg._LARGE", 100)
        assert np.array_equal(open_jpeg(data).decode(1).planes[0], small)
        monkeypatch.undo()
    whole = encode_picture(image, "JPEG")
    early = whole[: len(whole) * 2 // 3] + b"\xff\xd9"
    for limit in (100, 4e6):
        monkeypatch.setattr("trainer.imaging.codecs.jpeg._LARGE", limit)
        with pytest.raises(ImageError):
            open_jpeg(early).decode(1)
