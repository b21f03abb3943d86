"""Pixels as a PNG file's bytes."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.errors import UserError


def encode_png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode pixels, (H, W, 3) RGB, 0-255, without loss.

    Raises:
        UserError: they cannot be written as PNG.
    """
    done, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    if not done:
        raise UserError("A picture could not be written as PNG.")
    return data.tobytes()
