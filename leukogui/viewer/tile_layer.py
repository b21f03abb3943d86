"""The tiles of what is seen: ordered from a thread, and painted by copying.

Where tiles are missing, those of the sheet before and a small picture of the whole fill in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QRegion

from leukogui.viewer import viewport as geometry
from leukogui.viewer.tile_worker import WHOLE, Sheet, TileMaker
from leukogui.viewer.tiles import Tile, tile_box, tiles_in_view
from leukogui.viewer.viewport import Sight, Size


@dataclass(frozen=True)
class _Stale:
    """Tiles of an earlier sheet with their places, and what they cover, in image pixels."""

    tiles: tuple[tuple[QRectF, QImage], ...] = ()
    covered: QRectF | None = None


class TileLayer(QObject):
    """Holds the tiles of one sheet; tiles far out of view are dropped."""

    changed = Signal(QRect)  # in pixels of the port

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sheet: Sheet | None = None
        self._seen: list[Tile] = []
        self._tiles: dict[Tile, QImage] = {}
        self._stale = _Stale()
        self._corner = QPoint()
        self._port: Size = (0, 0)
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
        self._sheet, self._tiles, self._stale, self._seen = None, {}, _Stale(), []
        self._whole, self._whole_is_due = small or QImage(), True
        self._maker.want(None, ())

    def show_sheet(self, sheet: Sheet, sight: Sight, port: Size) -> None:
        """Order what is in view of a sheet."""
        before = self._sheet
        if sheet != before:
            if before is not None:
                self._put_aside(before)
                self._whole_is_due |= replace(before, zoom=sheet.zoom) != sheet
            self._sheet = sheet
        corner = geometry.origin(sight, port)
        self._corner, self._port = QPoint(*corner), port
        self._seen = tiles_in_view(sheet.size, corner, port)
        self._order()

    def close(self) -> None:
        """Stop the thread that draws tiles."""
        self._maker.close()

    def paint(self, painter: QPainter, port: Size) -> None:
        """Paint, in device pixels."""
        sheet = self._sheet
        if sheet is None:
            self._paint_small(painter, port)
            return
        missing = self._missing()
        if missing:
            gaps = QRegion()
            for tile in missing:
                gaps += self._place(sheet, tile)
            painter.setClipRegion(gaps)
            self._paint_below(painter, sheet)
            painter.setClipping(False)
        for tile in self._seen:
            picture = self._tiles.get(tile)
            if picture is not None:
                painter.drawImage(self._place(sheet, tile).topLeft(), picture)

    def _place(self, sheet: Sheet, tile: Tile) -> QRect:
        """Where a tile lies in the port."""
        return QRect(*tile_box(sheet.size, tile)).translated(self._corner)

    def _missing(self) -> list[Tile]:
        return [tile for tile in self._seen if tile not in self._tiles]

    def _order(self) -> None:
        missing = self._missing()
        if not missing:
            self._stale = _Stale()
        if self._whole_is_due:
            # First where nothing else can be shown; else when there is time.
            whole = [WHOLE]
            missing = whole + missing if self._whole.isNull() else missing + whole
        self._maker.want(self._sheet, missing)
        if len(self._tiles) > 4 * len(self._seen) + 16:
            kept = (tile for tile in self._seen if tile in self._tiles)
            self._tiles = {tile: self._tiles[tile] for tile in kept}

    def _put_aside(self, sheet: Sheet) -> None:
        """Keep the tiles until those of the next sheet are there.

        Those of one sheet only, which filled the port: painting them over each other would
        cost as much again, and half a sheet shows less than a whole one before it.
        """
        if not self._missing() or not self._stale.tiles:
            zoom = sheet.zoom
            tiles = tuple(
                (_scaled(QRect(*tile_box(sheet.size, tile)), 1 / zoom), self._tiles[tile])
                for tile in self._seen
                if tile in self._tiles
            )
            seen = QRect(-self._corner, QSize(*self._port))
            covered = None if self._missing() else _scaled(seen, 1 / zoom)
            self._stale = _Stale(tiles, covered)
        self._tiles = {}

    def _on_tile(self, sheet: Sheet, tile: Tile, picture: QImage) -> None:
        if sheet != self._sheet:
            return
        if tile == WHOLE:
            self._whole, self._whole_is_due = picture, False
            place = QRect(self._corner, QSize(*sheet.size))
        else:
            self._tiles[tile] = picture
            place = self._place(sheet, tile)
        if not self._missing():
            self._stale = _Stale()
        self.changed.emit(place)

    def _paint_below(self, painter: QPainter, sheet: Sheet) -> None:
        stale, zoom = self._stale, sheet.zoom
        corner = QPointF(self._corner)
        covered = stale.covered
        if covered is None or not _scaled(covered, zoom).translated(corner).contains(
            QRectF(self._corner, QSize(*sheet.size)) & QRectF(0, 0, *self._port)
        ):
            # Smooth costs ten times as much, and the stale tiles cover most of it.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not stale.tiles)
            painter.drawImage(QRect(self._corner, QSize(*sheet.size)), self._whole)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for box, picture in stale.tiles:
            painter.drawImage(_scaled(box, zoom).translated(corner), picture)

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


def _scaled(box: QRect | QRectF, factor: float) -> QRectF:
    return QRectF(box.x() * factor, box.y() * factor, box.width() * factor, box.height() * factor)
