"""However a program writes a stack, it is read whole; scans of slides are no images of cells."""

from __future__ import annotations

import io
import struct

import cv2
import numpy as np
import pytest
import tifffile

from tests.trainer.imaging.image_files import encode_pages, encode_tiff
from trainer.data.synthetic.scene import draw_stack
from trainer.errors import ImageError
from trainer.imaging import Image, decode_header, decode_image

RGB = {"photometric": "rgb"}
STACK = draw_stack("monocyte", np.random.default_rng(4), planes=4, sharpest=2, size=96)
GREY = np.ascontiguousarray(STACK[..., 1])
CHANNELS_FIRST = np.ascontiguousarray(np.moveaxis(STACK, -1, 1))
MASK = np.where(GREY[2] < GREY[2].mean(), 255, 0).astype(np.uint8)
NOTE = "4 focal planes, plane 3 judged"
APERIO = "Aperio Image Library v12.0.15\r\n46920x33014 [0,100 46000x32914] (256x256)|AppMag = 40"


def write(*pages: tuple[np.ndarray, dict], **options) -> bytes:
    """A TIFF by several calls of the writer."""
    file = io.BytesIO()
    with tifffile.TiffWriter(file, **options) as writer:
        for pixels, more in pages:
            writer.write(pixels, **more)
    return file.getvalue()


def assert_whole(image: Image, stack: np.ndarray = STACK) -> None:
    assert np.array_equal(np.stack(image.planes), stack)
    assert image.sharpest == 2
    assert NOTE in image.notes


@pytest.mark.parametrize(
    "options",
    [{}, {"bigtiff": True}, {"byteorder": ">"}, {"ome": True}],
    ids=["records of tifffile", "BigTIFF", "big-endian", "OME images"],
)
def test_a_stack_written_page_by_page_is_read_whole(options: dict) -> None:
    data = write(*[(plane, RGB) for plane in STACK], **options)
    assert decode_header(data).planes == 4
    assert_whole(decode_image(data, "x.tif"))
    plain = write(*[(plane, {**RGB, "metadata": None}) for plane in STACK])
    assert_whole(decode_image(plain, "x.tif"))
    packed = write(*[(plane, {**RGB, "compression": "deflate"}) for plane in STACK], **options)
    assert_whole(decode_image(packed, "x.tif"))


def test_images_of_ome_that_are_no_planes_are_left_out() -> None:
    small = cv2.resize(STACK[2], (24, 24), interpolation=cv2.INTER_AREA)
    metadata = {"metadata": {"axes": "ZYXS"}}
    data = write((STACK, {**RGB, **metadata}), (small, RGB), (MASK, {}), ome=True)
    image = decode_image(data, "x.tif")
    assert_whole(image)
    assert "page 5 left out: 24 x 24 pixels, not 96 x 96" in image.notes
    assert "page 6 left out: not in colour" in image.notes
    first = write((small, RGB), (STACK, {**RGB, **metadata}), ome=True)
    assert_whole(decode_image(first, "x.tif"))


def test_stacks_that_are_images_of_channels_are_read_whole() -> None:
    one = {"photometric": "minisblack", "metadata": {"axes": "CYX"}}
    data = write(*[(plane, one) for plane in CHANNELS_FIRST], ome=True)
    assert_whole(decode_image(data, "x.tif"))
    two = {"photometric": "minisblack", "metadata": {"axes": "ZCYX"}}
    data = write((CHANNELS_FIRST[:2], two), (CHANNELS_FIRST[2:], two), ome=True)
    assert_whole(decode_image(data, "x.tif"))


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("kind", ["imagej", "shaped"])
@pytest.mark.parametrize(
    ("axes", "stack"),
    [("ZYXS", STACK), ("TYXS", STACK), ("ZCYX", CHANNELS_FIRST), ("ZYX", GREY)],
)
def test_a_stack_in_one_piece_behind_one_directory_is_read_whole(
    axes: str, stack: np.ndarray, kind: str, byteorder: str
) -> None:
    options = {"photometric": "rgb" if axes.endswith("S") else "minisblack"}
    options |= {"imagej": kind == "imagej", "metadata": {"axes": axes}, "byteorder": byteorder}
    if kind == "imagej" and byteorder == "<":
        options["byteorder"] = ">"  # ImageJ writes no other
    data = encode_tiff(stack, truncate=True, **options)
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        assert len(file.pages) == 1
    image = decode_image(data, "x.tif")
    assert_whole(image, np.repeat(GREY[..., None], 3, axis=3) if axes == "ZYX" else STACK)
    assert decode_header(data).planes == 4


@pytest.mark.parametrize("imagej", [True, False])
@pytest.mark.parametrize("missing", [1, 1000, 96 * 96 * 3, 3 * 96 * 96 * 3 - 100])
def test_a_stack_in_one_piece_that_is_cut_is_refused(missing: int, imagej: bool) -> None:
    data = encode_tiff(STACK, truncate=True, imagej=imagej, metadata={"axes": "ZYXS"}, **RGB)
    with pytest.raises(ImageError, match="cut off"):
        decode_image(data[:-missing], "x.tif")


def test_sixteen_bits_in_one_piece() -> None:
    for imagej, deep, axes in ((True, CHANNELS_FIRST, "ZCYX"), (False, STACK, "ZYXS")):
        options = RGB if axes == "ZYXS" else {"photometric": "minisblack"}
        options = {**options, "imagej": imagej, "metadata": {"axes": axes}, "truncate": True}
        data = encode_tiff(deep.astype(np.uint16) * 257, **options)
        assert_whole(decode_image(data, "x.tif"))


def test_a_mask_behind_a_stack_in_one_piece_is_left_out() -> None:
    file = io.BytesIO(encode_tiff(STACK, truncate=True, metadata={"axes": "ZYXS"}, **RGB))
    file.name = "x"
    with tifffile.TiffWriter(file, append=True) as writer:
        writer.write(MASK, photometric="minisblack")
    image = decode_image(file.getvalue(), "x.tif")
    assert_whole(image)
    assert "page 5 left out: not in colour" in image.notes


def encode_stk(planes: np.ndarray, strips: int = 1) -> bytes:
    """MetaMorph's stack: one directory, UIC tags with the number of planes, one piece."""
    count, height, width = planes.shape
    rows = -(-height // strips)
    start = 8
    pixels = planes.astype(planes.dtype.newbyteorder("<")).tobytes()
    row_bytes = width * planes.itemsize
    offsets = [start + row * row_bytes for row in range(0, height, rows)]
    counts = [min(rows, height - row) * row_bytes for row in range(0, height, rows)]
    block = io.BytesIO()
    base = start + len(pixels)

    def put(values: bytes) -> int:
        place = base + block.tell()
        block.write(values)
        return place

    many = len(offsets) > 1
    where = put(struct.pack(f"<{len(offsets)}I", *offsets)) if many else offsets[0]
    lengths = put(struct.pack(f"<{len(counts)}I", *counts)) if many else counts[0]
    times = b"".join(struct.pack("<6I", 1, 1, 2460000, 1000 * i, 2460000, 0) for i in range(count))
    waves = put(struct.pack(f"<{2 * count}I", *([540, 1] * count)))
    entries = [
        *((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8 * planes.itemsize)),
        *((259, 3, 1, 1), (262, 3, 1, 1), (273, 4, len(offsets), where), (277, 3, 1, 1)),
        *((278, 4, 1, rows), (279, 4, len(counts), lengths)),
        (33628, 4, 0, 0),
        *((33629, 5, count, put(times)), (33630, 5, count, waves)),
    ]
    directory = base + block.tell()
    body = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    head = b"II*\0" + struct.pack("<I", directory)
    packed = struct.pack("<H", len(entries)) + body + bytes(4)
    return head + pixels + block.getvalue() + packed


@pytest.mark.parametrize("strips", [1, 5])
def test_a_stack_of_metamorph_is_read_whole(strips: int) -> None:
    for planes in (GREY, GREY.astype(np.uint16) * 257):
        data = encode_stk(planes, strips)
        image = decode_image(data, "x.stk")
        assert_whole(image, np.repeat(GREY[..., None], 3, axis=3))
        assert decode_header(data).planes == 4
    alone = decode_image(encode_stk(GREY[2:3], strips), "x.stk")
    assert np.array_equal(alone.pixels[..., 0], GREY[2])
    with pytest.raises(ImageError):
        decode_image(encode_stk(GREY)[:-10], "x.stk")


def test_a_copied_description_makes_no_stack() -> None:
    """Another program saved one plane, with ImageJ's text on a stack of four."""
    text = "ImageJ=1.53t\nimages=4\nslices=4\nloop=false\n"
    data = encode_pages((STACK[2], {**RGB, "description": text, "compression": "deflate"}))
    with pytest.raises(ImageError, match="missing"):
        decode_image(data, "x.tif")


def test_stacks_in_time_and_depth_are_refused() -> None:
    hyper = np.stack([STACK, STACK])
    for options in ({"imagej": True}, {"ome": True}, {}):
        data = encode_tiff(hyper, metadata={"axes": "TZYXS"}, **RGB, **options)
        with pytest.raises(ImageError, match="time series"):
            decode_image(data, "x.tif")


PYRAMID = [cv2.resize(STACK[2], (side, side)) for side in (256, 128, 64)]
TILES = {**RGB, "tile": (32, 32)}


def region(**options) -> tuple[np.ndarray, dict]:
    return PYRAMID[0], {**RGB, **options}


SCANNERS = {
    "Aperio": {"description": APERIO},
    "Leica": {"description": "<?xml version='1.0'?><scn><collection/></scn>"},
    "Philips": {"software": "Philips DP v1.0", "description": "<?xml?><DataObject></DataObject>"},
    "Akoya": {"software": "PerkinElmer-QPI 2"},
    "Hamamatsu": {"extratags": [(271, 2, 0, "Hamamatsu", True), (65420, 4, 1, 1, True)]},
}


@pytest.mark.parametrize("name", SCANNERS)
def test_a_region_exported_from_a_slide_is_an_image(name: str) -> None:
    text = SCANNERS[name]
    thumbnail = (PYRAMID[2], {**RGB, "subfiletype": 1})
    unmarked = (PYRAMID[2], RGB)
    jpeg = {"compression": "jpeg", "compressionargs": {"level": 99}}
    for pages in (
        [region(**text)],
        [region(**text, tile=(32, 32))],
        [region(**text, tile=(32, 32), **jpeg)],
        [region(**text), thumbnail],
        [region(**text, tile=(32, 32)), thumbnail] if name != "Hamamatsu" else [region(**text)],
        [region(**text), unmarked] if name != "Hamamatsu" else [region(**text)],
    ):
        image = decode_image(encode_pages(*pages), "x.tif")
        assert (image.width, len(image.planes)) == (256, 1)
        assert np.abs(image.pixels.astype(int) - PYRAMID[0]).mean() < 2


@pytest.mark.parametrize("name", SCANNERS)
def test_a_slide_has_levels_in_tiles(name: str) -> None:
    text = SCANNERS[name]
    levels = [(PYRAMID[0], {**TILES, **text})] + [(level, TILES) for level in PYRAMID[1:]]
    label = (PYRAMID[2][:, :50].copy(), {**RGB, "subfiletype": 1})
    for pages in (levels, [levels[0], label, *levels[1:], label]):
        with pytest.raises(ImageError, match="whole slide"):
            decode_image(encode_pages(*pages), "x.tif")


def test_a_region_saved_as_a_pyramid_is_read_at_full_size() -> None:
    """QuPath exports regions so; only the scanner's own files are slides."""
    metadata = {"axes": "YXS"}
    data = write(
        (PYRAMID[0], {**TILES, "subifds": 2, "metadata": metadata}),
        *[(level, {**TILES, "subfiletype": 1}) for level in PYRAMID[1:]],
        ome=True,
    )
    image = decode_image(data, "x.ome.tif")
    assert np.array_equal(image.pixels, PYRAMID[0])
    chain = encode_pages(*[(level, TILES) for level in PYRAMID])
    image = decode_image(chain, "x.tif")
    assert np.array_equal(image.pixels, PYRAMID[0])
    assert len(image.notes) == 2
