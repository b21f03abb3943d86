"""From amounts of dye to pixels: Beer-Lambert, focus, light, camera."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.data.synthetic.field import DYES, Field
from trainer.data.synthetic.style import Style
from trainer.data.synthetic.texture import Array


def transmit_light(field: Field, style: Style, rng: np.random.Generator) -> Array:
    """Light that comes through a field, (side, side, 3) about 0-1.

    Beer-Lambert: exp(-OD), with OD the sum of the dyes' amounts times their densities.
    """
    dyes = np.array([getattr(style, name) for name in DYES], np.float32)
    density = np.moveaxis(field.amounts, 0, -1) @ -dyes
    light = np.asarray(cv2.exp(density), np.float32)
    light *= _illumination(field.side, style.shading, rng)[..., None]
    return light


def expose(
    light: Array, style: Style, size: int, rng: np.random.Generator, defocus: float = 0.0
) -> NDArray[np.uint8]:
    """What the camera records of the light from a field.

    Args:
        light: as of `transmit_light`.
        size: side of the picture in pixels.
        defocus: blur (sigma) beside the style's own, in red-cell diameters.

    Returns:
        uint8 (size, size, 3) RGB.
    """
    unit = style.red_cell * light.shape[0]
    sigma = float(np.hypot(style.focus, defocus)) * unit
    soft = cv2.GaussianBlur(light, (0, 0), sigma) if sigma > 0.3 else light
    if style.sharpening > 0:
        wide = cv2.GaussianBlur(soft, (0, 0), 0.03 * unit)
        soft = soft + style.sharpening * (soft - wide)
    colour = soft * np.asarray(style.background, np.float32)
    down = size < light.shape[0]
    large = cv2.resize(
        colour, (size, size), interpolation=cv2.INTER_AREA if down else cv2.INTER_CUBIC
    )
    if style.noise > 0:
        large += (style.noise * rng.standard_normal((size, size), dtype=np.float32))[..., None]
    np.maximum(large, 0, out=large)
    picture = np.asarray(cv2.convertScaleAbs(large), np.uint8)  # rounds and saturates
    return _apply_camera(picture, style)


def _illumination(side: int, shading: float, rng: np.random.Generator) -> Array:
    """Uneven illumination (side, side) about 1: a slope and a bowl."""
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    way = rng.uniform(0, 2 * np.pi)
    slope = np.cos(way) * axis[None, :] + np.sin(way) * axis[:, None]
    bowl = 0.5 * (axis[None, :] ** 2 + axis[:, None] ** 2)
    return np.asarray(1 - shading * (0.4 * slope + 0.5 * bowl), np.float32)


def _apply_camera(picture: NDArray[np.uint8], style: Style) -> NDArray[np.uint8]:
    """Planted frame and JPEG round trip, where the style has them."""
    if style.frame_colour is not None:
        edge = max(1, round(style.frame_width * picture.shape[0]))
        frame = np.empty_like(picture)
        frame[:] = np.round(style.frame_colour).astype(np.uint8)
        frame[edge:-edge, edge:-edge] = picture[edge:-edge, edge:-edge]
        picture = frame
    if style.jpeg is None:
        return picture
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, style.jpeg])
    again = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return np.ascontiguousarray(again[..., ::-1])
