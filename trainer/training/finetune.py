"""Fine-tuning: layers of the network, on cells in varied looks."""

from __future__ import annotations

import logging
import math
import time
from contextlib import closing, suppress

import keras

from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import UserError
from trainer.models.backend import out_of_memory
from trainer.training.batches import Batch, batches
from trainer.training.checkpoint import Checkpoint, State
from trainer.training.early_stopping import Watch, give, values_of
from trainer.training.history import History
from trainer.training.recipe import BrokeDownError, Recipe
from trainer.training.task import Lesson
from trainer.training.trainable import Learner, computing, pieces, prepare, seed_step
from trainer.training.weight_averaging import WeightAverage

log = logging.getLogger(__name__)


def fine_tune(
    network: keras.Model,
    lesson: Lesson,
    *,
    checkpoint: Checkpoint | None = None,
    resume: bool = False,
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> History:
    """Train a network of `build_network` in place.

    Args:
        network: RGB 0-255 in, `logits` among its outputs; starts from its weights.
        lesson: what to learn from, and how; with looks kept at the cut, the part above it
            is trained alone.
        checkpoint: where the state is kept after every check, to go on after a kill; to be
            removed once the network is safe.
        resume: go on from there, to the result of an unbroken run; from the beginning
            where nothing is kept.
        on_progress: told after every step.
        should_stop: asked before every step; the best so far is kept.

    Returns:
        The history. The network holds the averaged weights, or those of its best moment
        where validation cells prefer them; not rounded.

    Raises:
        BrokeDownError: the loss is not a number any more.
    """
    state = checkpoint.load() if checkpoint and resume else None
    with computing(network, lesson.recipe) as arithmetic:
        history = _in_parts_that_fit(network, lesson, checkpoint, state, on_progress, should_stop)
    history.arithmetic = arithmetic.replace("_", " ")
    return history


def _in_parts_that_fit(
    network: keras.Model,
    lesson: Lesson,
    checkpoint: Checkpoint | None,
    state: State | None,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> History:
    """Train; where memory runs out, from the beginning, with batches cut into twice as many."""
    recipe = lesson.recipe
    start = values_of(network.variables)
    parts = state.parts if state else 1
    while True:
        keras.utils.set_random_seed(recipe.seed)
        sitting = _Sitting(network, lesson, parts, checkpoint, state)
        try:
            return sitting.learn(on_progress, should_stop)
        except Exception as error:
            if not _can_be_cut(recipe, parts, error):
                raise
            log.warning("memory ran out at %d cells; halving", recipe.batch // parts)
            parts, state = 2 * parts, None
            give(network.variables, start)


def _can_be_cut(recipe: Recipe, parts: int, error: Exception) -> bool:
    """Whether it was the memory, and batches can be cut into twice as many parts."""
    cells = recipe.batch // 2 if recipe.consistency else recipe.batch
    return out_of_memory(error) and cells % (2 * parts) == 0


class _Sitting:
    """One attempt at a training, from its beginning or from where another broke off."""

    def __init__(
        self,
        network: keras.Model,
        lesson: Lesson,
        parts: int,
        checkpoint: Checkpoint | None,
        state: State | None,
    ) -> None:
        self._lesson, self._recipe = lesson, lesson.recipe
        self._parts = parts
        self._checkpoint = checkpoint
        self._learner: Learner = prepare(
            network, self._recipe, parts, at_cut=lesson.kept is not None
        )
        self._learner.optimizer.build(self._learner.trainable_variables)
        looks = 0 if lesson.kept is None else lesson.kept.shape[1]
        self._history = History(parts=parts, looks=looks)
        self._average = WeightAverage()
        self._watch = Watch(lesson.held_out) if lesson.held_out else None
        self._began = time.monotonic()
        self._step = 0
        if state:
            self._restore(state)

    def learn(self, on_progress: OnProgress, should_stop: ShouldStop) -> History:
        """Go through the steps; see `fine_tune`."""
        recipe, first = self._recipe, self._step
        with closing(batches(self._lesson, first)) as prepared:
            for batch in prepared:
                if self._settled():  # it was, when it was broken off
                    break
                if should_stop():
                    self._history.stopped = True
                    self._save()
                    break
                self._take(batch)
                pace = (self._step - first) / (time.monotonic() - self._began)
                on_progress(Progress("training", self._step, recipe.steps, pace))
                if self._step % recipe.check_every == 0:
                    self._check()
        self._keep_the_end()
        self._history.settled = not self._history.stopped and self._step < recipe.steps
        return self._finished()

    def _take(self, batch: Batch) -> None:
        """One step, in as many parts as fit."""
        recipe = self._recipe
        self._learner.reset_metrics()
        seed_step(recipe.seed, self._step)
        figures: dict[str, float] = {}
        for piece in pieces(*batch, self._parts, bool(recipe.consistency)):
            figures = self._learner.train_on_batch(*piece, return_dict=True)
        _note(self._history, figures, self._step)
        if (
            self._step >= recipe.average_from * recipe.steps
            and self._step % recipe.average_every == 0
        ):
            self._average.add(self._learner)
        self._step += 1

    def _check(self) -> None:
        """Look at the validation cells and keep the state."""
        if self._watch:
            self._watch.check(self._learner, self._step)
        self._save()

    def _keep_the_end(self) -> None:
        """Keep the last state, too, so that a package that cannot be written costs no step."""
        if self._history.stopped or self._step % self._recipe.check_every == 0:
            return  # it is kept already
        with suppress(UserError):  # no room for the state says nothing of the package's
            self._save()

    def _settled(self) -> bool:
        """Whether validation cells have not got better for too long."""
        patience = self._recipe.patience
        return bool(self._watch and patience and self._watch.since >= patience)

    def _finished(self) -> History:
        """Settle which weights the network shall have."""
        history, watch = self._history, self._watch
        self._average.put_into(self._learner)
        history.averaged = self._average.count
        history.seconds += time.monotonic() - self._began
        if watch:
            history.checks = watch.checks
            if watch.take_better(self._learner):
                history.averaged = 0
                history.best_step = min(watch.checks, key=lambda check: check[1])[0]
        return history

    def _save(self) -> None:
        if self._checkpoint is None:
            return
        history, watch = self._history, self._watch
        self._checkpoint.save(
            State(
                step=self._step,
                parts=self._parts,
                model=values_of(self._learner.variables),
                optimizer=values_of(self._learner.optimizer.variables),
                average=list(self._average.mean),
                averaged=self._average.count,
                best=list(watch.best) if watch else [],
                best_loss=watch.best_loss if watch else math.inf,
                since=watch.since if watch else 0,
                checks=watch.checks if watch else [],
                loss=history.loss,
                accuracy=history.accuracy,
                seconds=history.seconds + time.monotonic() - self._began,
            )
        )

    def _restore(self, state: State) -> None:
        learner = self._learner
        give(learner.variables, state.model)
        give(learner.optimizer.variables, state.optimizer)
        self._average = WeightAverage(state.average, state.averaged)
        self._history.loss, self._history.accuracy = state.loss, state.accuracy
        self._history.seconds = state.seconds
        self._step = state.step
        if self._watch:
            self._watch.checks, self._watch.best = state.checks, state.best
            self._watch.best_loss, self._watch.since = state.best_loss, state.since


def _note(history: History, figures: dict[str, float], step: int) -> None:
    loss = float(figures["loss"])
    if not math.isfinite(loss):
        raise BrokeDownError(
            f"Training broke down at step {step + 1}: the loss is not a number any more.",
            "Try a lower learning rate, or look for damaged images among the training data.",
        )
    history.loss.append(loss)
    history.accuracy.append(float(figures["accuracy"]))
