"""A closer look at a model: what it bears of blur, other light, stain, compression and scale."""

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
from trainer.jobs.common.explanation_metrics import compute_outputs
from trainer.jobs.common.scored_cells import LabelledPredictions

Views = NDArray[np.uint8]


@dataclass(frozen=True)
class RobustnessResult:
    """What became of the kept cells' balanced accuracy under one perturbation.

    Attributes:
        low, high: its 95 % interval, by bootstrap over cells, or patients where they are known.
        change: to the cells as they are; `change_low` and `change_high` by paired bootstrap.
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
    """The cells that are made worse: (N, S, S, 3), and (N,) each."""

    views: Views
    labels: NDArray[np.intp]
    groups: NDArray[np.str_] | None
    known: int
    seed: int


def measure_robustness(
    evaluated_cells: LabelledPredictions,
    classifier: Classifier,
    known: int,
    seed: int,
    on_progress: OnProgress,
    should_stop: ShouldStop,
) -> list[RobustnessResult]:
    """Balanced accuracy of the kept cells, as they are (level 0) and under every perturbation.

    Nothing where they are not of two classes: there is no balance between fewer.
    """
    cells = [
        cell
        for cell in evaluated_cells.samples
        if 0 <= evaluated_cells.scored.labels[cell.row] < known
    ]
    rows = [cell.row for cell in cells]
    labels = evaluated_cells.scored.labels[rows]
    if len(np.unique(labels)) < 2:
        return []
    groups = None if evaluated_cells.scored.groups is None else evaluated_cells.scored.groups[rows]
    if groups is not None and len(np.unique(groups)) == 1:
        groups = None  # as in `ScoredCells.clusters`
    kept = _CleanCells(np.stack([cell.view for cell in cells]), labels, groups, known, seed)
    plain = _predict_classes(classifier, kept.views, known)
    found = [_measure_corruption(("none", "", 0.0), kept, plain, plain)]
    todo = list(_list_corruptions())
    for done, (name, unit, level, apply) in enumerate(todo, 1):
        if should_stop():
            raise Cancelled
        changed = np.stack([apply(view, level) for view in kept.views])
        called = _predict_classes(classifier, changed, known)
        found.append(_measure_corruption((name, unit, level), kept, plain, called))
        on_progress(Progress("making cells worse", done, len(todo)))
    return found


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
    placed = np.eye(clean.known**2)[clean.labels * clean.known + predicted]
    shape = (-1, clean.known, clean.known)
    return lambda weights: confusion.balanced_accuracy((weights @ placed).reshape(shape))


def _predict_classes(classifier: Classifier, views: Views, known: int) -> NDArray[np.intp]:
    return np.asarray(compute_outputs(classifier, views).logits[:, :known].argmax(axis=1))
