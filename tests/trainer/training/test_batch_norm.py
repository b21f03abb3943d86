"""Batch norm of a network from random weights learns, and measures the cells, if asked to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from tests.trainer.training.drawn_cells import drawn_cells
from tests.trainer.training.tiny_network import QUICK, tiny_network, validation_set
from trainer.training.checkpoint import Checkpoint
from trainer.training.finetune import fine_tune
from trainer.training.model_soup import fine_tune_soup
from trainer.training.task import FineTuneTask
from trainer.training.trainable import set_trainable, trained_variables
from trainer.training.weight_averaging import WeightAverage

RECIPE = replace(QUICK, batch_norm=True)


def norm_of(network: keras.Model) -> keras.layers.BatchNormalization:
    (layer,) = (v for v in network.layers if isinstance(v, keras.layers.BatchNormalization))
    return layer


def test_it_learns_and_measures() -> None:
    network = tiny_network()
    before = norm_of(network).get_weights()
    fine_tune(network, FineTuneTask(drawn_cells(), RECIPE))
    for name, one, other in zip(
        ("gamma", "beta", "mean", "variance"), before, norm_of(network).get_weights(), strict=True
    ):
        assert (one != other).any(), name


def test_below_the_cut_it_stays_as_it_is() -> None:
    network = tiny_network()
    _, second = (v for v in network.layers if isinstance(v, keras.layers.Conv2D))
    before = norm_of(network).get_weights()
    fine_tune(network, FineTuneTask(drawn_cells(), replace(RECIPE, unfreeze=second.name)))
    for one, other in zip(before, norm_of(network).get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_it_measured_is_averaged_along() -> None:
    network, average = tiny_network(), WeightAverage()
    set_trainable(network, "all", batch_norm=True)
    for value in (1.0, 3.0):
        for variable in trained_variables(network):
            variable.assign(np.full(variable.shape, value, np.float32))
        average.add(network)
    average.apply_to(network)
    assert all((values == 2.0).all() for values in norm_of(network).get_weights())


@pytest.mark.slow
def test_what_it_measured_is_averaged_over_trainings() -> None:
    def after(recipe: Any) -> list[Any]:
        network = tiny_network()
        fine_tune_soup(network, FineTuneTask(drawn_cells(), recipe))
        return norm_of(network).get_weights()

    apart = [after(replace(RECIPE, seed=seed)) for seed in (0, 1)]
    together = after(replace(RECIPE, repeats=2))
    for got, one, other in zip(together, *apart, strict=True):
        np.testing.assert_allclose(got, (one + other) / 2, atol=1e-6)


def test_it_follows_the_cells_however_slowly_the_architecture_would() -> None:
    network = tiny_network()
    norm_of(network).momentum = 0.999
    set_trainable(network, "all", batch_norm=True)
    assert norm_of(network).momentum <= 0.95


@pytest.mark.slow
def test_a_stop_goes_on_to_the_same_network(tmp_path: Path) -> None:
    recipe = replace(RECIPE, steps=12, check_every=3, average_from=0.3)
    lesson = FineTuneTask(drawn_cells(), recipe, validation=validation_set())
    whole, broken, again = tiny_network(), tiny_network(), tiny_network()
    fine_tune(whole, lesson)
    steps: list[int] = []
    fine_tune(
        broken,
        lesson,
        checkpoint=Checkpoint(tmp_path),
        on_progress=lambda progress: steps.append(progress.done or 0),
        should_stop=lambda: len(steps) >= 7,
    )
    fine_tune(again, lesson, checkpoint=Checkpoint(tmp_path), resume=True)
    assert steps[-1] == 7
    for one, other in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
