"""Slides in the window: opened as an image, read tile by tile; their cells as those of a field."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from leukogui.backend.saved_run import run_spec_from_json, run_spec_to_json
from leukogui.inspector.cell_reader import read_cell_image
from leukogui.settings.table import SLIDE_COUNT
from leukogui.thumbnails.disk_cache import SIDE, DiskCache
from leukogui.thumbnails.render import FieldThumbnails, render_thumbnail
from leukogui.viewer.display_options import DisplayOptions
from leukogui.viewer.opened_image import open_image
from leukogui.viewer.tile_worker import OVERVIEW, ScaledImage, render_tile
from tests.drawn_slides import drawn_slide
from tests.leukogui.case_steps import run_to_end
from tests.leukogui.viewer_steps import grab_canvas, open_cell, start_with_case
from tests.leukogui.window_fixtures import PATIENCE, Program
from trainer.data.synthetic.slide import SmearPart, SyntheticSlide
from trainer.domain import Box
from trainer.imaging.slides.slide import open_slide


@pytest.fixture(scope="module")
def slide(tmp_path_factory: pytest.TempPathFactory) -> SyntheticSlide:
    return drawn_slide(tmp_path_factory)


@pytest.fixture
def folder(slide: SyntheticSlide, tmp_path: Path) -> Path:
    folder = tmp_path / "smears"
    folder.mkdir()
    shutil.copy(slide.path, folder / "smear.svs")
    Pillow.new("RGB", (64, 64), "white").save(folder / "a.png")
    return folder


def pixels_of(picture) -> np.ndarray:
    rgb = picture.convertToFormat(picture.Format.Format_RGB888)
    flat = np.frombuffer(rgb.constBits(), np.uint8).reshape(rgb.height(), rgb.bytesPerLine())
    return flat[:, : 3 * rgb.width()].reshape(rgb.height(), rgb.width(), 3).copy()


@pytest.mark.parametrize(("zoom", "tile"), [(1.0, (3, 2)), (0.5, (1, 1)), (0.3, (0, 1))])
def test_a_tile_shows_what_the_slide_holds(slide, zoom, tile):
    opened = open_image(slide.path, None)
    assert opened is not None
    assert opened.size == (4096, 4096)
    assert opened.memory_bytes == 0
    drawn = pixels_of(render_tile(ScaledImage(opened, 0, zoom, DisplayOptions()), tile))
    side = 512 / zoom
    box = Box(tile[0] * side, tile[1] * side, side, side)
    wanted = open_slide(slide.path).read_scaled(box, 1 / zoom)
    assert drawn.shape == (512, 512, 3)
    difference = np.abs(drawn.astype(int) - wanted[:512, :512].astype(int))
    assert np.median(difference) <= (0 if zoom in (1.0, 0.5) else 4)


def test_single_pixels_are_squares(slide):
    opened = open_image(slide.path, None)
    drawn = pixels_of(render_tile(ScaledImage(opened, 0, 4.0, DisplayOptions()), (12, 10)))
    wanted = open_slide(slide.path).read_region(0, 12 * 128, 10 * 128, 128, 128)
    np.testing.assert_array_equal(drawn, wanted.repeat(4, 0).repeat(4, 1))


def test_the_whole_slide_is_shown_while_tiles_are_missing(slide):
    opened = open_image(slide.path, None)
    drawn = pixels_of(render_tile(ScaledImage(opened, 0, 1.0, DisplayOptions()), OVERVIEW))
    assert max(drawn.shape) == 768


def test_thumbnails_of_a_slide_and_of_its_cells(slide, tmp_path):
    cache = DiskCache(tmp_path / "cache")
    whole, error = render_thumbnail(slide.path, cache, 128)
    assert not error
    assert whole is not None
    assert max(whole.shape) == 128
    cell = slide.cells[5].box
    field = FieldThumbnails(slide.path, [cell], cache)
    thumbnail, error = field.render(cell, SIDE)
    assert not error
    assert not field.is_decoded  # a slide never is
    assert thumbnail is not None
    rgb = thumbnail[..., 2::-1].astype(int)
    azure = rgb[..., 2] - rgb[..., 1]
    assert azure.max() > 60


def test_the_inspector_shows_a_slide_and_its_size(slide):
    image = read_cell_image(slide.path, 256)
    assert (image.width, image.height) == (4096, 4096)
    assert min(image.rgb.shape[:2]) == 256
    assert not image.is_crop


def test_a_slide_opens_in_the_viewer_and_is_zoomed(qtbot: QtBot, program: Program, folder: Path):
    assembly = start_with_case(qtbot, program, folder)
    viewer = open_cell(qtbot, assembly, "smear.svs")
    qtbot.waitUntil(lambda: viewer.pane.image is not None, timeout=PATIENCE)
    canvas = viewer.pane.canvas
    assert canvas.image_size == (4096, 4096)
    whole = pixels_of(grab_canvas(qtbot, viewer))
    assert whole.std() > 5  # the smear, not an even colour
    canvas.zoom_to(1.0)
    qtbot.waitUntil(lambda: canvas.layer.is_complete, timeout=PATIENCE)
    assert pixels_of(grab_canvas(qtbot, viewer)).std() > 5


@pytest.mark.slow
def test_a_run_shows_the_cells_of_a_slide(qtbot, program, with_model, folder, slide):
    (folder / "a.png").unlink()
    assembly = start_with_case(qtbot, program, folder)
    assembly.settings.set(SLIDE_COUNT, "100")
    run_to_end(qtbot, assembly)
    cells = assembly.window.review.cells
    in_layer = sum(cell.part is SmearPart.LAYER for cell in slide.cells)
    qtbot.waitUntil(lambda: cells.rowCount() > in_layer / 2, timeout=PATIENCE)
    gallery = assembly.window.review.gallery
    gallery.setCurrentIndex(cells.index(0))
    qtbot.keyClick(gallery, Qt.Key.Key_V)
    viewer = assembly.viewer_controller.viewer
    qtbot.waitUntil(lambda: viewer.pane.image is not None, timeout=PATIENCE)
    marks = viewer.pane.canvas.cell_layer
    qtbot.waitUntil(lambda: len(marks.cells) > in_layer / 2, timeout=PATIENCE)


@pytest.mark.slow
def test_a_part_that_is_drawn_on_a_slide_is_scanned(qtbot, program, with_model, folder):
    assembly = start_with_case(qtbot, program, folder)
    commands = assembly.window.commands
    viewer = open_cell(qtbot, assembly, "smear.svs")
    qtbot.waitUntil(commands["scan_part"].isEnabled, timeout=PATIENCE)
    qtbot.waitUntil(commands["run"].isEnabled, timeout=PATIENCE)
    commands["scan_part"].trigger()
    canvas = viewer.pane.canvas
    corners = [QPointF(1100, 600), QPointF(1800, 1300)]
    start, end = (canvas.to_widget.map(corner).toPoint() for corner in corners)
    drawn = canvas.to_widget.inverted()[0].mapRect(QRectF(QRect(start, end)).adjusted(0, 0, -1, -1))
    with qtbot.waitSignal(assembly.queue.ended, timeout=2 * PATIENCE) as ended:
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(canvas, end)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    spec, outcome = ended.args
    assert outcome.kind == "done"
    assert spec.region == pytest.approx((drawn.x(), drawn.y(), drawn.width(), drawn.height()))
    assert not commands["scan_part"].isChecked()
    assert run_spec_from_json(run_spec_to_json(spec)) == spec
    # What was scanned is shown on the slide.
    commands["outline"].setChecked(True)
    qtbot.waitUntil(lambda: len(viewer.pane.outline) == 4, timeout=PATIENCE)
    assert viewer.pane.outline[0] == pytest.approx((drawn.x(), drawn.y()))


def test_an_image_has_no_part_to_scan(qtbot: QtBot, program: Program, folder: Path):
    assembly = start_with_case(qtbot, program, folder)
    viewer = open_cell(qtbot, assembly, "a.png")
    qtbot.waitUntil(lambda: viewer.pane.image is not None, timeout=PATIENCE)
    assert not assembly.window.commands["scan_part"].isEnabled()
