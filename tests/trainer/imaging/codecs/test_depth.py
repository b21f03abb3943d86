"""The depth of 16-bit samples, where the file states it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.trainer.imaging.image_files import build_chunk, build_png, encode_tiff, picture
from trainer.imaging import decode_header, decode_image

PICTURE = picture()
DARK = (PICTURE.astype(np.uint16) * 16) // 5
"""A dark image of a camera of 12 bits: at most 816, which 10 bits would hold."""
TWELVE = "12-bit in 16-bit samples, scaled by 255/4095"


def build_deep_png(samples: np.ndarray, *more: bytes, colour: int = 2) -> bytes:
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    return build_png(samples.shape[1], samples.shape[0], 16, colour, rows, *more)


def apart(a: Any, b: Any) -> int:
    return int(np.abs(np.asarray(a, int) - np.asarray(b, int)).max())


def state_in_ome(samples: np.ndarray, bits: int) -> bytes:
    metadata = {"axes": "YXS", "SignificantBits": bits}
    return encode_tiff(samples, ome=True, photometric="rgb", metadata=metadata)


def state_in_text(samples: np.ndarray, bits: int) -> bytes:
    return encode_tiff(samples, photometric="rgb", description=f"Bit depth: {bits}", metadata=None)


def state_in_record(samples: np.ndarray, bits: int) -> bytes:
    return encode_tiff(samples, photometric="rgb", metadata={"BitDepth": bits})


def state_in_imagej(samples: np.ndarray, bits: int) -> bytes:
    info = {"Info": f"Camera = x\nSignificantBits = {bits}\n"}
    return encode_tiff(samples, imagej=True, metadata={"axes": "YXS", **info})


def state_in_tag(samples: np.ndarray, bits: int) -> bytes:
    tag = (281, 3, 3, (2**bits - 1,) * 3, True)
    return encode_tiff(samples, photometric="rgb", extratags=[tag])


def state_in_png(samples: np.ndarray, bits: int) -> bytes:
    return build_deep_png(samples, build_chunk(b"sBIT", bytes([bits] * 3)))


STATED = [state_in_ome, state_in_text, state_in_record, state_in_imagej, state_in_tag, state_in_png]


@pytest.mark.parametrize("state", STATED)
def test_the_depth_that_a_file_states_counts(state) -> None:
    data = state(DARK, 12)
    assert decode_header(data).significant == 12
    image = decode_image(data, "x")
    assert TWELVE in image.notes
    assert apart(image.pixels, np.round(DARK / 4095 * 255)) == 0


@pytest.mark.parametrize("state", STATED)
def test_what_the_samples_contradict_is_not_believed(state) -> None:
    bright = PICTURE.astype(np.uint16) * 16 + 5
    image = decode_image(state(bright, 10), "x")
    assert apart(image.pixels, np.round(bright / 4095 * 255)) == 0


@pytest.mark.parametrize("state", [state_in_ome, state_in_text, state_in_png])
def test_sixteen_bits_say_nothing(state) -> None:
    bright = PICTURE.astype(np.uint16) * 16
    assert TWELVE in decode_image(state(bright, 16), "x").notes


def test_samples_that_png_scales_up_fill_their_sixteen_bits() -> None:
    sbit = build_chunk(b"sBIT", bytes([12] * 3))
    twelve = PICTURE.astype(np.uint16) * 16
    for scaled in (twelve << 4, (twelve << 4) | (twelve >> 8), (DARK << 4)):
        image = decode_image(build_deep_png(scaled, sbit), "x.png")
        assert "16-bit, scaled by 1/257" in image.notes
        assert apart(image.pixels, np.round(scaled / 65535 * 255)) == 0


def test_the_bits_of_alpha_are_not_those_of_the_colours() -> None:
    rgba = np.dstack([DARK, np.full((48, 64), 65535, np.uint16)])
    data = build_deep_png(rgba, build_chunk(b"sBIT", bytes([12, 12, 12, 16])), colour=6)
    assert TWELVE in decode_image(data, "x.png").notes
    grey = build_deep_png(DARK[..., :1], build_chunk(b"sBIT", b"\x0c"), colour=0)
    assert TWELVE in decode_image(grey, "x.png").notes
