"""A row of small cells: picture or class mark, and below it letter and distance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from leukogui.gallery.painter import paint_fitted
from leukogui.language.number_format import format_number
from leukogui.theme.badges import paint_badge
from leukogui.theme.metrics import GRID, FontSize, font
from leukogui.theme.theme import Theme
from leukogui.theme.tooltips import plain_tooltip
from leukogui.thumbnails.key import ThumbnailKey
from leukogui.thumbnails.loader import ThumbnailLoader
from trainer.domain import CellId
from trainer.models.class_colours import NEUTRAL, Mark

MAX_ITEMS = 6
_TILE = 6 * GRID
_CAPTION = 5 * GRID // 2
_BADGE = 2 * GRID
_CHOOSE = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_KEYS = (*_CHOOSE, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)


@dataclass(frozen=True)
class StripItem:
    """A cell of the row.

    Attributes:
        cell: what `chosen` emits; None where it is no cell of the case.
        label: its class.
        is_accepted: whether the label counts; else it is a guess.
        distance: as a share of the model's limit.
        key: of its picture; None where there is none.
        description: all of it in words, for a tool tip and a screen reader.
    """

    cell: CellId | None
    label: str
    is_accepted: bool
    distance: float
    key: ThumbnailKey | None
    description: str


class ThumbnailStrip(QWidget):
    """As many of the cells as there is room for; arrows go along, Enter chooses."""

    chosen = Signal(object)  # CellId
    picture_chosen = Signal(object)  # StripItem of no cell of the case, with a picture
    hovered = Signal(str)  # words of the cell under the mouse or the keyboard, or nothing
    resized = Signal()

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._thumbnails = theme, thumbnails
        self._cells: tuple[StripItem, ...] = ()
        self._marks: Mapping[str, Mark] = {}
        self._waiting = False
        self._current = -1
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)

    @property
    def cells(self) -> tuple[StripItem, ...]:
        """What is shown, nearest first; the last ones may lack the room."""
        return self._cells

    @property
    def keys(self) -> list[ThumbnailKey]:
        """Pictures of the cells that there is room for."""
        return [cell.key for cell in self._cells[: self._columns()] if cell.key is not None]

    @property
    def tile(self) -> int:
        """Side of a picture, in device-independent pixels."""
        return self._tile_of(self.width())

    def show_cells(self, cells: Sequence[StripItem], marks: Mapping[str, Mark]) -> None:
        """Show these."""
        self._cells, self._marks = tuple(cells), marks
        self._waiting, self._current = False, -1
        self.setAccessibleDescription("; ".join(cell.description for cell in cells))
        self.update()

    def show_waiting(self) -> None:
        """Keep the place of what will come."""
        self._cells, self._waiting, self._current = (), True, -1
        self.setAccessibleDescription("")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for five."""
        return QSize(5 * (_TILE + GRID) - GRID, self.heightForWidth(5 * (_TILE + GRID) - GRID))

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """A row of squares with a caption."""
        return self._tile_of(width) + _CAPTION

    def event(self, event: QEvent) -> bool:
        """Show what is under the mouse; take the keys of the row before the window's shortcuts."""
        is_shortcut = event.type() == QEvent.Type.ShortcutOverride
        if is_shortcut and isinstance(event, QKeyEvent) and self._takes(event):
            event.accept()
            return True
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self._at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tooltip(self._description(at)), self)
            return True
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(self._description(self._current) if self.hasFocus() else "")
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Emit what is pointed at."""
        self.hovered.emit(self._description(self._at(event.position().toPoint())))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the cell under the mouse."""
        at = self._at(event.position().toPoint())
        if at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._go(at)
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Go along with the arrows, choose with Enter."""
        last = min(len(self._cells), self._columns()) - 1
        targets = {
            Qt.Key.Key_Left: max(self._current - 1, 0),
            Qt.Key.Key_Right: min(self._current + 1, last),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in targets and last >= 0:
            self._go(targets[key])
        elif key in _CHOOSE and self._cells:
            self._choose()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Begin at the nearest."""
        super().focusInEvent(event)
        if self._cells:
            self._go(max(self._current, 0))

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show no more of a cell."""
        super().focusOutEvent(event)
        self.hovered.emit("")
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """More or fewer may have room now."""
        super().resizeEvent(event)
        self.resized.emit()

    def _takes(self, event: QKeyEvent) -> bool:
        plain = event.modifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.KeypadModifier,
        )
        return bool(self._cells) and plain and event.key() in _KEYS

    def _go(self, at: int) -> None:
        self._current = at
        self.setAccessibleDescription(self._description(at))
        self.hovered.emit(self._description(at))
        self.update()

    def _choose(self) -> None:
        if not 0 <= self._current < len(self._cells):
            return
        item = self._cells[self._current]
        if item.cell is not None:
            self.chosen.emit(item.cell)
        elif item.key is not None:
            self.picture_chosen.emit(item)

    def _description(self, at: int) -> str:
        return self._cells[at].description if 0 <= at < len(self._cells) else ""

    # Where things are

    def _columns(self, width: int | None = None) -> int:
        room = self.width() if width is None else width
        return min(max((room + GRID) // (_TILE + GRID), 1), MAX_ITEMS)

    def _tile_of(self, width: int) -> int:
        columns = self._columns(width)
        return max((width - GRID * (columns - 1)) // columns, 1)

    def _box(self, at: int) -> QRect:
        tile = self.tile
        return QRect(at * (tile + GRID), 0, tile, tile)

    def _at(self, point: QPoint) -> int:
        found = range(min(len(self._cells), self._columns()))
        height = self.height()
        return next(
            (at for at in found if self._box(at).adjusted(0, 0, 0, height).contains(point)), -1
        )

    # Painting

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the row."""
        painter = QPainter(self)
        if self._waiting:
            for at in range(self._columns()):
                painter.fillRect(self._box(at), QColor(self._theme.tones.hover))
        for at, cell in enumerate(self._cells[: self._columns()]):
            self._paint_cell(painter, self._box(at), cell)
            if at == self._current and self.hasFocus():
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QColor(self._theme.tones.accent))
                painter.drawRect(self._box(at).adjusted(0, 0, -1, -1))

    def _paint_cell(self, painter: QPainter, box: QRect, cell: StripItem) -> None:
        mark = self._marks.get(cell.label) or Mark("?", NEUTRAL, "#000000")
        picture = self._thumbnails.get(cell.key) if cell.key is not None else None
        if picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            paint_fitted(painter, box, picture)
        elif cell.key is not None and not self._thumbnails.error(cell.key):
            painter.fillRect(box, QColor(self._theme.tones.hover))
        else:
            _paint_class_placeholder(painter, box, mark)
        text = self._theme.tones.text
        badge = QRect(box.left(), box.bottom() + 1 + (_CAPTION - _BADGE), _BADGE, _BADGE)
        paint_badge(
            painter, badge, mark.letter, mark.colour, mark.ink if cell.is_accepted else "", text
        )
        painter.setFont(font(FontSize.SMALL))
        painter.setPen(QColor(self._theme.tones.quiet))
        beside = QRect(badge.right() + GRID // 2, badge.top(), box.width() - _BADGE, _BADGE)
        painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, format_number(cell.distance, ".2f"))


def _paint_class_placeholder(painter: QPainter, box: QRect, mark: Mark) -> None:
    """In the place of a picture: the class's mark, large."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(mark.colour))
    painter.drawRoundedRect(box, GRID // 2, GRID // 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QColor(mark.ink))
    painter.setFont(font(FontSize.LARGE))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, mark.letter)
