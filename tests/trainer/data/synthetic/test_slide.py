"""A drawn slide: parts of a smear, and cells where the truth says."""

from __future__ import annotations

import numpy as np

from trainer.data.synthetic.slide import SmearPart, SyntheticSlide
from trainer.domain import Box
from trainer.imaging.slides.slide import open_slide


def mean_green(slide: SyntheticSlide, x: float, y: float) -> float:
    return float(open_slide(slide.path).read_scaled(Box(x, y, 400, 400), 4)[..., 1].mean())


def test_along_its_width_lie_glass_edge_layer_and_heaps(slide):
    glass, edge, layer, thick = (mean_green(slide, x, 1800) for x in (50, 600, 1800, 3400))
    assert glass > edge > layer > thick
    assert slide.layer == Box(1024, 512, 2048, 3072)
    assert {cell.part for cell in slide.cells} == set(SmearPart) - {SmearPart.GLASS}


def test_cells_lie_where_the_truth_says(slide):
    opened = open_slide(slide.path)
    cells = [cell for cell in slide.cells if cell.part is SmearPart.LAYER]
    assert len(cells) > 20
    for cell in cells:
        x, y, width, height = (
            round(side) for side in (cell.box.x, cell.box.y, cell.box.width, cell.box.height)
        )
        pixels = opened.read_region(0, x, y, width, height).astype(np.int16)
        # Azure absorbs green and no blue: that is how a nucleus is told from red cells.
        azure = pixels[..., 2] - pixels[..., 1]
        assert np.percentile(azure, 90) > 60, cell
