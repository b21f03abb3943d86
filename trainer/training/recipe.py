"""How a network is fine-tuned: every number that decides the result, in one record."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from trainer.training.augment import Augmentation


@dataclass(frozen=True)
class Recipe:
    """The defaults are the recipe of the bundled model.

    Attributes:
        steps: number of batches.
        batch: cells in one.
        rate: Adam's learning rate at its highest.
        warm_up: steps in which it rises to that; then it falls as half a cosine.
        final_rate: where it ends, as a share of `rate`.
        clip_norm: limit of the gradient's norm over all weights.
        label_smoothing: share of the target spread over all outputs.
        consistency: weight of saying the same of one cell in two looks; 0 is off.
        average_from: share of the steps after which weights are averaged.
        average_every: steps between two weights that enter the average.
        other_share: how often an other class is drawn, against a class's 1.
        head_looks: varied looks of each training cell that the head is fitted on, beside the
            cell as it is.
        looks_on: class on which the looks of the sources are measured.
        augmentation: how far cells are varied.
        seed: of everything drawn.
        workers: threads that vary cells; changes nothing of the result.
    """

    steps: int = 1200
    batch: int = 32
    rate: float = 3e-4
    warm_up: int = 20
    final_rate: float = 0.02
    clip_norm: float = 1.0
    label_smoothing: float = 0.05
    consistency: float = 0.0
    average_from: float = 0.5
    average_every: int = 10
    other_share: float = 0.6
    head_looks: int = 0
    looks_on: str = "seg_neutrophil"
    augmentation: Augmentation = field(default_factory=Augmentation)
    seed: int = 0
    workers: int = 2

    def as_record(self) -> dict[str, Any]:
        """Plain values for the card, ready for JSON."""
        return asdict(self)
