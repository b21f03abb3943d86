"""How a network does on validation cells while it learns, and its best moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.training.losses import calibrated_log_loss, paired_loss_difference
from trainer.training.recipe import DivergenceError
from trainer.training.task import ValidationSet
from trainer.training.trainable import trained_variables

_BATCH = 32
_MIN_DELTA = 1e-4


@dataclass(frozen=True, eq=False)
class Validation:
    """How a network does on validation cells.

    Attributes:
        loss: balanced log-loss, in nats.
        macro_f1: 0-1, over the outputs that the cells hold.
        accuracy: share of the cells that is right, 0-1.
        recall: by index of the output, of those that the cells hold, 0-1.
    """

    loss: float
    macro_f1: float
    accuracy: float
    recall: Mapping[int, float]


@dataclass
class EarlyStopping:
    """The checks so far.

    Attributes:
        cells: what is checked on.
        checks: step, balanced log-loss (nats) and macro-F1 (0-1) of each check.
        best: weights at the best moment; empty before the first check.
        best_loss: its balanced log-loss.
        wait: checks since then.
    """

    cells: ValidationSet
    checks: list[tuple[int, float, float]] = field(default_factory=list)
    best: list[NDArray[np.float32]] = field(default_factory=list)
    best_loss: float = float("inf")
    wait: int = 0

    def check(self, model: keras.Model, step: int) -> Validation:
        """Judge the network after a step, and keep its weights where it was never better.

        Raises:
            DivergenceError: its logits are no numbers.
        """
        found = validate(model, self.cells)
        if not np.isfinite(found.loss):
            raise DivergenceError(
                f"Training broke down before step {step}: the network's answers to validation"
                " cells are not numbers.",
                "Try a lower learning rate.",
            )
        self.checks.append((step, found.loss, found.macro_f1))
        self.wait += 1
        if found.loss < self.best_loss - _MIN_DELTA:
            self.best_loss, self.wait = found.loss, 0
            self.best = get_values(trained_variables(model))
        return found

    def restore_best(self, model: keras.Model, *, ended: bool = True) -> bool:
        """Give the network its best moment where that is surely better; whether it did.

        Args:
            ended: whether the training came as far as weights to compare with; else the best
                moment is all that there is, and is taken.

        The best of many moments owes part of its lead to chance, so by the rule of one
        standard error (Breiman et al., "Classification and Regression Trees", 1984) what the
        training ended on, averaged weights as a rule, stays unless the lead is larger.
        """
        if not self.best:
            return False
        if not ended:
            set_values(trained_variables(model), self.best)
            return True
        last, values = predict_logits(model, self.cells), get_values(trained_variables(model))
        set_values(trained_variables(model), self.best)
        gain, error = paired_loss_difference(
            predict_logits(model, self.cells), last, self.cells.labels
        )
        if gain <= error:
            set_values(trained_variables(model), values)
        return not gain <= error  # also where the training ended on what is no number


def validate(model: keras.Model, cells: ValidationSet) -> Validation:
    """Measure a network on validation cells."""
    logits = predict_logits(model, cells)
    called, truth = logits.argmax(axis=1), cells.labels
    held = [int(output) for output in np.unique(truth)]
    return Validation(
        calibrated_log_loss(logits, truth),
        float(np.mean([_f1(called, truth, output) for output in held])),
        float((called == truth).mean()),
        {output: float((called[truth == output] == output).mean()) for output in held},
    )


def predict_logits(model: keras.Model, cells: ValidationSet) -> NDArray[np.float64]:
    """Logits of every cell, (N, C)."""
    batches = [cells.views[start : start + _BATCH] for start in range(0, len(cells.views), _BATCH)]
    logits = [model.predict_on_batch(batch.astype(np.float32)) for batch in batches]
    return np.concatenate(
        [np.asarray(keras.ops.convert_to_numpy(each), np.float64) for each in logits]
    )


def get_values(variables: Any) -> list[NDArray[Any]]:
    """Copies of the values of Keras variables."""
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]


def set_values(variables: Any, values: list[NDArray[Any]]) -> None:
    """Set Keras variables to values, in order."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _f1(predicted: NDArray[np.intp], truth: NDArray[np.intp], output: int) -> float:
    hits = int(((predicted == output) & (truth == output)).sum())
    return 2 * hits / max(int((predicted == output).sum() + (truth == output).sum()), 1)
