"""How many bits of a 16-bit sample are used, and the scaling of samples to 8 bits."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

DEPTHS = (8, 10, 12, 14, 16)
"""Bits of the cameras whose values lie in 16-bit samples."""
CONTAINER = 16

DepthRule = Callable[[int], int]
"""From the brightest sample of an image whose file does not say its depth, to that depth."""


def estimate_depth(brightest: int) -> int:
    """Estimate the real depth of samples that lie in a 16-bit container, from one image.

    Cameras of 10, 12 or 14 bits commonly store their values unscaled in 16 bits. The
    background of a bright-field image is near its brightest, so the smallest of 8, 10,
    12, 14 and 16 bits that holds the brightest sample of all planes is the camera's
    depth.
    """
    return next(bits for bits in DEPTHS if brightest < 2**bits)


def find_depth(
    brightest: int, container: int, significant: int | None, rule: DepthRule = estimate_depth
) -> int:
    """Find the depth that samples are scaled by.

    Args:
        brightest: the largest value of a colour, in all planes.
        container: bits of a sample as it is stored; fewer than 16 are the depth.
        significant: bits that are used, as the file states them; None where it does not.
            What its samples contradict is not believed. 16 is what programs write that do
            not know it, so it counts as not stated.
        rule: what to do where the file says nothing.
    """
    if container < CONTAINER:
        return container
    if significant and significant < CONTAINER and brightest < 2**significant:
        return significant
    return rule(brightest)


def depth_notes(depth: int, container: int = CONTAINER) -> tuple[str, ...]:
    """Describe the scaling to 8 bits."""
    if depth == container == CONTAINER:
        return ("16-bit, scaled by 1/257",)
    inside = f" in {container}-bit samples" if container > depth else ""
    return (f"{depth}-bit{inside}, scaled by 255/{2**depth - 1}",)


def is_scaled_up(samples: NDArray[np.uint16], significant: int) -> bool:
    """Whether samples of `significant` bits were scaled to fill 16, as PNG wants it (sBIT).

    The low bits are then zero, or repeat the high ones.
    """
    spare = CONTAINER - significant
    if not 0 < spare < CONTAINER or int(samples.max()) < 2**spare:
        return False
    low = samples & np.uint16(2**spare - 1)
    if not low.any():
        return True
    replicated = (samples >> significant) & np.uint16(2**spare - 1)
    return bool(significant >= spare and (low == replicated).all())


@lru_cache(maxsize=8)
def _build_scaling_table(depth: int) -> NDArray[np.uint8]:
    most = 2**depth - 1
    values = np.arange(65536, dtype=np.int64)
    return np.asarray(np.minimum((values * 510 + most) // (2 * most), 255), np.uint8)


def to_eight_bits(samples: NDArray[Any], depth: int) -> NDArray[np.uint8]:
    """Scale unsigned samples of `depth` bits (1-16) to 0-255, rounded to nearest."""
    if depth == 8 and samples.dtype == np.uint8:
        return samples
    scaled: NDArray[np.uint8] = _build_scaling_table(depth).take(
        samples.astype(np.uint16, copy=False)
    )
    return scaled
