"""The tiles in view: requested from a thread, and painted by copying.

Where tiles are missing, those of the image before and a small picture of the whole fill in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QRegion

from leukogui.viewer import viewport as geometry
from leukogui.viewer.tile_worker import OVERVIEW, ScaledImage, TileWorker
from leukogui.viewer.tiles import Tile, tile_box, tiles_in_view
from leukogui.viewer.viewport import Size, Viewport


@dataclass(frozen=True)
class _StaleTiles:
    """Tiles of an earlier scaled image with their places, and what they cover, in image pixels."""

    tiles: tuple[tuple[QRectF, QImage], ...] = ()
    covered: QRectF | None = None


class TileLayer(QObject):
    """Holds the tiles of one scaled image; tiles far out of view are dropped."""

    changed = Signal(QRect)  # in pixels of the widget

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scaled_image: ScaledImage | None = None
        self._visible_tiles: list[Tile] = []
        self._tiles: dict[Tile, QImage] = {}
        self._stale_tiles = _StaleTiles()
        self._corner = QPoint()
        self._widget_size: Size = (0, 0)
        self._overview = QImage()
        self._overview_due = True
        self._worker = TileWorker(self)
        self._worker.tile_ready.connect(self._on_tile)

    @property
    def is_complete(self) -> bool:
        """Whether every tile in view is there."""
        return self._scaled_image is not None and not self._missing()

    def clear(self, small: QImage | None = None) -> None:
        """Show nothing, or a small picture until the image is there."""
        self._scaled_image, self._tiles, self._stale_tiles, self._visible_tiles = (
            None,
            {},
            _StaleTiles(),
            [],
        )
        self._overview, self._overview_due = small or QImage(), True
        self._worker.request(None, ())

    def show_scaled_image(self, image: ScaledImage, viewport: Viewport, widget_size: Size) -> None:
        """Request what is in view of a scaled image."""
        before = self._scaled_image
        if image != before:
            if before is not None:
                self._keep_stale(before)
                self._overview_due |= replace(before, zoom=image.zoom) != image
            self._scaled_image = image
        corner = geometry.origin(viewport, widget_size)
        self._corner, self._widget_size = QPoint(*corner), widget_size
        self._visible_tiles = tiles_in_view(image.size, corner, widget_size)
        self._request_tiles()

    def close(self) -> None:
        """Stop the thread that draws tiles."""
        self._worker.close()

    def paint(self, painter: QPainter, widget_size: Size) -> None:
        """Paint, in device pixels."""
        image = self._scaled_image
        if image is None:
            self._paint_thumbnail(painter, widget_size)
            return
        missing = self._missing()
        if missing:
            gaps = QRegion()
            for tile in missing:
                gaps += self._tile_rect(image, tile)
            painter.setClipRegion(gaps)
            self._paint_background(painter, image)
            painter.setClipping(False)
        for tile in self._visible_tiles:
            picture = self._tiles.get(tile)
            if picture is not None:
                painter.drawImage(self._tile_rect(image, tile).topLeft(), picture)

    def _tile_rect(self, image: ScaledImage, tile: Tile) -> QRect:
        """Where a tile lies in the widget."""
        return QRect(*tile_box(image.size, tile)).translated(self._corner)

    def _missing(self) -> list[Tile]:
        return [tile for tile in self._visible_tiles if tile not in self._tiles]

    def _request_tiles(self) -> None:
        missing = self._missing()
        if not missing:
            self._stale_tiles = _StaleTiles()
        if self._overview_due:
            # First where nothing else can be shown; else when there is time.
            whole = [OVERVIEW]
            missing = whole + missing if self._overview.isNull() else missing + whole
        self._worker.request(self._scaled_image, missing)
        if len(self._tiles) > 4 * len(self._visible_tiles) + 16:
            visible = (tile for tile in self._visible_tiles if tile in self._tiles)
            self._tiles = {tile: self._tiles[tile] for tile in visible}

    def _keep_stale(self, image: ScaledImage) -> None:
        """Keep the tiles until those of the next image are there.

        Those of one image only, which filled the widget: painting them over each other would
        cost as much again, and half an image shows less than a whole one before it.
        """
        if not self._missing() or not self._stale_tiles.tiles:
            zoom = image.zoom
            tiles = tuple(
                (_scale_box(QRect(*tile_box(image.size, tile)), 1 / zoom), self._tiles[tile])
                for tile in self._visible_tiles
                if tile in self._tiles
            )
            seen = QRect(-self._corner, QSize(*self._widget_size))
            covered = None if self._missing() else _scale_box(seen, 1 / zoom)
            self._stale_tiles = _StaleTiles(tiles, covered)
        self._tiles = {}

    def _on_tile(self, image: ScaledImage, tile: Tile, picture: QImage) -> None:
        if image != self._scaled_image:
            return
        if tile == OVERVIEW:
            self._overview, self._overview_due = picture, False
            place = QRect(self._corner, QSize(*image.size))
        else:
            self._tiles[tile] = picture
            place = self._tile_rect(image, tile)
        if not self._missing():
            self._stale_tiles = _StaleTiles()
        self.changed.emit(place)

    def _paint_background(self, painter: QPainter, image: ScaledImage) -> None:
        stale, zoom = self._stale_tiles, image.zoom
        corner = QPointF(self._corner)
        covered = stale.covered
        if covered is None or not _scale_box(covered, zoom).translated(corner).contains(
            QRectF(self._corner, QSize(*image.size)) & QRectF(0, 0, *self._widget_size)
        ):
            # Smooth costs ten times as much, and the stale tiles cover most of it.
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, not stale.tiles)
            painter.drawImage(QRect(self._corner, QSize(*image.size)), self._overview)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        for box, picture in stale.tiles:
            painter.drawImage(_scale_box(box, zoom).translated(corner), picture)

    def _paint_thumbnail(self, painter: QPainter, widget_size: Size) -> None:
        """A thumbnail, where the whole image will be."""
        if self._overview.isNull():
            return
        place = QRect(0, 0, *widget_size)
        size = self._overview.size().scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        fitted = QRect(0, 0, size.width(), size.height())
        fitted.moveCenter(place.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(fitted, self._overview)


def _scale_box(box: QRect | QRectF, factor: float) -> QRectF:
    return QRectF(box.x() * factor, box.y() * factor, box.width() * factor, box.height() * factor)
