"""Temperature, thresholds and figures of a freshly trained model, all on held-out cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.data.groups import patients_of
from trainer.data.item import Item
from trainer.domain import Interval
from trainer.evaluation import selective_metrics
from trainer.evaluation.calibration import fit_temperature
from trainer.evaluation.selective_metrics import DecisionThresholds, MetricValue, ScoredCells
from trainer.evaluation.thresholds import (
    choose_review_threshold,
    choose_unknown_distance,
    choose_unknown_probability,
)
from trainer.inference.feature_distance import NearestNeighbours
from trainer.models.package.card import Metric, Thresholds
from trainer.models.probabilities import softmax

PRECISION_TARGET = 0.99
MAX_KNOWN_REJECTED = 0.02

Views = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class ModelOutputs:
    """What the network says of labelled cells.

    Attributes:
        labels: intp (N,), index of the right output; -1 where the model has none for it.
        logits: (N, C).
        pooled: float32 (N, K).
    """

    labels: NDArray[np.intp]
    logits: NDArray[np.float32]
    pooled: NDArray[np.float32]


def predict(network: Any, views: Views, labels: NDArray[np.intp], batch: int = 32) -> ModelOutputs:
    """Run labelled views, uint8 (N, S, S, 3), through a Keras network.

    A batch is always full, for Keras compiles the network anew for each length of it.
    """
    logits, pooled = [], []
    cells = np.zeros((batch, *views.shape[1:]), np.float32)
    for start in range(0, len(views), batch):
        part = views[start : start + batch]
        cells[: len(part)] = part
        found = network.predict_on_batch(cells)
        logits.append(np.asarray(found["logits"], np.float32)[: len(part)])
        pooled.append(np.asarray(found["pooled"], np.float32)[: len(part)])
    return ModelOutputs(labels, np.concatenate(logits), np.concatenate(pooled))


@dataclass(frozen=True)
class Calibration:
    """What was settled on validation cells."""

    temperature: float
    thresholds: Thresholds


def calibrate(outputs: ModelOutputs, reference: NearestNeighbours, known: int) -> Calibration:
    """Temperature and thresholds.

    Args:
        outputs: validation cells, as they are and in other looks (see `docs/decisions`).
        reference: training cells.
        known: number of classes; the outputs after them are other classes.
    """
    taught = outputs.labels >= 0
    temperature = fit_temperature(outputs.logits[taught], outputs.labels[taught])
    probabilities = softmax(outputs.logits, temperature)
    inside = taught & (outputs.labels < known)
    outside = probabilities[:, known:].sum(axis=1)
    away = reference.distance(outputs.pooled)
    far = choose_unknown_distance(away[inside], at_most=MAX_KNOWN_REJECTED)
    strange = choose_unknown_probability(outside[inside], at_most=MAX_KNOWN_REJECTED, at_least=0.5)
    limit = 1.0 if probabilities.shape[1] == known else strange.threshold
    kept = (outside < limit) & (away <= far.threshold)
    label = probabilities[:, :known].argmax(axis=1)
    review = choose_review_threshold(
        probabilities[kept, :known].max(axis=1),
        label[kept] == outputs.labels[kept],
        target=PRECISION_TARGET,
    )
    return Calibration(
        temperature,
        Thresholds(
            review_probability=review.threshold,
            unknown_probability=limit,
            unknown_distance=max(far.threshold, 1e-6),
            target=(
                f"{PRECISION_TARGET:.0%} of accepted cells right, at most "
                f"{MAX_KNOWN_REJECTED:.0%} of known "
                "cells called unknown by either score; on validation cells, half of them varied "
                f"as in training. Reached {review.precision.value:.1%} "
                f"({review.precision.low:.1%}-{review.precision.high:.1%}), accepting "
                f"{review.coverage:.0%}."
            ),
        ),
    )


def score_cells(
    items: Sequence[Item],
    outputs: ModelOutputs,
    calibration: Calibration,
    reference: NearestNeighbours,
) -> ScoredCells:
    """Cells with what the settled network says of them; intervals go by patient, where known."""
    away = reference.distance(outputs.pooled) / (calibration.thresholds.unknown_distance or np.inf)
    shares = softmax(outputs.logits, calibration.temperature)
    return ScoredCells(outputs.labels, shares, away, patients_of(items))


def compute_calibrated_metrics(
    cells: ScoredCells, calibration: Calibration, classes: Sequence[str]
) -> dict[str, MetricValue]:
    """All figures on one set of cells (see `evaluation.cell_figures`)."""
    limits = calibration.thresholds
    return selective_metrics.compute_metrics(
        cells, DecisionThresholds(limits.review_probability, limits.unknown_probability), classes
    )


def split_by_source(items: Sequence[Item], cells: ScoredCells) -> dict[str, ScoredCells]:
    """The cells of each source."""
    names = np.array([item.source for item in items])
    return {str(name): cells.part(names == name) for name in np.unique(names)}


def card_metrics_of(
    figures: Mapping[str, Mapping[str, MetricValue]],
) -> dict[str, dict[str, Metric]]:
    """Set -> name -> figure, turned into the card's name -> set -> metric."""
    metrics: dict[str, dict[str, Metric]] = {}
    for group, named in figures.items():
        for name, figure in named.items():
            if isinstance(figure, Interval) and np.isfinite(figure.value):
                metrics.setdefault(name, {})[group] = Metric(
                    value=round(figure.value, 6),
                    low=round(figure.low, 6) if np.isfinite(figure.low) else None,
                    high=round(figure.high, 6) if np.isfinite(figure.high) else None,
                    n=_cell_count_of(name, named),
                )
    return metrics


def _cell_count_of(name: str, named: Mapping[str, MetricValue]) -> int | None:
    """How many cells a figure rests on; None where that is not told."""

    def told(count: str) -> int | None:
        number = named.get(count)
        return number if isinstance(number, int) else None

    known, strange = told("cells"), told("unknown_cells") or 0
    kind, _, label = name.partition("_")
    of_class = told(f"cells_{label}")
    if known is None or kind == "ppv":  # what the model itself decides
        return None
    if name == "accepted_precision":
        return told("accepted_cells")
    if kind == "sensitivity":
        return of_class
    if kind == "specificity":
        return None if of_class is None else known - of_class
    if name.startswith("unknown_auroc"):
        return known + strange
    return strange if name.startswith("unknown_") else known
