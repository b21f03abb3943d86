"""The view, the network's input: the masked cell on grey at a common scale, or the whole image.

The parts (`view_window`, `crop_window`, `soft_mask`, `composite_on_grey`) are public so that
training can vary each of them and change colours before the mask is laid on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import CellState, Window
from trainer.imaging.segmentation.white_cell import MASK_SIDE, Cell
from trainer.imaging.stain_normalization import (
    NO_NORMALIZATION,
    StainNormalization,
    normalize_stain,
)

_Number = TypeVar("_Number", np.uint8, np.float32)


@dataclass(frozen=True)
class View:
    """How an image becomes the network's input.

    Attributes:
        kind: "cell" for the masked cell at a common scale, "whole" for the central square.
        red_cells: side of the window, in diameters of the source's red cells.
        grey: what lies outside of the mask and of the image, 0-255.
        feather: width of the mask's soft edge, as a share of the window's side.
        toning: the common light and stain of all cells.
    """

    kind: Literal["cell", "whole"] = "cell"
    red_cells: float = 3.5
    grey: int = 128
    feather: float = 0.025
    toning: StainNormalization = NO_NORMALIZATION


def render_view(
    rgb: NDArray[np.uint8], cell: Cell, view: View, size: int, red_cell_diameter: float
) -> tuple[NDArray[np.uint8], Window]:
    """Render the network's input for one image.

    Args:
        rgb: (H, W, 3).
        cell: as `segment_cell` found it in `rgb`; without one, the view is the whole image.
        view: from the model's card.
        size: side of the result, in pixels.
        red_cell_diameter: the source's, in pixels of `rgb`.

    Returns:
        (size, size, 3) and the window that it covers, in pixels of `rgb`.
    """
    window = view_window(cell, view, red_cell_diameter)
    crop, inside = crop_window(rgb, window, size)
    crop = normalize_stain(crop, cell, view.toning)
    if view.kind == "cell" and cell.state is not CellState.NONE:
        inside = inside * soft_mask(cell, window, size, feather=view.feather)
    return composite_on_grey(crop, inside, view.grey), window


def view_window(cell: Cell, view: View, red_cell_diameter: float) -> Window:
    """Return the square of the view, in whole pixels of the array that the cell was found in."""
    if view.kind == "whole" or cell.state is CellState.NONE:
        return cell.square
    side = max(round(view.red_cells * red_cell_diameter), 1)
    x, y = cell.centroid
    return Window(round(x - side / 2), round(y - side / 2), side)


def crop_window(
    rgb: NDArray[np.uint8],
    window: Window,
    size: int,
    *,
    angle: float = 0.0,
    mirrored: bool = False,
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Cut a window out at `size` pixels a side, averaged over pixels when shrinking.

    Args:
        rgb: (H, W, 3).
        window: in pixels of `rgb`; may reach outside.
        size: side of the result.
        angle: degrees by which the content is turned about the window's middle.
        mirrored: whether the content is mirrored left to right, before turning.

    Returns:
        (size, size, 3), edge pixels repeated outside of the image; and (size, size),
        1 inside of the image and 0 outside.
    """
    part, left, top, shrink_x, shrink_y = _downscale_region(rgb, window, size)
    matrix = _view_transform(window, size, angle, mirrored)
    # From pixels of the result to pixels of the shrunken part, centre to centre.
    to_part = np.array([[shrink_x, 0, -left * shrink_x], [0, shrink_y, -top * shrink_y]])
    sampling = to_part[:, :2] @ matrix
    sampling[:, 2] += to_part[:, 2]
    crop = _warp(part, sampling, size, cv2.BORDER_REPLICATE)
    if _lies_within(sampling, size, part.shape):
        return crop, np.ones((size, size), np.float32)
    ones = np.ones(part.shape[:2], np.float32)
    return crop, _warp(ones, sampling, size, cv2.BORDER_CONSTANT)


def soft_mask(
    cell: Cell,
    window: Window,
    size: int,
    *,
    feather: float = View.feather,
    grow: float = 0.0,
    angle: float = 0.0,
    mirrored: bool = False,
) -> NDArray[np.float32]:
    """Compute how much of each pixel of a window belongs to the cell.

    Args:
        cell: the cell.
        window: as given to `crop_window`; `size`, `angle` and `mirrored` too.
        size: side of the result.
        feather: width of the soft edge, as a share of the window's side.
        grow: pixels of the result by which the mask is grown, or shrunk if negative.
        angle: as in `crop_window`.
        mirrored: as in `crop_window`.

    Returns:
        (size, size), 1 on the cell, 0 off it, 0.5 on its boundary.
    """
    step = cell.square.side / MASK_SIDE
    matrix = _view_transform(window, size, angle, mirrored)
    sampling = matrix.copy()
    sampling[:, 2] -= (cell.square.x, cell.square.y)
    sampling /= step
    away = _warp(signed_distance(cell.mask), sampling, size, cv2.BORDER_REPLICATE)
    pixels = away * (step * size / window.side) + np.float32(grow)
    width = max(feather * size, 1e-3)
    return np.asarray(np.clip(pixels / width + 0.5, 0.0, 1.0), dtype=np.float32)


def composite_on_grey(
    rgb: NDArray[np.uint8], soft: NDArray[np.float32], grey: int = View.grey
) -> NDArray[np.uint8]:
    """`rgb` (H, W, 3) where `soft` (H, W) is 1, grey where it is 0, mixed between."""
    result = np.full(rgb.shape, grey, np.uint8)
    # Most of a view is grey: only what the mask touches is worked on.
    x, y, width, height = cv2.boundingRect((soft != 0).astype(np.uint8))
    if not width:
        return result
    box = np.s_[y : y + height, x : x + width]
    mixed = rgb[box].astype(np.float32)
    mixed -= np.float32(grey)
    mixed *= cv2.merge([soft[box]] * 3)
    mixed += np.float32(grey + 0.5)
    result[box] = mixed
    return result


def signed_distance(mask: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Pixels from each pixel's centre to the mask's boundary: positive inside."""
    inside = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    outside = cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5)
    distance = np.where(mask, inside - 0.5, 0.5 - outside)
    return np.asarray(distance, dtype=np.float32)


def _downscale_region(
    rgb: NDArray[np.uint8], window: Window, size: int
) -> tuple[NDArray[np.uint8], int, int, float, float]:
    """What the window (or its turned copy) can touch, area-averaged to the result's scale."""
    height, width = rgb.shape[:2]
    reach = window.side * 0.2072  # corners of a turned square reach beyond its sides
    left, top = (max(int(np.floor(v - reach)), 0) for v in (window.x, window.y))
    right = min(int(np.ceil(window.x + window.side + reach)), width)
    bottom = min(int(np.ceil(window.y + window.side + reach)), height)
    left, top = min(left, width - 1), min(top, height - 1)
    part = rgb[top : max(bottom, top + 1), left : max(right, left + 1)]
    factor = min(size / window.side, 1.0)
    columns = max(round(part.shape[1] * factor), 1)
    rows = max(round(part.shape[0] * factor), 1)
    shrink_x, shrink_y = columns / part.shape[1], rows / part.shape[0]
    if factor < 1.0:
        part = cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA)
    return part, left, top, shrink_x, shrink_y


def _view_transform(window: Window, size: int, angle: float, mirrored: bool) -> NDArray[np.float64]:
    """(2, 3): from a point of the result to a point of the image, both from pixel corners."""
    turn = np.deg2rad(angle)
    step = window.side / size
    cos, sin = np.cos(turn) * step, np.sin(turn) * step
    linear = np.array([[cos, -sin], [sin, cos]])
    if mirrored:
        linear[0] = -linear[0]
    middle = np.array([window.x, window.y]) + window.side / 2
    offset = middle - linear @ np.array([size / 2, size / 2])
    return np.column_stack([linear, offset])


def _lies_within(sampling: NDArray[np.float64], size: int, shape: tuple[int, ...]) -> bool:
    """Whether every pixel of a result is sampled inside of an array, a pixel from its edge."""
    corners = np.array([[0, size, 0, size], [0, 0, size, size], [1, 1, 1, 1]])
    x, y = sampling @ corners
    height, width = shape[:2]
    return bool(x.min() >= 1 and y.min() >= 1 and x.max() <= width - 1 and y.max() <= height - 1)


def _warp(
    array: NDArray[_Number], sampling: NDArray[np.float64], size: int, border_mode: int
) -> NDArray[_Number]:
    """`array` sampled at the result's pixel centres; `sampling` maps corner coordinates."""
    matrix = sampling.copy()
    matrix[:, 2] += 0.5 * matrix[:, :2].sum(axis=1) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    sampled = cv2.warpAffine(array, matrix, (size, size), flags=flags, borderMode=border_mode)
    return np.asarray(sampled, dtype=array.dtype)
