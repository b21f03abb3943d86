"""Which tiles of a scaled image are in view, and from which level of a pyramid each is drawn."""

from __future__ import annotations

import math

from leukogui.viewer.viewport import Size

SIDE = 512
"""Of a tile, in device pixels."""
Tile = tuple[int, int]
"""Column and row."""
Box = tuple[int, int, int, int]
"""Left, top, width, height, in pixels of the scaled image."""


def tiles_in_view(scaled_size: Size, origin: Size, widget_size: Size) -> list[Tile]:
    """Tiles that the widget touches, those nearest to its middle first.

    Args:
        scaled_size: size of the whole image at the zoom.
        origin: where its top left corner lies in the widget.
        widget_size: size of the part of the screen that shows it.
    """
    columns = _tile_range(scaled_size[0], -origin[0], widget_size[0])
    rows = _tile_range(scaled_size[1], -origin[1], widget_size[1])
    middle = (
        (widget_size[0] / 2 - origin[0]) / SIDE - 0.5,
        (widget_size[1] / 2 - origin[1]) / SIDE - 0.5,
    )
    tiles = [(column, row) for row in rows for column in columns]
    return sorted(tiles, key=lambda tile: math.dist(tile, middle))


def _tile_range(length: int, start: int, seen: int) -> range:
    first, end = max(start, 0), min(start + seen, length)
    return range(first // SIDE, -(-end // SIDE)) if end > first else range(0)


def tile_box(scaled_size: Size, tile: Tile) -> Box:
    """Where a tile lies in the scaled image; those at the right and lower edge are smaller."""
    left, top = tile[0] * SIDE, tile[1] * SIDE
    return left, top, min(SIDE, scaled_size[0] - left), min(SIDE, scaled_size[1] - top)


def level_for(zoom: float, levels: int) -> int:
    """The coarsest level that is at least as fine as the zoom; level n is 1/2^n of the image."""
    if zoom >= 1:
        return 0
    return min(int(math.log2(1 / zoom) + 1e-9), levels - 1)
