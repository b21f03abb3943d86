"""Measure robustness: balanced accuracy under blur, other light, stain, compression, scale."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.domain import OnProgress, Progress, ShouldStop
from trainer.errors import Cancelled
from trainer.evaluation import confusion
from trainer.evaluation.bootstrap import bootstrap
from trainer.evaluation.corruptions import CORRUPTIONS
from trainer.inference.classifier import Classifier
from trainer.jobs.common.explanation.metrics import compute_outputs
from trainer.jobs.common.labelled.scored_cells import LabelledPredictions

Views = NDArray[np.uint8]


@dataclass(frozen=True)
class RobustnessResult:
    """Balanced accuracy of the sampled cells under one corruption.

    Attributes:
        low, high: its 95 % interval, by bootstrap over cells, or patients where they are known.
        change: against the clean cells; `change_low` and `change_high` by paired bootstrap.
    """

    name: str
    unit: str
    level: float
    balanced_accuracy: float
    low: float
    high: float
    change: float
    change_low: float
    change_high: float
    cells: int


@dataclass(frozen=True)
class _CleanCells:
    """The cells before corruption: views uint8 (N, S, S, 3), labels and groups (N,)."""

    views: Views
    labels: NDArray[np.intp]
    groups: NDArray[np.str_] | None
    classes: int
    seed: int


def measure_robustness(
    evaluated_cells: LabelledPredictions,
    classifier: Classifier,
    classes: int,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> list[RobustnessResult]:
    """Measure the balanced accuracy of the sampled cells, clean and under every corruption.

    Args:
        classes: number of the model's classes, which are its first outputs.

    Returns:
        The clean cells first (level 0); nothing where the cells are of fewer than two classes.

    Raises:
        Cancelled: `should_stop` returned true.
    """
    cells = [
        cell
        for cell in evaluated_cells.samples
        if 0 <= evaluated_cells.scored.labels[cell.row] < classes
    ]
    rows = [cell.row for cell in cells]
    labels = evaluated_cells.scored.labels[rows]
    if len(np.unique(labels)) < 2:
        return []
    groups = None if evaluated_cells.scored.groups is None else evaluated_cells.scored.groups[rows]
    if groups is not None and len(np.unique(groups)) == 1:
        groups = None  # as in `ScoredCells.clusters`
    clean = _CleanCells(np.stack([cell.view for cell in cells]), labels, groups, classes, seed)
    predicted_clean = _predict_classes(classifier, clean.views, classes)
    results = [_measure_corruption(("none", "", 0.0), clean, predicted_clean, predicted_clean)]
    corruptions = list(_list_corruptions())
    for done, (name, unit, level, apply) in enumerate(corruptions, 1):
        if should_stop():
            raise Cancelled
        changed = np.stack([apply(view, level) for view in clean.views])
        predicted = _predict_classes(classifier, changed, classes)
        results.append(_measure_corruption((name, unit, level), clean, predicted_clean, predicted))
        on_progress(Progress("making cells worse", done, len(corruptions)))
    return results


def _list_corruptions() -> Iterator[tuple[str, str, float, Callable[[Views, float], Views]]]:
    for name, row in CORRUPTIONS.items():
        for level in row.levels:
            yield name, row.unit, level, row.apply


def _measure_corruption(
    corruption: tuple[str, str, float],
    clean: _CleanCells,
    predicted_clean: NDArray[np.intp],
    predicted: NDArray[np.intp],
) -> RobustnessResult:
    before, after = (
        _balanced_accuracy_statistic(clean, each) for each in (predicted_clean, predicted)
    )
    measured, change = bootstrap(
        lambda weights: np.stack([after(weights), after(weights) - before(weights)], axis=1),
        len(predicted),
        seed=clean.seed,
        strata=clean.labels if clean.groups is None else None,
        clusters=clean.groups,
    )
    bounds = measured.value, measured.low, measured.high, change.value, change.low, change.high
    return RobustnessResult(*corruption, *bounds, len(predicted))


def _balanced_accuracy_statistic(
    clean: _CleanCells, predicted: NDArray[np.intp]
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    placed = np.eye(clean.classes**2)[clean.labels * clean.classes + predicted]
    shape = (-1, clean.classes, clean.classes)
    return lambda weights: confusion.balanced_accuracy((weights @ placed).reshape(shape))


def _predict_classes(classifier: Classifier, views: Views, classes: int) -> NDArray[np.intp]:
    return np.asarray(compute_outputs(classifier, views).logits[:, :classes].argmax(axis=1))
