"""The cells of a field over its image: outlined, lettered, and found under the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform

from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.viewer.badge_placement import place_badges
from trainer.domain import LocatedCell

_CHIP = QColor(0, 0, 0, 190)
_PLAIN = "#ffffff"
_PADDING = GRID / 2


@dataclass(frozen=True)
class CellMark:
    """How a cell of a field is marked.

    Attributes:
        cell: which one, and where.
        letter: of its class; empty while it is not classified.
        colour: #rrggbb of its class.
        ink: of the letter on the colour; empty where the class is only a guess.
    """

    cell: LocatedCell
    letter: str = ""
    colour: str = ""
    ink: str = ""


@dataclass
class _Shape:
    """A cell as it is painted: its polygon in image pixels, and its badge on the screen."""

    mark: CellMark
    polygon: QPolygonF
    badge: QRectF = field(default_factory=QRectF)


class CellLayer:
    """Paints the cells of one field and finds the one at a point.

    Lengths on the screen are device-independent, so that badges and lines are as large at any
    zoom, and as large to the eye at any scaling of the screen.
    """

    def __init__(self) -> None:
        self._shapes: list[_Shape] = []
        self._selected = 0
        self._hovered = 0
        self.visible = True

    @property
    def cells(self) -> tuple[LocatedCell, ...]:
        """The cells that are marked."""
        return tuple(shape.mark.cell for shape in self._shapes)

    @property
    def badges(self) -> dict[int, QRectF]:
        """Where the badges were painted last, by the cells' numbers."""
        return {
            shape.mark.cell.id.number: shape.badge
            for shape in self._shapes
            if not shape.badge.isEmpty()
        }

    def show_cells(self, marks: Sequence[CellMark], selected: int) -> None:
        """Mark these cells; the selected one, by its number, is emphasised."""
        before = {id(shape.mark): shape for shape in self._shapes}
        self._shapes = [
            before.get(id(mark)) or _Shape(mark, _polygon_of(mark.cell)) for mark in marks
        ]
        self._selected = selected
        if self._hovered not in {mark.cell.id.number for mark in marks}:
            self._hovered = 0

    def hover(self, number: int) -> bool:
        """Emphasise the cell under the mouse; returns whether it is another one."""
        changed = number != self._hovered
        self._hovered = number
        return changed

    def cell_at(self, point: QPointF, to_widget: QTransform) -> LocatedCell | None:
        """Return the cell at a point of the widget: by its badge, or the smallest around it."""
        if not self.visible:
            return None
        for shape in self._shapes:
            if shape.badge.contains(point):
                return shape.mark.cell
        image_point = to_widget.inverted()[0].map(point)
        rule = Qt.FillRule.WindingFill
        found = [
            shape.mark.cell
            for shape in self._shapes
            if shape.polygon.containsPoint(image_point, rule)
        ]
        return min(found, key=lambda cell: cell.box.width * cell.box.height, default=None)

    def paint(
        self, painter: QPainter, to_widget: QTransform, size: QSizeF, obstacles: Sequence[QRectF]
    ) -> None:
        """Paint outlines and badges.

        Args:
            painter: in device-independent pixels of the widget.
            to_widget: from pixels of the image to those of the widget.
            size: of the widget.
            obstacles: what no badge may cover.
        """
        if not self.visible or not self._shapes:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The selected one is painted last, so that no neighbour covers it.
        for shape in sorted(self._shapes, key=self._importance):
            self._paint_outline(painter, to_widget.map(shape.polygon), shape.mark)
        self._place_badges(to_widget, size, obstacles)
        for shape in self._shapes:
            if not shape.badge.isEmpty():
                emphasised = shape.mark.cell.id.number == self._selected
                paint_cell_badge(painter, shape.badge, shape.mark, emphasised=emphasised)

    def _importance(self, shape: _Shape) -> int:
        number = shape.mark.cell.id.number
        return 2 * (number == self._selected) + (number == self._hovered)

    def _paint_outline(self, painter: QPainter, polygon: QPolygonF, mark: CellMark) -> None:
        number = mark.cell.id.number
        width = 3.0 if number == self._selected else 2.25 if number == self._hovered else 1.5
        lines = [("#000000", width + 2.0), (mark.colour or _PLAIN, width)]
        if number == self._selected:  # white around the colour can be seen on every stain
            lines = [("#000000", 7.0), (_PLAIN, 5.5), (mark.colour or "#000000", 2.5)]
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, thickness in lines:
            pen = QPen(QColor(colour), thickness)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.drawPolygon(polygon)

    def _place_badges(
        self, to_widget: QTransform, size: QSizeF, obstacles: Sequence[QRectF]
    ) -> None:
        metrics = QFontMetricsF(font(FontSize.SMALL, bold=True))
        ordered = sorted(self._shapes, key=self._importance, reverse=True)
        boxes = [to_widget.mapRect(shape.polygon.boundingRect()) for shape in ordered]
        places = place_badges(
            [_rectangle_of(box) for box in boxes],
            [badge_size(metrics, shape.mark) for shape in ordered],
            (size.width(), size.height()),
            [_rectangle_of(obstacle) for obstacle in obstacles],
        )
        for shape, place in zip(ordered, places, strict=True):
            shape.badge = QRectF() if place is None else QRectF(*place)


def badge_size(metrics: QFontMetricsF, mark: CellMark) -> tuple[float, float]:
    """Width and height of a cell's badge: its letters, and those of its class."""
    height = metrics.height() + 2.0
    width = metrics.horizontalAdvance(mark.cell.id.letters) + 2 * _PADDING
    return max(width, height) + (height if mark.letter else 0.0), height


def paint_cell_badge(
    painter: QPainter, place: QRectF, mark: CellMark, *, emphasised: bool = False
) -> None:
    """Paint the letters of a cell, white on dark, and beside them the mark of its class."""
    painter.setFont(font(FontSize.SMALL, bold=True))
    painter.setPen(QPen(QColor(_PLAIN), 1.5) if emphasised else Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0) if emphasised else _CHIP)
    painter.drawRoundedRect(place.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
    letters = QRectF(place)
    if mark.letter:
        side = place.height()
        letters.setWidth(place.width() - side)
        square = QRectF(place.right() - side, place.top(), side, side).adjusted(2, 2, -2, -2)
        painter.setPen(QPen(QColor(mark.colour), 1.5))
        painter.setBrush(QColor(mark.colour) if mark.ink else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(square, 2, 2)
        painter.setPen(QColor(mark.ink or _PLAIN))
        painter.drawText(square, Qt.AlignmentFlag.AlignCenter, mark.letter)
    painter.setPen(QColor(_PLAIN))
    painter.drawText(letters, Qt.AlignmentFlag.AlignCenter, mark.cell.id.letters)


def _polygon_of(cell: LocatedCell) -> QPolygonF:
    """The outline of a cell, or its box where none was traced."""
    if cell.outline:
        return QPolygonF([QPointF(x, y) for x, y in cell.outline])
    box = cell.box
    return QPolygonF(QRectF(box.x, box.y, box.width, box.height))


def _rectangle_of(box: QRectF) -> tuple[float, float, float, float]:
    return box.x(), box.y(), box.width(), box.height()
