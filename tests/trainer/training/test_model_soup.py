from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.training.drawn_cells import OUTPUTS, drawn_cells
from tests.trainer.training.tiny_network import QUICK, tiny_network, validation_set
from trainer.domain import Progress
from trainer.training.checkpoint import Checkpoint
from trainer.training.finetune import fine_tune
from trainer.training.history import History
from trainer.training.model_soup import WeightSoup, fine_tune_soup
from trainer.training.recipe import Recipe
from trainer.training.task import FineTuneTask
from trainer.training.trainable import set_trainable

TWICE = replace(QUICK, repeats=2, check_every=3)


def weights_after(recipe: Recipe) -> list[np.ndarray]:
    network = tiny_network()
    fine_tune(network, FineTuneTask(drawn_cells(), recipe, validation=validation_set()))
    return list(network.get_weights())


@pytest.mark.slow
def test_the_network_is_the_mean_of_its_trainings() -> None:
    network, told = tiny_network(), list[Progress]()
    lesson = FineTuneTask(drawn_cells(), TWICE, validation=validation_set())
    history = fine_tune_soup(network, lesson, on_progress=told.append)
    pairs = zip(weights_after(TWICE), weights_after(replace(TWICE, seed=1)), strict=True)
    for got, (one, other) in zip(network.get_weights(), pairs, strict=True):
        np.testing.assert_allclose(got, (one + other) / 2, atol=1e-7)
    assert [progress.done for progress in told] == list(range(1, 13))
    assert {progress.total for progress in told} == {12}
    assert [step for step, *_ in history.checks] == [3, 6, 9, 12]
    assert len(history.rows()) == 12
    assert "mean of what 2 trainings" in history.note()


def test_one_training_that_is_surely_better_than_the_mean_is_taken_alone() -> None:
    network, cells = tiny_network(), validation_set()
    set_trainable(network, "all")
    logits = network.get_layer("logits")
    pooled = np.asarray(network.predict(cells.views.astype(np.float32), verbose=0)["pooled"])
    fitting, *_ = np.linalg.lstsq(pooled, np.eye(len(OUTPUTS))[cells.labels], rcond=None)
    pot = WeightSoup(network, FineTuneTask(drawn_cells(), TWICE, validation=cells))
    for kernel in (fitting, -fitting):  # their mean says nothing
        logits.set_weights([kernel, np.zeros(len(OUTPUTS))])
        pot.add(History(n_averaged=1))
    history = pot.finish()
    np.testing.assert_array_equal(logits.get_weights()[0], fitting.astype(np.float32))
    assert "in one of 2 trainings" in history.note()


@pytest.mark.slow
def test_a_stop_in_the_second_goes_on_to_the_same_network(tmp_path: Path) -> None:
    whole, broken, again = tiny_network(), tiny_network(), tiny_network()
    lesson = FineTuneTask(
        drawn_cells(), replace(TWICE, average_from=0.9), validation=validation_set()
    )
    fine_tune_soup(whole, lesson)
    checkpoint, told = Checkpoint(tmp_path / "this"), list[Progress]()
    history = fine_tune_soup(
        broken,
        lesson,
        checkpoint=checkpoint,
        on_progress=told.append,
        should_stop=lambda: len(told) == 8,
    )
    assert history.stopped
    assert history.worth_keeping
    seen: list[Progress] = []
    fine_tune_soup(again, lesson, checkpoint=checkpoint, resume=True, on_progress=seen.append)
    assert [progress.done for progress in seen] == [9, 10, 11, 12]
    for one, other in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    checkpoint.remove()
    assert list(tmp_path.iterdir()) == []
