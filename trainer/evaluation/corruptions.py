"""What a model has to bear: blur, other stain and light, JPEG, another scale.

Each is done to the view, which is what the network is shown, in steps from none to more than
a laboratory would let pass. How much a figure falls shows what the model leans on (Hendrycks
and Dietterich, ICLR 2019, whose idea this is; the steps here are those of microscopes)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.imaging.stain import AZURE_EOSIN

View = NDArray[np.uint8]
_INK = 250.0  # brightness of a clean slide, against which dyes are measured


@dataclass(frozen=True)
class Perturbation:
    """One way of making a view worse.

    Attributes:
        unit: what the levels count.
        levels: from mild to strong.
        apply: from a view, uint8 (S, S, 3), and a level to a view.
    """

    unit: str
    levels: tuple[float, ...]
    apply: Callable[[View, float], View]


def blurred(view: View, sigma: float) -> View:
    """Out of focus: a Gaussian of `sigma` px at a side of 128 px, wider on larger views."""
    spread = sigma * view.shape[0] / 128
    return np.asarray(cv2.GaussianBlur(view, (0, 0), spread), dtype=np.uint8)


def brightened(view: View, factor: float) -> View:
    """Another lamp: every channel times `factor`, clipped."""
    return _bytes(view.astype(np.float32) * factor)


def restained(view: View, factor: float) -> View:
    """Another dye lot: azure times `factor`, eosin divided by it, in optical density.

    Dyes are told apart by the pair of Ruifrok and Johnston (2001).
    """
    density = -np.log((view.reshape(-1, 3).astype(np.float32) + 1) / (_INK + 1))
    amounts = density @ np.linalg.pinv(AZURE_EOSIN)
    rest = density - amounts @ AZURE_EOSIN
    changed = (amounts * np.array([factor, 1 / factor], np.float32)) @ AZURE_EOSIN + rest
    return _bytes((np.exp(-changed) * (_INK + 1) - 1).reshape(view.shape))


def tinted(view: View, shift: float) -> View:
    """Another white balance: red times 1 + `shift`, blue times 1 - `shift`."""
    return _bytes(view.astype(np.float32) * np.array([1 + shift, 1, 1 - shift], np.float32))


def compressed(view: View, quality: float) -> View:
    """Saved as a JPEG of this quality, 1-100, and read again."""
    done, data = cv2.imencode(".jpg", view[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    if not done:
        raise ValueError(f"Invalid view. Expected uint8 (S, S, 3). Received {view.shape}")
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), dtype=np.uint8)


def scaled(view: View, factor: float) -> View:
    """A scale measured wrongly: the content `factor` times as large about the middle."""
    middle = (view.shape[1] - 1) / 2, (view.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D(middle, 0, factor)
    size = (view.shape[1], view.shape[0])
    moved = cv2.warpAffine(view, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.uint8)


PERTURBATIONS: Mapping[str, Perturbation] = {
    "blur": Perturbation("px at 128 px", (1.0, 2.0, 3.0), blurred),
    "darker": Perturbation("of the brightness", (0.85, 0.7, 0.55), brightened),
    "brighter": Perturbation("of the brightness", (1.1, 1.2, 1.3), brightened),
    "bluer stain": Perturbation("of the azure", (1.15, 1.3, 1.5), restained),
    "redder stain": Perturbation("of the azure", (0.87, 0.77, 0.67), restained),
    "warmer light": Perturbation("more red, less blue", (0.05, 0.1, 0.2), tinted),
    "colder light": Perturbation("more red, less blue", (-0.05, -0.1, -0.2), tinted),
    "JPEG": Perturbation("quality", (60.0, 30.0, 10.0), compressed),
    "larger": Perturbation("of the scale", (1.1, 1.25, 1.4), scaled),
    "smaller": Perturbation("of the scale", (0.9, 0.8, 0.7), scaled),
}


def _bytes(values: NDArray[np.floating]) -> View:
    return np.asarray(np.clip(values + 0.5, 0, 255), dtype=np.uint8)
