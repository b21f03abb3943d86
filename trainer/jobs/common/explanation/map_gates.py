"""Measure the gates of a model's heat maps, and keep them in its card."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop, Window
from trainer.errors import Cancelled
from trainer.evaluation.map_gates import MOST_CELLS, GateCells, measure_gates
from trainer.imaging.overlay import project_heat_map
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation.metrics import (
    FaithfulnessResult,
    compute_outputs,
    measure_faithfulness,
)
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions
from trainer.models.package.map_gates import MAP_GATE_TITLES, MAP_LEAD_TITLES, MapGates
from trainer.models.probabilities import softmax

_CHUNK = 64  # views whose feature maps are in memory at once

Views = NDArray[np.uint8]


def measure_heat_maps(
    predictions: LabelledPredictions,
    classifier: Classifier,
    grey: int,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> FaithfulnessResult | None:
    """Measure the heat maps of sampled cells, with their gates; None where there is no cell.

    Args:
        grey: level (0-255) that hides a place.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    found = measure_faithfulness(predictions, classifier, grey, seed, on_progress, should_stop)
    if found is None:
        return None
    gates = measure_map_gates(
        np.stack([cell.view for cell in predictions.balanced_samples(MOST_CELLS)]),
        classifier,
        seed=seed,
        source="",
        on_progress=on_progress,
        should_stop=should_stop,
    )
    return replace(found, gates=gates)


def gate_cells(gates: MapGates) -> list[str]:
    """Format the gates for a line of a table, in the order of `MAP_GATE_TITLES`, then the leads."""
    by_name = {gate.name: gate for gate in gates.gates}
    found = []
    for gate in (by_name[name] for name in MAP_GATE_TITLES):
        verdict = "passed" if gate.passed else "failed"
        found.append(f"{_format_bounded(gate.value, gate.low, gate.high)} {verdict}")
    leads = (gates.leads[name] for name in MAP_LEAD_TITLES)
    return found + [_format_bounded(lead.value, lead.low, lead.high) for lead in leads]


def _format_bounded(value: float, low: float | None, high: float | None) -> str:
    bounds = "" if low is None or high is None else f" ({low:.2f} to {high:.2f})"
    return f"{value:.2f}{bounds}"


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
