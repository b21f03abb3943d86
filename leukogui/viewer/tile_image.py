"""Draws one tile of a scaled image: sampled from a pyramid, lit, and with the heat map over it."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from leukogui.viewer.display_options import DisplayOptions
from leukogui.viewer.tiles import Box, level_for
from trainer.domain import Window

CRISP_FROM = 2.0
"""From this zoom on, pixels are squares; below, they are smoothed."""


def draw_tile(levels: Any, scale: float, zoom: float, box: Box, options: DisplayOptions) -> Any:
    """A part of the whole image at a zoom.

    Args:
        levels: uint8 (H, W, 3) each, halved from one to the next.
        scale: px of the first level / original px.
        zoom: px of the scaled image / original px.
        box: of the part, in pixels of the scaled image.
        options: brightness and contrast, heat map.

    Returns:
        uint8 (height, width, 3), RGB.
    """
    level = level_for(zoom / scale, len(levels))
    ratio = scale / 2**level / zoom  # pixels of the level for one of the scaled image
    # A coarse copy would only show its own pixels.
    crisp = zoom >= CRISP_FROM and scale == 1
    drawn = _sample(levels[level], ratio, box, crisp=crisp)
    if not options.adjustment.is_neutral:
        drawn = cv2.LUT(drawn, options.adjustment.lookup_table())
    if options.heat is not None:
        from trainer.imaging.overlay import overlay_heat_map

        heat = options.heat
        at = heat.window.scaled(zoom)
        here = Window(at.x - box[0], at.y - box[1], at.side)
        drawn = overlay_heat_map(
            drawn, heat.map, here, opacity=heat.opacity, colour_map=heat.colours
        )
    return drawn


def _sample(pixels: Any, ratio: float, box: Box, *, crisp: bool) -> Any:
    left, top, width, height = box
    if ratio == 1.0:
        return np.array(_crop(pixels, left, top, left + width, top + height), order="C")
    if crisp:
        columns = _nearest_indices(left, width, ratio, pixels.shape[1])
        rows = _nearest_indices(top, height, ratio, pixels.shape[0])
        part = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        return np.ascontiguousarray(part[rows - rows[0]][:, columns - columns[0]])
    return _resize_smooth(pixels, ratio, box)


def _crop(pixels: Any, left: int, top: int, right: int, bottom: int) -> Any:
    """A part of an array; the last row and column are repeated where it ends too early."""
    part = pixels[top:bottom, left:right]
    down, across = bottom - top - part.shape[0], right - left - part.shape[1]
    if down or across:
        part = cv2.copyMakeBorder(part, 0, down, 0, across, cv2.BORDER_REPLICATE)
    return part


def _nearest_indices(start: int, count: int, ratio: float, length: int) -> Any:
    """Which pixel each one of the scaled image lies in."""
    centres = (np.arange(start, start + count) + 0.5) * ratio
    return np.minimum(centres.astype(np.intp), length - 1)


def _resize_smooth(pixels: Any, ratio: float, box: Box) -> Any:
    left, top, width, height = box
    first = max(int(left * ratio) - 1, 0), max(int(top * ratio) - 1, 0)
    end = int((left + width) * ratio) + 2, int((top + height) * ratio) + 2
    part = np.ascontiguousarray(pixels[first[1] : end[1], first[0] : end[0]])
    # Pixel centres lie at half integers, in the scaled image as in the level.
    shift = [(start + 0.5) * ratio - 0.5 - begin for start, begin in zip(box, first, strict=False)]
    matrix = np.array([[ratio, 0.0, shift[0]], [0.0, ratio, shift[1]]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(
        part, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
