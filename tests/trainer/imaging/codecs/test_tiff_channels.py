"""Channels that lie one by one in a TIFF come out as red, green and blue, whatever their order."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from tests.trainer.imaging.image_files import encode_pages, encode_tiff, focal_stack, picture
from trainer.errors import ImageError
from trainer.imaging import decode_image

PICTURE = picture()
NAMES = ("Red", "Green", "Blue")
RGBA = (0xFF0000FF - 2**32, 0x00FF00FF, 0x0000FFFF)
"""OME's numbers for red, green and blue: signed, with alpha last."""
ORDERS = list(permutations(range(3)))


def channels(order: tuple[int, ...]) -> np.ndarray:
    """The picture's channels in this order, (3, H, W)."""
    return np.ascontiguousarray(np.moveaxis(PICTURE[..., list(order)], -1, 0))


def encode_ome(samples: np.ndarray, axes: str = "CYX", **channel: list) -> bytes:
    metadata = {"axes": axes, "Channel": channel}
    return encode_tiff(samples, ome=True, photometric="minisblack", metadata=metadata)


def table(colour: int) -> np.ndarray:
    """ImageJ's lookup table of a channel that is shown in one colour."""
    lut = np.zeros((3, 256), np.uint8)
    lut[colour] = np.arange(256)
    return lut


@pytest.mark.parametrize("order", ORDERS)
def test_ome_names_and_colours_count(order: tuple[int, ...]) -> None:
    for given in (
        {"Name": [NAMES[index] for index in order]},
        {"Color": [RGBA[index] for index in order]},
        {"Name": [f"TL {NAMES[index]} (camera)" for index in order], "Color": [-1, -1, -1]},
        {"Name": ["C1", "C2", "C3"], "Color": [RGBA[index] for index in order]},
        {"Name": [("Rot", "Grün", "Blau")[index] for index in order]},
        {"Name": ["RGB"[index] for index in order]},
    ):
        image = decode_image(encode_ome(channels(order), **given), "x.ome.tif")
        assert np.array_equal(image.pixels, PICTURE), given
        assert any("by their" in note for note in image.notes)
        assert not image.grey


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("given", ["LUTs", "Labels"])
def test_tables_and_labels_of_imagej_count(order: tuple[int, ...], given: str) -> None:
    values = [table(index) if given == "LUTs" else NAMES[index] for index in order]
    metadata = {"axes": "CYX", "mode": "composite", given: values}
    data = encode_tiff(channels(order), imagej=True, metadata=metadata)
    assert np.array_equal(decode_image(data, "x.tif").pixels, PICTURE)


@pytest.mark.parametrize(
    "given", [{"Channel": {"Name": list(NAMES[::-1])}}, {"Labels": NAMES[::-1]}]
)
def test_names_that_tifffile_writes_down_count(given: dict) -> None:
    metadata = {"axes": "CYX", **given}
    data = encode_tiff(channels((2, 1, 0)), photometric="minisblack", metadata=metadata)
    assert np.array_equal(decode_image(data, "x.tif").pixels, PICTURE)


@pytest.mark.parametrize("tag", [285, 270])
@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0)])
def test_names_of_pages_count(tag: int, order: tuple[int, ...]) -> None:
    stack = focal_stack(PICTURE)[:2]
    pages = []
    for plane in stack:
        for index in order:
            options = {"photometric": "minisblack", "extratags": [(tag, 2, 0, NAMES[index], True)]}
            pages.append((np.ascontiguousarray(plane[..., index]), options))
    one = decode_image(encode_pages(*pages[:3]), "x.tif")
    assert len(one.planes) == 1
    assert np.array_equal(one.pixels, PICTURE)
    both = decode_image(encode_pages(*pages), "x.tif")
    assert np.array_equal(np.stack(both.planes), stack)


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 2, 0)])
def test_palettes_of_one_colour_count(order: tuple[int, ...]) -> None:
    pages = []
    for index in order:
        ramp = np.zeros((3, 256), np.uint16)
        ramp[index] = np.arange(256) * 257
        samples = np.ascontiguousarray(PICTURE[..., index])
        pages.append((samples, {"photometric": "palette", "colormap": ramp}))
    image = decode_image(encode_pages(*pages), "x.tif")
    assert len(image.planes) == 1
    assert np.array_equal(image.pixels, PICTURE)
    assert not image.grey


def test_stacks_of_planes_and_channels_are_ordered_plane_by_plane() -> None:
    stack = focal_stack(PICTURE)
    blue_first = np.moveaxis(stack[..., ::-1], -1, 1)
    names = {"Name": list(NAMES[::-1])}
    for axes, samples in (("ZCYX", blue_first), ("CZYX", np.moveaxis(blue_first, 1, 0))):
        image = decode_image(encode_ome(np.ascontiguousarray(samples), axes, **names), "x.tif")
        assert np.array_equal(np.stack(image.planes), stack)


def test_what_names_do_not_say_is_taken_in_order() -> None:
    for names in (["a", "b", "c"], ["Red", "Red", "Blue"], ["DAPI", "", "red green"]):
        image = decode_image(encode_ome(channels((0, 1, 2)), Name=names), "x.tif")
        assert np.array_equal(image.pixels, PICTURE)
        assert "3 channels, read as red, green and blue" in image.notes
    two = decode_image(encode_ome(channels((2, 0, 1)), Name=["Blue", "Red", "?"]), "x.tif")
    assert np.array_equal(two.pixels, PICTURE)


def test_three_colours_among_more_channels_are_found() -> None:
    four = np.concatenate([PICTURE[None, ..., 0] // 2, channels((2, 1, 0))])
    image = decode_image(encode_ome(four, Name=["Phase", *NAMES[::-1]]), "x.tif")
    assert np.array_equal(image.pixels, PICTURE)
    assert "1 further channel left out" in image.notes
    with pytest.raises(ImageError, match="4 channels that are not red, green and blue"):
        decode_image(encode_ome(four, Name=["a", "b", "c", "d"]), "x.tif")
