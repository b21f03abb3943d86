"""Paints one cell of the gallery: its thumbnail, and one quiet line below it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen, QPixmap

from leukogui.case.cells import CellResult
from leukogui.gallery.text import format_percent
from leukogui.language.number_format import format_number
from leukogui.language.worker_messages import translate_message
from leukogui.theme.badges import paint_badge
from leukogui.theme.class_icon import paint_class_mark
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Tones
from trainer.domain import CellId, Decision
from trainer.models.class_colours import Mark, readable_name

CAPTION_HEIGHT = 3 * GRID
_BADGE = 2 * GRID


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
        thumbnail: QImage | None,
        error: str,
        *,
        selected: bool,
        current: bool,
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
        if result is None:
            self._paint_name(painter, caption, cell.image)
        else:
            self._paint_caption(painter, caption, result)
        if selected or current:
            self._paint_frame(painter, square, strong=selected)

    def paint_heading(self, painter: QPainter, box: QRect, text: str, count: int) -> None:
        """Paint the heading of a section."""
        painter.setFont(font(bold=True))
        painter.setPen(QColor(self._tones.text))
        where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        used = painter.boundingRect(box, where, text)
        painter.drawText(box, where, text)
        painter.setFont(font())
        painter.setPen(QColor(self._tones.quiet))
        painter.drawText(box.adjusted(used.width() + GRID, 0, 0, 0), where, format_number(count))

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
            words = readable_name(result.looks_like) if result.looks_like else ""
            fitting = self._metrics.elidedText(words, Qt.TextElideMode.ElideRight, text.width())
            painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, fitting)
            return
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter, format_percent(result.probability))
        if result.decision is Decision.REVIEW:
            painter.setPen(QColor(self._tones.quiet))
            where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(text.adjusted(0, 0, -2, 0), where, "?")

    def _paint_class_badge(self, painter: QPainter, badge: QRect, result: CellResult) -> None:
        """The mark of the class, empty where it is not accepted; U for unknown."""
        if result.decision is Decision.UNKNOWN:
            self._paint_badge(painter, badge, "U", self._tones.quiet, "")
            return
        mark = self._marks.get(result.label)
        if mark is not None:
            sure = result.decision is Decision.ACCEPT
            self._paint_badge(painter, badge, mark.letter, mark.colour, mark.ink if sure else "")

    def _paint_badge(
        self, painter: QPainter, box: QRect, letter: str, colour: str, ink: str
    ) -> None:
        """A filled square where it counts; an empty one (no ink) where it is only a guess."""
        paint_badge(painter, box, letter, colour, ink, self._tones.text)

    def _paint_frame(self, painter: QPainter, square: QRect, *, strong: bool) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self._tones.accent), 3 if strong else 1))
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
