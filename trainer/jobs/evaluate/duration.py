"""Forecast how long the closer looks of an evaluation take: robustness and heat maps."""

from __future__ import annotations

import time

import numpy as np

from trainer.evaluation.corruptions import CORRUPTIONS
from trainer.evaluation.faithfulness import CURVE_STEPS
from trainer.evaluation.map_gates import FEWEST_CELLS, MOST_CELLS, MOST_PAIRS
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation.metrics import FAITHFULNESS_CELLS, compute_outputs
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions

# Deletion and insertion by one order of the places; for the gates by four, in half the steps.
_CURVE_VIEWS = 2 * (CURVE_STEPS + 1)
_GATE_VIEWS = 8 * (CURVE_STEPS // 2 + 1)
_MAPS = 16  # of each cell as it is, shifted and turned, each of two passes
_TIMED_BATCHES = 4


def count_batches(cells: int, of_classes: int, batch: int) -> int:
    """Count the batches that go through the network for so many sampled cells, about.

    A short batch takes as long as a whole one.

    Args:
        of_classes: those among them that are of the model's classes, for robustness.
    """

    def of(views: int) -> int:
        return -(-views // batch)

    levels = sum(len(row.levels) for row in CORRUPTIONS.values())
    # By the heat map, and by chance.
    batches = (1 + levels) * of(of_classes) + 2 * min(cells, FAITHFULNESS_CELLS) * of(_CURVE_VIEWS)
    if cells >= FEWEST_CELLS:
        gated = min(cells, MOST_CELLS)
        batches += gated * of(_GATE_VIEWS) + _MAPS * of(gated) + 2 * of(MOST_PAIRS)
    return batches


def forecast_seconds(cells: LabelledPredictions, classifier: Classifier, classes: int) -> float:
    """Forecast the seconds of the closer looks by timing a few passes of the sampled cells."""
    samples = cells.samples
    if not samples:
        return 0.0
    labels = cells.scored.labels[[cell.row for cell in samples]]
    of_classes = int(((labels >= 0) & (labels < classes)).sum())
    batch = classifier.engine.batch
    rows = np.arange(_TIMED_BATCHES * batch) % len(samples)
    views = np.stack([samples[row].view for row in rows])
    start = time.perf_counter()
    compute_outputs(classifier, views)
    seconds = (time.perf_counter() - start) / _TIMED_BATCHES
    return seconds * count_batches(len(samples), of_classes, batch)


def describe_duration(seconds: float) -> str:
    """Write the sentence that announces the closer looks."""
    minutes = seconds / 60
    duration = f"{minutes:.0f} min" if minutes >= 2 else f"{max(seconds, 1):.0f} s"
    return f"Robustness and heat maps are measured now, which takes about {duration}."
