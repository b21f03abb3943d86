"""Paints one cell of the gallery: its thumbnail, and one quiet line below it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import PurePosixPath

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QPixmap

from leukogui.case.arrangement import Section
from leukogui.case.results import CellResult, CellReview
from leukogui.gallery.text import class_name, format_percent
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.theme.badges import paint_badge
from leukogui.theme.class_icon import paint_class_mark
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Tones
from trainer.cases.records import UNKNOWN
from trainer.domain import CellId, Decision
from trainer.models.class_colours import Mark

CAPTION_HEIGHT = 3 * GRID
_BADGE = 2 * GRID


class Frame(Enum):
    """How a cell is framed."""

    NONE = "none"
    CURRENT = "current"
    HOVERED = "hovered"
    SELECTED = "selected"


class CellPainter:
    """Paints cells in one theme, with the marks of one model's classes."""

    def __init__(self, tones: Tones, marks: Mapping[str, Mark]) -> None:
        self._tones = tones
        self._marks = marks
        self._font = font(FontSize.SMALL)
        self._bold = font(FontSize.SMALL, bold=True)
        self._metrics = QFontMetrics(self._font)
        self._elided_names: dict[tuple[str, int], str] = {}
        self._chips: dict[tuple[str, float], QPixmap] = {}

    def paint(
        self,
        painter: QPainter,
        box: QRect,
        cell: CellId,
        result: CellResult | None,
        review: CellReview | None,
        thumbnail: QImage | None,
        error: str,
        frame: Frame,
    ) -> None:
        """Paint one cell into `box`: a square, and the caption below it."""
        square = QRect(box.left(), box.top(), box.width(), box.width())
        caption = QRect(box.left(), square.bottom() + 1, box.width(), box.height() - box.width())
        if thumbnail is not None:
            paint_fitted(painter, square, thumbnail)
        else:
            self._paint_placeholder(painter, square, error)
        if cell.number:
            self._paint_letters(painter, square, cell.letters)
        if review is not None:
            self._paint_review(painter, caption, review, result)
        elif result is None:
            self._paint_name(painter, caption, cell.image)
        else:
            self._paint_caption(painter, caption, result)
        if frame is not Frame.NONE:
            self._paint_frame(painter, square, frame)

    def paint_heading(
        self, painter: QPainter, box: QRect, title: str, section: Section, facts: str
    ) -> None:
        """Paint the heading of a section.

        Args:
            title: of the group.
            facts: what else is known of the group: its share, and how much is reviewed.
        """
        left = box.left()
        if section.group >= 0:
            self._paint_chevron(painter, QRect(left, box.top(), 2 * GRID, box.height()), section)
            left += 2 * GRID + GRID // 2
        where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        parts = ((title, font(bold=True), self._tones.text),)
        count = format_number(section.total)
        for words, face, tone in (*parts, (f"{count}   {facts}", font(), self._tones.quiet)):
            painter.setFont(face)
            painter.setPen(QColor(tone))
            room = QRect(left, box.top(), box.right() - left, box.height())
            painter.drawText(room, where, words)
            left += painter.fontMetrics().horizontalAdvance(words) + GRID

    def paint_target(self, painter: QPainter, band: QRect) -> None:
        """Mark the section into which dragged cells would fall."""
        colour = QColor(self._tones.accent)
        painter.setPen(QPen(colour, 2))
        colour.setAlpha(40)
        painter.setBrush(colour)
        painter.drawRect(band.adjusted(1, 1, -2, -2))

    def _paint_chevron(self, painter: QPainter, box: QRect, section: Section) -> None:
        """Down where the cells are shown, to the right where they are folded away."""
        middle, size = QPointF(box.center()), GRID / 2
        steps = (
            ((-1, -0.5), (0, 0.5), (1, -0.5))
            if not section.is_folded
            else ((-0.5, -1), (0.5, 0), (-0.5, 1))
        )
        self._paint_line(painter, [middle + QPointF(x * size, y * size) for x, y in steps])

    def _paint_line(self, painter: QPainter, points: list[QPointF]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._tones.text), 1.5))
        painter.drawPolyline(points)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_placeholder(self, painter: QPainter, square: QRect, error: str) -> None:
        painter.fillRect(square, QColor(self._tones.hover))
        if not error:
            return
        painter.setFont(self._font)
        painter.setPen(QColor(self._tones.quiet))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(square.adjusted(GRID, GRID, -GRID, -GRID), flags, translate_message(error))

    def _paint_letters(self, painter: QPainter, square: QRect, letters: str) -> None:
        """The letters of a cell of a field, as over the field itself; drawn once for all cells."""
        ratio = painter.device().devicePixelRatioF()
        chip = self._chips.get((letters, ratio))
        if chip is None:
            chip = self._chips[letters, ratio] = self._draw_chip(letters, ratio)
        painter.drawPixmap(square.left() + 3, square.top() + 3, chip)

    def _draw_chip(self, letters: str, ratio: float) -> QPixmap:
        width = max(self._metrics.horizontalAdvance(letters) + GRID, _BADGE)
        chip = QPixmap(round(width * ratio), round(_BADGE * ratio))
        chip.setDevicePixelRatio(ratio)
        chip.fill(Qt.GlobalColor.transparent)
        area = QRect(0, 0, width, _BADGE)
        painter = QPainter(chip)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(area, 3, 3)
        painter.setFont(self._bold)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, letters)
        painter.end()
        return chip

    def _paint_name(self, painter: QPainter, caption: QRect, name: str) -> None:
        key = (name, caption.width())
        if key not in self._elided_names:
            if len(self._elided_names) > 5000:
                self._elided_names.clear()
            self._elided_names[key] = self._metrics.elidedText(
                PurePosixPath(name).name, Qt.TextElideMode.ElideMiddle, caption.width()
            )
        painter.setFont(self._font)
        painter.setPen(QColor(self._tones.quiet))
        painter.drawText(caption, Qt.AlignmentFlag.AlignVCenter, self._elided_names[key])

    def _paint_caption(self, painter: QPainter, caption: QRect, result: CellResult) -> None:
        top = caption.top() + (caption.height() - _BADGE) // 2
        badge = QRect(caption.left(), top, _BADGE, _BADGE)
        if result.decision is Decision.FAILED:
            self._paint_badge(painter, badge, "!", self._tones.bad, self._tones.field)
            return
        self._paint_class_badge(painter, badge, result)
        painter.setFont(self._font)
        painter.setPen(QColor(self._tones.text))
        text = caption.adjusted(_BADGE + GRID // 2 + 2, 0, 0, 0)
        if result.decision is Decision.UNKNOWN:
            # Of a cell outside of the classes the likeliest class means nothing.
            words = class_name(result.looks_like) if result.looks_like else ""
            fitting = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, fitting)
            return
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, format_percent(result.probability))
        if result.decision is Decision.REVIEW:
            painter.setPen(QColor(self._tones.quiet))
            where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(text.adjusted(0, 0, -2, 0), where, "?")

    def _paint_review(
        self, painter: QPainter, caption: QRect, review: CellReview, result: CellResult | None
    ) -> None:
        """The class that a person gave, a tick, and behind it what the model gave if other."""
        top = caption.top() + (caption.height() - _BADGE) // 2
        badge = QRect(caption.left(), top, _BADGE, _BADGE)
        mark = self._marks.get(review.label)
        if mark is not None:
            self._paint_badge(painter, badge, mark.letter, mark.colour, mark.ink)
        else:
            letter = "U" if review.label == UNKNOWN else "–"
            self._paint_badge(painter, badge, letter, self._tones.quiet, self._tones.field)
        tick, third = badge.translated(_BADGE + GRID // 2, 0), _BADGE / 4
        middle = QPointF(tick.center())
        steps = ((-1.2, 0), (-0.3, 0.9), (1.3, -1))
        self._paint_line(painter, [middle + QPointF(x * third, y * third) for x, y in steps])
        if result is None or result.decision is Decision.FAILED or result.label == review.label:
            return
        before = tick.translated(_BADGE + GRID, 0)
        self._paint_class_badge(painter, before, result, struck=True)

    def _paint_class_badge(
        self, painter: QPainter, badge: QRect, result: CellResult, *, struck: bool = False
    ) -> None:
        """The mark of the class, empty where it is not accepted; U for unknown.

        Args:
            struck: crossed out, because it counts no more.
        """
        if result.decision is Decision.UNKNOWN:
            self._paint_badge(painter, badge, "U", self._tones.quiet, "")
        elif (mark := self._marks.get(result.label)) is not None:
            filled = result.decision is Decision.ACCEPT and not struck
            self._paint_badge(painter, badge, mark.letter, mark.colour, mark.ink if filled else "")
        if struck:
            ends = badge.adjusted(0, _BADGE // 4, 0, -_BADGE // 4)
            self._paint_line(painter, [QPointF(ends.bottomLeft()), QPointF(ends.topRight())])

    def _paint_badge(
        self, painter: QPainter, box: QRect, letter: str, colour: str, ink: str
    ) -> None:
        """A filled square where it counts; an empty one (no ink) where it is only a guess."""
        paint_badge(painter, box, letter, colour, ink, self._tones.text)

    def _paint_frame(self, painter: QPainter, square: QRect, frame: Frame) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        style = Qt.PenStyle.DashLine if frame is Frame.HOVERED else Qt.PenStyle.SolidLine
        width = {Frame.CURRENT: 1, Frame.HOVERED: 2, Frame.SELECTED: 3}[frame]
        painter.setPen(QPen(QColor(self._tones.accent), width, style))
        painter.drawRect(square.adjusted(-2, -2, 1, 1))


def paint_fitted(painter: QPainter, square: QRect, image: QImage) -> None:
    """The whole image, as large as the square allows, in the middle of it."""
    size = image.size().scaled(square.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(0, 0, size.width(), size.height())
    place.moveCenter(square.center())
    painter.drawImage(place, image)


def class_pixmap(mark: Mark, side: int, ratio: float) -> QPixmap:
    """The mark of a class as a picture, for lists and menus."""
    pixmap = QPixmap(round(side * ratio), round(side * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_class_mark(painter, QRectF(0, 0, side, side), mark)
    painter.end()
    return pixmap
