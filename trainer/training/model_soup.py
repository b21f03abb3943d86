"""One network out of several trainings that start alike and differ by what is drawn.

The mean of the weights of networks fine-tuned from one beginning is mostly better than the
best of them, most of all on images unlike those of the training, and costs no more to use
than one (Wortsman et al., "Model soups", ICML 2022; Ramé et al., "Diverse weight averaging
for out-of-distribution generalization", NeurIPS 2022)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.training.checkpoint import Checkpoint
from trainer.training.early_stopping import get_values, predict_logits, set_values
from trainer.training.finetune import fine_tune
from trainer.training.history import History, join_histories
from trainer.training.losses import calibrated_log_loss, paired_loss_difference
from trainer.training.task import FineTuneTask
from trainer.training.trainable import compile_for_training, trained_variables
from trainer.training_metrics import OnMetrics, TrainingMetrics, no_metrics


def fine_tune_soup(
    network: keras.Model,
    task: FineTuneTask,
    *,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
    on_progress: OnProgress = no_progress,
    on_metrics: OnMetrics = no_metrics,
    should_stop: ShouldStop = never_stop,
) -> History:
    """Train a network in place as often as the recipe says, and keep the mean of the weights.

    Each training begins with the weights that the network has now; their seeds follow each
    other. Where validation cells are surely better served by one of the trainings, the network
    gets that one's weights instead. Arguments and errors as of `fine_tune`.

    Returns:
        The histories in a row.
    """
    recipe, start = task.recipe, get_values(network.variables)
    soup = WeightSoup(network, task)
    for repeat in range(recipe.repeats):
        set_values(network.variables, start)
        history = fine_tune(
            network,
            replace(task, recipe=replace(recipe, seed=recipe.seed + repeat)),
            checkpoint=checkpoint.for_repeat(repeat) if checkpoint else None,
            resume=resume,
            on_progress=_offset_progress(on_progress, repeat * recipe.steps, recipe.repeats),
            on_metrics=_offset_metrics(on_metrics, repeat * recipe.steps),
            should_stop=should_stop,
        )
        soup.add(history)
        if history.stopped:
            break
    return soup.finish()


def _offset_progress(on_progress: OnProgress, before: int, repeats: int) -> OnProgress:
    """Report the steps of all trainings together."""

    def report(progress: Progress) -> None:
        total = progress.total and progress.total * repeats
        on_progress(replace(progress, done=progress.done + before, total=total))

    return report


def _offset_metrics(on_metrics: OnMetrics, before: int) -> OnMetrics:
    """Number the steps of all trainings in a row."""

    def report(metrics: TrainingMetrics) -> None:
        on_metrics(replace(metrics, step=metrics.step + before))

    return report


@dataclass
class WeightSoup:
    """The trainings of a network so far, each from the same beginning.

    Attributes:
        network: holds the weights of the last of them.
        task: what they learn from.
        histories: of all.
        ingredients: histories of those that are worth keeping.
        weights: what these ended on, see `trained_variables`.
    """

    network: keras.Model
    task: FineTuneTask
    histories: list[History] = field(default_factory=list)
    ingredients: list[History] = field(default_factory=list)
    weights: list[list[NDArray[Any]]] = field(default_factory=list)

    def add(self, history: History) -> None:
        """Take in what the network holds now."""
        self.histories.append(history)
        if history.worth_keeping or not self.ingredients:
            self.ingredients.append(history)
            self.weights.append(get_values(trained_variables(self.network)))

    def finish(self) -> History:
        """Give the network its final weights; return the joined history."""
        mean = [_average(values) for values in zip(*self.weights, strict=True)]
        best = self._better_ingredient(mean)
        set_values(trained_variables(self.network), mean if best is None else self.weights[best])
        return join_histories(
            self.histories, self.ingredients if best is None else [self.ingredients[best]]
        )

    def _better_ingredient(self, mean: list[NDArray[Any]]) -> int | None:
        """The training that does best, if by more than a standard error better than the mean.

        As in `EarlyStopping.restore_best`: the best of several owes part of its lead to chance.
        """
        validation = self.task.validation
        if validation is None or len(self.weights) == 1:
            return None
        model = compile_for_training(
            self.network, self.task.recipe, above_freeze_point=self.task.activations is not None
        )
        logits = []
        for weights in (mean, *self.weights):
            set_values(trained_variables(self.network), weights)
            logits.append(predict_logits(model, validation))
        of_mean, *of_each = logits
        losses = [calibrated_log_loss(each, validation.labels) for each in of_each]
        best = int(np.argmin(losses))
        gain, error = paired_loss_difference(of_each[best], of_mean, validation.labels)
        return None if gain <= error else best


def _average(values: Sequence[NDArray[Any]]) -> NDArray[np.float32]:
    mean: NDArray[np.float64] = np.stack(values).mean(axis=0, dtype=np.float64)
    return mean.astype(np.float32)
