"""Colour and texture of a part of an image as features, which a shortcut can be made of."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.segmentation.white_cell import MASK_SIDE, Cell

MARGIN_SHARE = 0.08
"""Width of the outer margin that is measured, as a share of each side."""

# Cytoplasm that the outline missed must not be taken for background: masks are grown by so
# much, and everything within the middle disc is left out, so that neither the cell's own
# colour nor its size can be read from what is left.
_DILATION = 0.08
_MIDDLE = 0.30

_PERCENTILES = (10, 50, 90)
_MIN_PIXELS = 64
_LEVELS = np.arange(256, dtype=np.float64)
COLOUR_FEATURES = tuple(
    f"{figure} {channel}"
    for figure in ("mean", "spread of", "darkest", "middling", "brightest")
    for channel in ("red", "green", "blue")
)
TEXTURE_FEATURES = ("noise", "detail", "contrast", "JPEG squares")
APPEARANCE_FEATURES = COLOUR_FEATURES + TEXTURE_FEATURES
_EDGE = 0.02  # of each side: frames and dark rims are often thinner than the margin
EDGE_FEATURES = tuple(
    f"{channel} at the {side}"
    for side in ("top", "bottom", "left", "right")
    for channel in ("red", "green", "blue")
)
MARGIN_FEATURES = APPEARANCE_FEATURES + EDGE_FEATURES


def margin_mask(height: int, width: int, share: float = MARGIN_SHARE) -> NDArray[np.bool_]:
    """Return a mask (H, W), True on the outer margin, at least one pixel wide."""
    down, across = max(round(share * height), 1), max(round(share * width), 1)
    mask = np.ones((height, width), np.bool_)
    mask[down : height - down, across : width - across] = False
    return mask


def background_mask(cell: Cell, height: int, width: int) -> NDArray[np.bool_]:
    """Return a mask (H, W), True outside of the cell's grown mask and of the middle disc."""
    hidden = cell.mask.astype(np.uint8)
    reach = 2 * round(_DILATION * MASK_SIDE) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    hidden = cv2.dilate(hidden, disc)
    cv2.circle(hidden, (MASK_SIDE // 2, MASK_SIDE // 2), round(_MIDDLE * MASK_SIDE), 1, cv2.FILLED)
    x, y, side = int(cell.square.x), int(cell.square.y), int(cell.square.side)
    away = np.ones((height, width), np.bool_)
    resized = cv2.resize(hidden, (side, side), interpolation=cv2.INTER_NEAREST)
    away[y : y + side, x : x + side] = resized == 0
    return away


def measure_margin(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Measure `MARGIN_FEATURES` of an image (H, W, 3): of its margin and of its very edges.

    Returns:
        (31,), in grey levels; zeros for the appearance of a margin of next to no pixels.
    """
    height, width = rgb.shape[:2]
    down, across = max(round(_EDGE * height), 1), max(round(_EDGE * width), 1)
    edges = (rgb[:down], rgb[-down:], rgb[:, :across], rgb[:, -across:])
    colours = [edge.mean(axis=(0, 1)) for edge in edges]
    measured = measure_appearance(rgb, margin_mask(height, width))
    appearance = np.zeros(len(APPEARANCE_FEATURES)) if measured is None else measured
    return np.concatenate([appearance, *colours]).astype(np.float32)


def measure_appearance(
    rgb: NDArray[np.uint8], mask: NDArray[np.bool_]
) -> NDArray[np.float32] | None:
    """Measure `APPEARANCE_FEATURES` of the pixels under a mask.

    Args:
        rgb: (H, W, 3).
        mask: (H, W), True where pixels count.

    Returns:
        (19,), in grey levels; None where the mask holds next to nothing.
    """
    counted = mask.astype(np.uint8)
    if cv2.countNonZero(counted) < _MIN_PIXELS:
        return None
    channels = [_Histogram.of(rgb, channel, counted) for channel in range(3)]
    colours = [
        [levels.mean for levels in channels],
        [levels.std for levels in channels],
        *([levels.percentile(share) for levels in channels] for share in _PERCENTILES),
    ]
    return np.array([*np.ravel(colours), *_measure_texture(rgb, counted)], np.float32)


@dataclass(frozen=True, eq=False)
class _Histogram:
    """How often each grey level occurs: exact for 8 bits, and ten times faster than sorting."""

    counts: NDArray[np.float64]

    @classmethod
    def of(cls, image: NDArray[np.uint8], channel: int, mask: NDArray[np.uint8]) -> _Histogram:
        counts = cv2.calcHist([image], [channel], mask, [256], [0, 256])
        return cls(np.asarray(counts, np.float64).ravel())

    @property
    def mean(self) -> float:
        return float(self.counts @ _LEVELS / self.counts.sum())

    @property
    def std(self) -> float:
        return float(np.sqrt(self.counts @ (_LEVELS - self.mean) ** 2 / self.counts.sum()))

    def percentile(self, percent: float) -> float:
        """Within a level by how far its pixels are counted, so that it moves without steps."""
        below = np.cumsum(self.counts)
        goal = percent / 100 * below[-1]
        level = int(np.searchsorted(below, goal))
        return float(level + 0.5 - (below[level] - goal) / max(self.counts[level], 1.0))


def _measure_texture(rgb: NDArray[np.uint8], mask: NDArray[np.uint8]) -> list[float]:
    """`TEXTURE_FEATURES`: roughness from the finest scale up, and the steps of JPEG's squares."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    rough = _Histogram.of(cv2.convertScaleAbs(cv2.Laplacian(grey, cv2.CV_16S)), 0, mask)
    across = cv2.absdiff(grey[:, 1:], grey[:, :-1])
    slope = _Histogram.of(across, 0, np.ascontiguousarray(mask[:, 1:]))
    detail = float(np.sqrt(rough.counts @ _LEVELS**2 / rough.counts.sum()))
    return [rough.percentile(50), detail, slope.mean, _measure_blockiness(across, mask[:, 1:])]


def _measure_blockiness(across: NDArray[np.uint8], mask: NDArray[np.uint8]) -> float:
    """How much larger steps are between JPEG's 8-pixel squares than inside of them."""
    count = mask.sum(axis=0, dtype=np.float64)
    total = (across * mask).sum(axis=0, dtype=np.float64)
    edge = np.arange(len(count)) % 8 == 7
    if not count[edge].any() or not count[~edge].any():
        return 0.0
    return float(total[edge].sum() / count[edge].sum() - total[~edge].sum() / count[~edge].sum())
