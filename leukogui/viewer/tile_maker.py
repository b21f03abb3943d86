"""Makes the tiles of one picture on a thread; what is no longer in view is not made."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from leukogui.viewer.mistakes import reported_mistakes
from leukogui.viewer.opened_image import OpenedImage
from leukogui.viewer.sight import sheet_size
from leukogui.viewer.tiles import Tile, tile_box

WHOLE: Tile = (-1, -1)
"""Stands for a small picture of the whole image, shown where tiles are still missing."""
_WHOLE_SIDE = 768


@dataclass(frozen=True, eq=False)
class Sheet:
    """What the tiles are cut from: a plane of an image at a zoom, in a look (`Look`)."""

    image: OpenedImage
    plane: int
    zoom: float
    look: Any

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for sheets that look the same; the zoom comes last."""
        return self.image, self.plane, self.look, self.zoom

    @property
    def size(self) -> tuple[int, int]:
        """Of the whole, in device pixels."""
        return sheet_size(self.image.size, self.zoom)


class TileMaker(QObject):
    """Makes tiles of the newest sheet, in the order that they are wished for."""

    made = Signal(object, object, QImage)  # Sheet, Tile

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Condition()
        self._sheet: Sheet | None = None
        self._wanted: list[Tile] = []
        self._making: tuple[Sheet | None, Tile] = (None, WHOLE)
        self._leaving = False
        self._thread: threading.Thread | None = None

    def want(self, sheet: Sheet | None, tiles: Sequence[Tile]) -> None:
        """Make these, and nothing that was wished for earlier."""
        if self._leaving:
            return
        with self._lock:
            self._sheet = sheet
            self._wanted = [tile for tile in tiles if not self._is_making(sheet, tile)]
            self._lock.notify()
        if self._thread is None and tiles:
            self._thread = threading.Thread(target=self._work, name="tiles", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Stop the thread, and wait for it."""
        with self._lock:
            self._leaving = True
            self._wanted.clear()
            self._lock.notify()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _is_making(self, sheet: Sheet | None, tile: Tile) -> bool:
        making, at = self._making
        return making is not None and sheet is not None and (making.key, at) == (sheet.key, tile)

    def _work(self) -> None:
        while True:
            with self._lock:
                self._making = (None, WHOLE)
                while not self._wanted and not self._leaving:
                    self._lock.wait()
                if self._leaving or self._sheet is None:
                    return
                sheet, tile = self._sheet, self._wanted.pop(0)
                self._making = (sheet, tile)
            with reported_mistakes():
                picture = make_tile(sheet, tile)
                if not self._leaving:
                    self.made.emit(sheet, tile, picture)


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
