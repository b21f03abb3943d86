"""The quality of a JPEG from its tables, against the setting that Pillow was given."""

from __future__ import annotations

import pytest

from tests.trainer.imaging.image_files import encode_picture, picture
from trainer.imaging.codecs.jpeg import estimate_jpeg_quality
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
