"""The cells of a field on the canvas: marked, chosen and drawn with the mouse."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from leukogui.viewer.canvas import ImageCanvas
from leukogui.viewer.cell_layer import CellMark
from leukogui.viewer.cell_tool import CellTool
from leukogui.viewer.display_options import DisplayOptions
from leukogui.viewer.opened_image import OpenedImage
from trainer.domain import Box, CellId, LocatedCell

SIZE = (600, 400)
LEFT, SHIFT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier
NO_KEY = Qt.KeyboardModifier.NoModifier


def located(number: int, x: float, y: float, side: float = 60) -> LocatedCell:
    """A round cell."""
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = side / 2
    outline = np.stack([x + radius * (1 + np.cos(turn)), y + radius * (1 + np.sin(turn))], 1)
    points = tuple((float(a), float(b)) for a, b in outline)
    return LocatedCell(CellId("field.png", number), Box(x, y, side, side), points)


CELLS = (located(1, 100, 100), located(2, 300, 200), located(3, 320, 220, 20))
MARKS = (
    CellMark(CELLS[0], "N", "#0072b2", "#ffffff"),
    CellMark(CELLS[1], "M", "#e69f00"),
    CellMark(CELLS[2]),
)


@pytest.fixture
def canvas(qtbot: QtBot) -> ImageCanvas:
    shown = ImageCanvas()
    qtbot.addWidget(shown)
    shown.resize(900, 500)
    shown.show()
    grey = np.full((SIZE[1], SIZE[0], 3), 200, np.uint8)
    image = OpenedImage(Path("field.png"), width=SIZE[0], height=SIZE[1], planes=(grey,))
    shown.show_image(image, 0, DisplayOptions())
    shown.set_cells(MARKS, selected=1)
    qtbot.waitUntil(lambda: shown.layer.is_complete)
    yield shown
    shown.layer.close()


@pytest.fixture
def tool(canvas: ImageCanvas) -> CellTool:
    made = CellTool(canvas)
    made.can_mark = True
    return made


def widget_point(canvas: ImageCanvas, x: float, y: float) -> QPoint:
    return canvas.to_widget.map(QPointF(x, y)).toPoint()


def drag(canvas: ImageCanvas, start: QPoint, end: QPoint, keys: Qt.KeyboardModifier) -> None:
    QTest.mousePress(canvas, LEFT, keys, start)
    QTest.mouseMove(canvas, (start + end) / 2)
    QTest.mouseMove(canvas, end)
    QTest.mouseRelease(canvas, LEFT, keys, end)


def test_the_outline_is_painted_in_the_colour_of_the_class(canvas: ImageCanvas) -> None:
    picture = canvas.grab().toImage()
    top = widget_point(canvas, 130, 100)  # of cell A, which is selected: blue within white
    assert picture.pixelColor(top).name() == "#0072b2"
    assert picture.pixelColor(top + QPoint(0, 2)).name() == "#ffffff"
    quiet = widget_point(canvas, 330, 200)
    found = [picture.pixelColor(quiet + QPoint(0, dy)).hsvHue() for dy in (-1, 0, 1)]
    assert QColor("#e69f00").hsvHue() in found


def test_badges_are_of_one_size_at_any_zoom(qtbot: QtBot, canvas: ImageCanvas) -> None:
    canvas.grab()
    before = {number: badge.size() for number, badge in canvas.cell_layer.badges.items()}
    assert set(before) == {1, 2, 3}
    canvas.zoom_to(0.5)
    canvas.grab()
    after = canvas.cell_layer.badges
    assert {number: badge.size() for number, badge in after.items()} == before
    assert not any(one.intersects(other) for one, other in combinations(after.values(), 2))
    assert all(canvas.rect().contains(badge.toAlignedRect()) for badge in after.values())


def test_a_cell_without_an_outline_is_a_box(canvas: ImageCanvas) -> None:
    box = LocatedCell(CellId("field.png", 4), Box(400, 50, 80, 40))
    canvas.set_cells((CellMark(box),), selected=0)
    picture = canvas.grab().toImage()
    edge = widget_point(canvas, 440, 50)
    found = [picture.pixelColor(edge + QPoint(0, dy)).name() for dy in (-1, 0, 1)]
    assert "#ffffff" in found
    assert canvas.cell_at(QPointF(widget_point(canvas, 405, 85))) == box


def test_the_smallest_cell_under_the_mouse_is_found(canvas: ImageCanvas) -> None:
    at = {
        point: canvas.cell_at(QPointF(widget_point(canvas, *point)))
        for point in ((130, 130), (330, 230), (310, 240), (500, 50))
    }
    numbers = [cell.id.number if cell is not None else None for cell in at.values()]
    assert numbers == [1, 3, 2, None]
    canvas.set_cells_visible(False)
    assert canvas.cell_at(QPointF(widget_point(canvas, 130, 130))) is None


def test_a_click_chooses_a_cell_or_its_badge(
    qtbot: QtBot, canvas: ImageCanvas, tool: CellTool
) -> None:
    canvas.grab()
    chosen: list[CellId] = []
    tool.chosen.connect(chosen.append)
    QTest.mouseClick(canvas, LEFT, NO_KEY, widget_point(canvas, 130, 130))
    badge = canvas.cell_layer.badges[2].center().toPoint()
    QTest.mouseClick(canvas, LEFT, NO_KEY, badge)
    QTest.mouseClick(canvas, LEFT, NO_KEY, widget_point(canvas, 500, 50))
    assert [each.number for each in chosen] == [1, 2]


def test_moving_the_picture_chooses_nothing(canvas: ImageCanvas, tool: CellTool) -> None:
    canvas.zoom_to(3.0)
    chosen: list[CellId] = []
    tool.chosen.connect(chosen.append)
    before, start = canvas.viewport, QPoint(450, 250)
    drag(canvas, start, start - QPoint(80, 40), NO_KEY)
    assert canvas.viewport != before
    assert not chosen


def test_a_double_click_beside_the_cells_marks_one(canvas: ImageCanvas, tool: CellTool) -> None:
    marked: list[Box] = []
    tool.marked.connect(marked.append)
    before = canvas.viewport
    QTest.mouseDClick(canvas, LEFT, NO_KEY, widget_point(canvas, 500, 60))
    (box,) = marked
    assert (box.width, box.height) == (0, 0)
    assert (box.x, box.y) == pytest.approx((500, 60), abs=1)
    assert canvas.viewport == before
    QTest.mouseDClick(canvas, LEFT, NO_KEY, QPoint(2, 250))  # beside the image
    QTest.mouseDClick(canvas, LEFT, NO_KEY, widget_point(canvas, 130, 130))  # there is a cell
    assert marked == [box]


@pytest.mark.parametrize("by_key", [True, False])
def test_a_drawn_box_marks_a_cell(canvas: ImageCanvas, tool: CellTool, by_key: bool) -> None:
    tool.set_drawing(not by_key)
    marked: list[Box] = []
    tool.marked.connect(marked.append)
    keys = SHIFT if by_key else NO_KEY
    # From the lower right to the upper left, over the edge of the image.
    drag(canvas, widget_point(canvas, 80, 70), widget_point(canvas, -20, -10), keys)
    (box,) = marked
    assert (box.x, box.y) == (0, 0)
    assert (box.width, box.height) == pytest.approx((80, 70), abs=1)


def test_nothing_is_marked_where_it_cannot_be(canvas: ImageCanvas, tool: CellTool) -> None:
    tool.can_mark = False
    tool.set_drawing(True)
    marked: list[Box] = []
    tool.marked.connect(marked.append)
    drag(canvas, QPoint(200, 200), QPoint(300, 300), SHIFT)
    QTest.mouseDClick(canvas, LEFT, NO_KEY, widget_point(canvas, 500, 60))
    assert not marked
    assert not canvas.is_fitted  # as of old: from the whole to single pixels


def test_a_cancelled_box_marks_nothing(canvas: ImageCanvas, tool: CellTool) -> None:
    marked: list[Box] = []
    tool.marked.connect(marked.append)
    QTest.mousePress(canvas, LEFT, SHIFT, QPoint(200, 200))
    QTest.mouseMove(canvas, QPoint(300, 300))
    tool.cancel()
    QTest.mouseRelease(canvas, LEFT, SHIFT, QPoint(300, 300))
    assert not marked
