"""What is outlined of an image before anything was classified."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from leukogui.inspector.cell_reader import SIDE, read_cell_image
from trainer.data.synthetic import draw_cell, draw_field


def test_a_cell_is_outlined_and_a_field_may_hold_others(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    kinds = ("seg_neutrophil", "monocyte")
    drawn = {
        "cell": draw_cell("monocyte", rng, size=360),
        "field": draw_field(kinds, rng, size=(900, 600), red_cell_diameter=60).pixels,
    }
    for name, pixels in drawn.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), pixels[..., ::-1])
    assert read_cell_image(tmp_path / "cell.png", SIDE).is_crop
    assert not read_cell_image(tmp_path / "field.png", SIDE).is_crop
