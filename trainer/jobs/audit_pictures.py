"""Pictures inside the audit's report, so that it stands alone: small JPEGs as data URLs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.errors import ImageError
from trainer.imaging.reader import read
from trainer.jobs.html_page import address_of

SIDE = 128  # px of the longer side
_QUALITY = 85


def picture_of(path: Path) -> str:
    """A small picture of an image; empty where it cannot be read (any more)."""
    try:
        image = read(path, min_scale=0.0, min_side=SIDE)
    except ImageError:
        return ""
    height, width = image.pixels.shape[:2]
    factor = SIDE / max(height, width)
    size = (max(round(width * factor), 1), max(round(height * factor), 1))
    small = cv2.resize(image.pixels, size, interpolation=cv2.INTER_AREA)
    return data_url(np.asarray(small, np.uint8))


def data_url(rgb: NDArray[np.uint8]) -> str:
    """An array (H, W, 3) as the address of a JPEG inside the page."""
    blue_first = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", blue_first, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return address_of(data.tobytes(), "jpeg")
