"""Heat maps of predictions, old and new."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.domain import Decision, Precision, Prediction
from trainer.imaging.heat_maps import are_contributions, heat_maps_of, normalize_heatmaps

PREDICTION = Prediction("a.png", "", Decision.ACCEPT, "model", Precision.F32)


def test_maps_are_read_as_they_were_stored() -> None:
    maps = np.linspace(-3, 4, 24).reshape(2, 3, 4).astype(np.float16)
    held = replace(PREDICTION, heat=maps.astype("<f2").tobytes(), heat_shape=(2, 3, 4))
    found = heat_maps_of(held)
    assert found is not None
    np.testing.assert_array_equal(found, maps)
    assert are_contributions(found)
    assert not are_contributions(np.abs(found))  # as older versions stored them
    assert heat_maps_of(PREDICTION) is None


def test_maps_are_drawn_by_their_own_largest_size() -> None:
    maps = np.array([[[2.0, -4.0]], [[0.0, 0.0]], [[0.5, 1.0]]], np.float32)
    found = normalize_heatmaps(maps)
    np.testing.assert_array_equal(found, [[[0.5, -1]], [[0, 0]], [[0.5, 1]]])
