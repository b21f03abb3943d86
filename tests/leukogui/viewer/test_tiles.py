from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Pillow
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from leukogui.viewer import opened_image
from leukogui.viewer.display_options import DisplayAdjustment, DisplayOptions, HeatmapOverlay
from leukogui.viewer.image_loader import ImageLoader
from leukogui.viewer.opened_image import memory_map, open_image
from leukogui.viewer.tile_image import draw_tile
from leukogui.viewer.tile_worker import ScaledImage, render_tile
from tests.leukogui.window_fixtures import PATIENCE
from trainer.data.synthetic import draw_stack
from trainer.domain import Window
from trainer.imaging import read_image
from trainer.imaging.overlay import overlay_heat_map


@pytest.fixture
def pixels() -> np.ndarray:
    return np.random.default_rng(7).integers(0, 256, (700, 900, 3), np.uint8)


@pytest.fixture
def path(pixels: np.ndarray, tmp_path: Path) -> Path:
    Pillow.fromarray(pixels).save(tmp_path / "noise.png")
    return tmp_path / "noise.png"


def test_pixel_for_pixel_is_the_file(pixels: np.ndarray) -> None:
    drawn = draw_tile((pixels,), 1.0, 1.0, (512, 512, 388, 188), DisplayOptions())
    assert np.array_equal(drawn, pixels[512:, 512:])


def test_from_200_percent_pixels_are_squares(pixels: np.ndarray) -> None:
    drawn = draw_tile((pixels,), 1.0, 4.0, (512, 512, 512, 512), DisplayOptions())
    assert np.array_equal(drawn, pixels[128:256, 128:256].repeat(4, 0).repeat(4, 1))


def test_between_them_they_are_smoothed(pixels: np.ndarray) -> None:
    drawn = draw_tile((pixels,), 1.0, 1.5, (512, 512, 512, 512), DisplayOptions()).astype(int)
    steps = np.abs(np.diff(drawn, axis=1)).mean()
    assert 0 < steps < np.abs(np.diff(pixels.astype(int), axis=1)).mean()


def test_tiles_meet_without_a_seam() -> None:
    across = np.linspace(0, 255, 1600).astype(np.uint8)
    ramp = np.repeat(np.repeat(across[None, :, None], 600, 0), 3, 2)
    for zoom in (0.37, 0.8, 1.0, 1.7, 3.0):
        left = draw_tile((ramp,), 1.0, zoom, (0, 0, 200, 100), DisplayOptions())
        right = draw_tile((ramp,), 1.0, zoom, (200, 0, 200, 100), DisplayOptions())
        whole = draw_tile((ramp,), 1.0, zoom, (0, 0, 400, 100), DisplayOptions())
        both = np.concatenate([left, right], axis=1).astype(int)
        assert np.abs(both - whole).max() <= 1


def test_light_and_heat_lie_over_the_pixels(pixels: np.ndarray) -> None:
    heat = np.zeros((7, 7), np.float32)
    heat[3, 3] = 1
    window = Window(600, 520, 120)
    look = DisplayOptions(heat=HeatmapOverlay(heat, window, 0.8, "viridis"))
    drawn = draw_tile((pixels,), 1.0, 1.0, (512, 512, 388, 188), look)
    whole = overlay_heat_map(pixels, heat, window, opacity=0.8, colour_map="viridis")
    assert np.abs(drawn.astype(int) - whole[512:, 512:]).max() <= 1
    large = draw_tile((pixels,), 1.0, 4.0, (2560, 2048, 512, 512), look)
    bare = draw_tile((pixels,), 1.0, 4.0, (2560, 2048, 512, 512), DisplayOptions())
    rows, columns = np.nonzero((large != bare).any(axis=2))
    # The hottest place of the map, in pixels of the image: where the window says.
    assert (columns.mean() + 2560) / 4 == pytest.approx(660, abs=2)
    assert (rows.mean() + 2048) / 4 == pytest.approx(580, abs=2)
    lit = draw_tile((pixels,), 1.0, 1.0, (0, 0, 512, 512), DisplayOptions(DisplayAdjustment(40, 0)))
    assert lit.mean() > pixels[:512, :512].mean()


def test_an_image_opens_with_its_pyramid(path: Path, pixels: np.ndarray) -> None:
    image = open_image(path, None)
    assert image is not None
    assert image.size == (900, 700)
    shapes = [level.shape[:2] for level in image.levels(0)]
    assert shapes == [(700, 900), (350, 450), (175, 225)]
    assert image.memory_bytes >= pixels.nbytes
    small = render_tile(ScaledImage(image, 0, 0.25, DisplayOptions()), (0, 0))
    assert (small.width(), small.height()) == (225, 175)
    assert small.format() == QImage.Format.Format_RGB32


def test_the_planes_are_those_that_were_classified(tmp_path: Path) -> None:
    stack = draw_stack("monocyte", np.random.default_rng(2), planes=3, sharpest=1, size=160)
    with tifffile.TiffWriter(tmp_path / "stack.tif") as writer:
        for page in (stack[0] // 128 * 255, *stack):
            writer.write(page, photometric="rgb", metadata=None)
    image, classified = open_image(tmp_path / "stack.tif", None), read_image(tmp_path / "stack.tif")
    assert image is not None
    assert np.array_equal(np.stack(image.planes), stack)
    assert (image.sharpest, image.notes) == (classified.sharpest, classified.notes)
    assert image.notes[0].startswith("page 1 left out")


def test_large_arrays_leave_the_memory(
    path: Path, pixels: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened_image, "LARGE_BYTES", 100_000)
    image = open_image(path, tmp_path / "large")
    assert image is not None
    assert np.array_equal(image.planes[0], pixels)
    assert all(isinstance(level, np.memmap) for level in image.levels(0)[:2])
    assert image.memory_bytes < pixels.nbytes / 10
    assert not any((tmp_path / "large").iterdir())


def test_a_disk_that_takes_nothing_costs_memory_only(
    pixels: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened_image, "LARGE_BYTES", 1)
    (tmp_path / "file").write_bytes(b"")
    assert memory_map(pixels, tmp_path / "file") is pixels


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    image = open_image(tmp_path / "absent.jpg", None)
    assert image is not None
    assert "does not exist" in image.error
    assert not image.planes


def test_a_large_jpeg_comes_coarse_first(tmp_path: Path) -> None:
    Pillow.new("RGB", (4800, 2600), "white").save(tmp_path / "field.jpg")
    coarse: list[opened_image.OpenedImage] = []
    image = open_image(tmp_path / "field.jpg", None, on_coarse=coarse.append)
    assert image is not None
    assert [each.scale for each in coarse] == [0.25]
    assert coarse[0].size == image.size == (4800, 2600)
    assert open_image(tmp_path / "field.jpg", None, most_pixels=1e6) is None


def test_the_loader_opens_what_is_looked_at_first(
    qtbot: QtBot, tmp_path: Path, pixels: np.ndarray
) -> None:
    paths = [tmp_path / f"{number}.tif" for number in range(4)]
    for each in paths:
        tifffile.imwrite(each, pixels, photometric="rgb")
    loader = ImageLoader(tmp_path / "large")
    ready: list[Path] = []
    loader.ready.connect(lambda image: ready.append(image.path))
    loader.request([paths[2]], [paths[3], paths[1]])
    qtbot.waitUntil(lambda: len(ready) == 3, timeout=PATIENCE)
    assert ready == [paths[2], paths[3], paths[1]]
    first = loader.get(paths[2])
    loader.request([paths[2], paths[0]])
    qtbot.waitUntil(lambda: len(ready) == 4, timeout=PATIENCE)
    assert loader.get(paths[2]) is first
    # A file that changed is read again.
    tifffile.imwrite(paths[2], pixels[:300], photometric="rgb")
    loader.request([paths[2]])
    qtbot.waitUntil(lambda: len(ready) == 5, timeout=PATIENCE)
    changed = loader.get(paths[2])
    assert changed is not None
    assert changed.height == 300
    loader.close()
    assert loader.memory_bytes == 0
