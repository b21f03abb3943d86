"""Slides: levels, regions, what is no slide, and files that are damaged or hostile."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

from trainer.domain import Box
from trainer.errors import ImageError
from trainer.imaging.slides.slide import NOT_SCANNED, find_slide, open_slide


def write_pyramid(path: Path, levels: list[np.ndarray], **options) -> Path:
    options = {"photometric": "rgb", "tile": (256, 256), "metadata": None, **options}
    with tifffile.TiffWriter(path, bigtiff=True) as file:
        for at, level in enumerate(levels):
            file.write(level, subfiletype=int(at > 0), **options)
    return path


@pytest.fixture(scope="module")
def noise() -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    sizes = ((300, 4200), (150, 2100), (75, 1050))
    return [rng.integers(0, 256, (*size, 3), np.uint8) for size in sizes]


def test_the_levels_and_the_pixel_size_of_a_drawn_slide(slide):
    opened = open_slide(slide.path)
    assert [(each.width, each.height) for each in opened.levels] == [
        (4096, 4096),
        (2048, 2048),
        (1024, 1024),
    ]
    assert opened.pixel_size is not None
    assert opened.pixel_size.micrometres == pytest.approx(7.5 / 30)
    assert [opened.level_for(factor) for factor in (0.5, 1, 3.9, 4, 100)] == [0, 0, 1, 2, 2]


@pytest.mark.parametrize("compression", ["zlib", "lzw", None])
def test_a_region_is_what_was_written(tmp_path, noise, compression):
    opened = open_slide(write_pyramid(tmp_path / "a.tif", noise, compression=compression))
    for number, level in enumerate(noise):
        region = opened.read_region(number, 200, 10, 700, 60)
        np.testing.assert_array_equal(region, level[10:70, 200:900])


def test_jpeg_2000_as_scanners_write_it_is_read(tmp_path):
    grey = np.tile(np.arange(4200, dtype=np.uint16) // 20, (64, 1)).astype(np.uint8)
    levels = [np.dstack([grey[::step, ::step]] * 3) for step in (1, 2)]
    path = write_pyramid(tmp_path / "a.tif", levels, compression="aperio_jp2000_rgb")
    path.write_bytes(path.read_bytes() + bytes(200_000))  # so little is no slide otherwise
    region = open_slide(path).read_region(0, 1000, 0, 500, 64)
    np.testing.assert_allclose(region.astype(int), levels[0][:, 1000:1500].astype(int), atol=3)


def test_beyond_the_edges_lies_white(tmp_path, noise):
    opened = open_slide(write_pyramid(tmp_path / "a.tif", noise, compression="zlib"))
    region = opened.read_region(0, -100, -50, 300, 500)
    np.testing.assert_array_equal(region[50:350, 100:], noise[0][:300, :200])
    assert (region[:50] == NOT_SCANNED).all()
    assert (region[350:] == NOT_SCANNED).all()
    assert (region[:, :100] == NOT_SCANNED).all()


def test_a_reduced_region_has_the_size_that_was_asked_for(slide):
    opened = open_slide(slide.path)
    reduced = opened.read_scaled(Box(900, 900, 1200, 600), 3)
    assert reduced.shape == (200, 400, 3)
    whole = opened.read_region(0, 900, 900, 1200, 600)
    np.testing.assert_allclose(reduced.mean((0, 1)), whole.mean((0, 1)), atol=2)


def test_what_was_not_scanned_is_white(tmp_path, noise):
    opened = open_slide(write_pyramid(tmp_path / "a.tif", noise, compression="zlib"))
    first = opened.levels[0]
    lengths = first.lengths.copy()
    lengths[:3] = 0  # so scanners mark tiles that they left out
    sparse = replace(opened, levels=(replace(first, lengths=lengths), *opened.levels[1:]))
    assert (sparse.read_region(0, 0, 0, 700, 200) == NOT_SCANNED).all()
    np.testing.assert_array_equal(sparse.read_region(0, 768, 0, 100, 100), noise[0][:100, 768:868])


def test_images_and_stacks_are_no_slides(tmp_path, noise):
    rng = np.random.default_rng(0)
    small = [rng.integers(0, 256, (side, side, 3), np.uint8) for side in (512, 256)]
    assert find_slide(write_pyramid(tmp_path / "region.tif", small)) is None
    stack = [noise[0], noise[0]]
    assert find_slide(write_pyramid(tmp_path / "stack.tif", stack)) is None
    assert find_slide(write_pyramid(tmp_path / "strips.tif", noise, tile=None)) is None
    (tmp_path / "text.tif").write_text("no slide" * 100_000)
    assert find_slide(tmp_path / "text.tif") is None
    assert find_slide(tmp_path / "missing.tif") is None
    assert find_slide(tmp_path) is None
    with pytest.raises(ImageError, match="not a slide"):
        open_slide(tmp_path / "text.tif")


def test_a_slide_that_is_cut_off_is_refused(tmp_path, noise):
    whole = write_pyramid(tmp_path / "a.tif", noise, compression="zlib").read_bytes()
    path = tmp_path / "cut.tif"
    path.write_bytes(whole[: len(whole) * 2 // 3])
    with pytest.raises(ImageError, match=r"cut off|damaged|not a slide"):
        open_slide(path)


def test_colours_that_are_not_read_are_refused(tmp_path, noise):
    sixteen = [level.astype(np.uint16) for level in noise]
    with pytest.raises(ImageError, match="8-bit"):
        open_slide(write_pyramid(tmp_path / "a.tif", sixteen))


def test_a_tile_that_says_it_is_huge_is_refused_before_it_is_decoded(tmp_path, slide):
    path = tmp_path / "bomb.tif"
    shutil.copy(slide.path, path)
    with tifffile.TiffFile(path) as file:
        offset = file.pages[0].dataoffsets[0]
    data = bytearray(path.read_bytes())
    frame = data.index(b"\xff\xc0", offset)
    data[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(data))
    with pytest.raises(ImageError, match="wrong size"):
        open_slide(path).read_region(0, 0, 0, 10, 10)


def test_a_slide_that_vanished_is_reported(tmp_path, noise):
    path = write_pyramid(tmp_path / "a.tif", noise)
    opened = open_slide(path)
    path.unlink()
    with pytest.raises(ImageError, match="does not exist"):
        opened.read_region(0, 0, 0, 10, 10)


def test_no_region_is_larger_than_memory_has_room_for(slide):
    opened = open_slide(slide.path)
    with pytest.raises(ValueError, match="Invalid region"):
        opened.read_region(0, 0, 0, 20_000, 20_000)


def test_tags_of_any_content_are_read_or_refused(tmp_path, slide):
    whole = slide.path.read_bytes()
    with tifffile.TiffFile(slide.path) as file:
        starts = [0, *(page.offset for page in file.pages), file.pages[0].dataoffsets[40]]
    rng = np.random.default_rng(1)
    for number in range(30):
        data = bytearray(whole)
        for start in rng.choice(starts, 3):
            at = min(int(start + rng.integers(400)), len(data) - 1)
            data[at] = int(rng.integers(256))
        path = tmp_path / f"{number}.tif"
        path.write_bytes(data)
        with contextlib.suppress(ImageError):
            found = find_slide(path)
            for at, level in enumerate(found.levels if found is not None else ()):
                found.read_region(at, 0, 0, min(level.width, 1000), min(level.height, 600))
        path.unlink()
