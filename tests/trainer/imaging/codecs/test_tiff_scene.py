"""Of the pages of a TIFF those are planes that show the scene; whatever else is there is named."""

from __future__ import annotations

from itertools import permutations

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from tests.paths import SHARED
from tests.trainer.imaging.image_files import encode_pages, encode_picture
from trainer.data.synthetic.scene import draw_cell_with_truth, draw_stack
from trainer.errors import ImageError
from trainer.imaging import Image, decode_image, read_image

SIZE = 160
RGB, GREY = {"photometric": "rgb"}, {"photometric": "minisblack"}
DRAWN = draw_cell_with_truth("basophil", np.random.default_rng(3), size=SIZE)
CELL = DRAWN.pixels
MASK = np.where(DRAWN.cell, 255, 0).astype(np.uint8)
STACK = draw_stack("basophil", np.random.default_rng(1), planes=4, sharpest=2, size=SIZE)
GREY_CELL = CELL[..., 1]
CONTOURS, _ = cv2.findContours(MASK, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)


def in_colour(mask: np.ndarray) -> np.ndarray:
    return np.repeat(mask[..., None], 3, axis=2)


def outlined(colour: tuple[int, int, int], width: int = 2) -> np.ndarray:
    pixels = CELL.copy()
    cv2.drawContours(pixels, CONTOURS, -1, colour, width)
    return pixels


def labels() -> np.ndarray:
    """A label image: the cell is 1, two of its neighbours 2 and 3."""
    image = (MASK > 0).astype(np.uint8)
    image[:30, :30], image[-30:, -30:] = 2, 3
    return image


def heat_map() -> np.ndarray:
    heat = cv2.GaussianBlur(MASK, (0, 0), 12)
    return np.asarray(cv2.applyColorMap(heat, cv2.COLORMAP_JET)[..., ::-1])


def scale_bar(pixels: np.ndarray) -> np.ndarray:
    marked = pixels.copy()
    marked[-20:-14, 20:90] = 0
    cv2.putText(marked, "10 um", (20, SIZE - 26), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1)
    return marked


def decode_pages(*pages: tuple[np.ndarray, dict]) -> Image:
    return decode_image(encode_pages(*pages), "x.tif")


OTHER_PAGES = {
    "8-bit mask": (MASK, GREY),
    "inverted mask": (255 - MASK, GREY),
    "1-bit mask": (MASK > 0, GREY),
    "16-bit labels": (labels().astype(np.uint16) * 300, GREY),
    "labels": (labels(), GREY),
    "32-bit labels": (labels().astype(np.int32), GREY),
    "probabilities": ((MASK / 255).astype(np.float32), GREY),
    "mask in colour": (in_colour(MASK), RGB),
    "inverted mask in colour": (in_colour(255 - MASK), RGB),
    "soft mask in colour": (in_colour(cv2.GaussianBlur(MASK, (0, 0), 1)), RGB),
    "red labels": (np.array([(0, 0, 0), (255, 0, 0), (0, 255, 0), (0, 0, 255)])[labels()], RGB),
    "pale labels": (
        np.array([(90, 80, 99), (200, 150, 1), (9, 90, 80), (1, 2, 99)])[labels()],
        RGB,
    ),
    "outline alone": (outlined((0, 255, 0)) - CELL, RGB),
    "scale bar": (scale_bar(np.full_like(CELL, 255)), RGB),
    "heat map": (heat_map(), RGB),
    "heat map laid over": (CELL // 2 + heat_map() // 2, RGB),
    "colour map": (
        cv2.applyColorMap(cv2.GaussianBlur(MASK, (0, 0), 12), cv2.COLORMAP_VIRIDIS),
        RGB,
    ),
    "tinted cell": (np.where(MASK[..., None] > 0, CELL * 0.6 + (100, 0, 0), CELL), RGB),
    "green outline": (outlined((0, 255, 0)), RGB),
    "thin yellow outline": (outlined((255, 255, 0), 1), RGB),
    "white outline": (outlined((255, 255, 255)), RGB),
    "black outline": (outlined((0, 0, 0)), RGB),
    "copy with scale bar": (scale_bar(CELL), RGB),
    "copy without colour": (in_colour(GREY_CELL), RGB),
    "grey copy": (GREY_CELL, GREY),
    "white": (np.full_like(CELL, 255), RGB),
    "black": (np.zeros_like(CELL), RGB),
    "thumbnail": (cv2.resize(CELL, (40, 40), interpolation=cv2.INTER_AREA), RGB),
}
OTHER_PAGES = {
    name: (pixels.astype(np.uint8) if pixels.dtype in (np.int64, np.float64) else pixels, options)
    for name, (pixels, options) in OTHER_PAGES.items()
}


@pytest.mark.parametrize("name", OTHER_PAGES)
def test_a_page_that_is_no_plane_is_left_out_and_named(name: str) -> None:
    for number, pages in enumerate(permutations([OTHER_PAGES[name], (CELL, RGB)]), start=1):
        image = decode_pages(*pages)
        assert np.array_equal(image.pixels, CELL)
        assert len(image.planes) == 1
        assert not image.grey
        (note,) = image.notes
        assert note.startswith(f"page {number} left out: ")


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize("name", ["8-bit mask", "mask in colour", "heat map", "thumbnail", "white"])
def test_the_planes_around_a_page_that_is_none_are_kept(name: str, place: int) -> None:
    pages = [(plane, RGB) for plane in STACK]
    pages.insert(place, OTHER_PAGES[name])
    image = decode_pages(*pages)
    assert np.array_equal(np.stack(image.planes), STACK)
    assert image.sharpest == 2
    assert image.notes[0].startswith(f"page {place + 1} left out: ")
    assert image.notes[1:] == ("4 focal planes, plane 3 judged",)


def test_the_planes_are_the_same_at_every_size() -> None:
    pages = [OTHER_PAGES["heat map"], *((plane, RGB) for plane in STACK), OTHER_PAGES["labels"]]
    data = encode_pages(*pages)
    whole = decode_image(data, "x.tif")
    for scale in (0.5, 0.25, 0.125):
        reduced = decode_image(data, "x.tif", min_scale=scale)
        assert reduced.scale == scale
        assert len(reduced.planes) == len(whole.planes) == 4
        assert reduced.notes[:-1] == whole.notes[:-1]


def test_a_mask_among_grey_planes_is_left_out() -> None:
    grey = [np.ascontiguousarray(plane[..., 1]) for plane in STACK]
    for place, mask in enumerate((MASK, 255 - MASK, labels())):
        pages = [(plane, GREY) for plane in grey]
        pages.insert(place, (mask, GREY))
        image = decode_pages(*pages)
        assert (len(image.planes), image.sharpest, image.grey) == (4, 2, True)
        assert image.notes[0] == f"page {place + 1} left out: a mask or drawing"


def test_a_mask_does_not_scale_deep_samples() -> None:
    deep = CELL.astype(np.uint16) * 16
    deep[0, 0] = 4095
    mask = in_colour(MASK).astype(np.uint16) * 257
    for pages in permutations([(deep, RGB), (mask, RGB)]):
        image = decode_pages(*pages)
        assert "12-bit in 16-bit samples, scaled by 255/4095" in image.notes
        assert np.abs(image.pixels.astype(int) - CELL)[1:].max() <= 1


def test_a_palette_is_a_mask_or_an_image() -> None:
    mask = Pillow.fromarray((MASK > 0).astype(np.uint8)).convert("P")
    mask.putpalette([0, 0, 0, 255, 0, 0] * 128)
    cell = Pillow.fromarray(CELL)
    for first, second in ((mask, cell), (cell, mask)):
        data = encode_picture(first, "TIFF", save_all=True, append_images=[second])
        assert np.array_equal(decode_image(data, "x.tif").pixels, CELL)
    few = cell.quantize(200)
    data = encode_picture(few, "TIFF", save_all=True, append_images=[Pillow.fromarray(MASK)])
    assert np.array_equal(decode_image(data, "x.tif").pixels, np.asarray(few.convert("RGB")))


def test_drawings_are_found_after_compression() -> None:
    jpegs = [
        cv2.imdecode(cv2.imencode(".jpg", pixels[..., ::-1])[1], 1)[..., ::-1]
        for pixels in (outlined((0, 255, 0)), CELL)
    ]
    image = decode_pages(*[(np.ascontiguousarray(pixels), RGB) for pixels in jpegs])
    assert np.array_equal(image.pixels, jpegs[1])
    assert image.notes == ("page 1 left out: a copy with drawing",)


@pytest.mark.parametrize("count", [2, 3, 12])
def test_different_cells_in_one_file_are_refused(count: int) -> None:
    rng = np.random.default_rng(5)
    kinds = ("basophil", "monocyte", "erythroblast")
    cells = [draw_cell_with_truth(kinds[i % 3], rng, size=SIZE).pixels for i in range(count)]
    with pytest.raises(ImageError) as caught:
        decode_pages(*[(cell, RGB) for cell in cells])
    assert f"show {count} scenes" in caught.value.message
    assert "Save each" in caught.value.hint


@pytest.mark.parametrize("square", [True, False])
def test_different_cells_of_different_sizes_are_refused(square: bool) -> None:
    rng = np.random.default_rng(6)
    cells = []
    for index, kind in enumerate(("basophil", "monocyte", "erythroblast", "myeloblast") * 2):
        side = 90 + 7 * index
        cell = draw_cell_with_truth(kind, rng, size=side).pixels
        cells.append(cell if square else cell[: side - 3 * index])
    with pytest.raises(ImageError, match="show 8 scenes"):
        decode_pages(*[(np.ascontiguousarray(cell), RGB) for cell in cells])


def test_reduced_copies_are_no_other_cells() -> None:
    copies = [(cv2.resize(CELL, (side, side)), RGB) for side in (SIZE, 80, 56, 40, 20)]
    image = decode_pages(*copies)
    assert np.array_equal(image.pixels, CELL)
    assert len(image.notes) == 4


def test_two_stacks_in_one_file_are_refused() -> None:
    other = draw_stack("monocyte", np.random.default_rng(9), planes=3, size=SIZE)
    with pytest.raises(ImageError, match="show 2 scenes"):
        decode_pages(*[(plane, RGB) for plane in (*STACK, *other)])


def test_planes_may_be_dimmer_shifted_and_far_out_of_focus() -> None:
    slope = np.linspace(0.7, 1.0, SIZE)[None, :, None]
    planes = [
        CELL,
        np.roll(CELL * slope, (3, -3), (0, 1)),
        cv2.GaussianBlur(CELL, (0, 0), 0.08 * SIZE),
        np.roll(cv2.GaussianBlur(CELL, (0, 0), 3) * slope[:, ::-1], (-2, 4), (0, 1)),
    ]
    image = decode_pages(*[(plane.astype(np.uint8), RGB) for plane in planes])
    assert len(image.planes) == 4
    assert image.notes == (f"4 focal planes, plane {image.sharpest + 1} judged",)


@pytest.mark.parametrize("glass", [(235, 225, 230), (255, 255, 255)])
def test_even_drawings_of_cells_are_planes(glass: tuple[int, int, int]) -> None:
    """Without noise or texture, as a program draws them."""
    cell = np.full((SIZE, SIZE, 3), glass, np.uint8)
    for place, radius, colour in (
        ((80, 80), 36, (190, 170, 210)),
        ((76, 84), 22, (90, 50, 140)),
        ((20, 30), 16, (230, 170, 165)),
        ((140, 110), 17, (228, 168, 160)),
    ):
        cv2.circle(cell, place, radius, colour, -1)
    planes = [cv2.GaussianBlur(cell, (0, 0), sigma) for sigma in (6, 3, 0.3, 2)]
    mask = np.where(cell[..., 1] == 50, 255, 0).astype(np.uint8)
    for other in ((mask, GREY), (in_colour(mask), RGB), (in_colour(255 - mask), RGB)):
        pages = [(plane, RGB) for plane in planes]
        for place in (0, 2, 4):
            image = decode_pages(*pages[:place], other, *pages[place:])
            assert (len(image.planes), image.sharpest) == (4, 2)
            assert image.notes[0].startswith(f"page {place + 1} left out: ")


def test_equal_planes_are_planes() -> None:
    assert len(decode_pages(*[(CELL, RGB)] * 3).planes) == 3


def test_a_larger_copy_of_the_thumbnail_is_the_image() -> None:
    thumbnail = OTHER_PAGES["thumbnail"]
    image = decode_pages(thumbnail, (CELL, RGB))
    assert (image.width, image.height) == (SIZE, SIZE)
    assert image.notes == ("page 1 left out: 40 x 40 pixels, not 160 x 160",)


@pytest.mark.parametrize("sides", [(320, 320), (260, 190), (60, 200), (80, 80)])
@pytest.mark.parametrize(
    "name", ["mask in colour", "red labels", "pale labels", "heat map", "scale bar", "white"]
)
def test_a_drawing_of_another_size_is_not_the_image(name: str, sides: tuple[int, int]) -> None:
    """Whether larger or smaller, of the same shape or not, before the image or behind it."""
    drawing = cv2.resize(OTHER_PAGES[name][0], sides, interpolation=cv2.INTER_NEAREST)
    for pages in ([drawing, CELL], [CELL, drawing], [drawing, *STACK]):
        image = decode_pages(*[(page, RGB) for page in pages])
        assert (image.width, image.height) == (SIZE, SIZE)
        assert len(image.planes) == (4 if len(pages) == 5 else 1)
        assert "not 160 x 160" in image.notes[0]


def test_a_drawing_in_colour_is_not_the_image_where_that_is_grey() -> None:
    mask = cv2.resize(OTHER_PAGES["mask in colour"][0], (320, 320))
    image = decode_pages((mask, RGB), (GREY_CELL, GREY))
    assert (image.width, image.grey) == (SIZE, True)


def test_a_thumbnail_of_an_even_drawing_is_not_the_image() -> None:
    cell = np.full((SIZE, SIZE, 3), (235, 225, 230), np.uint8)
    cv2.circle(cell, (80, 80), 40, (190, 170, 210), -1)
    cv2.circle(cell, (76, 84), 24, (90, 50, 140), -1)
    thumbnail = cv2.resize(cv2.GaussianBlur(cell, (0, 0), 3), (60, 60))
    assert decode_pages((cell, RGB), (thumbnail, RGB)).width == SIZE


def test_label_and_macro_of_a_slide_are_left_out() -> None:
    label, macro = CELL[:70, :110].copy(), cv2.resize(STACK[0], (400, 100))
    image = decode_pages((CELL, RGB), (label, RGB), (macro, RGB))
    assert np.array_equal(image.pixels, CELL)
    assert image.notes == (
        "page 2 left out: 110 x 70 pixels, not 160 x 160",
        "page 3 left out: 400 x 100 pixels, not 160 x 160",
    )


@pytest.mark.parametrize(
    "text", ["Aperio Image Library v10.0.51\r\nlabel 387x463", "Label Image", "macro", "Thumbnail"]
)
def test_pages_that_are_named_as_previews_are_left_out(text: str) -> None:
    preview = (np.ascontiguousarray(CELL[:70, ::-1]), {**RGB, "description": text})
    for pages in permutations([preview, (CELL, RGB)]):
        image = decode_pages(*pages)
        assert np.array_equal(image.pixels, CELL)
        assert image.notes == ("1 preview left out",)
    named = decode_pages((CELL, {**RGB, "description": "a label image of mine, macro lens"}))
    assert np.array_equal(named.pixels, CELL)


@pytest.mark.parametrize(
    ("name", "planes", "sharpest"),
    [
        ("pages/basophil_04.tif", 1, 0),
        ("pages/basophil_05.tif", 1, 0),
        ("planes/loop_stack.tif", 4, 2),
    ],
)
def test_files_of_labs(name: str, planes: int, sharpest: int) -> None:
    path = SHARED / "cases" / name
    if not path.is_file():
        pytest.skip("the files are not here")
    image = read_image(path)
    assert (len(image.planes), image.sharpest) == (planes, sharpest)
