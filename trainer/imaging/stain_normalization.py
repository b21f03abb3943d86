"""Stain normalization: cells of all labs in one light and one stain.

Lamp and camera colour the empty slide, and dye, haze and exposure the nucleus. Both are
visible in every image, so both can be brought to a common colour; everything between
them moves along. All of it is one curve for each colour, drawn in optical density, so that
glass stays glass and stained stays stained: a normalisation like that of Macenko et al.,
"A method for normalizing histology slides for quantitative analysis", ISBI 2009, with the
nucleus in place of the two stains' vectors, which cannot be measured surely in one small cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.segmentation.white_cell import Cell
from trainer.imaging.stain import soft_density, soft_light

# Where a nucleus lies in R, G, B, as density over the empty slide: between the
# neutrophils of two labs, one of which stains far deeper than the other.
REFERENCE_CHROMATIN: NDArray[np.float32] = np.array([0.95, 1.65, 0.38], dtype=np.float32)
# A density is never stretched or pressed by more: beyond it noise would be taken for dye.
MAX_GAIN = 3.0
_MIN_DENSITY = 0.02


@dataclass(frozen=True)
class StainNormalization:
    """How far light and stain are brought to common values.

    Attributes:
        white: level of the empty slide in every colour afterwards, 1-255; 0 leaves all
            colours as they were photographed.
        stain: how far the nucleus goes to the common density, 0 not at all, 1 all the way.
    """

    white: int = 0
    stain: float = 0.0


NO_NORMALIZATION = StainNormalization()
# For new models: cells of all labs alike.
DEFAULT_NORMALIZATION = StainNormalization(white=235, stain=0.8)


def normalize_stain(
    rgb: NDArray[np.uint8], cell: Cell, normalization: StainNormalization
) -> NDArray[np.uint8]:
    """Bring an image to the common light and stain.

    Args:
        rgb: (H, W, 3), the cell's image or a part of it, at any scale.
        cell: as `segment_cell` found it in the image.
        normalization: how far light and stain are changed.

    Returns:
        (H, W, 3). Where no nucleus was found, only the light is changed.
    """
    if not normalization.white:
        return rgb
    slide = np.asarray(cell.background, dtype=np.float32)
    light = np.arange(256, dtype=np.float32)[:, None] / slide
    if normalization.stain and cell.chromatin is not None:
        nucleus = soft_density(np.asarray(cell.chromatin, dtype=np.float32) / slide)
        light = soft_light(soft_density(light) * _channel_gains(nucleus, normalization.stain))
    table = np.clip(light * normalization.white + 0.5, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(rgb, table[None]), dtype=np.uint8)


def _channel_gains(nucleus: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Factors of each colour's density, (3,)."""
    full = REFERENCE_CHROMATIN / np.maximum(nucleus, _MIN_DENSITY)
    return np.asarray(np.clip(full, 1 / MAX_GAIN, MAX_GAIN) ** share, dtype=np.float32)
