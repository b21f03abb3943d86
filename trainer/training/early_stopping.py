"""How a network does on validation cells while it learns, and its best moment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.training.losses import calibrated_log_loss, lead
from trainer.training.recipe import BrokeDownError
from trainer.training.task import HeldOut
from trainer.training.trainable import learned

_BATCH = 32
_LEAST_GAIN = 1e-4


@dataclass
class Watch:
    """The checks so far.

    Attributes:
        cells: what is checked on.
        checks: step, balanced log-loss (nats) and macro-F1 (0-1) of each check.
        best: what was learned at the best moment; empty before the first check.
        best_loss: its balanced log-loss.
        since: checks since then.
    """

    cells: HeldOut
    checks: list[tuple[int, float, float]] = field(default_factory=list)
    best: list[NDArray[np.float32]] = field(default_factory=list)
    best_loss: float = float("inf")
    since: int = 0

    def check(self, learner: keras.Model, step: int) -> None:
        """Judge the network after a step, and keep its weights where it was never better.

        Raises:
            BrokeDownError: it says nothing but what is no number.
        """
        loss, f1 = judge(learner, self.cells)
        if not np.isfinite(loss):
            raise BrokeDownError(
                f"Training broke down before step {step}: the network's answers to validation"
                " cells are not numbers.",
                "Try a lower learning rate.",
            )
        self.checks.append((step, loss, f1))
        self.since += 1
        if loss < self.best_loss - _LEAST_GAIN:
            self.best_loss, self.since = loss, 0
            self.best = values_of(learned(learner))

    def take_better(self, learner: keras.Model) -> bool:
        """Give the network its best moment where that is surely better; whether it did.

        The best of many moments owes part of its lead to chance, so by the rule of one
        standard error (Breiman et al., "Classification and Regression Trees", 1984) what the
        training ended on, averaged weights as a rule, stays unless the lead is larger.
        """
        if not self.best:
            return False
        ended, values = answers_of(learner, self.cells), values_of(learned(learner))
        give(learned(learner), self.best)
        gain, error = lead(answers_of(learner, self.cells), ended, self.cells.labels)
        if gain <= error:
            give(learned(learner), values)
        return not gain <= error  # also where the training ended on what is no number


def judge(learner: keras.Model, cells: HeldOut) -> tuple[float, float]:
    """Balanced log-loss, in nats, and macro-F1 over the outputs that the cells hold."""
    logits = answers_of(learner, cells)
    called = logits.argmax(axis=1)
    found = [_f1(called, cells.labels, int(output)) for output in np.unique(cells.labels)]
    return calibrated_log_loss(logits, cells.labels), float(np.mean(found))


def answers_of(learner: keras.Model, cells: HeldOut) -> NDArray[np.float64]:
    """Logits of every cell, (N, C)."""
    batches = [cells.views[start : start + _BATCH] for start in range(0, len(cells.views), _BATCH)]
    told = [learner.predict_on_batch(batch.astype(np.float32)) for batch in batches]
    return np.concatenate([np.asarray(keras.ops.convert_to_numpy(one), np.float64) for one in told])


def values_of(variables: Any) -> list[NDArray[Any]]:
    """Copies of the values of Keras variables."""
    return [np.array(keras.ops.convert_to_numpy(variable)) for variable in variables]


def give(variables: Any, values: list[NDArray[Any]]) -> None:
    """Set Keras variables to values, in order."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _f1(called: NDArray[np.intp], truth: NDArray[np.intp], output: int) -> float:
    hits = int(((called == output) & (truth == output)).sum())
    return 2 * hits / max(int((called == output).sum() + (truth == output).sum()), 1)
