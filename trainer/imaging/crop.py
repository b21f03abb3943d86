"""What augmentation needs of a cell: an unmasked crop, and how far each pixel is from the mask.

The crop is a little larger than the view, so that rotation, translation and scaling leave no
empty corners; the distance from the mask's edge lets the mask grow or shrink at no cost.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, Window
from trainer.imaging.segmentation.white_cell import MASK_SIDE, Cell
from trainer.imaging.stain_normalization import normalize_stain
from trainer.imaging.view import View, crop_window, signed_distance, view_window

PADDING_FACTOR = 1.25  # side of a crop, in sides of the view
DISTANCE_STEP = 0.5  # px of the crop for one unit of its mask distance

Crop = tuple[NDArray[np.uint8], NDArray[np.int8]]
"""Pixels (P, P, 3), RGB, 0-255, and mask distance (P, P) in steps of `DISTANCE_STEP`."""


def padded_size(size: int) -> int:
    """Side in pixels of the crop for a network of this input size."""
    return round(size * PADDING_FACTOR / 2) * 2


def crop_cell(
    rgb: NDArray[np.uint8], cell: Cell, view: View, size: int, red_cell_diameter: float
) -> Crop:
    """Cut one cell out of its image, unmasked and with a margin around the view.

    Args:
        rgb: (H, W, 3).
        cell: as `segment_cell` found it in `rgb`.
        view: as the model's card has it.
        size: side of the network's input.
        red_cell_diameter: the source's, in pixels of `rgb`.

    Returns:
        Pixels (P, P, 3) and mask distance (P, P), positive inside, -127 to 127, with
        P = `padded_size(size)`.
    """
    side = padded_size(size)
    window = _enlarge_window(view_window(cell, view, red_cell_diameter), side / size)
    pixels, inside = crop_window(rgb, window, side)
    pixels = normalize_stain(pixels, cell, view.toning)
    if view.kind == "whole" or cell.state is CellState.NONE:
        distance = signed_distance(inside > 0.5) if (inside <= 0.5).any() else _all_inside(side)
    else:
        distance = _resample_distance(cell, window, side)
        distance[inside < 0.5] = np.minimum(distance[inside < 0.5], -1.0)
    return pixels, np.clip(np.rint(distance / DISTANCE_STEP), -127, 127).astype(np.int8)


def _enlarge_window(window: Window, factor: float) -> Window:
    extra = window.side * (factor - 1.0)
    return Window(window.x - extra / 2, window.y - extra / 2, window.side + extra)


def _resample_distance(cell: Cell, window: Window, size: int) -> NDArray[np.float32]:
    """Distance from the mask's edge over a window, in pixels of the result."""
    grid_per_px = MASK_SIDE / cell.square.side
    step = window.side / size * grid_per_px
    left = (window.x - cell.square.x) * grid_per_px
    top = (window.y - cell.square.y) * grid_per_px
    sampling = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]])
    distance = cv2.warpAffine(
        signed_distance(cell.mask),
        sampling,
        (size, size),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(distance / step, dtype=np.float32)


def _all_inside(size: int) -> NDArray[np.float32]:
    return np.full((size, size), math.inf, dtype=np.float32)
