"""Simple drawn cells with known outlines, for the tests of segmentation and scale."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

GLASS = (238, 226, 222)
RED = (205, 160, 165)
CYTOPLASM = (200, 190, 222)
NUCLEUS = (95, 60, 135)


@dataclass
class SyntheticSmear:
    """A smear of `side` px with one white cell; lengths are shares of the side."""

    side: int = 512
    centre: tuple[float, float] = (0.5, 0.5)
    radius: float = 0.18
    red_radius: float = 0.09
    red_cells: list[tuple[float, float]] = field(
        default_factory=lambda: [(0.14, 0.18), (0.85, 0.2), (0.13, 0.8), (0.86, 0.83)]
    )
    colours: tuple = (GLASS, RED, CYTOPLASM, NUCLEUS)
    seed: int = 0

    def cell(self) -> np.ndarray:
        mask = np.zeros((self.side, self.side), np.uint8)
        self._disc(mask, self.centre, self.radius, 1)
        return mask.astype(bool)

    def rgb(self) -> np.ndarray:
        glass, red, cytoplasm, nucleus = self.colours
        image = np.empty((self.side, self.side, 3), np.uint8)
        image[:] = glass
        for place in self.red_cells:
            self._disc(image, place, self.red_radius, red)
        self._disc(image, self.centre, self.radius, cytoplasm)
        for dx, dy in ((-0.35, -0.2), (0.3, -0.25), (0.05, 0.35)):
            lobe = (self.centre[0] + dx * self.radius, self.centre[1] + dy * self.radius)
            self._disc(image, lobe, 0.38 * self.radius, nucleus)
        noise = np.random.default_rng(self.seed).normal(0, 2, image.shape)
        blurred = cv2.GaussianBlur(image, (0, 0), self.side / 256).astype(float)
        return np.clip(blurred + noise, 0, 255).astype(np.uint8)

    def _disc(self, image, centre, radius, colour) -> None:
        place = [round(16 * (v * self.side - 0.5)) for v in centre]
        size = round(16 * radius * self.side)
        cv2.circle(image, place, size, colour, cv2.FILLED, cv2.LINE_AA, shift=4)


def intersection_over_union(a: np.ndarray, b: np.ndarray) -> float:
    """Intersection over union of two masks."""
    return float((a & b).sum() / (a | b).sum())
