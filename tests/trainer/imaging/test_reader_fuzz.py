"""Whatever the bytes are: an `Image` or an `ImageError`, and never a warning."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow

from tests.trainer.imaging.image_files import (
    build_exif,
    encode_pages,
    encode_picture,
    encode_tiff,
    focal_stack,
    picture,
    srgb_profile,
    swapped_profile,
)
from trainer.errors import ImageError
from trainer.imaging import Image, decode_image

SMALL = picture(20, 28)
META = {"exif": build_exif(6), "icc_profile": swapped_profile()}
RGB = {"photometric": "rgb"}
STACK = focal_stack(SMALL)[:2]
FILES = {
    "jpeg": encode_picture(SMALL, "JPEG", **META),
    "progressive": encode_picture(SMALL, "JPEG", progressive=True, icc_profile=srgb_profile()),
    "restarts": encode_picture(SMALL, "JPEG", restart_marker_blocks=1),
    "cmyk": encode_picture(Pillow.fromarray(SMALL).convert("CMYK"), "JPEG"),
    "png": encode_picture(SMALL, "PNG", **META),
    "palette": encode_picture(Pillow.fromarray(SMALL).quantize(8), "PNG", transparency=2),
    "bmp": encode_picture(SMALL, "BMP"),
    "webp": encode_picture(SMALL, "WebP", **META),
    "lossless webp": encode_picture(SMALL, "WebP", lossless=True),
    "tiff": encode_tiff(SMALL, photometric="rgb"),
    "lzw": encode_picture(SMALL, "TIFF", compression="tiff_lzw", icc_profile=srgb_profile()),
    "packbits": encode_picture(Pillow.fromarray(SMALL).quantize(8), "TIFF", compression="packbits"),
    "tiles": encode_tiff(
        SMALL, photometric="rgb", tile=(16, 16), compression="deflate", predictor=True
    ),
    "jpeg in tiff": encode_tiff(SMALL, photometric="rgb", tile=(16, 16), compression="jpeg"),
    "sixteen bits": encode_tiff(STACK.astype(np.uint16) << 4, photometric="rgb", compression="lzw"),
    "imagej": encode_tiff(STACK, photometric="rgb", imagej=True, metadata={"axes": "ZYXS"}),
    "mask behind": encode_pages((SMALL, RGB), (SMALL[..., 0] // 128 * 255, {})),
    "mask before": encode_pages((SMALL // 128 * 255, RGB), (SMALL, RGB)),
    "one piece": encode_tiff(STACK, photometric="rgb", truncate=True, metadata={"axes": "ZYXS"}),
    "imagej in one piece": encode_tiff(
        STACK, photometric="rgb", imagej=True, truncate=True, metadata={"axes": "ZYXS"}
    ),
    "ome": encode_tiff(STACK, photometric="rgb", ome=True, metadata={"axes": "ZYXS"}),
}
CALM = settings(
    max_examples=60,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def image_or_refusal(data: bytes, scale: float) -> Image | None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            image = decode_image(data, "x", min_scale=scale, limit_megapixels=1)
        except ImageError as error:
            assert error.message
            image = None
    assert [str(warning.message) for warning in caught] == []
    if image is not None:
        assert {plane.shape for plane in image.planes} == {image.pixels.shape}
        assert image.pixels.dtype == np.uint8
        assert image.pixels.shape[2] == 3
    return image


@pytest.mark.parametrize("name", FILES)
@CALM
@given(data=st.data())
def test_cut_files(name: str, data: st.DataObject) -> None:
    whole = FILES[name]
    length = data.draw(st.integers(0, len(whole) - 1))
    scale = data.draw(st.sampled_from([1.0, 0.5, 0.125]))
    assert image_or_refusal(whole[:length], scale) is None


@pytest.mark.parametrize("name", FILES)
@CALM
@given(data=st.data())
def test_flipped_bytes(name: str, data: st.DataObject) -> None:
    damaged = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    image_or_refusal(bytes(damaged), data.draw(st.sampled_from([1.0, 0.25])))


@pytest.mark.parametrize("name", FILES)
@CALM
@given(data=st.data())
def test_bytes_lost_from_or_added_to_the_middle(name: str, data: st.DataObject) -> None:
    whole = FILES[name]
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    image_or_refusal(whole[:start] + data.draw(st.binary(max_size=30)) + whole[end:], 1.0)


@CALM
@given(start=st.sampled_from(list(FILES.values())), noise=st.binary(max_size=400))
def test_noise_behind_a_plausible_beginning(start: bytes, noise: bytes) -> None:
    for length in (2, 4, 12, 30):
        image_or_refusal(start[:length] + noise, 1.0)


PAGES = {
    "cell": (SMALL, RGB),
    "out of focus": (STACK[1], RGB),
    "another cell": (picture(20, 28, seed=8)[::-1], RGB),
    "mask": (SMALL[..., 0] // 128 * 255, {}),
    "bits": (SMALL[..., 0] > 128, {}),
    "mask in colour": (SMALL // 128 * 255, RGB),
    "deep": (SMALL.astype(np.uint16) * 257, RGB),
    "grey": (SMALL[..., 1].copy(), {}),
    "labels": (SMALL[..., 0].astype(np.int32), {}),
    "numbers": (SMALL[..., 0] / np.float32(255), {}),
    "thumbnail": (SMALL[::2, ::2].copy(), {**RGB, "subfiletype": 1}),
    "larger": (picture(40, 56), RGB),
    "odd": (picture(9, 30), {**RGB, "compression": "deflate"}),
    "alpha": (np.dstack([SMALL, SMALL[..., 0]]), {**RGB, "extrasamples": ["unassalpha"]}),
    "white": (np.full_like(SMALL, 255), RGB),
    "point": (SMALL[:1, :1].copy(), RGB),
}


@CALM
@given(names=st.lists(st.sampled_from(sorted(PAGES)), min_size=1, max_size=7))
def test_any_mix_of_pages(names: list[str]) -> None:
    image = image_or_refusal(encode_pages(*[PAGES[name] for name in names]), 1.0)
    if image is not None:
        left_out = [note for note in image.notes if "left out" in note and "preview" not in note]
        pages = sum(len(note.split(" left out")[0].split(",")) for note in left_out)
        previews = sum(int(note.split()[0]) for note in image.notes if "preview" in note)
        assert len(image.planes) + pages + previews == len(names)
