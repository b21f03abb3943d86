"""Which tiles of a sheet are in view, and from which level of a pyramid each is drawn."""

from __future__ import annotations

import math

from leukogui.viewer.viewport import Size

SIDE = 512
"""Of a tile, in device pixels."""
Tile = tuple[int, int]
"""Column and row."""
Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels of the sheet."""


def tiles_in_view(sheet: Size, origin: Size, port: Size) -> list[Tile]:
    """Tiles that the port touches, those nearest to its middle first.

    Args:
        sheet: size of the whole image at the zoom.
        origin: where its top left corner lies in the port.
        port: size of the part of the screen that shows it.
    """
    columns = _touched(sheet[0], -origin[0], port[0])
    rows = _touched(sheet[1], -origin[1], port[1])
    middle = ((port[0] / 2 - origin[0]) / SIDE - 0.5, (port[1] / 2 - origin[1]) / SIDE - 0.5)
    tiles = [(column, row) for row in rows for column in columns]
    return sorted(tiles, key=lambda tile: math.dist(tile, middle))


def _touched(length: int, start: int, seen: int) -> range:
    first, end = max(start, 0), min(start + seen, length)
    return range(first // SIDE, -(-end // SIDE)) if end > first else range(0)


def tile_box(sheet: Size, tile: Tile) -> Box:
    """Where a tile lies on the sheet; those at the right and lower edge are smaller."""
    left, top = tile[0] * SIDE, tile[1] * SIDE
    return left, top, min(SIDE, sheet[0] - left), min(SIDE, sheet[1] - top)


def level_for(zoom: float, levels: int) -> int:
    """The coarsest level that is at least as fine as the zoom; level n is 1/2^n of the image."""
    if zoom >= 1:
        return 0
    return min(int(math.log2(1 / zoom) + 1e-9), levels - 1)
