"""What a PNG carries beside its pixels, where a decoder alone would pass over it."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import (
    build_chunk,
    build_exif,
    build_png,
    encode_picture,
    picture,
    swapped_profile,
)
from trainer.errors import ImageError
from trainer.imaging import decode_image

PICTURE = picture()
ROWS = b"".join(b"\0" + row.tobytes() for row in PICTURE)
END = build_chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", [b"tRNS", b"iCCP", b"eXIf"])
def test_a_wrong_checksum_of_what_changes_the_pixels_is_refused(kind: bytes) -> None:
    palette = Pillow.fromarray(PICTURE).quantize(8)
    extras = {"exif": build_exif(6), "icc_profile": swapped_profile()}
    data = bytearray(encode_picture(palette, "PNG", transparency=3, **extras))
    data[data.index(kind) + 5] ^= 1
    with pytest.raises(ImageError, match="checksum"):
        decode_image(bytes(data), "x.png")


def test_an_orientation_behind_the_pixels_is_applied() -> None:
    whole = build_png(64, 48, 8, 2, ROWS)
    orientation = build_chunk(b"eXIf", build_exif(3).removeprefix(b"Exif\0\0"))
    image = decode_image(whole.removesuffix(END) + orientation + END, "x.png")
    assert np.array_equal(image.pixels, PICTURE[::-1, ::-1])


def test_large_metadata_are_no_fault() -> None:
    profile = build_chunk(b"iCCP", b"x\0\0" + zlib.compress(swapped_profile() + bytes(2**21)))
    text = build_chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(2**21)))
    image = decode_image(build_png(64, 48, 8, 2, ROWS, profile, text), "x.png")
    assert any("converted to sRGB" in note for note in image.notes)


@pytest.mark.parametrize(
    "chunk",
    [
        build_chunk(b"iCCP", b"x\0\0" + zlib.compress(b"no profile")),
        build_chunk(b"sBIT", b"\0\0\0"),
        build_chunk(b"gAMA", b"\0"),
        build_chunk(b"eXIf", b"abc"),
        build_chunk(b"tRNS", b"\0"),
        build_chunk(b"PLTE", bytes(30)),
    ],
)
def test_what_libpng_makes_of_metadata_stays_off_the_terminal(
    chunk: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert np.array_equal(decode_image(build_png(64, 48, 8, 2, ROWS, chunk), "x").pixels, PICTURE)
    assert capfd.readouterr() == ("", "")


def test_a_transparent_colour_is_white() -> None:
    first = PICTURE[0, 0]
    key = build_chunk(b"tRNS", b"".join(int(part).to_bytes(2) for part in first))
    image = decode_image(build_png(64, 48, 8, 2, ROWS, key), "x.png")
    assert (image.pixels[(first == PICTURE).all(axis=2)] == 255).all()
