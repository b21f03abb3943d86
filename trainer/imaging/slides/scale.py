"""How large the red cells of a slide are, by fields of it where they lie in one layer."""

from __future__ import annotations

from dataclasses import replace

from trainer.domain import Box
from trainer.imaging.scale.red_cell_size import (
    RedCellMeasurement,
    may_be_wide,
    measure_image,
    measure_wide_image,
)
from trainer.imaging.slides.overview import assume_diameter, measure_overview
from trainer.imaging.slides.slide import Slide

_SIDE = 20.0  # red cells of a field
_ACROSS = 3  # fields beside and below each other


def measure_slide(slide: Slide) -> list[RedCellMeasurement]:
    """Measure fields of a slide that are spread over its layer.

    Returns:
        Nine measurements, in pixels of the full size, all of the size of the slide.

    Raises:
        ImageError: the file is gone or damaged.
    """
    diameter = assume_diameter(slide)
    layer = measure_overview(slide, diameter).layer
    side = min(_SIDE * diameter, layer.width, layer.height)
    return [
        _measure_field(slide, _field_at(layer, side, column, row))
        for row in range(_ACROSS)
        for column in range(_ACROSS)
    ]


def _field_at(layer: Box, side: float, column: int, row: int) -> Box:
    """A square in the middle of each ninth of the layer."""
    x = layer.x + (column + 0.5) * layer.width / _ACROSS - side / 2
    y = layer.y + (row + 0.5) * layer.height / _ACROSS - side / 2
    return Box(x, y, side, side)


def _measure_field(slide: Slide, field: Box) -> RedCellMeasurement:
    pixels = slide.read_scaled(field, max(field.width / 1024, 1.0))
    scale = pixels.shape[1] / field.width
    found = measure_image(pixels, scale=scale)
    if may_be_wide(found):
        found = measure_wide_image(pixels, found, scale=scale)
    # A white cell is found in the middle of a field only by chance.
    return replace(found, size=(slide.width, slide.height), white_cell=None)
