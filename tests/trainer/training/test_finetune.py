from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from tests.trainer.training.drawn_cells import OUTPUTS, SIZE, drawn_cells
from tests.trainer.training.test_augmentation import STILL
from tests.trainer.training.tiny_network import QUICK, tiny_network, validation_set
from trainer.domain import Progress
from trainer.errors import Cancelled, UserError
from trainer.training.augmentation import Augmentation
from trainer.training.batches import iterate_batches
from trainer.training.checkpoint import Checkpoint
from trainer.training.early_stopping import validate
from trainer.training.finetune import fine_tune
from trainer.training.recipe import Recipe
from trainer.training.task import FineTuneTask
from trainer.training.trainable import compile_for_training, jensen_shannon, set_dtype_policy
from trainer.training.weight_averaging import WeightAverage
from trainer.training_metrics import TrainingMetrics


def same(first: keras.Model, second: keras.Model) -> bool:
    pairs = zip(first.get_weights(), second.get_weights(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_it_learns_and_the_figures_are_kept() -> None:
    network = tiny_network()
    recipe = replace(QUICK, steps=60, batch=16, rate=1e-2, augmentation=STILL, consistency=0.0)
    history = fine_tune(network, FineTuneTask(drawn_cells(), recipe))
    assert np.mean(history.loss[-10:]) < 0.7 * np.mean(history.loss[:10])
    assert len(history.accuracy) == 60
    assert history.n_averaged == 30
    assert not history.stopped


def test_the_seed_decides_and_the_number_of_workers_does_not() -> None:
    networks = []
    for seed, workers in ((1, 1), (1, 3), (2, 1)):
        networks.append(tiny_network())
        recipe = replace(QUICK, seed=seed, workers=workers)
        fine_tune(networks[-1], FineTuneTask(drawn_cells(), recipe))
    assert same(networks[0], networks[1])
    assert not same(networks[0], networks[2])


def test_batch_norm_is_frozen_and_every_step_is_told() -> None:
    network = tiny_network()
    (norm,) = (v for v in network.layers if isinstance(v, keras.layers.BatchNormalization))
    before = [np.array(weight) for weight in norm.get_weights()]
    told: list[Progress] = []
    fine_tune(network, FineTuneTask(drawn_cells(), QUICK), on_progress=told.append)
    assert all(np.array_equal(a, b) for a, b in zip(before, norm.get_weights(), strict=True))
    assert [p.done for p in told] == [1, 2, 3, 4, 5, 6]
    assert all(p.total == 6 for p in told)


def test_a_stop_keeps_the_average_so_far() -> None:
    network, start = tiny_network(), tiny_network()
    told: list[Progress] = []
    history = fine_tune(
        network,
        FineTuneTask(drawn_cells(), replace(QUICK, average_from=0.0)),
        on_progress=told.append,
        should_stop=lambda: len(told) == 4,
    )
    assert history.stopped
    assert history.n_averaged == 4
    assert len(history.loss) == 4
    assert not same(network, start)


def test_a_loss_that_is_no_number_ends_it_in_words() -> None:
    network = tiny_network()
    network.get_layer("logits").bias.assign(np.full(len(OUTPUTS), np.nan, np.float32))
    with pytest.raises(UserError, match="broke down at step 1"):
        fine_tune(network, FineTuneTask(drawn_cells(), QUICK))


def test_twins_fill_the_halves_of_a_batch() -> None:
    recipe = replace(QUICK, consistency=1.0)
    for images, targets in iterate_batches(FineTuneTask(drawn_cells(), recipe)):
        assert images.shape == (8, SIZE, SIZE, 3)
        assert (targets[:4] == targets[4:]).all()
        assert (images[:4] != images[4:]).any()
    fine_tune(tiny_network(), FineTuneTask(drawn_cells(), recipe))


def test_divergence_is_zero_for_equal_answers_and_log_two_at_most() -> None:
    equal = np.array([[1.0, 2, 3], [1, 2, 3]], np.float32)
    opposite = np.array([[50.0, 0, 0], [0, 50, 0]], np.float32)
    assert float(jensen_shannon(keras.ops.convert_to_tensor(equal))) == pytest.approx(0, abs=1e-6)
    most = float(jensen_shannon(keras.ops.convert_to_tensor(opposite)))
    assert most == pytest.approx(np.log(2), abs=1e-4)


def test_the_average_is_the_mean_of_the_moments() -> None:
    network, average = tiny_network(), WeightAverage()
    for value in (1.0, 2.0, 6.0):
        for variable in network.trainable_variables:
            variable.assign(np.full(variable.shape, value, np.float32))
        average.add(network)
    average.apply_to(network)
    assert all(np.allclose(v, 3.0) for v in network.trainable_variables)
    assert average.count == 3


def test_the_recipe_is_plain_values() -> None:
    record = json.loads(json.dumps(Recipe().as_record()))
    assert record["steps"] == Recipe().steps
    assert record["augmentation"]["style"] == Augmentation().style


def test_each_step_has_figures_of_its_own_batch() -> None:
    network = tiny_network()
    first = fine_tune(network, FineTuneTask(drawn_cells(), replace(QUICK, steps=1)))
    second = fine_tune(tiny_network(), FineTuneTask(drawn_cells(), QUICK))
    assert first.loss[0] == pytest.approx(second.loss[0], rel=1e-5)
    assert all(accuracy * 8 == pytest.approx(round(accuracy * 8)) for accuracy in second.accuracy)


def test_the_best_moment_is_taken_where_the_average_is_worse() -> None:
    recipe = replace(
        QUICK, steps=30, rate=0.05, check_every=5, average_from=0.9, augmentation=STILL
    )
    network = tiny_network()
    history = fine_tune(network, FineTuneTask(drawn_cells(), recipe, validation=validation_set()))
    assert [step for step, _, _ in history.checks] == [5, 10, 15, 20, 25, 30]
    least = min(loss for _, loss, _ in history.checks)
    learner = compile_for_training(network, recipe)
    assert validate(learner, validation_set()).loss <= least + 1e-5
    assert (history.best_step > 0) == (history.n_averaged == 0)
    rows = history.rows()
    assert rows[4]["val_macro_f1"] != ""
    assert rows[3]["val_loss"] == ""


def test_it_ends_where_validation_cells_get_no_better() -> None:
    recipe = replace(QUICK, steps=60, rate=0.0, check_every=2, patience=3)
    history = fine_tune(
        tiny_network(), FineTuneTask(drawn_cells(), recipe, validation=validation_set())
    )
    assert history.early_stopped
    assert len(history.loss) == 8
    assert "did not get better" in history.note()


def test_layers_below_the_cut_stay_as_they_are() -> None:
    network = tiny_network()
    first, second = (v for v in network.layers if isinstance(v, keras.layers.Conv2D))
    before = [np.array(layer.get_weights()[0]) for layer in (first, second)]
    fine_tune(network, FineTuneTask(drawn_cells(), replace(QUICK, unfreeze=second.name)))
    assert (before[0] == first.get_weights()[0]).all()
    assert (before[1] != second.get_weights()[0]).any()


@pytest.mark.parametrize("unfreeze", ["no such layer", 1.5])
def test_a_cut_that_is_none_is_said(unfreeze: str | float) -> None:
    with pytest.raises(UserError, match=r"no layer|unfreeze is"):
        fine_tune(tiny_network(), FineTuneTask(drawn_cells(), replace(QUICK, unfreeze=unfreeze)))


class Narrow(keras.layers.Layer):
    """Lets few cells through at a time, as a GPU whose memory is small."""

    def call(self, x):
        if x.shape[0] is not None and x.shape[0] > 4:
            raise RuntimeError("RESOURCE_EXHAUSTED: out of memory while allocating")
        return x


@pytest.mark.parametrize("consistency", [0.0, 1.0])
def test_batches_are_cut_where_memory_runs_out_and_learn_the_same(consistency: float) -> None:
    recipe = replace(QUICK, consistency=consistency, batch=16, steps=4)
    cut, whole = tiny_network(dropout=0.0, gate=Narrow()), tiny_network(dropout=0.0)
    history = fine_tune(cut, FineTuneTask(drawn_cells(), recipe))
    fine_tune(whole, FineTuneTask(drawn_cells(), recipe))
    assert history.accumulation_steps == 4
    assert len(history.loss) == 4
    if not consistency:
        for one, other in zip(cut.get_weights(), whole.get_weights(), strict=True):
            assert np.abs(one - other).max() < 1e-4


def test_another_error_is_not_taken_for_want_of_memory() -> None:
    class Broken(keras.layers.Layer):
        def call(self, x):
            if x.shape[0] is not None:
                raise RuntimeError("something else")
            return x

    with pytest.raises(RuntimeError, match="something else"):
        fine_tune(tiny_network(gate=Broken()), FineTuneTask(drawn_cells(), QUICK))


def test_mixed_arithmetic_learns_and_leaves_float32_behind() -> None:
    network = tiny_network()
    set_dtype_policy(network, "mixed_bfloat16")
    history = fine_tune(network, FineTuneTask(drawn_cells(), QUICK))
    assert np.isfinite(history.loss).all()
    set_dtype_policy(network, "float32")
    image = np.zeros((1, SIZE, SIZE, 3), np.float32)
    answer = network(image, training=False)
    assert all(keras.backend.standardize_dtype(v.dtype) == "float32" for v in answer.values())
    assert all(v.dtype == "float32" for v in network.variables if "seed" not in v.path)


def test_curves_are_reported_and_a_cancelled_training_can_go_on(tmp_path: Path) -> None:
    recipe = replace(QUICK, steps=6, check_every=2)
    task = FineTuneTask(drawn_cells(), recipe, validation=validation_set())
    checkpoint, found = Checkpoint(tmp_path / "this"), list[TrainingMetrics]()

    def cancel() -> bool:
        if len(found) == 3:
            raise Cancelled
        return False

    with pytest.raises(Cancelled):
        fine_tune(
            tiny_network(), task, checkpoint=checkpoint, on_metrics=found.append, should_stop=cancel
        )
    state = checkpoint.load()
    assert state is not None
    assert state.step == 3
    assert [each.step for each in found] == [1, 2, 3]
    assert [bool(each.recall) for each in found] == [False, True, False]
    checked = found[1]
    assert set(checked.recall) <= set(task.cells.outputs)
    assert checked.balanced_accuracy is not None
    assert 0 <= checked.balanced_accuracy <= 1
    assert checked.val_loss == state.checks[0][1]


def test_a_training_that_is_stopped_early_keeps_its_best_check() -> None:
    recipe = replace(QUICK, steps=40, check_every=2, average_from=0.9)
    network, seen = tiny_network(), list[Progress]()
    task = FineTuneTask(drawn_cells(), recipe, validation=validation_set())
    history = fine_tune(network, task, on_progress=seen.append, should_stop=lambda: len(seen) == 5)
    assert history.stopped
    assert history.worth_keeping
    least = min(history.checks, key=lambda check: check[1])
    assert history.best_step == least[0]
    learner = compile_for_training(network, recipe)
    assert validate(learner, validation_set()).loss == pytest.approx(least[1], abs=1e-5)
