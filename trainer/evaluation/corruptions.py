"""Corruptions of a view: blur, other stain and light, JPEG, another scale.

Each is applied to the network's input, in steps from none to more than a laboratory would
accept. How much a metric falls shows what the model depends on (Hendrycks and Dietterich,
ICLR 2019, whose idea this is; the steps here are those of microscopes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.stain import AZURE_EOSIN

ViewArray = NDArray[np.uint8]
_WHITE_LEVEL = 250.0  # brightness of a clean slide, against which dyes are measured


@dataclass(frozen=True)
class Corruption:
    """One way to degrade a view.

    Attributes:
        unit: what the levels count.
        levels: from mild to strong.
        apply: from a view, uint8 (S, S, 3), and a level to a view.
    """

    unit: str
    levels: tuple[float, ...]
    apply: Callable[[ViewArray, float], ViewArray]


def blur(view: ViewArray, sigma: float) -> ViewArray:
    """Blur as out of focus: a Gaussian of `sigma` px at a side of 128 px, wider on larger views."""
    spread = sigma * view.shape[0] / 128
    return np.asarray(cv2.GaussianBlur(view, (0, 0), spread), dtype=np.uint8)


def scale_brightness(view: ViewArray, factor: float) -> ViewArray:
    """Scale light as another lamp does: every channel times `factor`, clipped."""
    return _to_uint8(view.astype(np.float32) * factor)


def shift_stain(view: ViewArray, factor: float) -> ViewArray:
    """Shift stain as another dye lot does: azure times `factor`, eosin divided by it.

    In optical density; dyes are separated by the pair of Ruifrok and Johnston (2001).
    """
    density = -np.log((view.reshape(-1, 3).astype(np.float32) + 1) / (_WHITE_LEVEL + 1))
    amounts = density @ np.linalg.pinv(AZURE_EOSIN)
    rest = density - amounts @ AZURE_EOSIN
    changed = (amounts * np.array([factor, 1 / factor], np.float32)) @ AZURE_EOSIN + rest
    return _to_uint8((np.exp(-changed) * (_WHITE_LEVEL + 1) - 1).reshape(view.shape))


def shift_white_balance(view: ViewArray, shift: float) -> ViewArray:
    """Shift the white balance: red times 1 + `shift`, blue times 1 - `shift`."""
    return _to_uint8(view.astype(np.float32) * np.array([1 + shift, 1, 1 - shift], np.float32))


def compress_jpeg(view: ViewArray, quality: float) -> ViewArray:
    """Encode as a JPEG of this quality, 1-100, and decode."""
    done, data = cv2.imencode(".jpg", view[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    if not done:
        raise ValueError(f"Invalid view. Expected uint8 (S, S, 3). Received {view.shape}")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), dtype=np.uint8)


def zoom(view: ViewArray, factor: float) -> ViewArray:
    """Scale the content `factor` times about the middle, as after a wrong scale measurement."""
    middle = (view.shape[1] - 1) / 2, (view.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D(middle, 0, factor)
    size = (view.shape[1], view.shape[0])
    moved = cv2.warpAffine(view, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


CORRUPTIONS: Mapping[str, Corruption] = {
    "blur": Corruption("px at 128 px", (1.0, 2.0, 3.0), blur),
    "darker": Corruption("of the brightness", (0.85, 0.7, 0.55), scale_brightness),
    "brighter": Corruption("of the brightness", (1.1, 1.2, 1.3), scale_brightness),
    "bluer stain": Corruption("of the azure", (1.15, 1.3, 1.5), shift_stain),
    "redder stain": Corruption("of the azure", (0.87, 0.77, 0.67), shift_stain),
    "warmer light": Corruption("more red, less blue", (0.05, 0.1, 0.2), shift_white_balance),
    "colder light": Corruption("more red, less blue", (-0.05, -0.1, -0.2), shift_white_balance),
    "JPEG": Corruption("quality", (60.0, 30.0, 10.0), compress_jpeg),
    "larger": Corruption("of the scale", (1.1, 1.25, 1.4), zoom),
    "smaller": Corruption("of the scale", (0.9, 0.8, 0.7), zoom),
}


def _to_uint8(values: NDArray[np.floating]) -> ViewArray:
    return np.asarray(np.clip(values + 0.5, 0, 255), dtype=np.uint8)
