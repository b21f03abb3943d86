"""What a network says beside the cell costs while it learns, and changes nothing else."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from tests.trainer.training.tiny_network import QUICK
from trainer.models.network.build import build_network
from trainer.models.network.freeze_point import split_at_freeze_point
from trainer.models.network.receptive_field import receptive_field_grid
from trainer.models.package.card import ReceptiveFieldGrid
from trainer.testing import draw_blots
from trainer.training.spatial_penalty import OffCentrePenalty, off_centre_weights
from trainer.training.trainable import compile_for_training


def test_places_on_the_cell_cost_nothing_and_those_at_the_rim_all() -> None:
    away = off_centre_weights(ReceptiveFieldGrid(first=31.5, step=32.0), 4, 128)
    assert away[1, 1] == 0
    assert away[1, 2] == away[2, 1] == 0
    assert 0 < away[0, 0] < 1
    assert away[3, 3] == away[0, 3] == 1


def test_the_cost_is_the_share_of_what_lies_beside_the_cell() -> None:
    away = np.array([[0.0, 1.0], [0.5, 1.0]], dtype=np.float32)
    layer = OffCentrePenalty(away, 2.0)
    features = np.zeros((2, 2, 2, 3), dtype=np.float32)
    features[0, 0, 1] = 1.0  # all beside it
    features[1, 0, 0], features[1, 1, 0] = 3.0, -1.0  # an eighth
    np.testing.assert_array_equal(layer(features), features)
    (cost,) = layer.losses
    assert float(cost) == pytest.approx(2.0 * (1.0 + 0.125) / 2, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("at_cut", [False, True])
def test_it_costs_in_training_and_the_answers_stay(at_cut: bool) -> None:
    keras.utils.set_random_seed(1)
    network = build_network("MobileNetV2", 3, 64)
    grid, image = receptive_field_grid(network), draw_blots(64, 2).astype(np.float32)
    losses = []
    for centring in (0.0, 3.0):
        recipe = replace(QUICK, unfreeze="top", centring=centring)
        learner = compile_for_training(network, recipe, above_freeze_point=at_cut)
        split = split_at_freeze_point(network)
        assert split is not None
        shown = split.lower(image) if at_cut else image
        np.testing.assert_allclose(learner(shown), network(image)["logits"], rtol=1e-5, atol=1e-6)
        targets = np.eye(3, dtype=np.float32)[np.arange(len(image)) % 3]
        losses.append(learner.test_on_batch(np.asarray(shown), targets, return_dict=True)["loss"])
    features = np.abs(np.asarray(network(image)["features"]))
    away = off_centre_weights(grid, features.shape[1], 64)[None, :, :, None]
    share = (features * away).sum(axis=(1, 2, 3)) / (features.sum(axis=(1, 2, 3)) + 1e-6)
    assert losses[1] - losses[0] == pytest.approx(3.0 * share.mean(), rel=1e-3)
    assert receptive_field_grid(network) == grid
