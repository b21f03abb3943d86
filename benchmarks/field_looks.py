"""Looks that are in none of the shared fields, made of those by program.

Each is what a camera, a lamp, a stain or a file can do to a field. The boxes of its cells stay
where they are, but for the scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Look:
    """How a field is varied.

    Attributes:
        change: of the pixels, RGB (H, W, 3), to others of the same size.
        scale: by which the field is then enlarged.
    """

    change: Callable[[Pixels], Pixels] = lambda rgb: rgb
    scale: float = 1.0

    def apply(self, rgb: Pixels) -> Pixels:
        """Vary a field."""
        changed = self.change(rgb)
        if self.scale == 1.0:
            return changed
        how = cv2.INTER_AREA if self.scale < 1 else cv2.INTER_CUBIC
        return np.asarray(
            cv2.resize(changed, None, fx=self.scale, fy=self.scale, interpolation=how), np.uint8
        )


def _round(values: NDArray[np.float32]) -> Pixels:
    return np.asarray(np.clip(values + 0.5, 0, 255), np.uint8)


def _grey(rgb: Pixels, share: float = 1.0) -> Pixels:
    """Less of the colour: none where `share` is 1."""
    luma = (rgb @ _LUMA)[..., None]
    return _round(rgb + share * (luma - rgb))


def _cast(rgb: Pixels, red: float, green: float, blue: float) -> Pixels:
    """Another lamp, or another white balance."""
    return _round(rgb * np.array([red, green, blue], np.float32))


def _fade(rgb: Pixels, share: float, towards: float) -> Pixels:
    """Less contrast: stray light, a pale print."""
    return _round(towards + share * (rgb.astype(np.float32) - towards))


def _gamma(rgb: Pixels, power: float) -> Pixels:
    return _round(255 * (rgb.astype(np.float32) / 255) ** power)


def _blur(rgb: Pixels, share: float) -> Pixels:
    """Out of focus, by a share of the field's height."""
    return np.asarray(cv2.GaussianBlur(rgb, (0, 0), share * min(rgb.shape[:2])), np.uint8)


def _compress(rgb: Pixels, quality: int) -> Pixels:
    data = cv2.imencode(".jpg", rgb[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1], np.uint8)


def _shade(rgb: Pixels) -> Pixels:
    """A lamp that stands to the left, and corners that the lens darkens."""
    height, width = rgb.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    light = (1 - 0.2 * (x + 1)) * (1 - 0.2 * (x * x + y * y))
    return _round((rgb * light[..., None]).astype(np.float32))


def _noise(rgb: Pixels, spread: float) -> Pixels:
    noise = np.random.default_rng(0).normal(0, spread, rgb.shape)
    return _round((rgb + noise).astype(np.float32))


def _dye(rgb: Pixels, green: float, blue: float) -> Pixels:
    """More or less of what absorbs green and blue: another stain on the same glass."""
    power = np.array([1.0, green, blue], np.float32)
    return _round(255 * (np.maximum(rgb, 1) / np.float32(255)) ** power)


LOOKS: Mapping[str, Look] = {
    "plain": Look(),
    "grey": Look(_grey),
    "half grey": Look(lambda rgb: _grey(rgb, 0.6)),
    "washed out": Look(lambda rgb: _fade(rgb, 0.4, 245)),
    "stray light": Look(lambda rgb: _fade(rgb, 0.5, 170)),
    "grey, washed": Look(lambda rgb: _fade(_grey(rgb), 0.5, 235)),
    "yellow": Look(lambda rgb: _cast(rgb, 1.0, 0.95, 0.65)),
    "blue": Look(lambda rgb: _cast(rgb, 0.7, 0.85, 1.0)),
    "green": Look(lambda rgb: _cast(rgb, 0.75, 1.0, 0.75)),
    "pink": Look(lambda rgb: _cast(rgb, 1.0, 0.75, 0.9)),
    "more eosin": Look(lambda rgb: _dye(rgb, 1.25, 1.0)),
    "less azure": Look(lambda rgb: _dye(rgb, 0.8, 1.0)),
    "bluer dye": Look(lambda rgb: _dye(rgb, 1.0, 0.6)),
    "yellower dye": Look(lambda rgb: _dye(rgb, 1.0, 1.4)),
    "gamma 0.6": Look(lambda rgb: _gamma(rgb, 0.6)),
    "gamma 1.7": Look(lambda rgb: _gamma(rgb, 1.7)),
    "dark": Look(lambda rgb: _cast(rgb, 0.55, 0.55, 0.55)),
    "overexposed": Look(lambda rgb: _cast(rgb, 1.3, 1.3, 1.3)),
    "blurred": Look(lambda rgb: _blur(rgb, 0.006)),
    "JPEG 40": Look(lambda rgb: _compress(rgb, 40)),
    "noise": Look(lambda rgb: _noise(rgb, 10)),
    "uneven light": Look(_shade),
    "scale 0.6": Look(scale=0.6),
    "scale 1.6": Look(scale=1.6),
}
