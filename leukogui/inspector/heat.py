"""A prediction's heat maps, laid over an image as a picture that Qt can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtGui import QImage

from trainer.domain import Window

if TYPE_CHECKING:
    from trainer.domain import Prediction

TWO_COLOURS = "orange_blue"
"""The colour map that shows what speaks for a class and what for another."""


def heatmap_of(prediction: Prediction, output: int, against: int = -1) -> Any:
    """Heat (h, w), float32, -1 to 1, of one output of the model; None where there is none.

    Args:
        against: the output that it is told from; -1, or itself: all others.
    """
    from trainer.imaging.heat_maps import contrast_of, heat_maps_of, normalize_heatmaps

    maps = heat_maps_of(prediction)
    if maps is None or prediction.window is None or output >= len(maps):
        return None
    if 0 <= against < len(maps) and against != output and can_contrast(prediction):
        return normalize_heatmaps(contrast_of(maps, prediction.probabilities, output, against))
    return normalize_heatmaps(maps[output])


def can_contrast(prediction: Prediction | None) -> bool:
    """Whether the maps of two outputs can be compared: those of older versions cannot."""
    from trainer.imaging.heat_maps import are_contributions, heat_maps_of

    maps = heat_maps_of(prediction) if prediction is not None else None
    return maps is not None and are_contributions(maps)


def render_with_heatmap(
    rgb: Any,
    scale: float,
    prediction: Prediction | None,
    output: int | None,
    *,
    corner: tuple[float, float] = (0.0, 0.0),
    opacity: float,
    colour_map: str,
) -> QImage:
    """The image, with the heat of an output of the model over it if one is chosen.

    Args:
        rgb: uint8 (H, W, 3).
        scale: px of `rgb` / original px.
        output: index among the model's outputs; None for the bare image.
        corner: where `rgb` begins in the image, in original px.
        opacity: of the hottest place, 0-1.
    """
    heat = heatmap_of(prediction, output) if prediction is not None and output is not None else None
    if heat is not None and prediction is not None and prediction.window is not None:
        from trainer.imaging.overlay import overlay_heat_map

        shown = prediction.window
        window = Window(shown.x - corner[0], shown.y - corner[1], shown.side).scaled(scale)
        rgb = overlay_heat_map(rgb, heat, window, opacity=opacity, colour_map=colour_map)
    rgb = np.ascontiguousarray(rgb)
    height, width = rgb.shape[:2]
    picture = QImage(rgb.data, width, height, rgb.strides[0], QImage.Format.Format_RGB888)
    return picture.convertToFormat(QImage.Format.Format_RGB32)
