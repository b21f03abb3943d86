"""Every way of storing colour -> sRGB, 8 bits, opaque."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageCms

from trainer.imaging.codecs.depth import (
    CONTAINER,
    DEPTHS,
    DepthRule,
    depth_notes,
    estimate_depth,
    find_depth,
    to_eight_bits,
)

_OPAQUE = (1, *(2**bits - 1 for bits in DEPTHS))
"""Alpha that is one of these everywhere is opaque, in whatever container it lies."""
_GREY_TOLERANCE = 1
_SAME_COLOURS_TOLERANCE = 2
_ROW_STEP = 16


def composite_alpha(
    rgb: NDArray[np.uint8],
    alpha: NDArray[Any],
    depth: int,
    bits: int | None = None,
    *,
    premultiplied: bool = False,
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Composite on white by an alpha channel that says something.

    An alpha that is zero everywhere is a channel that its writer left unused (bitmaps of 32
    bits, cameras, stitching programs): a picture of which nothing can be seen is none.

    Args:
        rgb: uint8 (H, W, 3).
        alpha: (H, W), unsigned.
        depth: of the colours in bits; opaque is the full value of this depth or of `bits`.
        bits: of a sample of alpha as it is stored; None: those of its dtype.
        premultiplied: the colours were multiplied with alpha (associated alpha).

    Returns:
        uint8 (H, W, 3), and notes.
    """
    most, bits = int(alpha.max()), bits or alpha.dtype.itemsize * 8
    if not most:
        return rgb, ("alpha is zero everywhere, taken as unused",)
    if most in _OPAQUE and int(alpha.min()) == most:
        return rgb, ()
    opacity = to_eight_bits(np.ascontiguousarray(alpha), depth if most < 2**depth else bits)
    if opacity.min() == 255:
        return rgb, ()
    mix = composite_premultiplied_on_white if premultiplied else composite_on_white
    return mix(rgb, opacity), ("transparent, shown on white",)


def composite_on_white(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Composite RGB (H, W, 3) with straight (not premultiplied) alpha (H, W) on white."""
    opacity = alpha.astype(np.uint16)[..., None]
    mixed = rgb * opacity + 255 * (255 - opacity)
    return np.asarray((mixed + 127) // 255, np.uint8)


def composite_premultiplied_on_white(
    rgb: NDArray[np.uint8], alpha: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Composite RGB (H, W, 3) with premultiplied (associated) alpha (H, W) on white."""
    mixed = rgb.astype(np.uint16) + (255 - alpha.astype(np.uint16))[..., None]
    return np.asarray(np.minimum(mixed, 255), np.uint8)


def grey_to_rgb(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Convert grey (H, W) to RGB (H, W, 3)."""
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), np.uint8)


def is_grey(rgb: NDArray[np.uint8]) -> bool:
    """Whether the channels are equal (to one level) everywhere."""
    return not _has_colour(rgb[::_ROW_STEP]) and not _has_colour(rgb)


def _has_colour(rgb: NDArray[np.uint8]) -> bool:
    red, green, blue = cv2.split(rgb)
    return (
        max(cv2.norm(red, green, cv2.NORM_INF), cv2.norm(green, blue, cv2.NORM_INF))
        > _GREY_TOLERANCE
    )


def to_opaque_rgb(
    samples: NDArray[Any], significant: int | None = None, rule: DepthRule = estimate_depth
) -> tuple[NDArray[np.uint8], bool, tuple[str, ...]]:
    """Convert grey, grey + alpha, RGB or RGBA of 8 or 16 bits to opaque RGB of 8 bits.

    Args:
        samples: uint8 or uint16, (H, W) or (H, W, 1-4).
        significant: bits that are used of 16, as the file states them; None where it does not.
        rule: finds the depth of 16-bit samples of which the file states nothing.

    Returns:
        uint8 (H, W, 3), whether it was stored without colour, and notes.
    """
    if samples.ndim == 2:
        samples = samples[..., None]
    channels = samples.shape[2]
    colours, alpha = samples[..., : 3 if channels > 2 else 1], samples[..., channels - 1]
    notes: tuple[str, ...] = ()
    depth = 8
    if samples.dtype != np.uint8:
        depth = find_depth(int(colours.max()), CONTAINER, significant, rule)
        notes = depth_notes(depth)
    rgb = to_eight_bits(colours, depth)
    if channels <= 2:
        rgb = grey_to_rgb(np.ascontiguousarray(rgb[..., 0]))
    if channels in (2, 4):
        rgb, more = composite_alpha(rgb, alpha, depth)
        notes += more
    return np.ascontiguousarray(rgb), channels <= 2, notes


def to_srgb(rgb: NDArray[np.uint8], profile: bytes) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Convert from the colours of an ICC profile to sRGB.

    Relative colorimetric with black point compensation (ICC.1:2022), by Little CMS. A
    profile that is sRGB already (to 2 levels on a lattice of colours) changes nothing.

    Args:
        rgb: uint8 (H, W, 3).
        profile: the ICC profile; empty for none.

    Returns:
        The pixels, and notes. A profile that is broken or not for RGB is ignored with a note.
    """
    if not profile:
        return rgb, ()
    try:
        transform, name = _build_rgb_transform(profile)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return rgb, ("colour profile unusable, ignored",)
    if transform is None:
        return rgb, ()
    return _apply_transform(transform, rgb), (f"colour profile {name} converted to sRGB",)


def cmyk_to_srgb(cmyk: Pillow.Image, profile: bytes) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """Convert CMYK (0 is no ink) to sRGB: by its profile, else by plain subtraction, as noted."""
    if profile:
        try:
            transform, name = _build_transform(profile, "CMYK")
            converted = ImageCms.applyTransform(cmyk, transform)
            if converted is not None:
                return np.asarray(converted), (f"CMYK, converted by its profile {name}",)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # falls to the plain conversion, which its note names
    return np.asarray(cmyk.convert("RGB")), ("CMYK, converted without a colour profile",)


@lru_cache(maxsize=8)
def _build_transform(profile: bytes, mode: str) -> tuple[ImageCms.ImageCmsTransform, str]:
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    transform = ImageCms.buildTransform(
        source,
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )
    name = ImageCms.getProfileDescription(source).strip()
    return transform, name or "without a name"


@lru_cache(maxsize=8)
def _build_rgb_transform(profile: bytes) -> tuple[ImageCms.ImageCmsTransform | None, str]:
    transform, name = _build_transform(profile, "RGB")
    steps = np.arange(0, 256, 51, dtype=np.uint8)
    lattice = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(1, -1, 3)
    moved = np.abs(_apply_transform(transform, lattice).astype(np.int16) - lattice).max()
    return (None if moved <= _SAME_COLOURS_TOLERANCE else transform), name


def _apply_transform(
    transform: ImageCms.ImageCmsTransform, rgb: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    picture = Pillow.fromarray(np.ascontiguousarray(rgb))
    ImageCms.applyTransform(picture, transform, inPlace=True)
    return np.asarray(picture)
