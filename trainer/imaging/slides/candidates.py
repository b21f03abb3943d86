"""Where white cells may lie, at low power: what is as blue-violet and as large as a nucleus.

At 8 px a red cell a nucleus is five pixels wide: enough to see that it is there, a tenth of the
pixels that outlining it takes. What is no cell after all is refused at full power.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.domain import Box
from trainer.imaging.slides.slide import Slide
from trainer.imaging.stain import background_colour, optical_density

LOW_POWER = 8.0  # px of a red cell
_BLUR = 0.12  # red cells
_DARK = 2.0  # density in green beyond which cameras record noise
_FAINTEST = 0.08  # azure excess that a nucleus has in the palest stain
_OVER_RED = 1.2  # azure excess over the density of red cells in green
_STAINED = 0.1  # density in green from which on a pixel is no glass
_SMALLEST = 0.3  # of a red cell's area: shrunk nuclei are larger, platelets smaller
_LOBES = 0.3  # red cells: half of how far lobes of one nucleus lie apart
_NEAR = 0.5  # red cells: nuclei nearer than twice that are searched together


def find_candidates(slide: Slide, box: Box, red_cell_diameter: float) -> list[Box]:
    """Find where in a part of a slide white cells may lie.

    Args:
        slide: the slide.
        box: of the part, in pixels of the full size.
        red_cell_diameter: in pixels of the full size.

    Returns:
        Boxes around nuclei and what is near them, in pixels of the full size; none overlaps
        another.

    Raises:
        ImageError: the file is gone or damaged.
    """
    # A nucleus that the edge of the part cuts is seen whole from both sides.
    seen = grow(box, red_cell_diameter)
    factor = max(red_cell_diameter / LOW_POWER, 1.0)
    pixels = slide.read_scaled(seen, factor)
    nuclei = (each.scaled(factor) for each in find_dark_blue(pixels, red_cell_diameter / factor))
    near = _NEAR * red_cell_diameter
    return join_overlapping(
        [grow(replace(each, x=seen.x + each.x, y=seen.y + each.y), near) for each in nuclei]
    )


def grow(box: Box, reach: float) -> Box:
    """The same box with so much more on each side."""
    return Box(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach)


def find_dark_blue(rgb: NDArray[np.uint8], red_cell_side: float) -> list[Box]:
    """Find what is blue-violet and as large as a nucleus.

    Args:
        rgb: (H, W, 3).
        red_cell_side: diameter of a red cell in pixels of `rgb`.

    Returns:
        Boxes in pixels of `rgb`.
    """
    density = optical_density(rgb, background_colour(rgb))
    green = np.minimum(density[..., 1], np.float32(_DARK))
    excess = cv2.GaussianBlur(green - density[..., 2], (0, 0), _BLUR * red_cell_side)
    stained = green > _STAINED
    red = float(np.percentile(green[stained], 30)) if stained.any() else 0.0
    nuclear = (excess > max(_FAINTEST, _OVER_RED * red)).astype(np.uint8)
    # Lobes of one nucleus are parted at low power; what lies so near is taken together.
    reach = 2 * max(round(_LOBES * red_cell_side), 1) + 1
    near = cv2.dilate(nuclear, np.ones((reach, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(near, connectivity=8)
    areas = np.bincount(labels[nuclear > 0], minlength=len(stats))
    least = _SMALLEST * np.pi / 4 * red_cell_side**2
    return [
        Box(float(x), float(y), float(width), float(height))
        for (x, y, width, height, _), area in zip(stats[1:], areas[1:], strict=True)
        if area >= least
    ]


def join_overlapping(boxes: list[Box]) -> list[Box]:
    """Join boxes until none overlaps another: each is the smallest around those it was made of."""
    joined: list[Box] = []
    for box in boxes:
        grown = box
        while touching := [each for each in joined if each.iou(grown) > 0]:
            joined = [each for each in joined if each not in touching]
            grown = _union([grown, *touching])
        joined.append(grown)
    return joined


def _union(boxes: list[Box]) -> Box:
    left, top = min(each.x for each in boxes), min(each.y for each in boxes)
    right = max(each.x + each.width for each in boxes)
    bottom = max(each.y + each.height for each in boxes)
    return Box(left, top, right - left, bottom - top)
