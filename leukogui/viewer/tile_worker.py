"""Makes the tiles of one picture on a thread; what is no longer in view is not made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from leukogui.threads.latest_requests import NewestWishes
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.tiles import Tile, tile_box
from leukogui.viewer.viewport import sheet_size

WHOLE: Tile = (-1, -1)
"""Stands for a small picture of the whole image, shown where tiles are still missing."""
_WHOLE_SIDE = 768


@dataclass(frozen=True)
class Sheet:
    """What the tiles are cut from: a plane of an image at a zoom, in a look (`StainStyle`)."""

    image: OpenedImage
    plane: int
    zoom: float
    look: Any

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole, in device pixels."""
        return sheet_size(self.image.size, self.zoom)


class TileMaker(QObject):
    """Makes tiles of the newest sheet, in the order that they are wished for."""

    made = Signal(object, object, QImage)  # Sheet, Tile

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wishes = NewestWishes("tiles", self._make)

    def want(self, sheet: Sheet | None, tiles: Sequence[Tile]) -> None:
        """Make these, and nothing that was wished for earlier."""
        wishes = [(sheet, tile) for tile in tiles] if sheet is not None else []
        self._wishes.want(wishes, again=False)

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        self._wishes.close()

    def _make(self, wish: tuple[Sheet, Tile]) -> None:
        picture = make_tile(*wish)
        if not self._wishes.leaving:
            self.made.emit(*wish, picture)


def make_tile(sheet: Sheet, tile: Tile) -> QImage:
    """One tile, in the screen's own format, so that painting it is copying it."""
    from leukogui.viewer.rendering import draw_tile

    zoom = sheet.zoom
    if tile == WHOLE:
        zoom = min(_WHOLE_SIDE / max(sheet.image.size), 1.0)
        box = (0, 0, *sheet_size(sheet.image.size, zoom))
    else:
        box = tile_box(sheet.size, tile)
    levels = sheet.image.levels(sheet.plane)
    rgb = draw_tile(levels, sheet.image.scale, zoom, box, sheet.look)
    height, width = rgb.shape[:2]
    drawn = QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888)
    return drawn.convertToFormat(QImage.Format.Format_RGB32)
