"""Heat maps, drawn over an image in the image's own coordinates."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Window

# All read well for colour-blind people, these in greyscale too; the first is the default. They
# show what speaks for a class.
_SEQUENTIAL = {
    "viridis": cv2.COLORMAP_VIRIDIS,
    "cividis": cv2.COLORMAP_CIVIDIS,
    "inferno": cv2.COLORMAP_INFERNO,
}
# Red, green and blue of what speaks for a class and of what speaks against it.
DIVERGING = {"orange_blue": ((255, 176, 0), (0, 90, 255))}
COLOUR_MAPS = (*_SEQUENTIAL, *DIVERGING)


def project_heat_map(
    heat: NDArray[np.floating], window: Window, height: int, width: int
) -> NDArray[np.float32]:
    """Heat of the window's grid, spread over the whole image.

    Args:
        heat: (h, w); place (i, j) covers its share of `window`.
        window: the square that the view covers, in pixels of the image.
        height: rows of the image.
        width: columns of the image.

    Returns:
        float32 (height, width), zero outside the window.
    """
    rows, columns = heat.shape
    step_x, step_y = window.side / columns, window.side / rows
    # Pixel centres lie at half integers, in the grid as in the image.
    matrix = np.array(
        [
            [step_x, 0.0, window.x + 0.5 * step_x - 0.5],
            [0.0, step_y, window.y + 0.5 * step_y - 0.5],
        ]
    )
    padded = np.pad(heat.astype(np.float32), 1, mode="edge")
    matrix[:, 2] -= matrix[:, :2] @ (1.0, 1.0)
    spread_out = cv2.warpAffine(
        padded,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return np.asarray(spread_out * _window_mask(window, height, width), dtype=np.float32)


def _window_mask(window: Window, height: int, width: int) -> NDArray[np.float32]:
    """1 where a pixel's centre lies in the window, else 0; float32 (height, width)."""
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    column = (x >= window.x) & (x <= window.x + window.side)
    row = (y >= window.y) & (y <= window.y + window.side)
    return np.outer(row, column).astype(np.float32)


def fade_heat_map(
    heat: NDArray[np.floating], window: Window, height: int, width: int
) -> NDArray[np.float32]:
    """Heat spread as it is drawn: it fades out towards the window's edge.

    A person would take the edge for something in the image. Each place keeps its heat at its
    centre: only between the centres of the outermost places and the edge is there less of it.
    Nothing is to be measured on this; that is what `project_heat_map` is for.

    Args and result as those of `project_heat_map`.
    """
    rows, columns = heat.shape
    down = _edge_fade(window.y, window.side, rows, height)
    along = _edge_fade(window.x, window.side, columns, width)
    return project_heat_map(heat, window, height, width) * np.outer(down, along)


def _edge_fade(start: float, side: float, places: int, length: int) -> NDArray[np.float32]:
    """1 from centre to centre of the outermost places, 0 at the window's edges; float32 (length,).

    Smooth at both of its ends.
    """
    centres = np.arange(length) + 0.5 - start
    inwards = np.minimum(centres, side - centres)
    share = np.clip(inwards / (0.5 * side / places), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def overlay_heat_map(
    rgb: NDArray[np.uint8],
    heat: NDArray[np.floating],
    window: Window,
    *,
    opacity: float = 0.5,
    colour_map: str = "viridis",
) -> NDArray[np.uint8]:
    """The image with its heat map over it; what carries no heat stays as it is.

    What speaks against the class is drawn by the map of two colours alone.

    Args:
        rgb: uint8 (H, W, 3).
        heat: (h, w), -1 to 1.
        window: in pixels of `rgb`.
        opacity: 0-1, of the hottest place.
        colour_map: one of `COLOUR_MAPS`.

    Raises:
        KeyError: unknown colour map.
    """
    drawn = rgb.copy()
    part = _window_slices(window, rgb.shape[0], rgb.shape[1])
    below = rgb[part]
    if below.size:
        moved = Window(window.x - part[1].start, window.y - part[0].start, window.side)
        share = fade_heat_map(heat, moved, below.shape[0], below.shape[1])
        colours, share = _colour_heat(share, colour_map)
        share *= np.float32(opacity)
        # OpenCV divides by the sum of the weights plus a hair, which must not darken.
        drawn[part] = cv2.blendLinear(np.ascontiguousarray(below), colours, 1 - share, share)
    return drawn


def _colour_heat(
    heat: NDArray[np.float32], colour_map: str
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Colours uint8 (H, W, 3) of heat (H, W), -1 to 1, and how much of each is drawn, 0-1."""
    if colour_map in DIVERGING:
        speaks_for, against = np.array(DIVERGING[colour_map], np.uint8)
        return np.where(heat[..., None] > 0, speaks_for, against), np.abs(heat)
    positive = np.maximum(heat, 0)
    levels = cv2.convertScaleAbs(positive, alpha=255)
    colours = cv2.applyColorMap(levels, _SEQUENTIAL[colour_map])
    return np.asarray(cv2.cvtColor(colours, cv2.COLOR_BGR2RGB), np.uint8), positive


def _window_slices(window: Window, height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns of the image that the window touches."""
    left, top = (max(0, int(np.floor(v))) for v in (window.x, window.y))
    right = max(left, min(width, int(np.ceil(window.x + window.side))))
    bottom = max(top, min(height, int(np.ceil(window.y + window.side))))
    return slice(top, bottom), slice(left, right)
