from __future__ import annotations

import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from tests.trainer.training.drawn_cells import OUTPUTS, SIZE, drawn_cells
from tests.trainer.training.test_augment import STILL
from trainer.domain import Progress
from trainer.errors import UserError
from trainer.training.augment import Augmentation
from trainer.training.averaging import WeightAverage
from trainer.training.finetune import batches, divergence, fine_tune
from trainer.training.recipe import Recipe

QUICK = Recipe(steps=6, batch=8, average_every=1, warm_up=1)


def tiny(seed: int = 0) -> keras.Model:
    """A network with the outputs of `build_network`, in a few thousand weights."""
    keras.utils.set_random_seed(seed)
    image = keras.Input((SIZE, SIZE, 3))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    x = keras.layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    x = keras.layers.BatchNormalization()(x)
    features = keras.layers.Conv2D(16, 3, strides=2, activation="relu")(x)
    pooled = keras.layers.GlobalAveragePooling2D()(features)
    logits = keras.layers.Dense(len(OUTPUTS), name="logits")(keras.layers.Dropout(0.1)(pooled))
    return keras.Model(image, {"logits": logits, "pooled": pooled, "features": features})


def same(first: keras.Model, second: keras.Model) -> bool:
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_it_learns_and_the_figures_are_kept() -> None:
    network = tiny()
    recipe = replace(QUICK, steps=60, batch=16, rate=1e-2, augmentation=STILL, consistency=0.0)
    history = fine_tune(network, drawn_cells(), recipe)
    assert np.mean(history.loss[-10:]) < 0.7 * np.mean(history.loss[:10])
    assert len(history.accuracy) == 60
    assert history.averaged == 30
    assert not history.stopped


def test_the_seed_decides_and_the_number_of_workers_does_not() -> None:
    networks = []
    for seed, workers in ((1, 1), (1, 3), (2, 1)):
        networks.append(tiny())
        fine_tune(networks[-1], drawn_cells(), replace(QUICK, seed=seed, workers=workers))
    assert same(networks[0], networks[1])
    assert not same(networks[0], networks[2])


def test_batch_norm_is_frozen_and_every_step_is_told() -> None:
    network = tiny()
    (norm,) = (v for v in network.layers if isinstance(v, keras.layers.BatchNormalization))
    before = [np.array(weight) for weight in norm.get_weights()]
    told: list[Progress] = []
    fine_tune(network, drawn_cells(), QUICK, on_progress=told.append)
    assert all(np.array_equal(a, b) for a, b in zip(before, norm.get_weights(), strict=True))
    assert [p.done for p in told] == [1, 2, 3, 4, 5, 6]
    assert all(p.total == 6 for p in told)


def test_a_stop_keeps_the_average_so_far() -> None:
    network, start = tiny(), tiny()
    told: list[Progress] = []
    history = fine_tune(
        network,
        drawn_cells(),
        replace(QUICK, average_from=0.0),
        on_progress=told.append,
        should_stop=lambda: len(told) == 4,
    )
    assert history.stopped
    assert history.averaged == 4
    assert len(history.loss) == 4
    assert not same(network, start)


def test_a_loss_that_is_no_number_ends_it_in_words() -> None:
    network = tiny()
    network.get_layer("logits").bias.assign(np.full(len(OUTPUTS), np.nan, np.float32))
    with pytest.raises(UserError, match="broke down at step 1"):
        fine_tune(network, drawn_cells(), QUICK)


def test_twins_fill_the_halves_of_a_batch() -> None:
    recipe = replace(QUICK, consistency=1.0)
    for images, targets in batches(drawn_cells(), recipe):
        assert images.shape == (8, SIZE, SIZE, 3)
        assert (targets[:4] == targets[4:]).all()
        assert (images[:4] != images[4:]).any()
    fine_tune(tiny(), drawn_cells(), recipe)


def test_divergence_is_zero_for_equal_answers_and_log_two_at_most() -> None:
    equal = np.array([[1.0, 2, 3], [1, 2, 3]], np.float32)
    opposite = np.array([[50.0, 0, 0], [0, 50, 0]], np.float32)
    assert float(divergence(keras.ops.convert_to_tensor(equal))) == pytest.approx(0, abs=1e-6)
    most = float(divergence(keras.ops.convert_to_tensor(opposite)))
    assert most == pytest.approx(np.log(2), abs=1e-4)


def test_the_average_is_the_mean_of_the_moments() -> None:
    network, average = tiny(), WeightAverage()
    for value in (1.0, 2.0, 6.0):
        for variable in network.trainable_variables:
            variable.assign(np.full(variable.shape, value, np.float32))
        average.add(network)
    average.put_into(network)
    assert all(np.allclose(v, 3.0) for v in network.trainable_variables)
    assert average.count == 3


def test_the_recipe_is_plain_values() -> None:
    record = json.loads(json.dumps(Recipe().as_record()))
    assert record["steps"] == Recipe().steps
    assert record["augmentation"]["style"] == Augmentation().style
