"""Measure the gates of a model's heat maps, and keep them in its card."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop, Window
from trainer.errors import Cancelled
from trainer.evaluation.map_gates import MOST_CELLS, GateCells, measure_gates
from trainer.imaging.overlay import project_heat_map
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation_metrics import compute_outputs
from trainer.models.package.map_gates import MapGates
from trainer.models.probabilities import softmax

_CHUNK = 64  # views whose feature maps are in memory at once

Views = NDArray[np.uint8]


def measure_map_gates(
    views: Views,
    classifier: Classifier,
    *,
    seed: int,
    source: str,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> MapGates | None:
    """Measure the gates on at most `MOST_CELLS` views; None where there are too few.

    Args:
        views: uint8 (N, S, S, 3), of cells that the model was not trained on.
        source: where the cells are from, in words.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    step = max(-(-len(views) // MOST_CELLS), 1)
    views = views[::step]
    if not len(views):
        return None
    answers = compute_outputs(classifier, views).logits.argmax(axis=1)
    cells = GateCells(views, answers, classifier.weighting.grey)
    if not cells.are_enough:
        return None

    def on_cell(done: int, count: int) -> None:
        if should_stop():
            raise Cancelled
        on_progress(Progress("checking heat maps", done, count))

    def predict(views: Views) -> NDArray[np.float64]:
        return softmax(compute_outputs(classifier, views).logits, classifier.temperature)

    gates = measure_gates(
        cells,
        lambda views, classes: compute_contributions(classifier, views, classes),
        predict,
        seed=seed,
        on_cell=on_cell,
    )
    return gates.model_copy(update={"source": source})


def compute_contributions(
    classifier: Classifier, views: Views, classes: NDArray[np.intp]
) -> NDArray[np.float32]:
    """Compute maps of some classes of each view, over the view.

    Args:
        views: uint8 (N, S, S, 3).
        classes: (N, M).

    Returns:
        float32 (N, M, S, S), in units of logits.
    """
    side = views.shape[1]
    maps = np.zeros((*classes.shape, side, side), np.float32)
    for start in range(0, len(views), _CHUNK):
        part = views[start : start + _CHUNK]
        found = classifier.contributions(part, compute_outputs(classifier, part))
        covered = classifier.heatmap_window(Window(0, 0, side), found.shape[3])
        assert covered is not None
        for row, of_cell in enumerate(found, start):
            for column, index in enumerate(classes[row]):
                maps[row, column] = project_heat_map(of_cell[index], covered, side, side)
    return maps
