"""How an image is shown: its light, and the heat map over it. What is classified never changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from trainer.domain import Window

MAX_ADJUSTMENT = 100


@dataclass(frozen=True)
class DisplayAdjustment:
    """Brightness and contrast, both from -100 to 100; 0 leaves the image as it is."""

    brightness: int = 0
    contrast: int = 0

    @property
    def is_neutral(self) -> bool:
        """Whether nothing is changed."""
        return not (self.brightness or self.contrast)

    def lookup_table(self) -> Any:
        """What becomes of each value: uint8 (256,)."""
        import numpy as np

        gain = 2.0 ** (self.contrast / 40)
        values = (np.arange(256) - 127.5) * gain + 127.5 + self.brightness * 1.275
        return np.clip(np.rint(values), 0, 255).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class HeatmapOverlay:
    """A heat map in the image's own coordinates.

    Attributes:
        map: (h, w), -1 to 1.
        window: the square that it covers, in original px.
        opacity: of the hottest place, 0-1.
        colours: name of the colour map.
    """

    map: Any
    window: Window
    opacity: float
    colours: str


@dataclass(frozen=True)
class DisplayOptions:
    """All of it."""

    adjustment: DisplayAdjustment = field(default_factory=DisplayAdjustment)
    heat: HeatmapOverlay | None = None
