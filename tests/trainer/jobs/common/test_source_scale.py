"""The scale of a source of wide fields, from files."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from trainer.data.synthetic import COOL, draw_field
from trainer.domain import SourceProfile, never_stop, no_progress
from trainer.jobs.common.source_scale import measure_scale


def test_large_files_of_wide_fields_are_measured(tmp_path: Path) -> None:
    names = ["a.jpg", "b.jpg"]
    for seed, name in enumerate(names):
        rng = np.random.default_rng(seed)
        field = draw_field(["monocyte"], rng, size=(1100, 820), red_cell_diameter=32.0, style=COOL)
        cv2.imwrite(str(tmp_path / name), field.pixels[..., ::-1])
    scale = measure_scale(
        tmp_path,
        names,
        stated=SourceProfile(),
        workers=1,
        on_progress=no_progress,
        should_stop=never_stop,
    )
    assert scale.profile.red_cell_diameter == pytest.approx(32.0, rel=0.06)
    assert (scale.profile.origin, scale.profile.measured_cells > 50) == ("measured", True)
