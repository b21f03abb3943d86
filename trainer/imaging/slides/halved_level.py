"""A slide at 1/2, 1/4, ... of its size, sliced like an array that is never in memory whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Box
from trainer.imaging.slides.slide import Slide


@dataclass(frozen=True, eq=False)
class HalvedLevel:
    """One size of a slide, whichever its file stores.

    Attributes:
        slide: the slide.
        halvings: how often it is halved.
    """

    slide: Slide
    halvings: int
    nbytes: int = 0  # of memory; what is sliced belongs to who sliced it

    @property
    def shape(self) -> tuple[int, int, int]:
        """Height, width and 3, as of an array."""
        step = 1 << self.halvings
        return -(-self.slide.height // step), -(-self.slide.width // step), 3

    def __getitem__(self, part: tuple[slice, slice]) -> NDArray[np.uint8]:
        """Read a part, (h, w, 3).

        Args:
            part: rows and columns, slices without a step.

        Raises:
            ImageError: the file is gone or damaged.
        """
        top, bottom, _ = part[0].indices(self.shape[0])
        left, right, _ = part[1].indices(self.shape[1])
        if bottom <= top or right <= left:
            return np.empty((max(bottom - top, 0), max(right - left, 0), 3), np.uint8)
        if not self.halvings:
            return np.asarray(
                self.slide.read_region(0, left, top, right - left, bottom - top), np.uint8
            )
        step = 1 << self.halvings
        box = Box(left * step, top * step, (right - left) * step, (bottom - top) * step)
        return self.slide.read_scaled(box, step)


def halve_slide(slide: Slide, coarsest: int) -> tuple[HalvedLevel, ...]:
    """All sizes of a slide, down to a longer side of `coarsest` pixels or less."""
    levels = [HalvedLevel(slide, 0)]
    while max(levels[-1].shape[:2]) > coarsest:
        levels.append(HalvedLevel(slide, len(levels)))
    return tuple(levels)
