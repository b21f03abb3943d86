"""Makes the tiles of one picture on a thread; what is no longer in view is not made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from leukogui.threads.latest_requests import LatestRequests
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.tiles import Tile, tile_box
from leukogui.viewer.viewport import scaled_size

OVERVIEW: Tile = (-1, -1)
"""Stands for a small picture of the whole image, shown where tiles are still missing."""
_OVERVIEW_SIDE = 768


@dataclass(frozen=True)
class ScaledImage:
    """What the tiles are cut from: a plane of an image at a zoom, with its `DisplayOptions`."""

    image: OpenedImage
    plane: int
    zoom: float
    options: Any

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole, in device pixels."""
        return scaled_size(self.image.size, self.zoom)


class TileWorker(QObject):
    """Makes tiles of the newest scaled image, in the order of the requests."""

    tile_ready = Signal(object, object, QImage)  # ScaledImage, Tile

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._requests = LatestRequests("tiles", self._make)

    def request(self, image: ScaledImage | None, tiles: Sequence[Tile]) -> None:
        """Make these, and nothing that was requested earlier."""
        requests = [(image, tile) for tile in tiles] if image is not None else []
        self._requests.request(requests, again=False)

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        self._requests.close()

    def _make(self, request: tuple[ScaledImage, Tile]) -> None:
        picture = render_tile(*request)
        self._requests.release()
        if not self._requests.is_closing:
            self.tile_ready.emit(*request, picture)


def render_tile(image: ScaledImage, tile: Tile) -> QImage:
    """One tile, in the screen's own format, so that painting it is copying it."""
    from leukogui.viewer.tile_image import draw_tile

    zoom = image.zoom
    if tile == OVERVIEW:
        zoom = min(_OVERVIEW_SIDE / max(image.image.size), 1.0)
        box = (0, 0, *scaled_size(image.image.size, zoom))
    else:
        box = tile_box(image.size, tile)
    levels = image.image.levels(image.plane)
    rgb = draw_tile(levels, image.image.scale, zoom, box, image.options)
    height, width = rgb.shape[:2]
    drawn = QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888)
    return drawn.convertToFormat(QImage.Format.Format_RGB32)
