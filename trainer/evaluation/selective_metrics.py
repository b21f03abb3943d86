"""Every figure of a model on one set of labelled cells, with its interval.

First with everything accepted, so that models can be compared; then of what its thresholds
make of the cells; then how well it tells cells that it was not taught from those it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.metrics import measure, measure_classes, measure_shares, unknown_auroc

Figure = Interval | int


@dataclass(frozen=True, eq=False)
class Answered:
    """What a model said of N labelled cells.

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
        """What a bootstrap draws as a whole; None: cells, as where all are of one group.

        Drawing one group again and again would give the same figure each time: an interval of
        no width, as if all were known.
        """
        several = self.groups is not None and len(np.unique(self.groups)) > 1
        return self.groups if several else None

    def part(self, rows: NDArray[np.bool_]) -> Answered:
        """Some of the cells."""
        groups = None if self.groups is None else self.groups[rows]
        return Answered(self.labels[rows], self.probabilities[rows], self.distance[rows], groups)


@dataclass(frozen=True)
class Limits:
    """The card's thresholds (see `Thresholds` there); over 1.0 is too far, always."""

    review_probability: float
    unknown_probability: float


def figures_of(answered: Answered, limits: Limits, classes: Sequence[str]) -> dict[str, Figure]:
    """All figures of one set of cells.

    Args:
        classes: names of the first outputs; those after them are other classes.

    Returns:
        `cells`, the number of cells of the classes; figures of `measure` and, by class,
        `cells_...`, `sensitivity_...`, `specificity_...`, `ppv_...`, `f1_...`, everything
        accepted (the last three only where all classes occur, for they depend on which do);
        `accepted`, `accepted_cells`, how many these are, `accepted_precision`,
        `called_unknown`, and, where there are other cells, `unknown_...`.
    """
    known = len(classes)
    inside = (answered.labels >= 0) & (answered.labels < known)
    found: dict[str, Figure] = {"cells": int(inside.sum())}
    if inside.any():
        found |= _of_known(answered.part(inside), classes)
        found |= _of_decisions(answered, limits, inside, known)
    if inside.any() and (~inside).any():
        found["unknown_cells"] = int((~inside).sum())
        groups = answered.clusters
        if groups is not None:
            groups = np.concatenate([groups[inside], groups[~inside]])
        for name, score in strangeness(answered, known).items():
            found[f"unknown_auroc_{name}"] = unknown_auroc(
                score[inside], score[~inside], clusters=groups
            )
    return found


def strangeness(answered: Answered, known: int) -> dict[str, NDArray[np.floating]]:
    """Scores (N,) that are higher the less a cell looks like one of the `known` classes."""
    shares = answered.probabilities
    scores: dict[str, NDArray[np.floating]] = {
        "probability": 1 - shares[:, :known].max(axis=1),
        "distance": answered.distance,
    }
    if shares.shape[1] > known:
        scores["other_classes"] = shares[:, known:].sum(axis=1)
    return scores


def decided(
    answered: Answered, limits: Limits, known: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which cells are accepted, and which called unknown: bool (N,) each."""
    unknown = answered.distance > 1.0
    if answered.probabilities.shape[1] > known:
        unknown |= answered.probabilities[:, known:].sum(axis=1) >= limits.unknown_probability
    top = answered.probabilities[:, :known].max(axis=1)
    return ~unknown & (top >= limits.review_probability), unknown


def as_record(figures: Mapping[str, Mapping[str, Figure]]) -> dict[str, Any]:
    """For metrics.json: set -> name -> {value, low, high}; what is undefined is null."""
    return {
        group: {
            name: figure if isinstance(figure, int) else _plain(figure)
            for name, figure in named.items()
        }
        for group, named in figures.items()
    }


def _of_known(answered: Answered, classes: Sequence[str]) -> dict[str, Figure]:
    labels, shares = answered.labels, answered.probabilities[:, : len(classes)]
    present = np.unique(labels)
    complete = len(present) == len(classes)
    by_class = measure_classes(
        labels, shares.argmax(axis=1), labels=classes, clusters=answered.clusters
    )
    shown = ("sensitivity", "specificity", "ppv", "f1") if complete else ("sensitivity",)
    found: dict[str, Figure] = {
        f"cells_{classes[index]}": int((labels == index).sum()) for index in present
    }
    found |= {
        f"{name}_{classes[index]}": by_class[classes[index]][name]
        for name in shown
        for index in present
    }
    if len(present) < 2:
        return found
    measured = measure(labels, shares, clusters=answered.clusters)
    if not complete:
        # It would count the classes that this set does not hold as never found.
        del measured["macro_f1"]
    return measured | found


def _of_decisions(
    answered: Answered, limits: Limits, inside: NDArray[np.bool_], known: int
) -> dict[str, Figure]:
    accepted, unknown = decided(answered, limits, known)
    right = answered.probabilities[:, :known].argmax(axis=1) == answered.labels
    parts = {
        "accepted": (accepted, inside),
        "accepted_precision": (right & inside, accepted),
        "called_unknown": (unknown, inside),
    }
    if (~inside).any():
        parts |= {"unknown_found": (unknown, ~inside), "unknown_accepted": (accepted, ~inside)}
    shares = measure_shares(parts, clusters=answered.clusters)
    return {"accepted_cells": int(accepted.sum()), **shares}


def _plain(interval: Interval) -> dict[str, float | None]:
    values = {"value": interval.value, "low": interval.low, "high": interval.high}
    return {name: value if np.isfinite(value) else None for name, value in values.items()}
