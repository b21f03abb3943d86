"""Whether a source of corrected cells joins the card, with a temperature and threshold of its own.

Every cell was predicted by a head that was fitted without its group. Temperature and threshold
are fitted on these predictions, and judged by cross-fitting: each part of the groups is decided
by a temperature and threshold from the others, so no cell has a say in what it is decided by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.domain import Interval
from trainer.evaluation.alert_effect import CellShare
from trainer.evaluation.calibration import fit_temperature
from trainer.evaluation.differential_range import cells_to_show
from trainer.evaluation.intervals import clopper_pearson
from trainer.evaluation.thresholds import choose_review_threshold
from trainer.inference.policy import DecisionThresholds
from trainer.models.package.evidence import Metric
from trainer.models.package.source import SourceCalibration
from trainer.models.probabilities import softmax
from trainer.training.left_out import assign_parts

# What the card promises of accepted cells, and how many of a class must have been judged for
# it: 10 without an error still leave 31 % of errors possible, fewer say nothing.
PRECISION_TARGET = 0.99
CELLS_OF_CLASS = 10
# On a source of the card the alert is off, so it must be known that few cells of its classes are
# lost there without it.
MOST_LOST = 0.05
_MOST_CELLS = 1_000_000


@dataclass(frozen=True)
class SourceCheck:
    """Whether the promise of the card was shown to hold for a source.

    Attributes:
        accepted, right: cells that were accepted, and right among these.
        precision: right among the accepted, with its exact interval.
        few: classes of fewer than 10 cells.
        lost: cells of the alert classes accepted under another label; None where there are no
            alert classes.
        calibration: of its own, fitted on all of its cells, by which it was decided; None where
            it was decided by the card, whose thresholds hold there then.
        one_group: all cells are of one patient, sample or image: nothing is known of the next.
    """

    accepted: int
    right: int
    precision: Interval
    few: tuple[str, ...]
    lost: CellShare | None = None
    calibration: SourceCalibration | None = None
    one_group: bool = False

    @property
    def holds(self) -> bool:
        """All bounds are reached, no class was left unseen, and there is more than one group."""
        return not (self.too_unsure or self.few or self.lost_too_unsure or self.one_group)

    @property
    def too_unsure(self) -> bool:
        """The lower bound of the accepted that are right is under 99 %."""
        return self.precision.low < PRECISION_TARGET

    @property
    def lost_too_unsure(self) -> bool:
        """The upper bound of the alert cells that are lost is over 5 %."""
        return self.lost is not None and self.lost.interval.high > MOST_LOST

    @property
    def still_needed(self) -> int:
        """Further accepted cells, all right, that would lift the lower bound to 99 %."""
        wrong, low, high = self.accepted - self.right, self.accepted, _MOST_CELLS
        while low < high:
            middle = (low + high) // 2
            enough = clopper_pearson(middle - wrong, middle).low >= PRECISION_TARGET
            low, high = (low, middle) if enough else (middle + 1, high)
        return low - self.accepted

    @property
    def alert_cells_needed(self) -> int:
        """Alert cells in all, none of the further ones lost, that would bring the bound to 5 %."""
        return cells_to_show(1 - MOST_LOST, errors=self.lost.cells) if self.lost else 0


@dataclass(frozen=True, eq=False)
class HeldOutCells:
    """Cells of one source, each predicted by a head fitted without its group.

    Attributes:
        logits: (N, C), over classes followed by other classes.
        labels: intp (N,), index of the class; -1 outside of the classes.
        distance: (N,), in units of the limit.
        groups: of each cell.
    """

    logits: NDArray[np.floating]
    labels: NDArray[np.intp]
    distance: NDArray[np.floating]
    groups: Sequence[str]


def check_source(
    cells: HeldOutCells,
    classes: Sequence[str],
    alert_classes: Sequence[str],
    limits: DecisionThresholds,
    temperature: float,
) -> SourceCheck:
    """Check whether a source may join the card.

    Args:
        limits, temperature: of the card; its limits for unknown cells hold everywhere, since
            cells of the classes say nothing of other kinds.
    """
    fit = CalibrationFit(cells, len(classes), limits, temperature)
    by_card = _check_decided(cells, *fit.decide_by_card(), classes, alert_classes)
    if len(set(cells.groups)) < 2:
        return replace(by_card, one_group=True)
    crossed = _check_decided(cells, *fit.decide_crossed(), classes, alert_classes)
    if not crossed.holds:
        return by_card
    return replace(
        crossed, calibration=_build_calibration(fit, crossed.precision, crossed.accepted)
    )


def _check_decided(
    cells: HeldOutCells,
    accepted: NDArray[np.bool_],
    labels: NDArray[np.intp],
    classes: Sequence[str],
    alert_classes: Sequence[str],
) -> SourceCheck:
    right = accepted & (labels == cells.labels)
    counts = np.bincount(cells.labels[cells.labels >= 0], minlength=len(classes))
    few = [name for name, count in zip(classes, counts, strict=True) if count < CELLS_OF_CLASS]
    alerting = [list(classes).index(name) for name in alert_classes]
    of_alert, called_so = np.isin(cells.labels, alerting), np.isin(labels, alerting)
    lost = CellShare(int((accepted & of_alert & ~called_so).sum()), int(of_alert.sum()))
    precision = clopper_pearson(int(right.sum()), int(accepted.sum()))
    counted = (int(accepted.sum()), int(right.sum()))
    return SourceCheck(*counted, precision, tuple(few), lost if alerting else None)


def _build_calibration(
    fit: CalibrationFit, precision: Interval, accepted: int
) -> SourceCalibration:
    count = len(fit.cells.labels)
    temperature, review = fit.fit(np.ones(count, dtype=bool))
    found = Metric(
        value=precision.value if accepted else 0.0,
        low=precision.low,
        high=precision.high,
        n=accepted,
    )
    return SourceCalibration(
        temperature=temperature, review_probability=review, cells=count, accepted_precision=found
    )


@dataclass(frozen=True, eq=False)
class CalibrationFit:
    """Fits temperature and review threshold on a part of the cells, and decides by them.

    Attributes:
        known: number of classes.
        limits, temperature: of the card.
    """

    cells: HeldOutCells
    known: int
    limits: DecisionThresholds
    temperature: float

    def fit(self, rows: NDArray[np.bool_]) -> tuple[float, float]:
        """Temperature and review threshold from some of the cells."""
        cells, known = self.cells, self.known
        temperature = self._fit_temperature(rows)
        shares = softmax(cells.logits, temperature)
        everything = DecisionThresholds(0.0, self.limits.unknown_probability)
        accepted = everything.decide(shares, cells.distance, known).accepted & rows
        label = shares[:, :known].argmax(axis=1)
        found = choose_review_threshold(
            shares[accepted, :known].max(axis=1),
            label[accepted] == cells.labels[accepted],
            target=PRECISION_TARGET,
        )
        # At just 99 % of the cells given the bound of 99 % is out of reach, however many they are.
        return temperature, max(found.threshold, self.limits.review_probability)

    def _fit_temperature(self, rows: NDArray[np.bool_]) -> float:
        """The card's where no cell is wrong: the likelihood has no maximum then."""
        inside = rows & (self.cells.labels >= 0)
        logits, labels = self.cells.logits[inside], self.cells.labels[inside]
        if not (logits.argmax(axis=1) != labels).any():
            return self.temperature
        return fit_temperature(logits, labels)

    def decide_crossed(self) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Decide each part of the groups as the others would have it: accepted, and labels."""
        cells = self.cells
        part = assign_parts(cells.labels, cells.groups)
        accepted = np.zeros(len(part), dtype=bool)
        label = np.zeros(len(part), dtype=np.intp)
        for number in np.unique(part):
            rows = part == number
            accepted[rows], label[rows] = self._decide(rows, *self.fit(~rows))
        return accepted, label

    def decide_by_card(self) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        """Decide all by the card."""
        everything = np.ones(len(self.cells.labels), dtype=bool)
        return self._decide(everything, self.temperature, self.limits.review_probability)

    def _decide(
        self, rows: NDArray[np.bool_], temperature: float, review: float
    ) -> tuple[NDArray[np.bool_], NDArray[np.intp]]:
        shares = softmax(self.cells.logits[rows], temperature)
        limits = DecisionThresholds(review, self.limits.unknown_probability)
        accepted = limits.decide(shares, self.cells.distance[rows], self.known).accepted
        return accepted, shares[:, : self.known].argmax(axis=1)
