"""The tiles of what is seen: ordered from a thread, and painted by copying.

Where tiles are missing, those of the sheet before and a small picture of the whole fill in.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter

from leukogui.viewer import sight as geometry
from leukogui.viewer.sight import Sight, Size
from leukogui.viewer.tile_maker import WHOLE, Sheet, TileMaker
from leukogui.viewer.tiles import Tile, tile_box, tiles_in_view

_MOST_STALE = 128


class TileLayer(QObject):
    """Holds the tiles of one sheet; tiles far out of view are dropped."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self._seen: list[Tile] = []
        self._tiles: dict[Tile, QImage] = {}
        self._stale: list[tuple[QRectF, QImage]] = []
        self._whole = QImage()
        self._whole_is_due = True
        self._maker = TileMaker(self)
        self._maker.made.connect(self._on_tile)

    @property
    def is_complete(self) -> bool:
        """Whether every tile in view is there."""
        return self._sheet is not None and not self._missing()

    def forget(self, small: QImage | None = None) -> None:
        """Show nothing, or a small picture until the image is there."""
        self._sheet, self._tiles, self._stale, self._seen = None, {}, [], []
        self._whole, self._whole_is_due = small or QImage(), True
        self._maker.want(None, ())

    def show_sheet(self, sheet: Sheet, sight: Sight, port: Size) -> None:
        """Order what is in view of a sheet."""
        before = self._sheet
        if before is None or sheet.key != before.key:
            if before is not None:
                self._put_aside(before)
                self._whole_is_due |= sheet.key[:3] != before.key[:3]
            self._sheet = sheet
        self._seen = tiles_in_view(sheet.size, geometry.origin(sight, port), port)
        self._order()

    def close(self) -> None:
        """Stop the thread that draws tiles."""
        self._maker.close()

    def paint(self, painter: QPainter, sight: Sight, port: Size) -> None:
        """Paint, in device pixels."""
        sheet = self._sheet
        if sheet is None:
            self._paint_small(painter, port)
            return
        left, top = geometry.origin(sight, port)
        place = QRectF(left, top, *sheet.size)
        painter.setClipRect(place)
        if self._missing():
            self._paint_below(painter, place, sight.zoom)
        for tile in self._seen:
            picture = self._tiles.get(tile)
            if picture is not None:
                box = tile_box(sheet.size, tile)
                painter.drawImage(QPoint(left + box[0], top + box[1]), picture)
        painter.setClipping(False)

    def _missing(self) -> list[Tile]:
        return [tile for tile in self._seen if tile not in self._tiles]

    def _order(self) -> None:
        missing = self._missing()
        if not missing:
            self._stale = []
        if self._whole_is_due:
            # First where nothing else can be shown; else when there is time.
            whole = [WHOLE]
            missing = whole + missing if self._whole.isNull() else missing + whole
        self._maker.want(self._sheet, missing)
        if len(self._tiles) > 4 * len(self._seen) + 16:
            kept = (tile for tile in self._seen if tile in self._tiles)
            self._tiles = {tile: self._tiles[tile] for tile in kept}

    def _put_aside(self, sheet: Sheet) -> None:
        """Keep tiles, with their places in the image, until those of the next sheet are there."""
        zoom = sheet.zoom
        for tile, picture in self._tiles.items():
            left, top, width, height = (each / zoom for each in tile_box(sheet.size, tile))
            self._stale.append((QRectF(left, top, width, height), picture))
        self._stale = self._stale[-_MOST_STALE:]
        self._tiles = {}

    def _on_tile(self, sheet: Sheet, tile: Tile, picture: QImage) -> None:
        if self._sheet is None or sheet.key != self._sheet.key:
            return
        if tile == WHOLE:
            self._whole, self._whole_is_due = picture, False
        else:
            self._tiles[tile] = picture
        if not self._missing():
            self._stale = []
        self.changed.emit()

    def _paint_below(self, painter: QPainter, place: QRectF, zoom: float) -> None:
        # Smooth costs ten times as much, and the stale tiles cover most of it.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not self._stale)
        painter.drawImage(place, self._whole)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for box, picture in self._stale:
            at = place.topLeft() + box.topLeft() * zoom
            painter.drawImage(QRectF(at, box.size() * zoom), picture)

    def _paint_small(self, painter: QPainter, port: Size) -> None:
        """A thumbnail, where the whole image will be."""
        if self._whole.isNull():
            return
        place = QRect(0, 0, *port)
        size = self._whole.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        fitted = QRect(0, 0, size.width(), size.height())
        fitted.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(fitted, self._whole)
