"""Fine-tuning: layers of the network, on augmented cells."""

from __future__ import annotations

import logging
import math
from contextlib import closing, suppress

import keras

from trainer.awake_clock import awake_seconds
from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import Cancelled, UserError
from trainer.models.backend import out_of_memory
from trainer.training.batches import Batch, iterate_batches
from trainer.training.checkpoint import Checkpoint, TrainingState
from trainer.training.early_stopping import EarlyStopping, Validation, get_values, set_values
from trainer.training.history import History
from trainer.training.recipe import DivergenceError, Recipe
from trainer.training.task import FineTuneTask
from trainer.training.trainable import (
    ConsistencyModel,
    compile_for_training,
    micro_batches,
    seed_step,
    use_dtype_policy,
)
from trainer.training.weight_averaging import WeightAverage
from trainer.training_metrics import OnMetrics, TrainingMetrics, no_metrics

log = logging.getLogger(__name__)


def fine_tune(
    network: keras.Model,
    task: FineTuneTask,
    *,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
    on_progress: OnProgress = no_progress,
    on_metrics: OnMetrics = no_metrics,
    should_stop: ShouldStop = never_stop,
) -> History:
    """Train a network of `build_network` in place.

    Args:
        network: RGB 0-255 in, `logits` among its outputs; starts from its weights.
        task: what to learn from, and how; with activations cached at the freeze point, the
            part above it is trained alone.
        checkpoint: saved after every check, to go on after a kill; to be removed once the
            network is safe.
        resume: go on from there, to the result of an unbroken run; from the beginning
            where nothing is saved.
        on_progress: called after every step.
        on_metrics: called after every step.
        should_stop: called before every step; the best weights so far are taken. It may raise
            `Cancelled`: the state is saved then, and goes on from there.

    Returns:
        The history. The network holds the averaged weights, or those of its best moment
        where validation cells prefer them; not rounded.

    Raises:
        DivergenceError: the loss is not a number any more.
        Cancelled: `should_stop` raised it.
    """
    state = checkpoint.load() if checkpoint and resume else None
    with use_dtype_policy(network, task.recipe) as arithmetic:
        history = _train_within_memory(
            network, task, checkpoint, state, on_progress, on_metrics, should_stop
        )
    history.arithmetic = arithmetic.replace("_", " ")
    return history


def _train_within_memory(
    network: keras.Model,
    task: FineTuneTask,
    checkpoint: Checkpoint | None,
    state: TrainingState | None,
    on_progress: OnProgress,
    on_metrics: OnMetrics,
    should_stop: ShouldStop,
) -> History:
    """Train; where memory runs out, from the beginning, with twice as many micro-batches."""
    recipe = task.recipe
    start = get_values(network.variables)
    accumulation_steps = state.accumulation_steps if state else 1
    while True:
        keras.utils.set_random_seed(recipe.seed)
        run = _TrainingRun(network, task, accumulation_steps, checkpoint, state)
        try:
            return run.train(on_progress, on_metrics, should_stop)
        except Exception as error:
            if not _can_split_batches(recipe, accumulation_steps, error):
                raise
            cells = recipe.batch // accumulation_steps
            log.warning("memory ran out at %d cells; halving", cells)
            accumulation_steps, state = 2 * accumulation_steps, None
            set_values(network.variables, start)


def _can_split_batches(recipe: Recipe, accumulation_steps: int, error: Exception) -> bool:
    """Whether it was the memory, and batches can be split into twice as many micro-batches."""
    cells = recipe.batch // 2 if recipe.consistency else recipe.batch
    return out_of_memory(error) and cells % (2 * accumulation_steps) == 0


class _TrainingRun:
    """One attempt at a training, from its beginning or from where another broke off."""

    def __init__(
        self,
        network: keras.Model,
        task: FineTuneTask,
        accumulation_steps: int,
        checkpoint: Checkpoint | None,
        state: TrainingState | None,
    ) -> None:
        self._task, self._recipe = task, task.recipe
        self._accumulation_steps = accumulation_steps
        self._checkpoint = checkpoint
        self._model: ConsistencyModel = compile_for_training(
            network,
            self._recipe,
            accumulation_steps,
            above_freeze_point=task.activations is not None,
        )
        self._model.optimizer.build(self._model.trainable_variables)
        views = 0 if task.activations is None else task.activations.shape[1]
        self._history = History(accumulation_steps=accumulation_steps, views_per_cell=views)
        self._average = WeightAverage()
        self._early_stopping = EarlyStopping(task.validation) if task.validation else None
        self._began = awake_seconds()
        self._step = 0
        if state:
            self._restore(state)

    def train(
        self, on_progress: OnProgress, on_metrics: OnMetrics, should_stop: ShouldStop
    ) -> History:
        """Go through the steps; see `fine_tune`."""
        recipe, first = self._recipe, self._step
        with closing(iterate_batches(self._task, first)) as prepared:
            for batch in prepared:
                if self._is_out_of_patience():  # it was, when it was broken off
                    break
                if self._should_stop(should_stop):
                    self._history.stopped = True
                    self._save()
                    break
                self._train_step(batch)
                pace = (self._step - first) / (awake_seconds() - self._began)
                on_progress(Progress("training", self._step, recipe.steps, pace))
                found = self._check() if self._step % recipe.check_every == 0 else None
                on_metrics(self._metrics(pace, found))
        self._save_last_state()
        self._history.early_stopped = not self._history.stopped and self._step < recipe.steps
        return self._finish()

    def _train_step(self, batch: Batch) -> None:
        """One step, in as many micro-batches as fit."""
        recipe = self._recipe
        self._model.reset_metrics()
        seed_step(recipe.seed, self._step)
        metrics: dict[str, float] = {}
        for micro_batch in micro_batches(
            *batch, self._accumulation_steps, bool(recipe.consistency)
        ):
            metrics = self._model.train_on_batch(*micro_batch, return_dict=True)
        _record_step(self._history, metrics, self._step)
        if (
            self._step >= recipe.average_from * recipe.steps
            and self._step % recipe.average_every == 0
        ):
            self._average.add(self._model)
        self._step += 1

    def _should_stop(self, should_stop: ShouldStop) -> bool:
        """As `should_stop`; who cancels outright can go on from here later."""
        try:
            return should_stop()
        except Cancelled:
            self._save()
            raise

    def _check(self) -> Validation | None:
        """Measure on the validation cells, if there are any, and save the state."""
        found = None
        if self._early_stopping:
            found = self._early_stopping.check(self._model, self._step)
        self._save()
        return found

    def _metrics(self, steps_per_second: float, found: Validation | None) -> TrainingMetrics:
        """What this step has come to."""
        history, outputs = self._history, self._task.cells.outputs
        return TrainingMetrics(
            self._step,
            history.loss[-1],
            history.accuracy[-1],
            steps_per_second * self._recipe.batch,
            found.loss if found else None,
            found.accuracy if found else None,
            {outputs[at]: share for at, share in found.recall.items()} if found else {},
        )

    def _save_last_state(self) -> None:
        """Save the last state, too, so that a package that cannot be written costs no step."""
        if self._history.stopped or self._step % self._recipe.check_every == 0:
            return  # it is saved already
        with suppress(UserError):  # there may be room for the package all the same
            self._save()

    def _is_out_of_patience(self) -> bool:
        """Whether validation cells have not got better for too long."""
        patience = self._recipe.patience
        return bool(self._early_stopping and patience and self._early_stopping.wait >= patience)

    def _finish(self) -> History:
        """Give the network its final weights: the average, or those of the best moment."""
        history, early_stopping = self._history, self._early_stopping
        self._average.apply_to(self._model)
        history.n_averaged = self._average.count
        history.seconds += awake_seconds() - self._began
        if early_stopping:
            history.checks = early_stopping.checks
            ended = not history.stopped or bool(history.n_averaged)
            if early_stopping.restore_best(self._model, ended=ended):
                history.n_averaged = 0
                history.best_step = min(early_stopping.checks, key=lambda check: check[1])[0]
        return history

    def _save(self) -> None:
        if self._checkpoint is None:
            return
        history, early_stopping = self._history, self._early_stopping
        self._checkpoint.save(
            TrainingState(
                step=self._step,
                accumulation_steps=self._accumulation_steps,
                model=get_values(self._model.variables),
                optimizer=get_values(self._model.optimizer.variables),
                average=list(self._average.mean),
                n_averaged=self._average.count,
                best=list(early_stopping.best) if early_stopping else [],
                best_loss=early_stopping.best_loss if early_stopping else math.inf,
                wait=early_stopping.wait if early_stopping else 0,
                checks=early_stopping.checks if early_stopping else [],
                loss=history.loss,
                accuracy=history.accuracy,
                seconds=history.seconds + awake_seconds() - self._began,
            )
        )

    def _restore(self, state: TrainingState) -> None:
        set_values(self._model.variables, state.model)
        set_values(self._model.optimizer.variables, state.optimizer)
        self._average = WeightAverage(state.average, state.n_averaged)
        self._history.loss, self._history.accuracy = state.loss, state.accuracy
        self._history.seconds = state.seconds
        self._step = state.step
        if self._early_stopping:
            self._early_stopping.checks, self._early_stopping.best = state.checks, state.best
            self._early_stopping.best_loss, self._early_stopping.wait = state.best_loss, state.wait


def _record_step(history: History, metrics: dict[str, float], step: int) -> None:
    loss = float(metrics["loss"])
    if not math.isfinite(loss):
        raise DivergenceError(
            f"Training broke down at step {step + 1}: the loss is not a number any more.",
            "Try a lower learning rate, or look for damaged images among the training data.",
        )
    history.loss.append(loss)
    history.accuracy.append(float(metrics["accuracy"]))
