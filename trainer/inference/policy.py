"""From a model's figures to a decision: accept, review or unknown, and why in words.

Every command decides by `DecisionThresholds.decide`; `Policy` adds what only one cell has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.domain import AlertLevel, CellState, Decision, Prediction
from trainer.inference.alert import AlertRule
from trainer.models.package.card import Card

NO_COLOUR = "the image has no colour"
"""The reason of a cell of a grey image, which no probability changes."""


@dataclass(frozen=True, eq=False)
class Decisions:
    """What becomes of N cells; those in none of the three go to review.

    Attributes:
        accepted, unknown: bool (N,).
        held: bool (N,), to review only because they may be of an alert class.
    """

    accepted: NDArray[np.bool_]
    unknown: NDArray[np.bool_]
    held: NDArray[np.bool_]

    @classmethod
    def of(cls, predictions: Sequence[Prediction]) -> Decisions:
        """Collect the decisions of predictions."""
        decisions = np.array([each.decision.value for each in predictions], dtype=np.str_)
        held = np.array([each.is_possible_blast for each in predictions], dtype=bool)
        return cls(decisions == Decision.ACCEPT, decisions == Decision.UNKNOWN, held)

    def part(self, rows: NDArray[np.bool_]) -> Decisions:
        """Return those of some of the cells."""
        return Decisions(self.accepted[rows], self.unknown[rows], self.held[rows])


@dataclass(frozen=True)
class DecisionThresholds:
    """The card's thresholds (see `Thresholds` there); a distance over 1 is too far, always.

    Attributes:
        alert: when a cell that would be accepted may be of an alert class; None: never.
    """

    review_probability: float
    unknown_probability: float
    alert: AlertRule | None = None

    def decide(
        self, probabilities: NDArray[np.floating], distance: NDArray[np.floating], known: int
    ) -> Decisions:
        """Decide about N cells by their figures.

        Args:
            probabilities: (N, C), over classes followed by other classes.
            distance: (N,), in units of the limit.
            known: number of classes.
        """
        unknown = distance > 1
        if probabilities.shape[1] > known:
            unknown |= probabilities[:, known:].sum(axis=1) >= self.unknown_probability
        top = probabilities[:, :known].max(axis=1)
        accepted = ~unknown & (top >= self.review_probability)
        held = np.zeros_like(accepted)
        if self.alert is not None:
            held = accepted & self.alert.applies(probabilities, distance, known)
        return Decisions(accepted & ~held, unknown, held)


@dataclass(frozen=True)
class Policy:
    """The classes and thresholds by which a card decides.

    Attributes:
        classes: of the model.
        other_classes: kinds that it is trained to recognise as outside them.
        review_probability: under it, a person reviews the cell.
        unknown_probability: mass of the other classes from which on a cell is unknown.
        alert: when a cell that would be accepted may be of an alert class; None: never.
    """

    classes: tuple[str, ...]
    other_classes: tuple[str, ...]
    review_probability: float
    unknown_probability: float
    alert: AlertRule | None = None

    @classmethod
    def of(cls, card: Card) -> Policy:
        """Build the policy of a model from its card, for images of its own sources."""
        thresholds = card.thresholds
        return cls(
            card.classes,
            card.other_classes,
            thresholds.review_probability,
            thresholds.unknown_probability,
        )

    @classmethod
    def for_source(cls, card: Card, source: str, level: AlertLevel) -> Policy:
        """Build the policy of a model for images of a source.

        Args:
            source: name of the lab or scanner; empty where it is not given.
            level: of the alert.
        """
        return replace(
            cls.of(card),
            review_probability=card.calibration_of(source).review_probability,
            alert=AlertRule.of(card, level, source),
        )

    def decide(
        self,
        probabilities: NDArray[np.floating],
        distance: float,
        *,
        grey: bool = False,
        cell: CellState = CellState.FOUND,
    ) -> PolicyDecision:
        """Decide about one cell.

        Args:
            probabilities: (C,), over `classes` followed by `other_classes`.
            distance: in units of the threshold: over 1 is too far.
            grey: the image carries no colour, which the model needs.
            cell: how the segmentation fared.
        """
        known = len(self.classes)
        best = int(np.argmax(probabilities[:known]))
        outside = float(probabilities[known:].sum())
        probability = float(probabilities[best])
        label = self.classes[best]
        looks_like = ""
        if self.other_classes and outside > 0.5:
            looks_like = self.other_classes[int(np.argmax(probabilities[known:]))]
        if grey:
            return PolicyDecision(label, probability, Decision.UNKNOWN, NO_COLOUR)
        found = self.thresholds.decide(probabilities[None], np.array([distance]), known)
        if found.unknown[0]:
            reason = self._describe_unknown(outside, distance)
            return PolicyDecision(label, probability, Decision.UNKNOWN, reason, looks_like)
        if probability < self.review_probability:
            reason = f"probability {probability:.2f} under {self.review_probability:.2f}"
            return PolicyDecision(label, probability, Decision.REVIEW, reason)
        if cell is CellState.NONE:
            reason = "no cell was outlined; the whole image was judged"
            return PolicyDecision(label, probability, Decision.REVIEW, reason)
        if found.held[0] and self.alert is not None:
            reason = self.alert.describe(probabilities, distance, self.classes)
            return PolicyDecision(label, probability, Decision.REVIEW, reason)
        return PolicyDecision(label, probability, Decision.ACCEPT)

    @property
    def thresholds(self) -> DecisionThresholds:
        """What of the policy concerns the figures of a cell alone."""
        return DecisionThresholds(self.review_probability, self.unknown_probability, self.alert)

    def _describe_unknown(self, outside: float, distance: float) -> str:
        if not self.other_classes or (distance > 1 and outside < self.unknown_probability):
            return f"{distance:.1f} times as far from known cells as the limit"
        return f"outside the model's classes with probability {outside:.2f}"


@dataclass(frozen=True)
class PolicyDecision:
    """A decision with its label, probability and reason."""

    label: str
    probability: float
    decision: Decision
    reason: str = ""
    looks_like: str = ""
