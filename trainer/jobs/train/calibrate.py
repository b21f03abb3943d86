"""Temperature, thresholds and metrics of a freshly trained model, all on held-out cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.data.groups import patients_of
from trainer.data.item import Item
from trainer.data.left_out import SET_PREFIX
from trainer.domain import AlertLevel
from trainer.evaluation import selective_metrics
from trainer.evaluation.alert_effect import measure_alert_effect
from trainer.evaluation.calibration import fit_temperature
from trainer.evaluation.selective_metrics import MetricValue, ScoredCells
from trainer.evaluation.thresholds import (
    choose_alert_score,
    choose_review_threshold,
    choose_unknown_distance,
    choose_unknown_probability,
)
from trainer.inference.alert import AlertRule, alert_score
from trainer.inference.feature_distance import NEIGHBOURS, NearestNeighbours
from trainer.inference.policy import DecisionThresholds
from trainer.jobs.train.state import EvaluationSet, ModelOutputs, TrainedModel, TrainingContext
from trainer.models.package.thresholds import AlertThreshold, AlertThresholds, Thresholds
from trainer.models.probabilities import softmax

PRECISION_TARGET = 0.99
MAX_KNOWN_REJECTED = 0.02
# Share of the known cells of other classes that reach the score of an alert.
ALERT_SHARES = {AlertLevel.BALANCED: 0.05, AlertLevel.CAREFUL: 0.10}


@dataclass(frozen=True)
class Calibration:
    """What is fitted on validation cells."""

    temperature: float
    thresholds: Thresholds

    def with_alert(self, alert: AlertThresholds | None) -> Calibration:
        """Return the same with the thresholds of an alert."""
        return replace(self, thresholds=self.thresholds.model_copy(update={"alert": alert}))


@dataclass(frozen=True, eq=False)
class CalibratedModel:
    """A trained model with its calibration.

    Attributes:
        metrics: set -> name -> metric, of whole sets and of their sources.
        confusion: int64 (C, C + 1), what became of the test cells of each class (see
            `count_decisions_by_class`).
    """

    model: TrainedModel
    calibration: Calibration
    metrics: Mapping[str, Mapping[str, MetricValue]]
    confusion: NDArray[np.int64]


def calibrate(context: TrainingContext, model: TrainedModel) -> CalibratedModel:
    """Fit temperature and thresholds on validation cells; measure on held-out cells."""
    classes = context.data.classes
    reference = NearestNeighbours.of(model.reference.pooled, NEIGHBOURS)
    calibration = fit_calibration(model.calibration_outputs, reference, len(classes))
    plain = model.calibration_outputs.first(model.calibration_cells)
    alert = fit_alert(plain, calibration, reference, len(classes), context.data.alert_outputs)
    calibration = calibration.with_alert(alert)
    metrics = {
        name: compute_calibrated_metrics(cells, calibration, classes)
        for set_name, cells_of_set in model.sets.items()
        for name, cells in _score_set(set_name, cells_of_set, calibration, reference)
    }
    for name, cells_of_set in model.sets.items():
        if name.startswith(SET_PREFIX):
            metrics[name] |= _measure_as_strange(
                context, _score_outputs(cells_of_set.outputs, calibration, reference), calibration
            )
    confusion = _count_confusion(model.sets["test"], calibration, reference, len(classes))
    return CalibratedModel(model, calibration, metrics, confusion)


def _measure_as_strange(
    context: TrainingContext, scored: ScoredCells, calibration: Calibration
) -> dict[str, MetricValue]:
    """What becomes of cells as those of a source that is not in the card, with its alert.

    Returns:
        `alert_lost`, the share of cells of the alert classes that are accepted under another
        label, where there are any; `alert_looked_at`, that of known cells not accepted.
    """
    alert, known = calibration.thresholds.alert, len(context.data.classes)
    if alert is None:
        return {}
    outputs = tuple(context.data.alert_outputs)
    limits = replace(_limits_of(calibration), alert=AlertRule(outputs, alert.balanced.score))
    effect = measure_alert_effect(scored, scored.decide(limits, known), outputs, known)
    shares = {"alert_lost": effect.lost, "alert_looked_at": effect.looked_at}
    return {name: share.interval for name, share in shares.items() if share.total}


def _count_confusion(
    cells: EvaluationSet, calibration: Calibration, reference: NearestNeighbours, known: int
) -> NDArray[np.int64]:
    scored = _score_outputs(cells.outputs, calibration, reference)
    decisions = scored.decide(_limits_of(calibration), known)
    return selective_metrics.count_decisions_by_class(scored, decisions, known)


def fit_calibration(outputs: ModelOutputs, reference: NearestNeighbours, known: int) -> Calibration:
    """Temperature and thresholds.

    Args:
        outputs: validation cells, as they are and in augmented views (see `docs/decisions`).
        reference: training cells.
        known: number of classes; the outputs after them are other classes.
    """
    labelled = outputs.labels >= 0
    temperature = fit_temperature(outputs.logits[labelled], outputs.labels[labelled])
    probabilities = softmax(outputs.logits, temperature)
    inside = labelled & (outputs.labels < known)
    outside = probabilities[:, known:].sum(axis=1)
    distance = reference.distance(outputs.pooled)
    distance_threshold = choose_unknown_distance(distance[inside], at_most=MAX_KNOWN_REJECTED)
    outside_threshold = choose_unknown_probability(
        outside[inside], at_most=MAX_KNOWN_REJECTED, at_least=0.5
    )
    unknown_probability = 1.0 if probabilities.shape[1] == known else outside_threshold.threshold
    accepted = (outside < unknown_probability) & (distance <= distance_threshold.threshold)
    label = probabilities[:, :known].argmax(axis=1)
    review = choose_review_threshold(
        probabilities[accepted, :known].max(axis=1),
        label[accepted] == outputs.labels[accepted],
        target=PRECISION_TARGET,
    )
    return Calibration(
        temperature,
        Thresholds(
            review_probability=review.threshold,
            unknown_probability=unknown_probability,
            unknown_distance=max(distance_threshold.threshold, 1e-6),
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


def fit_alert(
    outputs: ModelOutputs,
    calibration: Calibration,
    reference: NearestNeighbours,
    known: int,
    alert_outputs: Sequence[int],
) -> AlertThresholds | None:
    """Fit the scores of the alert on cells of the other classes; None without alert classes.

    Args:
        outputs: validation cells as they are: augmented ones score higher, so that a threshold
            from them lets blasts of other labs pass.
        calibration: of the same model.
        reference: training cells.
        known: number of classes; the outputs after them are other classes.
        alert_outputs: indices of the classes with the role alert.
    """
    inside = (outputs.labels >= 0) & (outputs.labels < known)
    other = inside & ~np.isin(outputs.labels, alert_outputs)
    if not alert_outputs or not other.any():
        return None
    scored = _score_outputs(outputs, calibration, reference)
    score = alert_score(scored.probabilities, scored.distance, alert_outputs)
    accepted = scored.decide(_limits_of(calibration), known).accepted
    label = scored.probabilities[:, :known].argmax(axis=1)
    accepted &= inside & ~np.isin(label, alert_outputs)

    def fit(level: AlertLevel) -> AlertThreshold:
        least = choose_alert_score(score[other], above=ALERT_SHARES[level])
        reviewed = float((accepted & (score >= least)).sum() / inside.sum())
        return AlertThreshold(score=least, reviewed=reviewed)

    return AlertThresholds(careful=fit(AlertLevel.CAREFUL), balanced=fit(AlertLevel.BALANCED))


def _score_set(
    name: str, cells: EvaluationSet, calibration: Calibration, reference: NearestNeighbours
) -> Iterator[tuple[str, ScoredCells]]:
    """The cells of a set and, where it has several sources, those of each, by name."""
    scored = score_cells(cells.items, cells.outputs, calibration, reference)
    yield name, scored
    sources = np.array([item.source for item in cells.items])
    if len(names := np.unique(sources)) > 1:
        yield from ((f"{name}, {source}", scored.part(sources == source)) for source in names)


def score_cells(
    items: Sequence[Item],
    outputs: ModelOutputs,
    calibration: Calibration,
    reference: NearestNeighbours,
) -> ScoredCells:
    """Cells with the calibrated scores of the network; intervals go by patient, where known."""
    return replace(_score_outputs(outputs, calibration, reference), groups=patients_of(items))


def _score_outputs(
    outputs: ModelOutputs, calibration: Calibration, reference: NearestNeighbours
) -> ScoredCells:
    distance = reference.distance(outputs.pooled)
    distance = distance / (calibration.thresholds.unknown_distance or np.inf)
    probabilities = softmax(outputs.logits, calibration.temperature)
    return ScoredCells(outputs.labels, probabilities, distance)


def _limits_of(calibration: Calibration) -> DecisionThresholds:
    thresholds = calibration.thresholds
    return DecisionThresholds(thresholds.review_probability, thresholds.unknown_probability)


def compute_calibrated_metrics(
    cells: ScoredCells, calibration: Calibration, classes: Sequence[str]
) -> dict[str, MetricValue]:
    """All metrics of one set of cells (see `evaluation.selective_metrics`)."""
    decisions = cells.decide(_limits_of(calibration), len(classes))
    return selective_metrics.compute_metrics(cells, decisions, classes)
