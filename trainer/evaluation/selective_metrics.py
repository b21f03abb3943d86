"""Metrics of a model with its thresholds on one set of labelled cells, with intervals.

First with everything accepted, so that models can be compared; then of the decisions by the
thresholds; then how well known cells are separated from unknown ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.metrics import (
    measure_classes,
    measure_classifier,
    measure_shares,
    unknown_auroc,
)
from trainer.inference.policy import Decisions, DecisionThresholds

MetricValue = Interval | int


@dataclass(frozen=True, eq=False)
class ScoredCells:
    """Outputs of a model on N labelled cells.

    Attributes:
        labels: intp (N,), index of the right output; -1 where the model has none for it.
        probabilities: float64 (N, C), over classes followed by other classes.
        distance: (N,), to the training cells, in units of the card's limit.
        groups: (N,), patients or samples whose cells are drawn together; None: cells are.
    """

    labels: NDArray[np.intp]
    probabilities: NDArray[np.float64]
    distance: NDArray[np.floating]
    groups: NDArray[Any] | None = None

    @property
    def clusters(self) -> NDArray[Any] | None:
        """Groups that a bootstrap draws as a whole; None: cells, as where all are of one group.

        Resampling one group would give the same value each time: an interval of no width, as
        if all were known.
        """
        several = self.groups is not None and len(np.unique(self.groups)) > 1
        return self.groups if several else None

    def decide(self, thresholds: DecisionThresholds, known: int) -> Decisions:
        """Decide about the cells by their figures; `known` is the number of classes."""
        return thresholds.decide(self.probabilities, self.distance, known)

    def part(self, rows: NDArray[np.bool_]) -> ScoredCells:
        """Return some of the cells."""
        groups = None if self.groups is None else self.groups[rows]
        return ScoredCells(self.labels[rows], self.probabilities[rows], self.distance[rows], groups)


def compute_metrics(
    scored: ScoredCells, decisions: Decisions, classes: Sequence[str]
) -> dict[str, MetricValue]:
    """Compute all metrics of one set of cells.

    Args:
        decisions: what became of the cells.
        classes: names of the first outputs; those after them are other classes.

    Returns:
        `cells`, the number of cells of the classes; those of `measure_classifier` and, by class,
        `cells_...`, `sensitivity_...`, `specificity_...`, `ppv_...`, `f1_...`, everything
        accepted (the last three only where all classes occur, for they depend on which do);
        `accepted`, `accepted_cells`, how many these are, `accepted_precision`,
        `called_unknown`, and, where there are other cells, `unknown_...`.
    """
    known = len(classes)
    inside = (scored.labels >= 0) & (scored.labels < known)
    found: dict[str, MetricValue] = {"cells": int(inside.sum())}
    if inside.any():
        found |= _measure_known_cells(scored.part(inside), classes)
        found |= _measure_decisions(scored, decisions, inside, known)
    if inside.any() and (~inside).any():
        found["unknown_cells"] = int((~inside).sum())
        groups = scored.clusters
        if groups is not None:
            groups = np.concatenate([groups[inside], groups[~inside]])
        for name, score in ood_scores(scored, known).items():
            found[f"unknown_auroc_{name}"] = unknown_auroc(
                score[inside], score[~inside], clusters=groups
            )
    return found


def ood_scores(scored: ScoredCells, known: int) -> dict[str, NDArray[np.floating]]:
    """Return scores (N,) that are higher the less a cell resembles the `known` classes."""
    shares = scored.probabilities
    scores: dict[str, NDArray[np.floating]] = {
        "probability": 1 - shares[:, :known].max(axis=1),
        "distance": scored.distance,
    }
    if shares.shape[1] > known:
        scores["other_classes"] = shares[:, known:].sum(axis=1)
    return scores


def count_decisions_by_class(
    scored: ScoredCells, decisions: Decisions, known: int
) -> NDArray[np.int64]:
    """Count what became of the cells of each class: (known, known + 1).

    Rows are true classes, columns the labels that cells were accepted as, and last those that
    were not accepted. Cells of other kinds are left out.
    """
    inside = (scored.labels >= 0) & (scored.labels < known)
    column = np.where(decisions.accepted, scored.probabilities[:, :known].argmax(axis=1), known)
    counts = np.zeros((known, known + 1), dtype=np.int64)
    np.add.at(counts, (scored.labels[inside], column[inside]), 1)
    return counts


def metrics_to_json(metrics: Mapping[str, Mapping[str, MetricValue]]) -> dict[str, Any]:
    """Return set -> name -> {value, low, high} for metrics.json; what is undefined is null."""
    return {
        group: {
            name: value if isinstance(value, int) else _interval_to_json(value)
            for name, value in named.items()
        }
        for group, named in metrics.items()
    }


def _measure_known_cells(scored: ScoredCells, classes: Sequence[str]) -> dict[str, MetricValue]:
    labels, shares = scored.labels, scored.probabilities[:, : len(classes)]
    present = np.unique(labels)
    complete = len(present) == len(classes)
    by_class = measure_classes(
        labels, shares.argmax(axis=1), labels=classes, clusters=scored.clusters
    )
    reported = ("sensitivity", "specificity", "ppv", "f1") if complete else ("sensitivity",)
    found: dict[str, MetricValue] = {
        f"cells_{classes[index]}": int((labels == index).sum()) for index in present
    }
    found |= {
        f"{name}_{classes[index]}": by_class[classes[index]][name]
        for name in reported
        for index in present
    }
    if len(present) < 2:
        return found
    measured = measure_classifier(labels, shares, clusters=scored.clusters)
    if not complete:
        # It would count the classes that this set does not hold as never found.
        del measured["macro_f1"]
    return measured | found


def _measure_decisions(
    scored: ScoredCells, decisions: Decisions, inside: NDArray[np.bool_], known: int
) -> dict[str, MetricValue]:
    accepted, unknown = decisions.accepted, decisions.unknown
    right = scored.probabilities[:, :known].argmax(axis=1) == scored.labels
    parts = {
        "accepted": (accepted, inside),
        "accepted_precision": (right & inside, accepted),
        "called_unknown": (unknown, inside),
    }
    if (~inside).any():
        parts |= {"unknown_found": (unknown, ~inside), "unknown_accepted": (accepted, ~inside)}
    shares = measure_shares(parts, clusters=scored.clusters)
    return {"accepted_cells": int(accepted.sum()), **shares}


def _interval_to_json(interval: Interval) -> dict[str, float | None]:
    values = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
