"""How well a network does while it learns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TrainingMetrics:
    """How well a network does while it learns.

    Attributes:
        step: number of training steps so far.
        loss, accuracy: of the last step's batch, in nats and 0-1.
        cells_per_second: how many cells are learned from in a second, in this sitting.
        val_loss: balanced log-loss of the validation cells, in nats; None and no recall where
            they were not looked at after this step.
        val_accuracy: share of them that is right, 0-1.
        recall: share that is right of those of each output that they hold, 0-1.
    """

    step: int
    loss: float
    accuracy: float
    cells_per_second: float | None = None
    val_loss: float | None = None
    val_accuracy: float | None = None
    recall: Mapping[str, float] = field(default_factory=dict)

    @property
    def balanced_accuracy(self) -> float | None:
        """Mean recall; None where there is none."""
        return sum(self.recall.values()) / len(self.recall) if self.recall else None


OnMetrics = Callable[[TrainingMetrics], None]


def no_metrics(_: TrainingMetrics) -> None:
    """An `OnMetrics` for callers that show no curves."""
