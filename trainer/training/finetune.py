"""Fine-tuning: all layers, batch norm frozen, on cells in ever new looks."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop, never_stop, no_progress
from trainer.errors import UserError
from trainer.training.augment import augmented
from trainer.training.averaging import WeightAverage
from trainer.training.cells import TrainingCells
from trainer.training.recipe import Recipe
from trainer.training.sampling import Sampler, output_weights
from trainer.training.style import measure_looks

Batch = tuple[NDArray[np.float32], NDArray[np.float32]]

_AHEAD = 4  # batches prepared while the network works


@dataclass
class History:
    """What happened.

    Attributes:
        loss: of each step's batch.
        accuracy: share of its cells that were right, 0-1.
        averaged: number of moments in the final weights; 0 means the last moment alone.
        stopped: whether someone stopped it before its end.
        seconds: how long it took.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    averaged: int = 0
    stopped: bool = False
    seconds: float = 0.0

    def rows(self) -> list[dict[str, float]]:
        """One row a step, for `history.csv`."""
        return [
            {"step": step, "loss": round(one, 6), "accuracy": round(other, 6)}
            for step, (one, other) in enumerate(zip(self.loss, self.accuracy, strict=True), 1)
        ]

    def note(self) -> str:
        """What the card says of it."""
        return (
            f"Trained for {len(self.loss)} steps in {self.seconds:.0f} s; the mean of "
            f"{self.averaged} moments of the training."
        )


def fine_tune(
    network: keras.Model,
    cells: TrainingCells,
    recipe: Recipe,
    *,
    others: Sequence[str] = (),
    on_progress: OnProgress = no_progress,
    should_stop: ShouldStop = never_stop,
) -> History:
    """Train a network of `build_network` in place.

    Args:
        network: RGB 0-255 in, `logits` among its outputs; starts from its weights.
        cells: what to learn from; `outputs` in the order of the logits.
        recipe: how.
        others: those of the outputs that are other classes.
        on_progress: told after every step.
        should_stop: asked before every step; the average so far is kept.

    Returns:
        The history. The network holds the averaged weights, not rounded.

    Raises:
        UserError: the loss is not a number any more.
    """
    began = time.monotonic()
    keras.utils.set_random_seed(recipe.seed)
    learner = prepare(network, recipe)
    history, average = History(), WeightAverage()
    for step, (images, targets) in enumerate(batches(cells, recipe, others)):
        if should_stop():
            history.stopped = True
            break
        figures = learner.train_on_batch(images, targets, return_dict=True)
        _note(history, figures, step)
        if step >= recipe.average_from * recipe.steps and step % recipe.average_every == 0:
            average.add(learner)
        pace = (step + 1) / (time.monotonic() - began)
        on_progress(Progress("training", step + 1, recipe.steps, pace))
    average.put_into(learner)
    history.averaged = average.count
    history.seconds = time.monotonic() - began
    return history


class Learner(keras.Model):  # type: ignore[misc]
    """A network that also learns to say the same of one cell in two looks.

    The second half of each batch holds the cells of the first half, varied anew; the
    Jensen-Shannon divergence of the two answers is added to the loss, as in AugMix
    (Hendrycks et al., ICLR 2020).
    """

    consistency = 0.0

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, *more: Any, **named: Any
    ) -> Any:
        """Cross-entropy, and what the halves differ by."""
        loss = super().compute_loss(x, y, y_pred, *more, **named)
        if not self.consistency:
            return loss
        return loss + self.consistency * divergence(y_pred)


def divergence(logits: Any) -> Any:
    """Mean Jensen-Shannon divergence between the two halves of a batch of logits (B, C)."""
    half = logits.shape[0] // 2 if logits.shape[0] else keras.ops.shape(logits)[0] // 2
    first, second = (keras.ops.softmax(part) for part in (logits[:half], logits[half:]))
    middle = keras.ops.log(keras.ops.clip((first + second) / 2, 1e-7, 1.0))
    total = 0.0
    for part in (first, second):
        own = keras.ops.log(keras.ops.clip(part, 1e-7, 1.0))
        total = total + keras.ops.sum(part * (own - middle), axis=-1)
    return keras.ops.mean(total) / 2


def prepare(network: keras.Model, recipe: Recipe) -> keras.Model:
    """The network as one that learns: its logits alone, optimiser and loss."""
    for layer in network.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    learner = Learner(network.input, network.output["logits"])
    learner.consistency = recipe.consistency
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=recipe.rate / max(recipe.warm_up, 1),
        decay_steps=max(recipe.steps - recipe.warm_up, 1),
        alpha=recipe.final_rate,
        warmup_target=recipe.rate,
        warmup_steps=recipe.warm_up,
    )
    learner.compile(
        optimizer=keras.optimizers.Adam(rate, global_clipnorm=recipe.clip_norm),
        loss=keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=recipe.label_smoothing
        ),
        metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
    )
    return learner


def batches(cells: TrainingCells, recipe: Recipe, others: Sequence[str] = ()) -> Iterator[Batch]:
    """Images (B, S, S, 3) float32 0-255 and one-hot targets (B, C), step by step.

    Each cell is varied by numbers drawn from (seed, step, place in the batch), so that
    the result does not depend on the number of workers.
    """
    looks = measure_looks(cells, recipe.looks_on)
    weights = output_weights(cells.outputs, others, recipe.other_share)
    sampler = Sampler(cells, weights, recipe.seed)

    def batch(step: int) -> Batch:
        rows = sampler.rows(step, recipe.batch // 2 if recipe.consistency else recipe.batch)
        if recipe.consistency:
            rows = np.concatenate([rows, rows])
        images = [
            augmented(cells, int(row), looks, recipe.augmentation, _rng(recipe.seed, step, place))
            for place, row in enumerate(rows)
        ]
        targets = np.eye(len(cells.outputs), dtype=np.float32)[cells.label[rows]]
        return np.stack(images).astype(np.float32), targets

    with ThreadPoolExecutor(max_workers=recipe.workers) as pool:
        waiting = [pool.submit(batch, step) for step in range(min(_AHEAD, recipe.steps))]
        for step in range(recipe.steps):
            ready = waiting.pop(0).result()
            if step + _AHEAD < recipe.steps:
                waiting.append(pool.submit(batch, step + _AHEAD))
            yield ready


def _rng(seed: int, step: int, place: int) -> np.random.Generator:
    return np.random.default_rng([seed, step, place, 1])


def _note(history: History, figures: dict[str, float], step: int) -> None:
    loss = float(figures["loss"])
    if not math.isfinite(loss):
        raise UserError(
            f"Training broke down at step {step + 1}: the loss is not a number any more.",
            "Try a lower learning rate, or look for damaged images among the training data.",
        )
    history.loss.append(loss)
    history.accuracy.append(float(figures["accuracy"]))
